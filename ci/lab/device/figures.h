/* SPDX-License-Identifier: GPL-2.0-only */
/* What a device counts, and how it reports it. */
#ifndef FIGURES_H
#define FIGURES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* What the guest's driver lets a device access. */
enum kind { DESC, AVAIL, USED, TABLE, BUFFER, KINDS };

struct figures {
	struct {
		uint64_t before;	/* accesses while there was nothing to check them against */
		uint64_t checked;
		uint64_t violations;
		uint64_t given;		/* violations of memory that was given, but not accessed */
		uint64_t first;		/* guest-physical address of the first violation */
	} kind[KINDS];
	uint64_t nowhere;		/* addresses that are no memory, or that no IOMMU maps */
	uint64_t early;			/* likewise, before the first request: by firmware, perhaps */
	uint64_t malformed, requests, bytes, chained, indirect, misses, suppressed;
	uint64_t bitmap_lost;
};

void count_violation(struct figures *f, enum kind kind, uint64_t gpa);
void count_nowhere(struct figures *f, const char *what, enum kind kind, uint64_t addr);
void count_malformed(struct figures *f, const char *what);

struct virtio_device;
void print_figures(const struct virtio_device *dev, FILE *to);

#endif
