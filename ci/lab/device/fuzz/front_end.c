// SPDX-License-Identifier: GPL-2.0-only
/* Messages of the front-end: any bytes, or sound ones with values that the input chooses. */
#define _GNU_SOURCE
#include <linux/vhost_types.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "actions.h"

static void tell(uint32_t request, uint32_t flags, const void *payload, uint32_t size, const int *fds, unsigned int n)
{
	uint32_t h[3] = { request, flags, size };
	char control[CMSG_SPACE(sizeof(int) * 8)] __attribute__((aligned(8))) = {};
	struct iovec v[2] = { { h, sizeof(h) }, { (void *)payload, size } };
	struct msghdr m = { .msg_iov = v, .msg_iovlen = 2 };
	struct cmsghdr *c = (void *)control;

	if (n) {
		m.msg_control = control;
		m.msg_controllen = CMSG_SPACE(sizeof(int) * n);
		*c = (struct cmsghdr){ CMSG_LEN(sizeof(int) * n), SOL_SOCKET, SCM_RIGHTS };
		memcpy(CMSG_DATA(c), fds, sizeof(int) * n);
	}
	if (sendmsg(fuzz.front, &m, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return;
}

void simple(uint32_t request, const void *payload, uint32_t size, int fd)
{
	tell(request, VHOST_USER_VERSION, payload, size, &fd, fd >= 0);
}

static uint64_t ring_base(void) { return u8() & 1 ? UVA : IOVA; }

void any_message(void)
{
	uint8_t request = u8() % 28, fds = u8(), payload[300] = {}, n = u8();
	int fd[8] = { fuzz.event, guest_fd, guest_fd, fuzz.event, guest_fd, guest_fd, guest_fd, guest_fd };

	for (unsigned int i = 0; i < n; i++)
		payload[i] = u8();
	tell(request, VHOST_USER_VERSION | (fds & 16 ? VHOST_USER_NEED_REPLY : 0), payload, n,
	     fd + (fds >> 3 & 1), (fds & 7) % 8);
}

void memory_table(void)
{
	struct message m = {};
	int fds[REGIONS];
	unsigned int at = 0;

	m.mem.n = u8() % 4;
	for (unsigned int i = 0; i < m.mem.n; i++) {
		unsigned int pages = 1 + u8() % PAGES, gap = u8() % 4;

		at += gap;
		m.mem.region[i].gpa = GPA + (uint64_t)at * PAGE;
		m.mem.region[i].user = UVA + (uint64_t)at * PAGE;
		m.mem.region[i].size = (uint64_t)pages * PAGE - (gap == 3 ? u8() : 0);
		m.mem.region[i].offset = (at - (gap == 2)) % PAGES * PAGE + (gap == 3 ? u8() : 0);
		fds[i] = guest_fd;
		at += pages;
	}
	tell(VHOST_USER_SET_MEM_TABLE, VHOST_USER_VERSION, &m.mem, 8 + m.mem.n * sizeof(m.mem.region[0]), fds, m.mem.n);
}

void queue(void)
{
	uint8_t how = u8(), size = u8(), q = how & 7;
	uint64_t base = ring_base();
	struct message m = { .addr = { .index = q } };

	m.addr.desc = address(base) & ~15ull;
	m.addr.avail = address(base) & ~3ull;
	m.addr.used = address(base) & ~(how & 8 ? 0ull : 3ull);
	simple(VHOST_USER_SET_VRING_NUM, (uint32_t[]){ q, how & 16 ? number(2) : 1u << size % 16 }, 8, -1);
	simple(VHOST_USER_SET_VRING_BASE, (uint32_t[]){ q, how & 32 ? number(4) : 0x80008000 * (how >> 7) }, 8, -1);
	simple(VHOST_USER_SET_VRING_ADDR, &m.addr, sizeof(m.addr), -1);
	simple(VHOST_USER_SET_VRING_CALL, &(uint64_t){ q }, 8, fuzz.event);
	simple(VHOST_USER_SET_VRING_KICK, &(uint64_t){ q }, 8, fuzz.event);
	simple(VHOST_USER_SET_VRING_ENABLE, (uint32_t[]){ q, 1 }, 8, -1);
}

void stop_queue(void)
{
	simple(VHOST_USER_GET_VRING_BASE, (uint32_t[]){ u8() & 7, 0 }, 8, -1);
}

void features(void)
{
	uint8_t f = u8();

	simple(VHOST_USER_SET_FEATURES, &(uint64_t){ (f & 1) * BIT(VIRTIO_F_VERSION_1) |
		(f >> 1 & 1) * BIT(VIRTIO_F_RING_PACKED) | (f >> 2 & 1) * BIT(VIRTIO_F_ACCESS_PLATFORM) |
		(f >> 3 & 1) * BIT(VIRTIO_RING_F_EVENT_IDX) | (f >> 4 & 1) * BIT(VIRTIO_RING_F_INDIRECT_DESC) |
		(f >> 5 & 1) * BIT(VHOST_USER_F_PROTOCOL_FEATURES) }, 8, -1);
}

void translation(uint64_t iova, uint64_t size, uint64_t user, uint8_t perm, uint8_t type)
{
	struct message m = { .iotlb = { iova, size, user, perm, type, {} } };

	simple(VHOST_USER_IOTLB_MSG, &m.iotlb, sizeof(m.iotlb), -1);
}

void some_translation(void)
{
	uint64_t iova = address(IOVA), size = number(2), user = address(UVA);
	uint8_t how = u8();

	translation(iova, how & 128 ? -iova : size, user, how & 3, 1 + (how >> 2) % 5);
}

void new_channel(void)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return;
	if (fuzz.channel >= 0)
		close(fuzz.channel);
	fuzz.channel = pair[0];
	simple(VHOST_USER_SET_BACKEND_REQ_FD, NULL, 0, pair[1]);
	close(pair[1]);
}

/* Replies to a look-up: with a translation of the page, usually. */
void answer(void)
{
	uint8_t how = u8();
	struct message m;

	if (fuzz.channel < 0 || recv(fuzz.channel, &m, MESSAGE_HEADER + sizeof(m.iotlb), MSG_DONTWAIT) <= 0)
		return;
	if (how < 224)
		translation(m.iotlb.iova & ~4095ull, PAGE, UVA + ((m.iotlb.iova - IOVA) & ~4095ull), VHOST_ACCESS_RW,
			    VHOST_IOTLB_UPDATE);
	m = (struct message){ .request = VHOST_USER_BACKEND_IOTLB_MSG,
			      .flags = VHOST_USER_VERSION | VHOST_USER_REPLY, .size = how == 255 ? 16 : 8 };
	m.u64 = how == 254;
	if (send(fuzz.channel, &m, MESSAGE_HEADER + m.size, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return;
}

void kick(void) { if (write(fuzz.event, &(uint64_t){ 1 }, 8) < 0) return; }
