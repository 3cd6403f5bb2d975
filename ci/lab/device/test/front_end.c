// SPDX-License-Identifier: GPL-2.0-only
/* Messages to the device, and answers to its look-ups. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "guest.h"

void tell(uint32_t request, const void *payload, uint32_t size, const int *fds, unsigned int n)
{
	uint32_t h[3] = { request, VHOST_USER_VERSION, size };
	char control[CMSG_SPACE(sizeof(int) * 16)] = {};
	struct iovec v[2] = { { h, sizeof(h) }, { (void *)payload, size } };
	struct msghdr m = { .msg_iov = v, .msg_iovlen = 2 };
	struct cmsghdr *c;

	if (n) {
		m.msg_control = control;
		m.msg_controllen = CMSG_SPACE(sizeof(int) * n);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * n);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * n);
	}
	/* (what the device refuses closes the connection) */
	while (sendmsg(session.sock, &m, MSG_NOSIGNAL) < 0 && errno == EINTR)
		;
}

void tell_u64(uint32_t request, uint64_t value, int fd)
{
	tell(request, &value, sizeof(value), &fd, fd >= 0);
}

void tell_state(uint32_t request, uint32_t index, uint32_t num)
{
	tell(request, (uint32_t[]){ index, num }, 8, NULL, 0);
}

bool readable(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, ms) > 0;
}

bool reply(struct message *m)
{
	return readable(session.sock, 5000) &&
	       recv(session.sock, m, MESSAGE_HEADER, MSG_WAITALL) == MESSAGE_HEADER && m->size <= sizeof(*m) - MESSAGE_HEADER &&
	       (!m->size || recv(session.sock, &m->u64, m->size, MSG_WAITALL) == (ssize_t)m->size);
}

void map(int first, int pages, uint8_t perm)
{
	struct { uint64_t iova, size, uva; uint8_t perm, type, pad[6]; } m = {
		IOVA + first * PAGE, pages * PAGE, UVA + first * PAGE, perm, VHOST_IOTLB_UPDATE, {} };

	tell(VHOST_USER_IOTLB_MSG, &m, sizeof(m), NULL, 0);
}

void acknowledge(void)
{
	struct message m = { .request = VHOST_USER_BACKEND_IOTLB_MSG,
			     .flags = VHOST_USER_VERSION | VHOST_USER_REPLY, .size = sizeof(m.u64) };

	if (send(session.backend, &m, MESSAGE_HEADER + m.size, MSG_NOSIGNAL) < 0)
		return;
}

bool look_up_until(int page)
{
	struct message m;

	while (readable(session.backend, 300) &&
	       recv(session.backend, &m, MESSAGE_HEADER + sizeof(m.iotlb), MSG_WAITALL) > 0) {
		int asked = (m.iotlb.iova - IOVA) / PAGE;

		map(asked, 1, VHOST_ACCESS_RW);
		if (asked == page)
			return true;
		acknowledge();
	}
	return false;
}
