/* SPDX-License-Identifier: GPL-2.0-only */
/* The registers of the virtio-mmio device, and its queues. */
#ifndef MMIO_H
#define MMIO_H

#include <linux/virtio_mmio.h>

#include "pkvm.h"

#define QUEUE_NUM 256

extern struct mmio {
	uint32_t id, version, features_sel, driver_sel, sel, status, interrupt, page_size;
	uint32_t align[QUEUES], pfn[QUEUES];
	uint64_t once;			/* features that are not offered after a reset */
} mmio;

/* --- queues.c */
void mmio_interrupt(uint32_t value);
void mmio_status(struct virtio_device *dev, uint32_t status);
void mmio_serve(struct virtio_device *dev);
/* A register of the selected queue. */
void mmio_queue(struct virtio_device *dev, uint64_t offset, uint32_t value);

static inline void set_half(uint64_t *to, uint32_t value, bool high)
{
	*to = high ? (uint32_t)*to | (uint64_t)value << 32 : (*to >> 32 << 32) | value;
}

#endif
