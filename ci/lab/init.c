// SPDX-License-Identifier: GPL-2.0-only
/*
 * The init of the guests of ci/lab/run.  Its arguments are what it does, one
 * after the other; it says how each went, then powers off:
 *
 *   blk:N[:J], sda:N[:J]
 *               N requests to the first virtio or SCSI disk, by J processes (1): reads from
 *               its first half, writes that to the second, reads it back past the
 *               cache, compares; at last copies all, so that the host can compare
 *   flood       copies half of the virtio disk in one write, reads it back in one
 *               read, compares, four times: more in flight than a small pool bounces
 *   net:N       N frames through the first network card, which have to come back
 *   rebind      unbinds every driver of a virtio device, looks that nothing is left
 *               mapped, and binds it again
 *   rng:N, console, balloon
 *               N random bytes; lines to the console that the host reads back; is
 *               the driver bound?
 *   gpu         a picture for the host, in the first mode that the display offers
 *
 * "absent" says that the driver did not take the device; the host knows whether
 * that is right.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <drm/drm.h>
#include <drm/drm_mode.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <net/if.h>
#include <net/ethernet.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEBUG "/sys/kernel/debug"
#define VIRTIO "/sys/bus/virtio/devices"

static int bad(const char *name, const char *what)
{
	printf("lab: %s FAILED: %s: %s\n", name, what, strerror(errno));
	return -1;
}

static int read_file(char *out, size_t size, const char *path)
{
	int fd = open(path, O_RDONLY), n;

	*out = 0;
	if (fd < 0)
		return -1;
	n = read(fd, out, size - 1);
	close(fd);
	if (n < 0)
		return -1;
	out[n] = 0;
	out[strcspn(out, "\n")] = 0;
	return n;
}

static int write_file(const char *path, const char *what)
{
	int fd = open(path, O_WRONLY), n = -1;

	if (fd >= 0) {
		n = write(fd, what, strlen(what));
		close(fd);
	}
	return n < 0 ? -1 : 0;
}

/* What is left mapped for the device that is the parent of virtio device NAME. */
static int mapped(const char *name)
{
	char path[512], parent[512], line[512];
	int n = 0, ccw;
	ssize_t len;
	FILE *f;

	snprintf(path, sizeof(path), VIRTIO "/%s", name);
	len = readlink(path, parent, sizeof(parent) - 1);	/* .../parent/name */
	parent[len < 0 ? 0 : len] = 0;
	ccw = !!strstr(parent, "/css");
	*(strrchr(parent, '/') ?: parent) = 0;
	snprintf(path, sizeof(path), " %s ", strrchr(parent, '/') ? strrchr(parent, '/') + 1 : "?");
	f = fopen(DEBUG "/dma-api/dump", "r");
	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f))
		/* (cio keeps pages of its own) */
		n += strstr(line, path) && !(ccw && strstr(line, " coherent "));
	fclose(f);
	return n;
}

/* Each virtio device with its driver and features; in MODE 1 binds it anew. */
static int devices(int mode)
{
	char path[512], driver[512], features[80];
	DIR *d = opendir(VIRTIO);
	struct dirent *e;
	int rc = 0, n = 0, i;

	while (d && (e = readdir(d))) {
		ssize_t len;

		if (*e->d_name == '.')
			continue;
		snprintf(path, sizeof(path), VIRTIO "/%s/driver", e->d_name);
		len = readlink(path, driver, sizeof(driver) - 1);
		driver[len < 0 ? 0 : len] = 0;
		if (mode && len > 0) {
			const char *name = strrchr(driver, '/') + 1;

			snprintf(path, sizeof(path), "/sys/bus/virtio/drivers/%s/unbind", name);
			if (write_file(path, e->d_name))
				rc = bad(e->d_name, "unbind");
			/* (what the network still holds goes when it is freed) */
			for (i = 0; i < 30 && mapped(e->d_name); i++)
				usleep(100000);
			errno = 0;
			if (i == 30)
				rc = bad(e->d_name, "left mapped, or not known");
			snprintf(path, sizeof(path), "/sys/bus/virtio/drivers/%s/bind", name);
			if (write_file(path, e->d_name))
				rc = bad(e->d_name, "bind");
			n++;
		} else if (!mode) {
			snprintf(path, sizeof(path), VIRTIO "/%s/features", e->d_name);
			read_file(features, sizeof(features), path);
			printf("lab: device %s driver %s features%s%s%s%s%s\n", e->d_name,
			       len > 0 ? strrchr(driver, '/') + 1 : "none",
			       features[28] == '1' ? " indirect" : "", features[29] == '1' ? " event_idx" : "",
			       features[32] == '1' ? " version_1" : "",
			       features[33] == '1' ? " access_platform" : "",
			       features[34] == '1' ? " packed" : "");
		}
	}
	if (d)
		closedir(d);
	if (mode && !rc && n)
		printf("lab: rebind ok %d\n", n);
	else if (mode && !rc)
		printf("lab: rebind absent\n");
	return rc;
}

