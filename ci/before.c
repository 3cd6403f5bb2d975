// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions that are new in the series, with the behaviour of the base: see
 * ci/before.tsv.  Only what stands between the braces is used.
 */

/* In the base nobody asks: each device counts as one that reaches all memory. */
bool dma_dev_needs_shared(struct device *dev)
{
	return false;
}

/*
 * In the base a device without VIRTIO_F_ACCESS_PLATFORM is never given addresses
 * of the DMA API, and nobody says why not.
 */
bool dma_dev_addr_is_phys(struct device *dev, const char **why)
{
	*why = "";
	return false;
}
