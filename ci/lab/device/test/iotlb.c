// SPDX-License-Identifier: GPL-2.0-only
/* Addresses that the front-end translates, refuses, or takes back. */
#include <sys/socket.h>

#include "guest.h"

static bool clean(void)
{
	return !figure("violations") && !figure("nowhere") && !figure("early") && !figure("malformed");
}

/* Mapped read-only: nothing is written. */
static void read_only(int part)
{
	uint8_t before[PAGE];
	bool ok;

	guest_clear();
	offer_sector(0, VIRTIO_BLK_T_IN, 0, TRANSLATED);
	guest_share(NONE);
	memcpy(before, AT(0, part), PAGE);
	session_start("blk", NULL, TRANSLATED, READ_ONLY);
	session_queue(0);
	session_stop_queue(0);
	ok = session_end(0) && figure("nowhere") + figure("early") > 0 && !memcmp(before, AT(0, part), PAGE);
	result(ok, "translated, may only read: writes nothing to %s", part_name[part]);
}

static bool status_there(void) { return *AT(0, P_STATUS) == VIRTIO_BLK_S_OK; }

static void looked_up(void)
{
	bool ok;

	guest_clear();
	offer_sector(0, VIRTIO_BLK_T_IN, 0, TRANSLATED);
	guest_share(NONE);
	session_start("blk", NULL, TRANSLATED, LOOK_UP);
	session_queue(0);
	look_up_until(NONE);
	ok = soon(status_there);
	session_stop_queue(0);
	ok = session_end(0) && ok && clean() && figure("iotlb_misses") >= 10;
	result(ok, "each page looked up: the sector comes");
}

/* Stopped while it looks up where data goes; and by NUM, or set up anew at once, as well. */
static void stopped(int mode, uint32_t num, const char *how)
{
	bool asked, ok;

	guest_clear();
	mode |= TRANSLATED;
	offer_sector(0, VIRTIO_BLK_T_IN, 0, mode);
	guest_share(NONE);
	session_start("blk", NULL, mode, LOOK_UP);
	session_queue(0);
	asked = look_up_until(IN(0, P_DATA));
	session_stop_queue(0);
	if (num != NUM)
		tell_state(VHOST_USER_SET_VRING_NUM, 0, num);
	acknowledge();
	look_up_until(NONE);
	ok = session_end(0) && asked && AT(0, P_DATA)[DATA_AT] == 0x5a && *AT(0, P_STATUS) == 0x5a &&
		!AT(0, P_USED)[USED_AT + 2] && clean();
	result(ok, "%s, %s while it looks up where data goes: writes none", mode & PACKED ? "packed" : "split", how);
}

/* A look-up of a ring for which the size becomes 0. */
static void no_size(int part)
{
	bool asked, ok;

	guest_clear();
	offer_sector(0, VIRTIO_BLK_T_IN, 0, TRANSLATED);
	guest_share(NONE);
	session_start("blk", NULL, TRANSLATED, LOOK_UP);
	session_queue(0);
	asked = look_up_until(IN(0, part));
	tell_state(VHOST_USER_SET_VRING_NUM, 0, 0);
	acknowledge();
	look_up_until(NONE);
	ok = session_end(0) && asked && clean();
	result(ok, "the size becomes 0 while %s is looked up", part_name[part]);
}

static void channel_closed(void)
{
	bool asked, ok;

	guest_clear();
	offer_sector(0, VIRTIO_BLK_T_IN, 0, TRANSLATED);
	guest_share(NONE);
	session_start("blk", NULL, TRANSLATED, LOOK_UP);
	session_queue(0);
	asked = look_up_until(IN(0, P_DATA));
	shutdown(session.backend, SHUT_RDWR);
	ok = session_stop_queue(0) != ~0u;	/* it still answers */
	ok = session_end(0) && asked && ok && !figure("violations") && !figure("malformed");
	result(ok, "the back-end's channel closes during a look-up: no translation, and it goes on");
}

static void range(uint64_t iova, uint64_t size, uint64_t uva, uint8_t type, const char *what)
{
	struct { uint64_t iova, size, uva; uint8_t perm, type, pad[6]; } m = { iova, size, uva, 3, type, {} };
	bool ok;

	guest_clear();
	session_start("blk", NULL, TRANSLATED, 0);
	tell(VHOST_USER_IOTLB_MSG, &m, sizeof(m), NULL, 0);
	session_stop_queue(0);
	ok = session_end(1) && says("{\"device\"");
	result(ok, "IOTLB_MSG, %s: ends the connection", what);
}

void test_iotlb(void)
{
	read_only(P_USED);
	read_only(P_DATA);
	looked_up();
	for (int mode = 0; mode <= PACKED; mode++) {
		stopped(mode, NUM, "stopped");
		stopped(mode, 4, "stopped and of another size");
	}
	no_size(P_AVAIL);
	no_size(P_DESC);
	no_size(P_USED);
	channel_closed();
	range(IOVA, -IOVA + 1, 0, VHOST_IOTLB_UPDATE, "a range that wraps");
	range(IOVA, PAGE, -PAGE + 1ull, VHOST_IOTLB_UPDATE, "a mapping that wraps");
	range(IOVA, 0, UVA, VHOST_IOTLB_UPDATE, "an empty range");
	range(IOVA, PAGE, UVA, 77, "an unknown type");
}
