// SPDX-License-Identifier: GPL-2.0-only
/* Data of a request, to and from its segments. */
#include "device.h"

long vq_copy(struct virtqueue *q, const struct element *e, unsigned int first, unsigned int last,
	     uint64_t skip, void *buf, uint64_t size, enum op op)
{
	uint8_t *mine = buf;
	uint64_t done = 0;

	for (unsigned int i = first; i < last && done < size; i++) {
		uint32_t over = MIN(skip, e->seg[i].len), n = MIN(e->seg[i].len - over, size - done);

		skip -= over;
		if (!vq_access(q, BUFFER, op, e->seg[i].addr + over, mine + done, n))
			return -1;
		done += n;
	}
	return done;
}

uint64_t element_length(const struct element *e, unsigned int first, unsigned int last)
{
	uint64_t n = 0;

	while (first < last)
		n += e->seg[first++].len;
	return n;
}
