// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shares nothing with bitmap.c but the header of the ABI.  Reads the guest's memory
 * through a mapping of its own; in the device's, private pages are PROT_NONE, so that
 * whatever touches one past memory_access() dies of it, and each mapping lies between
 * guard pages.
 */
#define _GNU_SOURCE
#undef mmap	/* the device has fuzz_mmap() for it: Makefile */
#undef munmap
#include <endian.h>
#include <fcntl.h>
#include <linux/protected_lab.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "oracle.h"

typedef unsigned __int128 u128;

uint8_t *guest;
int guest_fd;
static struct { bool active; u128 header, bitmap, pages; unsigned int shift; } seen;
static bool closed[REGIONS][PAGES + 1];

void *fuzz_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset);
int fuzz_munmap(void *at, size_t size);

static size_t whole(size_t size) { return (size + PAGE - 1) & ~(size_t)(PAGE - 1); }

void *fuzz_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset)
{
	/* (of more than any address space mmap() gives nothing: a file may have no size) */
	uint8_t *p = mmap(NULL, size >> 46 ? SIZE_MAX : whole(size) + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)at;
	if (p == MAP_FAILED)
		return size >> 46 ? p : (wrong("no address space"), p);
	if (mmap(p + PAGE, size, prot, flags | MAP_FIXED, fd, offset) != MAP_FAILED)
		return p + PAGE;
	munmap(p, whole(size) + 2 * PAGE);
	return MAP_FAILED;
}

int fuzz_munmap(void *at, size_t size)
{
	return munmap((uint8_t *)at - PAGE, whole(size) + 2 * PAGE);
}

void wrong(const char *what)
{
	/* (while it fuzzes, stderr is closed: a run of the one input shows it) */
	fprintf(stderr, "fuzz: WRONG: %s\n", what);
	abort();
}

void oracle_init(void)
{
	guest_fd = memfd_create("guest", 0);
	if (guest_fd < 0 || fallocate(guest_fd, 0, 0, PAGES * PAGE))
		abort();
	guest = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, guest_fd, 0);
	if (guest == MAP_FAILED)
		abort();
}

void oracle_reset(void)
{
	/* a hole, as memory is that was never written */
	if (fallocate(guest_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGES * PAGE))
		abort();
	memset(&seen, 0, sizeof(seen));
	memset(closed, 0, sizeof(closed));
}

/* SIZE bytes at GPA, all in one region, or NULL. */
static const uint8_t *bytes(const struct memory *m, u128 gpa, u128 size)
{
	for (unsigned int i = 0; i < m->n; i++) {
		const struct region *r = &m->region[i];

		if (gpa >= r->gpa && gpa + size <= (u128)r->gpa + r->size)
			return guest + r->offset + (size_t)(gpa - r->gpa);
	}
	return NULL;
}

static bool header(const struct memory *m, u128 gpa, bool keep)
{
	const uint8_t *p = bytes(m, gpa, sizeof(struct protected_lab_header));
	struct protected_lab_header h;
	u128 pages, bitmap, size;
	unsigned int shift;

	if (!p)
		return false;
	memcpy(&h, p, sizeof(h));
	for (int i = 0; i < PROTECTED_LAB_MAGIC_SIZE; i++)
		if ((h.magic[i] ^ 1) != PROTECTED_LAB_MAGIC_XOR_1[i])
			return false;
	pages = le64toh(h.pages);
	bitmap = le64toh(h.bitmap);
	shift = le32toh(h.page_shift);
	size = (pages + 7) / 8;
	if (le64toh(h.self) != gpa || gpa % 4096 || !pages || !bytes(m, bitmap, size) ||
	    shift < 12 || shift > 16 || (bitmap < gpa + 4096 && gpa < bitmap + size))
		return false;
	if (keep) {
		seen.header = gpa;
		seen.bitmap = bitmap;
		seen.pages = pages;
		seen.shift = shift;
	}
	return true;
}

static bool private(const struct memory *m, u128 gpa)
{
	u128 n = gpa >> seen.shift;

	return n >= seen.pages || !(*bytes(m, seen.bitmap + n / 8, 1) >> (unsigned int)(n % 8) & 1);
}

/* (the device reads header and bitmap itself) */
static bool metadata(u128 gpa)
{
	return (gpa + PAGE > seen.header && gpa < seen.header + sizeof(struct protected_lab_header)) ||
	       (gpa + PAGE > seen.bitmap && gpa < seen.bitmap + (seen.pages + 7) / 8);
}

/* Closes what is private now, and opens the rest. */
static void update(const struct memory *m, bool open)
{
	for (unsigned int i = 0; i < m->n; i++) {
		const struct region *r = &m->region[i];
		u128 start = (u128)r->gpa - r->offset;

		for (unsigned int k = 0; k * PAGE < whole(r->map_size) && k <= PAGES; k++) {
			u128 gpa = start + k * PAGE;
			bool close = !open && seen.active && k * PAGE >= r->offset && (k + 1) * PAGE <= r->map_size &&
				private(m, gpa) && private(m, gpa + PAGE - 1) && !metadata(gpa);

			if (close != closed[i][k] &&
			    mprotect((uint8_t *)r->map + k * PAGE, PAGE, close ? PROT_NONE : PROT_READ | PROT_WRITE))
				wrong("mprotect");
			closed[i][k] = close;
		}
	}
}

static bool any_header(const struct memory *m)
{
	for (unsigned int i = 0; i < m->n; i++)
		for (u128 gpa = ((u128)m->region[i].gpa + 4095) / 4096 * 4096;
		     gpa < (u128)m->region[i].gpa + m->region[i].size; gpa += 4096)
			if (header(m, gpa, false))
				return true;
	return false;
}

static void find(struct memory *m)
{
	/* mappings can be others now: nothing is closed in a new one */
	static void *maps[REGIONS];

	for (unsigned int i = 0; i < REGIONS; i++)
		if (i >= m->n || maps[i] != m->region[i].map || !m->active) {
			memset(closed[i], 0, sizeof(closed[i]));
			maps[i] = i < m->n ? m->region[i].map : NULL;
			if (maps[i])
				mprotect(maps[i], whole(m->region[i].map_size), PROT_READ | PROT_WRITE);
		}
	update(m, true);
	bitmap_protection.find(m);
	seen.active = m->active;
	if (m->active && !header(m, m->bitmap.header, true))
		wrong("a header was believed that is not valid");
	if (!m->active && any_header(m))
		wrong("a valid header was not found: nothing would be checked");
	update(m, false);
}

static bool touch(struct memory *m, enum kind kind, enum op op, uint64_t gpa, uint8_t *p, void *buf, uint32_t len)
{
	uint64_t before = m->figures->kind[kind].violations;
	bool refuse = false, done;

	update(m, false);
	for (u128 at = gpa; seen.active && at < (u128)gpa + len; at = (at & ~(u128)4095) + 4096)
		refuse |= private(m, at);
	done = bitmap_protection.touch(m, kind, op, gpa, p, buf, len);
	if (done == refuse)
		wrong(done ? "private memory was accessed" : "shared memory was refused");
	if (m->figures->kind[kind].violations != before + refuse)
		wrong("a violation was not counted, or what is none was");
	return done;
}

const struct protection oracle_protection = { find, touch };
