// SPDX-License-Identifier: GPL-2.0-only
/* What every init of a guest begins with; and small files, as those of sysfs. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "guest.h"

void guest_begin(const char *output)
{
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	if (output)
		freopen(output, "w", stdout);
	setvbuf(stdout, NULL, _IOLBF, 0);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
}

int read_file(char *out, size_t size, const char *path)
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

int write_file(const char *path, const char *what)
{
	int fd = open(path, O_WRONLY), n = -1;

	if (fd >= 0) {
		n = write(fd, what, strlen(what));
		close(fd);
	}
	return n < 0 ? -1 : 0;
}
