// SPDX-License-Identifier: GPL-2.0-only
/*
 * A disk that is asked for its first sector, while one page after the other is private.
 * The device has to name the one kind of access that it refused, tell whether it wanted
 * to access that page, and leave it alone; with all pages shared it has to bring the sector.
 */
#include <unistd.h>

#include "guest.h"

static bool arrived(unsigned int q)
{
	return !memcmp(AT(q, P_DATA) + DATA_AT, disk, 512) && *AT(q, P_STATUS) == VIRTIO_BLK_S_OK;
}

static bool refused(int part, const uint8_t *before)
{
	/* the end of the ring and what is behind a header are given, and never accessed */
	bool touched = part != P_DESC_END && part != P_REQUEST_END;
	const char *of = kind_of[part];
	long given = figure_of(of, "given"), violations = figure_of(of, "violations");
	bool ok = figure_of(of, "first") / PAGE == (long)(GPA / PAGE) + IN(0, part) &&
		!memcmp(before, AT(0, part), PAGE) && given >= !touched && (violations > given) == touched;

	for (int i = 0; i < PARTS; i++)		/* and no other kind */
		if (strcmp(kind_of[i], of) && figure_of(kind_of[i], "violations"))
			ok = false;
	return ok && figure("violations") == violations;
}

static bool clean(void)
{
	return !figure("violations") && !figure("nowhere") && !figure("early") && !figure("malformed");
}

static void one(int mode, int part)
{
	int private = part == PARTS ? NONE : IN(0, part);
	uint8_t before[PAGE];
	bool ok;

	guest_clear();
	offer_sector(0, VIRTIO_BLK_T_IN, 0, mode);
	guest_share(private);
	if (part < PARTS)
		memcpy(before, AT(0, part), PAGE);
	session_start("blk", NULL, mode, 0);
	session_queue(0);
	session_stop_queue(0);
	ok = session_end(0);
	if (part < PARTS)
		ok = ok && refused(part, before);
	else
		ok = ok && clean() && arrived(0) && figure("requests") == 1 && figure("bytes") == 512 &&
			says("\"protected\": true, \"bitmap_lost\": 0, \"bitmap\": true, \"flags\": 0");
	result(ok, "%s, %s, %s: %s%s", mode & PACKED ? "packed" : "split",
	       mode & INDIRECT ? "indirect" : "direct", mode & TRANSLATED ? "translated" : "physical",
	       part == PARTS ? "all shared: the sector comes" : "refuses private memory: ",
	       part == PARTS ? "" : part_name[part]);
}

static void unprotected(int mode, const char *options, bool header)
{
	bool ok;

	guest_clear();
	offer_sector(0, VIRTIO_BLK_T_IN, 0, mode);
	if (header)
		guest_share(IN(0, P_DATA));
	session_start("blk", options, mode, 0);
	session_queue(0);
	session_stop_queue(0);
	ok = session_end(0) && clean() && arrived(0) && !figure("accesses") && figure("accesses_before") > 0 &&
		says("\"protected\": false, \"bitmap_lost\": 0, \"bitmap\": false");
	result(ok, "%s, %s: nothing is private", mode & PACKED ? "packed" : "split", header ? options : "no bitmap");
}

static void several_queues(void)
{
	struct message m;
	bool ok;

	guest_clear();
	extra_features = BIT(VHOST_USER_F_PROTOCOL_FEATURES) | BIT(VIRTIO_BLK_F_MQ);
	offer_sector(0, VIRTIO_BLK_T_IN, 0, 0);
	offer_sector(2, VIRTIO_BLK_T_IN, 0, 0);
	guest_share(NONE);
	session_start("blk", "--queues=3", 0, 0);
	tell_u64(VHOST_USER_SET_PROTOCOL_FEATURES, BIT(VHOST_USER_PROTOCOL_F_MQ), -1);
	tell(VHOST_USER_GET_QUEUE_NUM, NULL, 0, NULL, 0);
	ok = reply(&m) && m.u64 == 3;
	tell_u64(VHOST_USER_GET_FEATURES, 0, -1);
	ok = ok && reply(&m) && m.u64 & BIT(VIRTIO_BLK_F_MQ);
	session_queue(0);
	session_queue(2);
	session_stop_queue(0);
	session_stop_queue(2);
	ok = session_end(0) && ok && clean() && arrived(0) && arrived(2) && figure("queues") == 2 &&
		says("\"requests_per_queue\": [1, 0, 1]");
	extra_features = 0;
	result(ok, "a disk with three queues: each brings its sector");
}

/* The driver hears of a request that was used while there was no file descriptor to tell it. */
static void late_call(void)
{
	struct message m;
	uint64_t n = 0;
	bool ok;

	guest_clear();
	offer_sector(0, VIRTIO_BLK_T_IN, 0, 0);
	guest_share(NONE);
	session_start("blk", NULL, 0, 0);
	session_queue(0);
	tell_u64(VHOST_USER_SET_VRING_CALL, VHOST_USER_VRING_NOFD, -1);
	tell(VHOST_USER_GET_FEATURES, NULL, 0, NULL, 0);
	ok = reply(&m) && arrived(0);
	while (read(session.call[0], &n, sizeof(n)) == sizeof(n))
		;
	tell_u64(VHOST_USER_SET_VRING_CALL, 0, session.call[0]);
	tell(VHOST_USER_GET_FEATURES, NULL, 0, NULL, 0);
	ok = reply(&m) && read(session.call[0], &n, sizeof(n)) == sizeof(n) && ok;
	result(session_end(0) && ok && clean(), "a call file descriptor that comes late: notified");
}

static void status(uint32_t type, uint64_t sector, uint8_t want, const char *what)
{
	bool ok;

	guest_clear();
	offer_sector(0, type, sector, 0);
	guest_share(NONE);
	session_start("blk", NULL, 0, 0);
	session_queue(0);
	session_stop_queue(0);
	ok = session_end(0) && clean() && *AT(0, P_STATUS) == want &&
		(want == VIRTIO_BLK_S_OK || AT(0, P_DATA)[DATA_AT] == 0x5a);
	result(ok, "%s", what);
}

void test_blk(void)
{
	int mode, part;

	for (mode = 0; mode < MODES; mode++)
		for (part = 0; part <= PARTS; part++)
			if ((part != P_TABLE || mode & INDIRECT) &&
			    !((part == P_AVAIL_END || part == P_USED_END) && mode & PACKED))
				one(mode, part);
	for (mode = 0; mode <= PACKED; mode++) {
		unprotected(mode, NULL, false);
		unprotected(mode, "--no-bitmap", true);
	}
	several_queues();
	late_call();
	status(VIRTIO_BLK_T_IN, 1ull << 40, VIRTIO_BLK_S_IOERR, "a sector behind the end: an error");
	status(VIRTIO_BLK_T_IN, 1ull << 55, VIRTIO_BLK_S_IOERR, "a sector whose offset wraps: an error");
	status(VIRTIO_BLK_T_GET_ID, 0, VIRTIO_BLK_S_OK, "the disk says its name");
	status(77, 0, VIRTIO_BLK_S_UNSUPP, "an unknown request: not supported");
}
