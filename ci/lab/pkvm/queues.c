// SPDX-License-Identifier: GPL-2.0-only
/* Queues of the virtio-mmio device: the transport of the strict device's code. */
#include "mmio.h"

struct mmio mmio;

void mmio_interrupt(uint32_t value)
{
	mmio.interrupt = value;
	vm_irq(MMIO_SPI, value);
}

static void call(struct virtio_device *dev, unsigned int queue)
{
	(void)dev, (void)queue;
	mmio_interrupt(mmio.interrupt | VIRTIO_MMIO_INT_VRING);
}

static const struct transport transport = { .call = call };

void mmio_init(struct virtio_device *dev, uint32_t id)
{
	bool legacy;

	dev->transport = &transport;
	mmio.id = id;
	mmio.once = properties(dev, &legacy);
	mmio.version = legacy ? 1 : 2;
}

static void stop(struct virtio_device *dev, unsigned int i)
{
	struct virtqueue *q = &dev->queue[i];

	if (q->enabled)
		device_stop(dev, i);
	q->enabled = false;
	mmio.pfn[i] = 0;
}

void mmio_serve(struct virtio_device *dev)
{
	do
		device_serve(dev);
	while (dev->pending);
}

static void start(struct virtio_device *dev, unsigned int i)
{
	if (!dev->queue[i].enabled || dev->queue[i].running || !(mmio.status & VIRTIO_CONFIG_S_DRIVER_OK))
		return;
	device_start(dev, i);
	while (dev->pending)
		device_serve(dev);
	if (options.poke)
		options.poke = !poke(&dev->memory, RAM_BASE);
}

static void enable(struct virtio_device *dev, unsigned int i)
{
	bool packed = dev->features & BIT(VIRTIO_F_RING_PACKED);

	dev->queue[i].enabled = true;
	vq_set_base(&dev->queue[i], packed ? BIT(15) | BIT(31) : 0, packed);
	start(dev, i);
}

/* Legacy: one address, in pages, of all three. */
static void enable_legacy(struct virtio_device *dev, unsigned int i, uint32_t pfn)
{
	struct virtqueue *q = &dev->queue[i];
	uint64_t align = mmio.align[i] ?: PAGE;

	stop(dev, i);
	mmio.pfn[i] = pfn;
	if (!pfn)
		return;
	q->desc = (uint64_t)pfn * (mmio.page_size ?: PAGE);
	q->avail = q->desc + 16 * q->num;
	q->used = (q->avail + 4 + 2 * q->num + 2 + align - 1) / align * align;
	enable(dev, i);
}

void mmio_status(struct virtio_device *dev, uint32_t status)
{
	unsigned int i;

	/* what a device does not offer it does not accept */
	if (dev->features & ~dev->offered)
		status &= ~VIRTIO_CONFIG_S_FEATURES_OK;
	if (!status) {
		/* (a driver resets before it begins, too: only what was in use counts) */
		if (mmio.status & VIRTIO_CONFIG_S_DRIVER_OK)
			dev->offered &= ~mmio.once;
		for (i = 0; i < QUEUES; i++)
			stop(dev, i);
		dev->features = 0;
		mmio_interrupt(0);
	}
	mmio.status = status;
	for (i = 0; i < dev->queues; i++)
		start(dev, i);
}

void mmio_queue(struct virtio_device *dev, uint64_t offset, uint32_t value)
{
	struct virtqueue *q = &dev->queue[mmio.sel];

	switch (offset) {
	case VIRTIO_MMIO_QUEUE_NUM:
		q->num = value;
		break;
	case VIRTIO_MMIO_QUEUE_ALIGN:
		mmio.align[mmio.sel] = value;
		break;
	case VIRTIO_MMIO_QUEUE_PFN:
		enable_legacy(dev, mmio.sel, value);
		break;
	case VIRTIO_MMIO_QUEUE_READY:
		if (value)
			enable(dev, mmio.sel);
		else
			stop(dev, mmio.sel);
		break;
	case VIRTIO_MMIO_QUEUE_DESC_LOW:
	case VIRTIO_MMIO_QUEUE_DESC_HIGH:
		set_half(&q->desc, value, offset != VIRTIO_MMIO_QUEUE_DESC_LOW);
		break;
	case VIRTIO_MMIO_QUEUE_AVAIL_LOW:
	case VIRTIO_MMIO_QUEUE_AVAIL_HIGH:
		set_half(&q->avail, value, offset != VIRTIO_MMIO_QUEUE_AVAIL_LOW);
		break;
	case VIRTIO_MMIO_QUEUE_USED_LOW:
	case VIRTIO_MMIO_QUEUE_USED_HIGH:
		set_half(&q->used, value, offset != VIRTIO_MMIO_QUEUE_USED_LOW);
		break;
	}
}
