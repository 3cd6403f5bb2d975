/* SPDX-License-Identifier: GPL-2.0-only */
/* For mutants: what vq_access() does, unchecked. */
#include "../device.h"

static inline __attribute__((unused)) bool raw_access(struct virtqueue *q, enum kind kind, enum op op,
						       uint64_t addr, void *buf, uint32_t len)
{
	struct virtio_device *dev = q->dev;
	uint64_t gpa = addr, left;
	uint8_t *p;

	(void)kind;
	if (vq_has(q, VIRTIO_F_ACCESS_PLATFORM))
		dev->transport->translate(dev, addr, false, &gpa, &left);
	p = memory_at(&dev->memory, gpa, len);
	if (p)
		memory_plain(op, p, buf, len);
	return p;
}
