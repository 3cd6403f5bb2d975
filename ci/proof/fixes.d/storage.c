// SPDX-License-Identifier: GPL-2.0-only
/* Disks, file systems, random numbers. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "init.h"

#define HUGE (2ul << 20)

/* Memory that is one piece for a device. */
static char *huge(void)
{
	char *p = mmap(NULL, 2 * HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	p = (char *)(((unsigned long)p + HUGE - 1) & ~(HUGE - 1));
	madvise(p, HUGE, MADV_HUGEPAGE);
	return p;
}

/* Writes and reads back so many bytes, with these flags and in that file. */
static int there_and_back(const char *path, int flags, size_t size)
{
	char *a = huge(), *b = huge();
	int fd = open(path, O_RDWR | flags, 0600);

	if (!a || !b || fd < 0)
		return -1;
	memset(a, 0x5a, size);
	memset(b, 0xa5, size);
	/* (one write is one request: what is missing was not written) */
	errno = 0;
	if (pwrite(fd, a, size, 0) != (ssize_t)size || fsync(fd) || pread(fd, b, size, 0) != (ssize_t)size) {
		errno = errno ?: EIO;
		return -1;
	}
	close(fd);
	errno = 0;
	return memcmp(a, b, size) ? -1 : 0;
}

int disk(char **arg) /* PATH */
{
	return there_and_back(arg[0], O_DIRECT, 4096);
}

int large(char **arg) /* PATH:KIB */
{
	return there_and_back(arg[0], O_DIRECT, atol(arg[1]) << 10);
}

int file(char **arg) /* KIB[:direct] */
{
	return there_and_back("/mnt/file", O_CREAT | (*arg[1] ? O_DIRECT : 0), atol(arg[0]) << 10);
}

int hwrng(char **arg)
{
	char data[1024];
	int fd = open("/dev/hwrng", O_RDONLY), n, left;

	(void)arg;
	if (fd < 0)
		return -1;
	for (left = sizeof(data); left > 0; left -= n) {
		n = read(fd, data, left);
		if (n <= 0)
			return -1;
	}
	close(fd);
	return 0;
}