static void state(const char *when)
{
	char used[32], high[32], slabs[32], lab[128];

	read_file(used, sizeof(used), DEBUG "/swiotlb/io_tlb_used");
	read_file(high, sizeof(high), DEBUG "/swiotlb/io_tlb_used_hiwater");
	read_file(slabs, sizeof(slabs), DEBUG "/swiotlb/io_tlb_nslabs");
	printf("lab: %s swiotlb used %s most %s of %s\n", when, used, high, slabs);
	if (read_file(lab, sizeof(lab), DEBUG "/protected_lab") > 0)
		printf("lab: %s pages %s\n", when, lab);
}

/* ---- disks */

#define MOST 131072
static const int sizes[] = { 512, 3584, 4096, 4096, 4096, 8192, 57344, 65536, MOST };

/* Reads or writes, some of it in pieces and none of it at the start of a page. */
static ssize_t transfer(int fd, int out, char *buf, int n, off_t at, int pieces)
{
	struct iovec v[3] = { { buf, n } };
	int parts = 1;

	if (pieces && n >= 3 * 512) {
		v[0].iov_len = 512;
		v[1] = (struct iovec){ buf + 512, 512 };
		v[2] = (struct iovec){ buf + 1024, n - 1024 };
		parts = 3;
	}
	return out ? pwritev(fd, v, parts, at) : preadv(fd, v, parts, at);
}

static int disk_work(int fd, off_t from, off_t size, off_t half, long requests, unsigned int seed, long *compared)
{
	char *a = aligned_alloc(65536, 4 * MOST), *b;
	long done;

	if (!a)
		return bad("blk", "memory");
	a += 512;
	b = a + 2 * MOST;
	for (done = 0; done < requests; done += 3) {
		int n = sizes[rand_r(&seed) % (sizeof(sizes) / sizeof(*sizes))];
		off_t at = from + rand_r(&seed) % ((size - n) / 512) * 512ll;
		int pieces = rand_r(&seed) & 1;

		memset(a, 0x5a, n);
		memset(b, 0xa5, n);
		if (transfer(fd, 0, a, n, at, pieces) != n)
			return bad("blk", "read");
		if (transfer(fd, 1, a, n, half + at, pieces) != n)
			return bad("blk", "write");
		if (transfer(fd, 0, b, n, half + at, !pieces) != n)
			return bad("blk", "read back");
		errno = 0;
		if (memcmp(a, b, n))
			return bad("blk", "not what was written");
		*compared += n;
	}
	/* all of it, for the host to compare */
	for (done = 0; done < size; done += MOST) {
		int n = size - done < MOST ? size - done : MOST;

		if (pread(fd, a, n, from + done) != n || pwrite(fd, a, n, half + from + done) != n)
			return bad("blk", "copy");
	}
	return 0;
}

static int blk(const char *name, const char *how)
{
	long requests = atol(how), *compared;
	const char *colon = strchr(how, ':');
	int jobs = colon ? atoi(colon + 1) : 1, fd = -1, i, status, rc = 0;
	unsigned long long size;
	off_t slice;

	for (i = 0; fd < 0 && i < 30; i++) {
		fd = open(!strcmp(name, "sda") ? "/dev/sda" : "/dev/vda", O_RDWR | O_DIRECT);
		if (fd < 0)
			usleep(100000);
	}
	if (fd < 0) {
		printf("lab: %s absent\n", name);
		return 0;
	}
	if (ioctl(fd, BLKGETSIZE64, &size))
		return bad("blk", "size");
	compared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (compared == MAP_FAILED)
		return bad("blk", "memory");
	slice = size / 2 / jobs / 512 * 512;
	for (i = 0; i < jobs; i++)
		if (!fork())
			_exit(!!disk_work(fd, i * slice, i == jobs - 1 ? (off_t)size / 2 - i * slice : slice,
					  size / 2, requests / jobs, i + 1, &compared[i]));
	for (i = 0; i < jobs; i++) {
		if (wait(&status) < 0 || status)
			rc = -1;
	}
	for (i = 1; i < jobs; i++)
		compared[0] += compared[i];
	if (!rc && fsync(fd))
		rc = bad("blk", "fsync");
	close(fd);
	if (!rc)
		printf("lab: %s ok %ld requests %ld bytes\n", name, requests, compared[0]);
	return rc;
}

