// SPDX-License-Identifier: GPL-2.0-only
/* Rings and bitmaps of a hostile guest: each is refused, and the device goes on. */
#include <endian.h>

#include "guest.h"

static void prepare(int mode)
{
	guest_clear();
	offer_sector(0, VIRTIO_BLK_T_IN, 0, mode);
	guest_share(NONE);
}

static void refused(int mode, const char *what)
{
	bool ok = session_stop_queue(0) != ~0u;

	ok = session_end(0) && ok && figure("malformed") == 1 && !figure("violations");
	result(ok, "%s, %s: malformed", mode & PACKED ? "packed" : "split", what);
}

/* What prepare() and its caller wrote. */
static void ring(int mode, const char *what)
{
	session_start("blk", NULL, mode, 0);
	session_queue(0);
	refused(mode, what);
}

static void setup(int mode, unsigned int num, uint32_t base, unsigned int offset, const char *what)
{
	struct message m = {};

	prepare(mode);
	session_start("blk", NULL, mode, 0);
	tell_state(VHOST_USER_SET_VRING_NUM, 0, num);
	tell_state(VHOST_USER_SET_VRING_BASE, 0, base);
	m.addr.desc = m.addr.avail = m.addr.used = UVA + 16 * PAGE + offset;
	tell(VHOST_USER_SET_VRING_ADDR, &m.addr, sizeof(m.addr), NULL, 0);
	tell_u64(VHOST_USER_SET_VRING_KICK, 0, session.kick[0]);
	refused(mode, what);
}

static struct vring_desc *desc(unsigned int i) { return (void *)(AT(0, P_DESC) + DESC_AT + i * 16); }
static struct vring_desc *table(unsigned int i) { return (void *)(AT(0, P_TABLE) + i * 16); }
static struct vring_packed_desc *pdesc(unsigned int i) { return (void *)desc(i); }

static void split_rings(void)
{
	setup(0, 0, 0, 0, "a size of 0");
	setup(0, 7, 0, 0, "a size that is no power of 2");
	setup(0, 65536, 0, 0, "a size of 65536");
	setup(0, NUM, 0, 1, "a ring at an odd address");
	prepare(0);
	*(uint16_t *)(AT(0, P_AVAIL) + AVAIL_AT + 2) = htole16(NUM + 1);
	ring(0, "more available than there is room for");
	prepare(0);
	*(uint16_t *)(AT(0, P_AVAIL) + AVAIL_AT + 4) = htole16(NUM);
	ring(0, "a chain that starts outside");
	prepare(0);
	desc(1)->next = htole16(0x4000);
	ring(0, "a chain that goes on outside");
	prepare(0);
	desc(0)->next = 0;
	ring(0, "a chain without an end");
	prepare(0);
	desc(2)->flags = 0;
	ring(0, "one to read after one to write");
	prepare(INDIRECT);
	desc(0)->flags |= htole16(VRING_DESC_F_NEXT);
	ring(INDIRECT, "an indirect descriptor that goes on");
	prepare(INDIRECT);
	desc(0)->len = htole32(32);
	ring(INDIRECT, "a table that goes on outside");
	prepare(INDIRECT);
	table(0)->next = 0;
	ring(INDIRECT, "a table without an end");
	prepare(INDIRECT);
	table(0)->flags |= htole16(VRING_DESC_F_INDIRECT);
	ring(INDIRECT, "a table in a table");
}

static void packed_rings(void)
{
	setup(PACKED, NUM, 0x80008000, 1, "a ring at an odd address");
	setup(PACKED, 0, 0x80008000, 0, "a size of 0");
	setup(PACKED, NUM, 0x80008000 | NUM, 0, "a start outside");
	setup(PACKED, NUM, 0x80008000 | NUM << 16, 0, "a start outside of what is used");
	prepare(PACKED);
	pdesc(2)->flags |= htole16(VRING_DESC_F_NEXT);
	ring(PACKED, "a chain without an end");
	prepare(PACKED | INDIRECT);
	pdesc(0)->flags |= htole16(VRING_DESC_F_NEXT);
	ring(PACKED | INDIRECT, "an indirect descriptor that goes on");
}

/* A header that the device must not believe: it has to say that it found none. */
static void bad_header(uint64_t bitmap, uint64_t pages, uint32_t shift, uint64_t self, const char *what)
{
	struct protected_lab_header h = guest_header();
	bool ok;

	prepare(0);
	h.self = htole64(self);
	h.bitmap = htole64(bitmap);
	h.pages = htole64(pages);
	h.page_shift = htole32(shift);
	guest_put_header(&h);
	session_start("blk", NULL, 0, 0);
	session_queue(0);
	session_stop_queue(0);
	ok = session_end(0) && !figure("accesses") && says("\"protected\": false") && says("\"bitmap\": false");
	result(ok, "a header with %s: not believed", what);
}

/* One that was there is gone when a queue starts again. */
static void lost_header(void)
{
	bool ok;

	prepare(0);
	session_start("blk", NULL, 0, 0);
	session_queue(0);
	session_stop_queue(0);
	memset(mem, 0, PAGE);
	session_queue(0);
	session_stop_queue(0);
	ok = session_end(0) && figure("bitmap_lost") == 1 && figure("accesses") > 0 &&
		says("\"protected\": false") && says("\"bitmap\": false");
	result(ok, "a header that is gone: is said");
}

void test_hostile_rings(void)
{
	const uint64_t bitmap = GPA + BITMAP * PAGE, last = GPA + PAGES * PAGE;

	split_rings();
	packed_rings();
	bad_header(last - 1, UINT64_MAX, 12, GPA, "so many pages that the size of the bitmap wraps");
	bad_header(last - 1, UINT64_MAX - 6, 12, GPA, "as many, less 6");
	bad_header(bitmap, 0, 12, GPA, "no pages");
	bad_header(last - 1, 9, 12, GPA, "a bitmap beyond the end of memory");
	bad_header(GPA + 1024, 64, 12, GPA, "a bitmap over itself");
	bad_header(UINT64_MAX, 64, 12, GPA, "a bitmap nowhere");
	bad_header(bitmap, 64, 11, GPA, "pages of 2 KB");
	bad_header(bitmap, 64, 200, GPA, "pages of 2^200 bytes");
	bad_header(bitmap, 64, 12, GPA + PAGE, "another address");
	lost_header();
}
