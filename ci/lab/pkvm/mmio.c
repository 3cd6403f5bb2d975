// SPDX-License-Identifier: GPL-2.0-only
/* The registers of virtio-mmio, modern (VIRTIO 1.3, 4.2.2) and legacy (4.2.4). */
#include <string.h>

#include "mmio.h"

static uint64_t config(struct virtio_device *dev, uint64_t offset, uint32_t len)
{
	uint8_t space[256] = {};
	uint64_t value = 0;

	if (dev->model->config)
		dev->model->config(dev, space, sizeof(space));
	if (offset + len <= sizeof(space))
		memcpy(&value, space + offset, len);
	return value;
}

uint64_t mmio_read(struct virtio_device *dev, uint64_t offset, uint32_t len)
{
	unsigned int i = mmio.sel;
	bool known = i < dev->queues;

	if (offset >= VIRTIO_MMIO_CONFIG)
		return config(dev, offset - VIRTIO_MMIO_CONFIG, len);
	switch (offset) {
	case VIRTIO_MMIO_MAGIC_VALUE:
		return 'v' | 'i' << 8 | 'r' << 16 | 't' << 24;
	case VIRTIO_MMIO_VERSION:
		return mmio.version;
	case VIRTIO_MMIO_DEVICE_ID:
		return mmio.id;
	case VIRTIO_MMIO_DEVICE_FEATURES:
		return mmio.features_sel > 1 ? 0 : (uint32_t)(dev->offered >> 32 * mmio.features_sel);
	case VIRTIO_MMIO_QUEUE_NUM_MAX:
		return known ? QUEUE_NUM : 0;
	case VIRTIO_MMIO_QUEUE_READY:
		return known && dev->queue[i].enabled;
	case VIRTIO_MMIO_QUEUE_PFN:
		return known ? mmio.pfn[i] : 0;
	case VIRTIO_MMIO_INTERRUPT_STATUS:
		return mmio.interrupt;
	case VIRTIO_MMIO_STATUS:
		return mmio.status;
	case VIRTIO_MMIO_SHM_LEN_LOW ... VIRTIO_MMIO_SHM_BASE_HIGH:
		return ~0u;
	}
	return 0;
}

void mmio_write(struct virtio_device *dev, uint64_t offset, uint32_t len, uint32_t value)
{
	if (len != 4 || offset >= VIRTIO_MMIO_CONFIG)
		return;
	switch (offset) {
	case VIRTIO_MMIO_DEVICE_FEATURES_SEL:
		mmio.features_sel = value;
		break;
	case VIRTIO_MMIO_DRIVER_FEATURES_SEL:
		mmio.driver_sel = value;
		break;
	case VIRTIO_MMIO_DRIVER_FEATURES:
		if (mmio.driver_sel < 2)
			set_half(&dev->features, value, mmio.driver_sel);
		break;
	case VIRTIO_MMIO_GUEST_PAGE_SIZE:
		mmio.page_size = value;
		break;
	case VIRTIO_MMIO_QUEUE_SEL:
		mmio.sel = value;
		break;
	case VIRTIO_MMIO_QUEUE_NOTIFY:
		mmio_serve(dev);
		break;
	case VIRTIO_MMIO_INTERRUPT_ACK:
		mmio_interrupt(mmio.interrupt & ~value);
		break;
	case VIRTIO_MMIO_STATUS:
		mmio_status(dev, value);
		break;
	default:
		if (mmio.sel < dev->queues)
			mmio_queue(dev, offset, value);
	}
}
