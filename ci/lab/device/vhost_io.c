// SPDX-License-Identifier: GPL-2.0-only
/* Bytes and file descriptors of vhost-user messages.  A signal interrupts, but ends, nothing. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vhost_user.h"

void vhost_user_end(struct vhost_user *vu, const char *error)
{
	if (error && !vu->ended)
		fprintf(stderr, "device: %s\n", error);
	vu->failed |= error && !vu->ended;
	vu->ended = true;
	/* (what is being served is over, too) */
	for (unsigned int i = 0; i < vu->dev->queues; i++)
		vq_stop(&vu->dev->queue[i]);
}

bool vhost_user_wait(struct vhost_user *vu, int fd, short events)
{
	struct pollfd p[] = { { .fd = fd, .events = events }, { .fd = vu->quit, .events = POLLIN } };

	while (!vu->ended) {
		if (poll(p, ARRAY_SIZE(p), -1) < 0) {
			if (errno != EINTR && errno != EAGAIN)
				vhost_user_end(vu, "poll failed");
			continue;
		}
		if (p[1].revents)
			vhost_user_end(vu, NULL);
		else if (p[0].revents)
			return true;
	}
	return false;
}

/* What a call on a socket returned: again (1), it is over (0), or failed (-1). */
static int outcome(struct vhost_user *vu, int fd, ssize_t rc, short events)
{
	if (rc > 0)
		return 1;
	if (!rc)
		return 0;
	if (errno == EINTR)
		return 1;
	if (errno == EAGAIN)
		return vhost_user_wait(vu, fd, events) ? 1 : -1;
	return errno == ECONNRESET || errno == EPIPE ? 0 : -1;
}

bool vhost_user_read(struct vhost_user *vu, int fd, void *buf, size_t size)
{
	for (char *p = buf; size; ) {
		ssize_t done = recv(fd, p, size, MSG_DONTWAIT);

		if (outcome(vu, fd, done, POLLIN) <= 0)
			return false;
		if (done > 0) {
			p += done;
			size -= done;
		}
	}
	return true;
}

bool vhost_user_send(struct vhost_user *vu, int fd, const struct message *m)
{
	const char *p = (const char *)m;

	for (size_t n = MESSAGE_HEADER + m->size; n; ) {
		ssize_t done = send(fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (outcome(vu, fd, done, POLLOUT) <= 0)
			return false;
		if (done > 0) {
			p += done;
			n -= done;
		}
	}
	return true;
}

/* The first bytes of a message have its file descriptors. */
static ssize_t receive_header(struct vhost_user *vu, struct message *m, int *fds, int *n)
{
	char control[CMSG_SPACE(sizeof(int) * MAX_FDS)] __attribute__((aligned(8)));
	struct iovec iov = { m, MESSAGE_HEADER };
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	ssize_t got;
	int rc;

	do {
		got = recvmsg(vu->sock, &h, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
		rc = outcome(vu, vu->sock, got, POLLIN);
	} while (rc > 0 && got < 0);
	if (rc <= 0) {
		vhost_user_end(vu, rc ? "no message can be received" : NULL);
		return 0;
	}
	for (c = CMSG_FIRSTHDR(&h); c; c = CMSG_NXTHDR(&h, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS && !*n) {
			*n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
			memcpy(fds, CMSG_DATA(c), *n * sizeof(int));
		}
	if (h.msg_flags & MSG_CTRUNC)
		vhost_user_end(vu, "a message with more file descriptors than any has");
	return got;
}

bool vhost_user_receive(struct vhost_user *vu, struct message *m, int *fds, int *n)
{
	ssize_t got;

	*n = 0;
	memset(m, 0, sizeof(*m));
	got = receive_header(vu, m, fds, n);
	if (vu->ended)
		return false;
	if (!vhost_user_read(vu, vu->sock, (char *)m + got, MESSAGE_HEADER - got)) {
		vhost_user_end(vu, NULL);
		return false;
	}
	if (m->size > sizeof(*m) - MESSAGE_HEADER) {
		vhost_user_end(vu, "a message longer than any is");
		return false;
	}
	if ((m->flags & VHOST_USER_VERSION_MASK) != VHOST_USER_VERSION || m->flags & VHOST_USER_REPLY) {
		vhost_user_end(vu, "a message of another version, or a reply");
		return false;
	}
	if (!vhost_user_read(vu, vu->sock, (char *)m + MESSAGE_HEADER, m->size)) {
		vhost_user_end(vu, NULL);
		return false;
	}
	return true;
}
