// SPDX-License-Identifier: GPL-2.0-only
#include "iotlb.h"

void iotlb_invalidate(struct iotlb *t, uint64_t iova, uint64_t size)
{
	for (unsigned int i = 0; i < t->n; )
		if (t->entry[i].iova - iova < size || iova - t->entry[i].iova < t->entry[i].size)
			t->entry[i] = t->entry[--t->n];
		else
			i++;
}

bool iotlb_update(struct iotlb *t, const struct iotlb_entry *e)
{
	if (!e->size || e->size - 1 > UINT64_MAX - e->iova || e->size - 1 > UINT64_MAX - e->user)
		return false;
	iotlb_invalidate(t, e->iova, e->size);
	t->entry[t->n < IOTLB_ENTRIES ? t->n++ : t->next++ % IOTLB_ENTRIES] = *e;
	return true;
}

bool iotlb_find(const struct iotlb *t, uint64_t iova, uint8_t perm, uint64_t *user, uint64_t *left)
{
	for (unsigned int i = 0; i < t->n; i++) {
		const struct iotlb_entry *e = &t->entry[i];

		if (iova - e->iova < e->size && (e->perm & perm)) {
			*user = e->user + (iova - e->iova);
			*left = e->size - (iova - e->iova);
			return true;
		}
	}
	return false;
}
