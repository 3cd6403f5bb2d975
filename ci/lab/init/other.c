// SPDX-License-Identifier: GPL-2.0-only
/* Drivers whose devices QEMU plays itself. */
#define _GNU_SOURCE
#include <dirent.h>
#include <drm/drm.h>
#include <drm/drm_mode.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "init.h"

int rng(const char *how)
{
	int fd = open("/dev/hwrng", O_RDONLY), n, left = atoi(how), seen[256] = {}, kinds = 0;
	unsigned char buf[256];

	errno = 0;
	for (; fd >= 0 && left > 0; left -= n) {
		n = read(fd, buf, left < 256 ? left : 256);
		if (n <= 0) {
			if (errno == ENODEV) {
				close(fd);
				fd = -1;
				break;
			}
			return bad("rng", "read");
		}
		for (int i = 0; i < n; i++)
			kinds += !seen[buf[i]]++;
	}
	if (fd < 0) {
		printf("lab: rng absent\n");
		return 0;
	}
	close(fd);
	if (kinds < 64)
		return bad("rng", "hardly random");
	printf("lab: rng ok %s bytes\n", how);
	return 0;
}

int console(void)
{
	int fd = open("/dev/vport0p1", O_RDWR), i;
	char line[64];

	if (fd < 0) {
		printf("lab: console absent\n");
		return 0;
	}
	for (i = 0; i < 100; i++) {
		int n = snprintf(line, sizeof(line), "line %d of the guest\n", i);

		if (write(fd, line, n) != n)
			return bad("console", "write");
	}
	close(fd);
	printf("lab: console ok %d lines\n", i);
	return 0;
}

/* Is there a device that the driver took? */
static int taken(const char *driver)
{
	char path[128];
	struct dirent *e;
	int n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/sys/bus/virtio/drivers/%s", driver);
	d = opendir(path);
	if (!d)
		return -1;
	while ((e = readdir(d)))
		n += !strncmp(e->d_name, "virtio", 6);
	closedir(d);
	return n;
}

int balloon(void)
{
	int n = taken("virtio_balloon");

	if (n < 0)
		return bad("balloon", "no such driver");
	printf("lab: balloon %s\n", n ? "ok bound" : "absent");
	return 0;
}

int gpu(void)
{
	static struct drm_mode_modeinfo mode[128];
	struct drm_mode_get_connector con = {};
	struct drm_mode_create_dumb dumb = { .bpp = 32 };
	struct drm_mode_fb_cmd fb = { .bpp = 32, .depth = 24 };
	struct drm_mode_map_dumb map = {};
	struct drm_mode_card_res res = {};
	struct drm_mode_fb_dirty_cmd dirty = {};
	struct drm_mode_crtc crtc = { .count_connectors = 1, .mode_valid = 1 };
	uint32_t crtcs[16], connectors[16], *pixels;
	int fd;

	if (taken("virtio_gpu") < 1) {
		printf("lab: gpu absent\n");
		return 0;
	}
	fd = open("/dev/dri/card0", O_RDWR);
	if (fd < 0 || ioctl(fd, DRM_IOCTL_MODE_GETRESOURCES, &res) || !res.count_crtcs || res.count_crtcs > 16 ||
	    !res.count_connectors || res.count_connectors > 16)
		return bad("gpu", "resources");
	res.crtc_id_ptr = (uintptr_t)crtcs;
	res.connector_id_ptr = (uintptr_t)connectors;
	res.count_fbs = res.count_encoders = 0;
	if (ioctl(fd, DRM_IOCTL_MODE_GETRESOURCES, &res))
		return bad("gpu", "resources");
	con.connector_id = connectors[0];
	if (ioctl(fd, DRM_IOCTL_MODE_GETCONNECTOR, &con) || !con.count_modes || con.count_modes > 128)
		return bad("gpu", "connector");
	con.modes_ptr = (uintptr_t)mode;
	con.count_props = con.count_encoders = 0;
	if (ioctl(fd, DRM_IOCTL_MODE_GETCONNECTOR, &con))
		return bad("gpu", "modes");

	dumb.width = fb.width = mode->hdisplay;
	dumb.height = fb.height = mode->vdisplay;
	if (ioctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &dumb))
		return bad("gpu", "memory for a picture");
	fb.pitch = dumb.pitch;
	fb.handle = map.handle = dumb.handle;
	if (ioctl(fd, DRM_IOCTL_MODE_ADDFB, &fb) || ioctl(fd, DRM_IOCTL_MODE_MAP_DUMB, &map))
		return bad("gpu", "frame buffer");
	pixels = mmap(NULL, dumb.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, map.offset);
	if (pixels == MAP_FAILED)
		return bad("gpu", "mmap");
	for (size_t i = 0; i < dumb.size / 4; i++)
		pixels[i] = i;
	crtc.crtc_id = crtcs[0];
	crtc.fb_id = dirty.fb_id = fb.fb_id;
	crtc.set_connectors_ptr = (uintptr_t)connectors;
	crtc.mode = *mode;
	if (ioctl(fd, DRM_IOCTL_MODE_SETCRTC, &crtc) || ioctl(fd, DRM_IOCTL_MODE_DIRTYFB, &dirty))
		return bad("gpu", "show");
	printf("lab: gpu ok %ux%u\n", fb.width, fb.height);
	return 0;
}
