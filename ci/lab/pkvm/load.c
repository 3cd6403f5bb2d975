// SPDX-License-Identifier: GPL-2.0-only
/* What QEMU gave this machine, by name; and the guest's kernel, initrd and device tree in place. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "pkvm.h"

/* /dev/X where CLASS/X/ATTRIBUTE says VALUE; ports are announced while we look. */
static int open_named(const char *class, const char *attribute, const char *value)
{
	char path[512], has[64];

	for (int tries = 0; tries < 100; tries++, usleep(50000)) {
		DIR *d = opendir(class);
		struct dirent *e;
		int fd = -1;

		while (d && fd < 0 && (e = readdir(d))) {
			ssize_t n;

			snprintf(path, sizeof(path), "%s/%s/%s", class, e->d_name, attribute);
			fd = open(path, O_RDONLY | O_CLOEXEC);
			if (fd < 0)
				continue;
			n = read(fd, has, sizeof(has) - 1);
			close(fd);
			has[MAX(n, 0)] = 0;
			has[strcspn(has, "\n")] = 0;
			snprintf(path, sizeof(path), "/dev/%s", e->d_name);
			fd = strcmp(has, value) ? -1 : open(path, O_RDWR | O_CLOEXEC);
			if (fd < 0 && !strcmp(has, value))
				fd = open(path, O_RDONLY | O_CLOEXEC);	/* a disk that is read-only */
		}
		if (d)
			closedir(d);
		if (fd >= 0)
			return fd;
	}
	errno = ENOENT;
	die(value);
}

int open_port(const char *name)
{
	return open_named("/sys/class/virtio-ports", "name", name);
}

int open_disk(const char *serial, uint64_t *size)
{
	int fd = open_named("/sys/block", "serial", serial);

	if (ioctl(fd, BLKGETSIZE64, size))
		die(serial);
	return fd;
}

static uint64_t read_disk(const char *serial, uint8_t *to, uint64_t room)
{
	uint64_t size, done = 0;
	int fd = open_disk(serial, &size);
	ssize_t n;

	if (size > room)
		die(serial);
	for (; done < size; done += n) {
		n = read(fd, to + done, size - done);
		if (n <= 0)
			die(serial);
	}
	close(fd);
	return size;
}

uint64_t load(uint8_t *ram, uint64_t *entry)
{
	uint64_t tree = RAM_SIZE - 65536, initrd = RAM_SIZE - BLOB_SIZE, size;

	/* Documentation/arch/arm64/booting.rst: anywhere, at a multiple of 2 MiB */
	read_disk("kernel", ram, POOL_BASE - RAM_BASE);
	if (memcmp(ram + 56, "ARM\x64", 4) || memcmp(ram + 8, &(uint64_t){ 0 }, 8))
		die("the guest's kernel is no Image of today");
	*entry = RAM_BASE;
	size = read_disk("initrd", ram + initrd, tree - initrd);
	device_tree(ram + tree, 65536, RAM_BASE + initrd, RAM_BASE + initrd + size);
	return RAM_BASE + tree;
}
