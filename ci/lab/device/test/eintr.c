// SPDX-License-Identifier: GPL-2.0-only
/*
 * Linked with the device's system calls wrapped: every second one of each is interrupted.  The
 * device has to serve as if nothing was.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define WRAP(type, name, params, args) \
	type __real_##name params; \
	type __wrap_##name params; \
	type __wrap_##name params \
	{ \
		static unsigned int count; \
		errno = EINTR; \
		return ++count % 2 ? -1 : __real_##name args; \
	}

WRAP(ssize_t, recvmsg, (int fd, struct msghdr *m, int flags), (fd, m, flags))
WRAP(ssize_t, recv, (int fd, void *p, size_t n, int flags), (fd, p, n, flags))
WRAP(ssize_t, send, (int fd, const void *p, size_t n, int flags), (fd, p, n, flags))
WRAP(ssize_t, read, (int fd, void *p, size_t n), (fd, p, n))
WRAP(ssize_t, write, (int fd, const void *p, size_t n), (fd, p, n))
WRAP(int, poll, (struct pollfd *p, nfds_t n, int ms), (p, n, ms))
WRAP(int, accept, (int fd, struct sockaddr *a, socklen_t *n), (fd, a, n))
