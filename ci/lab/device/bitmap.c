// SPDX-License-Identifier: GPL-2.0-only
/* Protection by a bitmap that the guest keeps: include/uapi/linux/protected_lab.h. */
#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <linux/protected_lab.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"
#include "util.h"

#define HEADER_ALIGN 4096

static bool is_magic(const uint8_t *p)
{
	static const char magic[] = PROTECTED_LAB_MAGIC_XOR_1;

	for (int i = 0; i < PROTECTED_LAB_MAGIC_SIZE; i++)
		if (p[i] != (magic[i] ^ 1))
			return false;
	return true;
}

/* (a copy of the header: the guest can write to it meanwhile) */
static bool is_header(struct memory *m, uint64_t gpa)
{
	const uint8_t *p = memory_at(m, gpa, sizeof(struct protected_lab_header));
	struct protected_lab_header h;
	uint64_t at, pages, size;
	unsigned int shift;
	const uint8_t *bits;

	if (!p || !is_magic(p))
		return false;
	memcpy(&h, p, sizeof(h));
	if (le64toh(h.self) != gpa)
		return false;
	at = le64toh(h.bitmap);
	pages = le64toh(h.pages);
	shift = le32toh(h.page_shift);
	size = pages / 8 + !!(pages % 8);	/* (pages + 7 can wrap) */
	bits = memory_at(m, at, size);
	if (!bits || !size || shift < PROTECTED_LAB_PAGE_SHIFT_MIN || shift > PROTECTED_LAB_PAGE_SHIFT_MAX ||
	    at - gpa < HEADER_ALIGN || gpa - at < size) {
		fprintf(stderr, "device: a header at %#jx that makes no sense\n", (uintmax_t)gpa);
		return false;
	}
	m->bitmap.header = gpa;
	m->bitmap.pages = pages;
	m->bitmap.page_shift = shift;
	m->bitmap.flags = le32toh(h.flags);
	m->bitmap.bits = bits;
	return true;
}

/* Looks at the start of every page of FROM .. TO, offsets in the region's file. */
static bool search(struct memory *m, const struct region *r, uint64_t from, uint64_t to)
{
	uint64_t gpa = r->gpa + (from - r->offset);

	for (uint64_t i = -gpa % HEADER_ALIGN; i < to - from; i += HEADER_ALIGN)
		if (is_header(m, gpa + i))
			return true;
	return false;
}

/* Skips what was never written: the holes of the file, where it can tell them. */
static bool search_region(struct memory *m, const struct region *r)
{
	off_t at = r->offset, end = r->offset + r->size, hole;

	while (at < end) {
		off_t data = lseek(r->fd, at, SEEK_DATA);

		if (data < 0)
			return errno != ENXIO && search(m, r, at, end);
		hole = lseek(r->fd, data, SEEK_HOLE);
		if (hole < 0 || hole > end)
			hole = end;
		/* (of a page that begins in a hole, this may be the end) */
		data = MAX(at, data - data % HEADER_ALIGN);
		if (data < hole && search(m, r, data, hole))
			return true;
		at = hole;
	}
	return false;
}

static void find(struct memory *m)
{
	m->active = m->bitmap.pages && is_header(m, m->bitmap.header);
	for (unsigned int i = 0; !m->active && i < m->n; i++)
		m->active = search_region(m, &m->region[i]);
	if (!m->active)
		m->bitmap.bits = NULL;
}

static bool is_shared(const struct memory *m, uint64_t pfn)
{
	return pfn < m->bitmap.pages &&
	       __atomic_load_n(m->bitmap.bits + pfn / 8, __ATOMIC_ACQUIRE) & (1 << pfn % 8);
}

static bool touch(struct memory *m, enum kind kind, enum op op, uint64_t gpa, uint8_t *p, void *buf,
		  uint32_t len)
{
	unsigned int shift = m->bitmap.page_shift;

	if (m->active)
		for (uint64_t i = gpa >> shift; i <= (gpa + len - 1) >> shift; i++)
			if (!is_shared(m, i)) {
				count_violation(m->figures, kind, MAX(gpa, i << shift));
				return false;
			}
	memory_plain(op, p, buf, len);
	return true;
}

const struct protection bitmap_protection = { find, touch };
