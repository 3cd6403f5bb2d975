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

/* Was it refused as malformed, and nothing else, and nothing done? */
static void refused(int mode, unsigned int num, uint32_t base, const char *what)
{
	struct message m = {};
	bool ok;

	session_start("blk", NULL, mode, 0);
	session_queue(0);
	if (num != NUM || base) {
		session_stop_queue(0);
		session_end(0);
		session_start("blk", NULL, mode, 0);
		tell_state(VHOST_USER_SET_VRING_NUM, 0, num);
		tell_state(VHOST_USER_SET_VRING_BASE, 0, base);
		m.addr.desc = m.addr.avail = m.addr.used = UVA + 16 * PAGE;
		tell(VHOST_USER_SET_VRING_ADDR, &m.addr, sizeof(m.addr), NULL, 0);
		tell_u64(VHOST_USER_SET_VRING_KICK, 0, session.kick[0]);
	}
	ok = session_stop_queue(0) != ~0u;
	ok = session_end(0) && ok && figure("malformed") == 1 && !figure("violations");
	result(ok, "%s, %s: malformed", mode & PACKED ? "packed" : "split", what);
}

static struct vring_desc *desc(unsigned int i) { return (void *)(AT(0, P_DESC) + DESC_AT + i * 16); }
static struct vring_desc *table(unsigned int i) { return (void *)(AT(0, P_TABLE) + i * 16); }
static struct vring_packed_desc *pdesc(unsigned int i) { return (void *)desc(i); }

static void split_rings(void)
{
	refused(0, 0, 0, "a size of 0");
	refused(0, 7, 0, "a size that is no power of 2");
	refused(0, 65536, 0, "a size of 65536");
	prepare(0);
	*(uint16_t *)(AT(0, P_AVAIL) + AVAIL_AT + 2) = htole16(NUM + 1);
	refused(0, NUM, 0, "more available than there is room for");
	prepare(0);
	*(uint16_t *)(AT(0, P_AVAIL) + AVAIL_AT + 4) = htole16(NUM);
	refused(0, NUM, 0, "a chain that starts outside");
	prepare(0);
	desc(1)->next = htole16(0x4000);
	refused(0, NUM, 0, "a chain that goes on outside");
	prepare(0);
	desc(0)->next = 0;
	refused(0, NUM, 0, "a chain without an end");
	prepare(0);
	desc(2)->flags = 0;
	refused(0, NUM, 0, "one to read after one to write");
	prepare(INDIRECT);
	desc(0)->flags |= htole16(VRING_DESC_F_NEXT);
	refused(INDIRECT, NUM, 0, "an indirect descriptor that goes on");
	prepare(INDIRECT);
	desc(0)->len = htole32(32);
	refused(INDIRECT, NUM, 0, "a table that goes on outside");
	prepare(INDIRECT);
	table(0)->next = 0;
	refused(INDIRECT, NUM, 0, "a table without an end");
	prepare(INDIRECT);
	table(0)->flags |= htole16(VRING_DESC_F_INDIRECT);
	refused(INDIRECT, NUM, 0, "a table in a table");
}

static void packed_rings(void)
{
	refused(PACKED, 0, 0x80008000, "a size of 0");
	refused(PACKED, NUM, 0x80008000 | NUM, "a start outside");
	refused(PACKED, NUM, 0x80008000 | NUM << 16, "a start outside of what is used");
	prepare(PACKED);
	pdesc(2)->flags |= htole16(VRING_DESC_F_NEXT);
	refused(PACKED, NUM, 0, "a chain without an end");
	prepare(PACKED | INDIRECT);
	pdesc(0)->flags |= htole16(VRING_DESC_F_NEXT);
	refused(PACKED | INDIRECT, NUM, 0, "an indirect descriptor that goes on");
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
