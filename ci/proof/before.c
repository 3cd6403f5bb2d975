// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions that the base lacks, with the behaviour of the base, for before.tsv.
 * Only what is between the braces is used.
 */

/* The base does not ask: every device counts as one that reaches all memory. */
int dma_phys_need_map(struct device *dev)
{
	return 0;
}

/* The base refuses by the features alone, wherever the architecture says so. */
static int virtio_check_mem_acc(struct virtio_device *dev)
{
	if (virtio_restricted(dev) && (!virtio_has_feature(dev, VIRTIO_F_VERSION_1) ||
				       !virtio_has_feature(dev, VIRTIO_F_ACCESS_PLATFORM)))
		return -ENODEV;
	return 0;
}
