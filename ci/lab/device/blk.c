// SPDX-License-Identifier: GPL-2.0-only
/* A disk over mapped memory. */
#include <endian.h>
#include <linux/virtio_blk.h>
#include <string.h>

#include "blk.h"

#define SECTOR 512

/* Is there so much at that sector, and where? */
static uint8_t *data_at(const struct blk *b, uint64_t sector, uint64_t size)
{
	if (sector > b->size / SECTOR || size > b->size - sector * SECTOR)
		return NULL;
	return b->data + sector * SECTOR;
}

/* The status of a request, and how much it read from the disk or wrote to it; -1: refused. */
static uint8_t transfer(struct virtqueue *q, struct element *e, const struct virtio_blk_outhdr *h,
			uint64_t in, uint64_t out, long *done)
{
	static char id[VIRTIO_BLK_ID_BYTES] = "protected-lab";
	const struct blk *b = q->dev->state;
	uint8_t *at;

	*done = 0;
	switch (le32toh(h->type)) {
	case VIRTIO_BLK_T_IN:
		at = data_at(b, le64toh(h->sector), in);
		if (at)
			*done = vq_copy(q, e, e->out, e->n, 0, at, in, WRITE);
		break;
	case VIRTIO_BLK_T_OUT:
		at = data_at(b, le64toh(h->sector), out);
		if (at)
			*done = vq_copy(q, e, 0, e->out, sizeof(*h), at, out, READ);
		break;
	case VIRTIO_BLK_T_FLUSH:
		return VIRTIO_BLK_S_OK;
	case VIRTIO_BLK_T_GET_ID:
		*done = vq_copy(q, e, e->out, e->n, 0, id, MIN(in, sizeof(id)), WRITE);
		return *done < 0 ? VIRTIO_BLK_S_IOERR : VIRTIO_BLK_S_OK;
	default:
		return VIRTIO_BLK_S_UNSUPP;
	}
	return at && *done >= 0 ? VIRTIO_BLK_S_OK : VIRTIO_BLK_S_IOERR;
}

static void serve(struct virtio_device *dev, unsigned int i)
{
	struct virtqueue *q = &dev->queue[i];
	struct element *e = &dev->element;
	struct virtio_blk_outhdr h;

	while (vq_pop(q, e) > 0) {
		uint64_t in = element_length(e, e->out, e->n), out = element_length(e, 0, e->out);
		uint32_t written = 0;
		uint8_t status;
		long done;

		if (in < 1 || out < sizeof(h)) {
			vq_malformed(q, "request without header or status");
			return;
		}
		if (vq_copy(q, e, 0, e->out, 0, &h, sizeof(h), READ) == sizeof(h)) {
			status = transfer(q, e, &h, in - 1, out - sizeof(h), &done);
			if (done > 0) {
				dev->figures.bytes += done;
				written = le32toh(h.type) == VIRTIO_BLK_T_OUT ? 0 : done;
			}
			if (vq_copy(q, e, e->out, e->n, in - 1, &status, 1, WRITE) == 1)
				written++;
		}
		vq_push(q, e, written);
	}
}

static void stopped(struct virtio_device *dev, unsigned int i)
{
	(void)dev, (void)i;
}

static uint32_t config(const struct virtio_device *dev, void *buf, uint32_t size)
{
	const struct blk *b = dev->state;
	struct virtio_blk_config c = {
		.capacity = htole64(b->size / SECTOR), .seg_max = htole32(126), .blk_size = htole32(SECTOR),
		.num_queues = htole16(dev->queues),
	};

	size = MIN(size, sizeof(c));
	memcpy(buf, &c, size);
	return size;
}

const struct model blk_model = {
	.name = "blk", .per_queue = 1,
	.features = BIT(VIRTIO_BLK_F_SEG_MAX) | BIT(VIRTIO_BLK_F_BLK_SIZE) | BIT(VIRTIO_BLK_F_FLUSH),
	.features_mq = BIT(VIRTIO_BLK_F_MQ),
	.serve = serve, .stopped = stopped, .config = config,
};
