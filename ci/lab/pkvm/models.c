// SPDX-License-Identifier: GPL-2.0-only
/* Two small devices: random numbers, and a balloon that nobody inflates. */
#define _GNU_SOURCE
#include <linux/virtio_balloon.h>
#include <string.h>
#include <sys/random.h>

#include "pkvm.h"

static void stopped(struct virtio_device *dev, unsigned int i)
{
	(void)dev, (void)i;
}

static void random_numbers(struct virtio_device *dev, unsigned int i)
{
	struct virtqueue *q = &dev->queue[i];
	struct element *e = &dev->element;
	uint8_t buf[256];

	while (vq_pop(q, e) > 0) {
		ssize_t n = getrandom(buf, MIN(sizeof(buf), element_length(e, e->out, e->n)), GRND_INSECURE);
		long done = n > 0 ? vq_copy(q, e, e->out, e->n, 0, buf, n, WRITE) : 0;

		dev->figures.bytes += MAX(done, 0);
		vq_push(q, e, MAX(done, 0));
	}
}

const struct model rng_model = {
	.name = "rng", .per_queue = 1, .serve = random_numbers, .stopped = stopped,
};

/* Of a page that the guest gives away only its number arrives. */
static void pages(struct virtio_device *dev, unsigned int i)
{
	struct virtqueue *q = &dev->queue[i];
	struct element *e = &dev->element;

	while (vq_pop(q, e) > 0)
		vq_push(q, e, 0);
}

static uint32_t config(const struct virtio_device *dev, void *buf, uint32_t size)
{
	struct virtio_balloon_config c = {};

	(void)dev;
	size = MIN(size, sizeof(c));
	memcpy(buf, &c, size);
	return size;
}

const struct model balloon_model = {
	.name = "balloon", .per_queue = 2, .serve = pages, .stopped = stopped, .config = config,
};