static int flood(void)
{
	int fd = open("/dev/vda", O_RDWR | O_DIRECT), i;
	unsigned long long size;
	char *a, *b;

	if (fd < 0) {
		printf("lab: flood absent\n");
		return 0;
	}
	if (ioctl(fd, BLKGETSIZE64, &size))
		return bad("flood", "size");
	size /= 2;
	a = aligned_alloc(65536, 2 * size);
	if (!a)
		return bad("flood", "memory");
	b = a + size;
	for (i = 0; i < 4; i++) {
		memset(b, 0xa5, size);
		if (pread(fd, a, size, 0) != (ssize_t)size || pwrite(fd, a, size, size) != (ssize_t)size ||
		    pread(fd, b, size, size) != (ssize_t)size)
			return bad("flood", "transfer");
		errno = 0;
		if (memcmp(a, b, size))
			return bad("flood", "not what was written");
	}
	free(a);
	close(fd);
	printf("lab: flood ok %d times %llu bytes\n", i, i * size);
	return 0;
}

/* ---- network */

static int net(const char *how)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_protocol = htons(0x88b5) };
	static unsigned char out[8][ETH_FRAME_LEN], in[2048];
	int fd, n, i, burst, got, size[8];
	long frames = atol(how), sent, bytes = 0;
	struct ifreq r = { .ifr_name = "eth0" };
	unsigned int seed = 1, tries = 2000;
	struct pollfd p;

	fd = socket(AF_PACKET, SOCK_RAW, htons(0x88b5));
	if (fd < 0)
		return bad("net", "socket");
	if (ioctl(fd, SIOCGIFFLAGS, &r)) {
		printf("lab: net absent\n");
		close(fd);
		return 0;
	}
	r.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &r) || ioctl(fd, SIOCGIFINDEX, &r))
		return bad("net", "up");
	to.sll_ifindex = r.ifr_ifindex;
	/* (else a frame is dropped without a word as long as there is no carrier) */
	if (setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &(int){ 1 }, sizeof(int)))
		return bad("net", "queueing discipline");
	if (bind(fd, (void *)&to, sizeof(to)) || ioctl(fd, SIOCGIFHWADDR, &r))
		return bad("net", "bind");

	for (sent = 0; sent < frames; sent += burst) {
		burst = frames - sent < 8 ? frames - sent : 8;
		for (i = 0; i < burst; i++) {
			size[i] = 64 + rand_r(&seed) % (ETH_FRAME_LEN - 64);
			memset(out[i], 2, ETH_ALEN);
			memcpy(out[i] + ETH_ALEN, r.ifr_hwaddr.sa_data, ETH_ALEN);
			out[i][12] = 0x88;
			out[i][13] = 0xb5;
			for (n = 14; n < size[i]; n++)
				out[i][n] = rand_r(&seed);
			out[i][14] = i;
			while ((n = send(fd, out[i], size[i], 0)) < 0 && errno == ENOBUFS && --tries)
				usleep(10000);
			if (n != size[i])
				return bad("net", "send");
		}
		for (got = 0; got < burst; got++) {
			p = (struct pollfd){ .fd = fd, .events = POLLIN };
			errno = 0;
			if (poll(&p, 1, 20000) != 1)
				return bad("net", "a frame did not come back");
			n = recv(fd, in, sizeof(in), 0);
			i = n > 14 ? in[14] : 8;
			if (i >= burst || n != size[i] || memcmp(in + 14, out[i] + 14, n - 14) ||
			    memcmp(in, out[i] + ETH_ALEN, ETH_ALEN))
				return bad("net", "not what was sent");
			bytes += n;
		}
	}
	/* (a frame in flight would be one more access after the end) */
	r.ifr_flags = 0;
	close(fd);
	printf("lab: net ok %ld frames %ld bytes\n", frames, bytes);
	return 0;
}

/* ---- others */

static int rng(const char *how)
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

static int console(void)
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

static int balloon(void)
{
	int n = taken("virtio_balloon");

	if (n < 0)
		return bad("balloon", "no such driver");
	printf("lab: balloon %s\n", n ? "ok bound" : "absent");
	return 0;
}

static int gpu(void)
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

static int does(char *what)
{
	char *how = strchr(what, ':');

	if (how)
		*how++ = 0;
	else
		how = "";
	if (!strcmp(what, "blk") || !strcmp(what, "sda"))
		return blk(what, how);
	if (!strcmp(what, "flood"))
		return flood();
	if (!strcmp(what, "net"))
		return net(how);
	if (!strcmp(what, "rebind"))
		return devices(1);
	if (!strcmp(what, "rng"))
		return rng(how);
	if (!strcmp(what, "console"))
		return console();
	if (!strcmp(what, "balloon"))
		return balloon();
	if (!strcmp(what, "gpu"))
		return gpu();
	errno = EINVAL;
	return bad(what, "what is that");
}

int main(int argc, char **argv)
{
	int i, failed = 0;

	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	/* (a line to the console's terminal may have one of the kernel's in its middle) */
	freopen("/dev/kmsg", "w", stdout);
	setvbuf(stdout, NULL, _IOLBF, 0);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("debugfs", DEBUG, "debugfs", 0, NULL);
	devices(0);
	state("first");
	for (i = 1; i < argc; i++)
		failed |= does(argv[i]);
	state("last");
	printf("lab: %s\n", failed || argc < 2 ? "failed" : "done");
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}
