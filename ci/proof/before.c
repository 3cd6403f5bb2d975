// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions that the base does not have, with the behaviour of the base: see
 * ci/proof/before.tsv.  Only what stands between the braces is used.
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

/* What stands for enable_ddw() in the tests: that of the base always sets the limit. */
static bool bypass_supported(struct pci_dev *pdev, u64 mask)
{
	struct fixture *f = container_of(pdev, struct fixture, pdev);

	f->asks++;
	f->asked = mask;
	if (f->bypass != GRANTED || mask <= DMA_BIT_MASK(32))
		return false;

	pdev->dev.archdata.dma_offset = WINDOW;
	pdev->dev.bus_dma_limit = WINDOW + PFN_PHYS(max_pfn);
	return true;
}
