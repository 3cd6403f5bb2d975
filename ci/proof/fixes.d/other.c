// SPDX-License-Identifier: GPL-2.0-only
/* Sockets to the host, consoles, keys, pictures. */
#define _GNU_SOURCE
#include <sys/socket.h>
#include <drm/drm.h>
#include <drm/drm_mode.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/vm_sockets.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "init.h"

/* Nobody listens there: the host has to say so. */
int vsock(char **arg)
{
	struct sockaddr_vm to = { .svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_HOST, .svm_port = 1 };
	struct timeval patience = { .tv_sec = 60 };
	int fd = socket(AF_VSOCK, SOCK_STREAM, 0);

	(void)arg;
	setsockopt(fd, AF_VSOCK, SO_VM_SOCKETS_CONNECT_TIMEOUT, &patience, sizeof(patience));
	if (!connect(fd, (void *)&to, sizeof(to))) {
		errno = 0;
		return -1;
	}
	return errno == ECONNRESET ? 0 : -1;
}

int port(char **arg)
{
	int fd = open("/dev/vport0p1", O_WRONLY), n;

	(void)arg;
	errno = 0;
	n = fd < 0 ? -1 : write(fd, "of the guest\n", 13);
	close(fd);
	if (n != 13 && !errno)
		errno = ENODATA; /* "0 bytes" */
	return n == 13 ? 0 : -1;
}

/* Something to read there? */
static int readable(const char *path, const char *ask)
{
	struct pollfd p = { .fd = open(path, O_RDONLY | O_NONBLOCK), .events = POLLIN };
	char data[4096];

	if (p.fd < 0)
		return -1;
	while (read(p.fd, data, sizeof(data)) > 0)
		;
	host(ask);
	errno = ENODATA;
	return poll(&p, 1, 3000) == 1 && (p.revents & POLLIN) ? 0 : -1;
}

int port_in(char **arg)
{
	(void)arg;
	return readable("/dev/vport0p1", "lines 1");
}

int keys(char **arg)
{
	(void)arg;
	return readable("/dev/input/event0", "keys 2");
}

/* Has a picture shown again while there are no bounce buffers, as there are for the picture. */
int picture(char **arg) /* SECONDS, 2 by default */
{
	struct drm_mode_fb_dirty_cmd dirty = {};
	struct drm_mode_card_res res = {};
	uint32_t fb[16];
	double begin;
	int fd, rc;

	if (gpu())
		return -1;
	/* (gpu() leaves it open) */
	for (fd = 3; ioctl(fd, DRM_IOCTL_MODE_GETRESOURCES, &res); fd++)
		if (fd == 64)
			return -1;
	res.fb_id_ptr = (uintptr_t)fb;
	res.count_crtcs = res.count_connectors = res.count_encoders = 0;
	if (res.count_fbs < 1 || res.count_fbs > 16 || ioctl(fd, DRM_IOCTL_MODE_GETRESOURCES, &res))
		return -1;
	dirty.fb_id = fb[0];
	if (write_file(POOL, "take 0"))
		return -1;
	if (!fork()) {
		sleep(*arg[0] ? atoi(arg[0]) : 2);
		_exit(!!write_file(POOL, "give"));
	}
	begin = now();
	rc = ioctl(fd, DRM_IOCTL_MODE_DIRTYFB, &dirty);
	result(now() - begin > 1 ? "waited" : "did not wait");
	return rc;
}

/* What a panic would show. */
int panic_screen(char **arg)
{
	(void)arg;
	return gpu() || write_file("/sys/kernel/debug/dri/0/drm_panic_plane_0", "1");
}
