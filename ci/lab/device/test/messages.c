// SPDX-License-Identifier: GPL-2.0-only
/* Messages that break the protocol: the device ends in order, with figures. */
#define _GNU_SOURCE
#include <dirent.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest.h"

/* After what was told, the connection is closed; status 1. */
static void ends(const char *what)
{
	struct message m;
	bool ok;

	tell(VHOST_USER_GET_FEATURES, NULL, 0, NULL, 0);
	ok = !reply(&m);
	ok = session_end(1) && ok && says("{\"device\"");
	result(ok, "%s: ends the connection", what);
}

static void start(void)
{
	session_start("blk", NULL, 0, BARE);
}

static void table(uint32_t n, struct vhost_user_region r0, struct vhost_user_region r1, unsigned int fds,
		  const char *what)
{
	struct message m = { .mem = { .n = n, .region = { r0, r1 } } };
	int fd[] = { guest_fd(), guest_fd() };

	start();
	tell(VHOST_USER_SET_MEM_TABLE, &m.mem, 8 + 2 * sizeof(r0), fd, fds);
	ends(what);
}

static void memory_tables(void)
{
	struct vhost_user_region good = { GPA, PAGE, UVA, 0 }, other = { GPA + PAGE, PAGE, UVA + PAGE, PAGE }, r;

	table(2, good, other, 1, "SET_MEM_TABLE with too few file descriptors");
	table(1, good, other, 2, "SET_MEM_TABLE with too many file descriptors");
	table(9, good, other, 2, "SET_MEM_TABLE with too many regions");
	table(UINT32_MAX, good, other, 0, "SET_MEM_TABLE with 2^32 - 1 regions");
	table(1, (r = good, r.size = 0, r), other, 1, "an empty region");
	table(1, (r = good, r.gpa = -PAGE, r.size = 2 * PAGE, r), other, 1, "a region that wraps");
	table(1, (r = good, r.user = -PAGE, r.size = 2 * PAGE, r), other, 1, "a region whose user address wraps");
	table(1, (r = good, r.offset = -PAGE, r), other, 1, "a region whose offset wraps");
	table(1, (r = good, r.offset = INT64_MAX, r), other, 1, "a region whose offset is huge");
	table(1, (r = good, r.size = (PAGES + 1) * PAGE, r), other, 1, "a region that is longer than its file");
	table(2, good, (r = other, r.gpa = GPA, r), 2, "regions that overlap");
	table(2, good, (r = other, r.user = UVA + 16, r), 2, "regions whose user addresses overlap");
}

static void wrong_fds(void)
{
	static const struct { uint32_t request; const char *name; } fd_messages[] = {
		{ VHOST_USER_SET_VRING_KICK, "SET_VRING_KICK" }, { VHOST_USER_SET_VRING_CALL, "SET_VRING_CALL" },
		{ VHOST_USER_SET_VRING_ERR, "SET_VRING_ERR" }, { VHOST_USER_SET_BACKEND_REQ_FD, "SET_BACKEND_REQ_FD" },
	};
	int fds[16];
	char what[80];

	for (int i = 0; i < 16; i++)
		fds[i] = guest_fd();
	for (unsigned int i = 0; i < ARRAY_SIZE(fd_messages); i++)
		for (unsigned int n = 0; n <= 2; n += 2) {
			start();
			tell(fd_messages[i].request, &(uint64_t){ 0 }, 8, fds, n);
			snprintf(what, sizeof(what), "%s with %s file descriptor%s", fd_messages[i].name,
				 n ? "a second" : "no", n ? "" : "s");
			ends(what);
		}
	start();
	tell(VHOST_USER_SET_VRING_KICK, &(uint64_t){ VHOST_USER_VRING_NOFD }, 8, fds, 1);
	ends("SET_VRING_KICK with a file descriptor that it says it lacks");
	start();
	tell(VHOST_USER_GET_FEATURES, NULL, 0, fds, 16);
	ends("a message with 16 file descriptors");
}

