// SPDX-License-Identifier: GPL-2.0-only
/* A disk: its first half is read and written to the second. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "init.h"

int disk(const char *name)
{
	static const int sizes[] = { 512, 3584, 4096, 57344, 65536, 131072, 786432 };
	char path[PATH_MAX], *from, *back;
	int fd = -1, tries, done = 0;
	size_t i;

	snprintf(path, sizeof(path), "/dev/%s", name);
	for (tries = 0; fd < 0 && tries < 100; tries++) {
		fd = open(path, O_RDWR | O_DIRECT);
		if (fd < 0)
			usleep(100000);
	}
	if (fd < 0)
		return bad(name, "open");
	describe(name, "block");

	/* (not at the start of a page) */
	from = aligned_alloc(65536, 2 * MIB);
	back = aligned_alloc(65536, 2 * MIB);
	if (!from || !back)
		return bad(name, "memory");
	from += 512;
	back += 512;
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		int n = sizes[i], j;

		memset(from, 0, n);
		memset(back, 0x5a, n);
		if (pread(fd, from, n, done) != n)
			return bad(name, "read");
		for (j = 0; j < n && !from[j]; j++)
			;
		if (j == n)
			return bad(name, "all that was read is 0");
		if (pwrite(fd, from, n, MIB + done) != n)
			return bad(name, "write");
		if (pread(fd, back, n, MIB + done) != n)
			return bad(name, "read back");
		if (memcmp(from, back, n))
			return bad(name, "not what was written");
		done += n;
	}
	if (fsync(fd))
		return bad(name, "fsync");
	close(fd);
	printf("devices: %s ok %d bytes\n", name, done);
	return 0;
}
