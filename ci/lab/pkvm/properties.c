// SPDX-License-Identifier: GPL-2.0-only
/* Properties of the device, in QEMU's words: what it offers to the driver. */
#define _DEFAULT_SOURCE
#include <string.h>

#include "pkvm.h"

/* on: unless it is switched off */
static const struct property {
	const char *name;
	uint64_t feature;
	bool on;
} known[] = {
	{ "iommu_platform", BIT(VIRTIO_F_ACCESS_PLATFORM), false },
	{ "packed", BIT(VIRTIO_F_RING_PACKED), false },
	{ "indirect_desc", BIT(VIRTIO_RING_F_INDIRECT_DESC), true },
	{ "event_idx", BIT(VIRTIO_RING_F_EVENT_IDX), true },
	{ "version_1", BIT(VIRTIO_F_VERSION_1), true },
};

/* NAME=on, NAME=off, or NAME=once: no more after a reset.  Returns the feature if it is that. */
static uint64_t property(struct virtio_device *dev, const char *word)
{
	const char *value = strchr(word, '=');

	for (unsigned int i = 0; value && i < ARRAY_SIZE(known); i++) {
		if (strncmp(word, known[i].name, value - word) || known[i].name[value - word])
			continue;
		dev->offered = strcmp(value, "=off") ? dev->offered | known[i].feature :
						       dev->offered & ~known[i].feature;
		return strcmp(value, "=once") ? 0 : known[i].feature;
	}
	die(word);
}

uint64_t properties(struct virtio_device *dev, bool *legacy)
{
	char words[256], *word, *rest = words;
	uint64_t once = 0;

	*legacy = false;
	for (unsigned int i = 0; i < ARRAY_SIZE(known); i++)
		if (!known[i].on)
			dev->offered &= ~known[i].feature;
	snprintf(words, sizeof(words), "%s", options.properties);
	while ((word = strsep(&rest, ","))) {
		if (!strcmp(word, "force-legacy=on")) {
			*legacy = true;
			dev->offered &= ~BIT(VIRTIO_F_VERSION_1);
		} else if (*word) {
			once |= property(dev, word);
		}
	}
	return once;
}
