// SPDX-License-Identifier: GPL-2.0-only
/* Disks, file systems, random numbers. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include "init.h"

#define PIECE (1u << 20)

/*
 * Memory that is one piece for a device, a request of few segments, on machines without
 * huge pages too: a ring of a packet socket, of one block.
 */
static char *one_piece(void)
{
	struct tpacket_req ring = { PIECE, 1, PIECE, 1 };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);
	char *p;

	if (setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &ring, sizeof(ring)))
		return NULL;
	p = mmap(NULL, PIECE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return p == MAP_FAILED ? NULL : p;
}

/* Writes and reads back so many bytes, with these flags and in that file. */
static int there_and_back(const char *path, int flags, size_t size)
{
	char *a = one_piece(), *b = one_piece();
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
