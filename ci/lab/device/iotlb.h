/* SPDX-License-Identifier: GPL-2.0-only */
/* Translations of I/O virtual addresses that the front-end told, until it takes them back. */
#ifndef IOTLB_H
#define IOTLB_H

#include <stdbool.h>
#include <stdint.h>

#define IOTLB_ENTRIES 512

struct iotlb {
	struct iotlb_entry { uint64_t iova, size, user; uint8_t perm; } entry[IOTLB_ENTRIES];
	unsigned int n, next;
};

bool iotlb_update(struct iotlb *t, const struct iotlb_entry *e);
void iotlb_invalidate(struct iotlb *t, uint64_t iova, uint64_t size);
/* PERM: VHOST_ACCESS_RO or _WO.  LEFT: so many bytes from IOVA on are mapped like that. */
bool iotlb_find(const struct iotlb *t, uint64_t iova, uint8_t perm, uint64_t *user, uint64_t *left);

#endif