static int open_fds(void)
{
	char name[64];
	DIR *d;
	int n = 0;

	snprintf(name, sizeof(name), "/proc/%d/fd", session.pid);
	for (d = opendir(name); d && readdir(d); n++)
		;
	if (d)
		closedir(d);
	return n;
}

static void no_leak(void)
{
	int fds[8], before, after;
	struct message m;
	bool ok;

	for (int i = 0; i < 8; i++)
		fds[i] = guest_fd();
	start();
	tell(VHOST_USER_GET_FEATURES, NULL, 0, NULL, 0);
	ok = reply(&m);
	before = open_fds();
	for (int i = 0; i < 100; i++) {
		tell(VHOST_USER_GET_FEATURES, NULL, 0, fds, 8);
		ok = reply(&m) && ok;
		tell(VHOST_USER_SET_VRING_NUM, &(uint64_t){ 0 }, 8, fds, 3);
		tell_u64(VHOST_USER_SET_VRING_CALL, 0, session.call[0]);
	}
	tell(VHOST_USER_GET_FEATURES, NULL, 0, NULL, 0);
	ok = reply(&m) && ok;
	after = open_fds();
	ok = session_end(0) && ok && before > 3 && after <= before + 1;
	result(ok, "file descriptors that no message has use for: closed");
}

static void shapes(void)
{
	struct message m = {};
	bool ok;

	start();
	tell(VHOST_USER_SET_FEATURES, &m, 4, NULL, 0);
	ends("SET_FEATURES of 4 bytes");
	start();
	tell_state(VHOST_USER_SET_VRING_NUM, 1, NUM);
	ends("SET_VRING_NUM of a queue that there is not");
	start();
	tell_state(VHOST_USER_GET_VRING_BASE, UINT32_MAX, 0);
	ends("GET_VRING_BASE of queue 2^32 - 1");
	start();
	m.size = 5000;
	m.flags = VHOST_USER_VERSION;
	if (write(session.sock, &m, MESSAGE_HEADER) != MESSAGE_HEADER)
		return;
	ends("a message of 5000 bytes");
	start();
	m.size = 0;
	m.flags = 2;
	if (write(session.sock, &m, MESSAGE_HEADER) != MESSAGE_HEADER)
		return;
	ends("a message of version 2");

	session_start("blk", NULL, 0, 0);
	m.addr.desc = m.addr.avail = m.addr.used = UVA - PAGE;
	tell_state(VHOST_USER_SET_VRING_NUM, 0, NUM);
	tell(VHOST_USER_SET_VRING_ADDR, &m.addr, sizeof(m.addr), NULL, 0);
	tell_u64(VHOST_USER_SET_VRING_KICK, 0, session.kick[0]);
	ends("a ring that is not in memory");

	start();
	m.config.offset = 250;
	m.config.size = 100;
	tell(VHOST_USER_GET_CONFIG, &m.config, CONFIG_HEADER + 100, NULL, 0);
	ok = reply(&m) && !m.size;
	m.config.offset = 0;
	m.config.size = 60;
	tell(VHOST_USER_GET_CONFIG, &m.config, CONFIG_HEADER + 60, NULL, 0);
	ok = reply(&m) && m.size == CONFIG_HEADER + 60 && m.config.data[21] == 2 && ok;
	tell_u64(VHOST_USER_SET_PROTOCOL_FEATURES, BIT(VHOST_USER_PROTOCOL_F_REPLY_ACK), -1);
	if (write(session.sock, &(uint32_t[]){ 99, VHOST_USER_VERSION | VHOST_USER_NEED_REPLY, 0 }, 12) != 12)
		return;
	ok = reply(&m) && m.u64 && ok;
	ok = session_end(0) && ok;
	result(ok, "GET_CONFIG beyond the end and an unknown message: refused, and it goes on");
}

void test_hostile_messages(void)
{
	memory_tables();
	wrong_fds();
	no_leak();
	shapes();
}
