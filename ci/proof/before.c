// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions that the base lacks, with the behaviour of the base, for before.tsv.
 * Only what is between the braces is used.
 */

/* The base does not ask: every device counts as one that reaches all memory. */
bool dma_dev_needs_shared(struct device *dev)
{
	return false;
}

/*
 * The base never gives a device without VIRTIO_F_ACCESS_PLATFORM addresses of the
 * DMA API, and does not say why.
 */
bool dma_dev_addr_is_phys(struct device *dev, const char **why)
{
	*why = "";
	return false;
}

/* Stands in for enable_ddw() in the tests: that of the base always sets the limit. */
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
