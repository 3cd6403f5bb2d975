// SPDX-License-Identifier: GPL-2.0-only
/* A device in a process of its own: how it starts and ends. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"

extern char **arguments;
struct session session;
uint64_t extra_features;
static int output;

static void spawn(const char *model, const char *options)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	const char *argv[6] = { arguments[1] };
	int out[2], n = 1;

	unlink(arguments[2]);
	if (pipe2(out, O_CLOEXEC) || (session.pid = fork()) < 0)
		exit(1);
	if (!session.pid) {
		dup2(out[1], 1);
		if (!getenv("VERBOSE"))
			dup2(open("/dev/null", O_WRONLY), 2);
		if (options)
			argv[n++] = options;
		argv[n++] = model;
		argv[n++] = arguments[2];
		argv[n++] = !strcmp(model, "blk") ? arguments[3] : NULL;
		execv(argv[0], (char **)argv);
		_exit(127);
	}
	close(out[1]);
	output = out[0];
	session.sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	strncpy(a.sun_path, arguments[2], sizeof(a.sun_path) - 1);
	for (int i = 0; connect(session.sock, (void *)&a, sizeof(a)) && i < 2500; i++)
		usleep(2000);
}

void session_start(const char *model, const char *options, int mode, int how)
{
	struct message table = { .mem = { .n = 1, .region = { { GPA, PAGES * PAGE, UVA, 0 } } } };
	uint64_t features = BIT(VIRTIO_F_VERSION_1) | BIT(VIRTIO_RING_F_EVENT_IDX) |
		BIT(VIRTIO_RING_F_INDIRECT_DESC) | extra_features;
	int back[2], fd = guest_fd();

	memset(&session, 0, sizeof(session));
	session.backend = -1;
	session.mode = mode;
	for (int i = 0; i < 4; i++) {
		session.kick[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
		session.call[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	}
	spawn(model, options);
	if (how & BARE)
		return;
	features |= mode & PACKED ? BIT(VIRTIO_F_RING_PACKED) : 0;
	features |= mode & TRANSLATED ? BIT(VIRTIO_F_ACCESS_PLATFORM) : 0;
	tell_u64(VHOST_USER_SET_FEATURES, features, -1);
	tell(VHOST_USER_SET_MEM_TABLE, &table.mem, 8 + sizeof(table.mem.region[0]), &fd, 1);
	if (how & LOOK_UP) {
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, back))
			exit(1);
		session.backend = back[0];
		tell(VHOST_USER_SET_BACKEND_REQ_FD, NULL, 0, &back[1], 1);
		close(back[1]);
	} else if (mode & TRANSLATED) {
		map(0, PAGES, how & READ_ONLY ? VHOST_ACCESS_RO : VHOST_ACCESS_RW);
	}
}

void session_queue(unsigned int q)
{
	uint64_t base = session.mode & TRANSLATED ? IOVA : UVA;
	struct message m = { .addr = { .index = q,
		.desc = base + IN(q, P_DESC) * PAGE + DESC_AT, .avail = base + IN(q, P_AVAIL) * PAGE + AVAIL_AT,
		.used = base + IN(q, P_USED) * PAGE + USED_AT } };

	tell_state(VHOST_USER_SET_VRING_NUM, q, NUM);
	tell_state(VHOST_USER_SET_VRING_BASE, q, session.mode & PACKED ? 0x80008000 : 0);
	tell(VHOST_USER_SET_VRING_ADDR, &m.addr, sizeof(m.addr), NULL, 0);
	tell_u64(VHOST_USER_SET_VRING_CALL, q, session.call[q]);
	tell_u64(VHOST_USER_SET_VRING_KICK, q, session.kick[q]);
	if (extra_features & BIT(VHOST_USER_F_PROTOCOL_FEATURES))
		tell_state(VHOST_USER_SET_VRING_ENABLE, q, 1);
}

uint32_t session_stop_queue(unsigned int q)
{
	struct message m = {};

	tell_state(VHOST_USER_GET_VRING_BASE, q, 0);
	return reply(&m) ? m.state.num : ~0u;
}

bool session_end(int status)
{
	size_t all = 0;
	ssize_t n;

	close(session.sock);
	close(session.backend);
	while (readable(output, 3000) &&
	       (n = read(output, session.figures + all, sizeof(session.figures) - 1 - all)) > 0)
		all += n;
	session.figures[all] = 0;
	close(output);
	/* (what does not end by itself has to be killed, and is wrong) */
	for (int i = 0; !waitpid(session.pid, &session.status, WNOHANG); i++)
		if (i < 1000)
			usleep(2000);
		else
			kill(session.pid, SIGKILL);
	for (int i = 0; i < 4; i++) {
		close(session.kick[i]);
		close(session.call[i]);
	}
	return WIFEXITED(session.status) && WEXITSTATUS(session.status) == status;
}

bool soon(bool (*what)(void))
{
	for (int i = 0; i < 500 && !what(); i++)
		usleep(2000);
	return what();
}
