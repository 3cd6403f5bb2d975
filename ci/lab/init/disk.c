// SPDX-License-Identifier: GPL-2.0-only
/* Disks: what is written is read back and compared. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "init.h"

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

int blk(const char *name, const char *how)
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

int flood(void)
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
