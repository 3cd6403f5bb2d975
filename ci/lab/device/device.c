// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "device.h"

#define BUDGET 256

void device_init(struct virtio_device *dev, const struct model *model, void *state,
		 const struct protection *protection, unsigned int n)
{
	memset(dev, 0, sizeof(*dev));
	dev->model = model;
	dev->state = state;
	dev->memory.protection = protection;
	dev->memory.figures = &dev->figures;
	dev->queues = n * model->per_queue;
	dev->offered = BIT(VIRTIO_F_VERSION_1) | BIT(VIRTIO_F_ACCESS_PLATFORM) | BIT(VIRTIO_F_RING_PACKED) |
		BIT(VIRTIO_RING_F_INDIRECT_DESC) | BIT(VIRTIO_RING_F_EVENT_IDX) | model->features |
		(n > 1 ? model->features_mq : 0);
	for (unsigned int i = 0; i < QUEUES; i++)
		dev->queue[i].dev = dev;
}

static void call(struct virtio_device *dev, unsigned int i)
{
	struct virtqueue *q = &dev->queue[i];

	if (!vq_live(q))
		return;
	if (vq_wants_call(q))
		dev->transport->call(dev, i);
	else
		dev->figures.suppressed++;
}

void device_serve(struct virtio_device *dev)
{
	unsigned int i;
	bool more;

	dev->budget = BUDGET;
	dev->pending = false;
	do {
		more = false;
		for (i = 0; i < dev->queues; i++)
			if (vq_live(&dev->queue[i]))
				dev->model->serve(dev, i);
		for (i = 0; i < dev->queues; i++) {
			if (dev->queue[i].pushed)
				call(dev, i);
			more |= dev->queue[i].pushed;
			dev->queue[i].pushed = false;
		}
		for (i = 0; i < dev->queues; i++)
			vq_want_kick(&dev->queue[i]);
		/* (a request can have come before the kick was asked for: look again) */
	} while (more && !dev->pending);
}

void device_start(struct virtio_device *dev, unsigned int i)
{
	struct virtqueue *q = &dev->queue[i];

	dev->memory.protection->find(&dev->memory);
	dev->figures.bitmap_lost += dev->protected && !dev->memory.active;
	dev->protected = dev->memory.active;
	if (!vq_start(q))
		return;
	device_serve(dev);
	call(dev, i);		/* (what came while there was nothing to call) */
	if (dev->memory.active)
		vq_check_rings(q);
}

void device_stop(struct virtio_device *dev, unsigned int i)
{
	vq_stop(&dev->queue[i]);
	dev->model->stopped(dev, i);
}
