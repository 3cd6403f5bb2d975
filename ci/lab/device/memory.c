// SPDX-License-Identifier: GPL-2.0-only
/* The regions of the guest's memory, and the one way to access them. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"
#include "util.h"

/* Neither region may wrap, or overlap the other: an address is in one or in none. */
static bool fits(const struct memory *m, uint64_t gpa, uint64_t size, uint64_t user)
{
	if (!size || size - 1 > UINT64_MAX - gpa || size - 1 > UINT64_MAX - user)
		return false;
	for (unsigned int i = 0; i < m->n; i++) {
		const struct region *r = &m->region[i];

		if (gpa - r->gpa < r->size || r->gpa - gpa < size ||
		    user - r->user < r->size || r->user - user < size)
			return false;
	}
	return true;
}

bool memory_add(struct memory *m, uint64_t gpa, uint64_t size, uint64_t user, int fd, uint64_t offset)
{
	struct region *r = &m->region[m->n];
	struct stat st;

	errno = EINVAL;
	if (m->n == REGIONS || !fits(m, gpa, size, user) || offset > INT64_MAX || size > INT64_MAX - offset)
		return false;
	/* (behind the end of a file would be a SIGBUS) */
	if (fstat(fd, &st))
		return false;
	if (S_ISREG(st.st_mode) && offset + size > (uint64_t)st.st_size) {
		errno = EINVAL;
		return false;
	}
	*r = (struct region){ .gpa = gpa, .size = size, .user = user, .fd = fd, .offset = offset,
			      .map_size = size + offset };
	/* (whole: an offset need not be a multiple of a page) */
	r->map = mmap(NULL, r->map_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (r->map == MAP_FAILED)
		return false;
	r->at = (uint8_t *)r->map + offset;
	m->n++;
	return true;
}

void memory_clear(struct memory *m)
{
	for (; m->n; m->n--) {
		struct region *r = &m->region[m->n - 1];

		if (!r->map)
			continue;
		munmap(r->map, r->map_size);
		close(r->fd);
	}
	m->bitmap.bits = NULL;	/* (it was in there) */
}

static const struct region *region_of(const struct memory *m, uint64_t gpa)
{
	for (unsigned int i = 0; i < m->n; i++)
		if (gpa - m->region[i].gpa < m->region[i].size)
			return &m->region[i];
	return NULL;
}

bool memory_gpa(const struct memory *m, uint64_t user, uint64_t *gpa)
{
	for (unsigned int i = 0; i < m->n; i++)
		if (user - m->region[i].user < m->region[i].size) {
			*gpa = user - m->region[i].user + m->region[i].gpa;
			return true;
		}
	return false;
}

uint8_t *memory_at(const struct memory *m, uint64_t gpa, uint64_t size)
{
	const struct region *r = region_of(m, gpa);

	return r && size <= r->size - (gpa - r->gpa) ? r->at + (gpa - r->gpa) : NULL;
}

uint32_t memory_access(struct memory *m, enum kind kind, enum op op, uint64_t gpa, void *buf, uint32_t len)
{
	const struct region *r = region_of(m, gpa);
	uint64_t left;
	uint8_t *p;

	if (!is_look(op))
		*(m->active ? &m->figures->kind[kind].checked : &m->figures->kind[kind].before) += 1;
	if (!r) {
		count_nowhere(m->figures, "no memory", kind, gpa);
		return 0;
	}
	left = r->size - (gpa - r->gpa);
	len = MIN(len, left);
	p = r->at + (gpa - r->gpa);
	if ((op == LOAD || op == STORE) && (len != 2 || (uintptr_t)p & 1)) {
		count_malformed(m->figures, "misaligned ring");
		return 0;
	}
	return m->protection->touch(m, kind, op, gpa, p, buf, len) ? len : 0;
}

void memory_plain(enum op op, uint8_t *p, void *buf, uint32_t len)
{
	switch (op) {
	case LOOK_READ:
	case LOOK_WRITE:
		break;
	case READ:
		memcpy(buf, p, len);
		break;
	case WRITE:
		memcpy(p, buf, len);
		break;
	case LOAD:
		*(uint16_t *)buf = __atomic_load_n((uint16_t *)p, __ATOMIC_ACQUIRE);
		break;
	case STORE:
		__atomic_store_n((uint16_t *)p, *(uint16_t *)buf, __ATOMIC_RELEASE);
		break;
	}
}

static void find_nothing(struct memory *m)
{
	m->active = false;
}

static bool touch_anything(struct memory *m, enum kind kind, enum op op, uint64_t gpa, uint8_t *p,
			   void *buf, uint32_t len)
{
	(void)m, (void)kind, (void)gpa;
	memory_plain(op, p, buf, len);
	return true;
}

const struct protection no_protection = { find_nothing, touch_anything };
