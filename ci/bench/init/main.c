// SPDX-License-Identifier: GPL-2.0-only
/*
 * The init of the guests of ci/bench.  Its arguments are what it does, one after the other:
 *
 *   blk:WARM:FEW:MANY[:FLIGHT]
 *               O_DIRECT reads of 4 KiB from the first virtio disk, FLIGHT (1) at a time, by
 *               as many processes, which share the CPUs evenly: WARM requests, a mark, FEW,
 *               a mark, MANY, a mark
 *   net:WARM:FEW:MANY
 *               likewise frames of 1 KiB, sent by eth0 and received by eth1 (or eth0 if
 *               there is no eth1: the host returns them)
 *
 * A mark is sethostname(), of which ci/bench/plugin hears.  It says how each job went on
 * the console, what the bounce pool was used for, and powers off.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>
#include "init.h"

#define SIZE 4096

int bad(const char *job, const char *what)
{
	printf("bench: %s FAILED: %s: %s\n", job, what, strerror(errno));
	return -1;
}

void mark(void)
{
	sethostname("mark", 4);
}

/* N reads, by the process that is number J. */
static int reads(int fd, unsigned long long blocks, long n, int j)
{
	char *buf = aligned_alloc(SIZE, SIZE);
	unsigned int seed = 1 + j;
	cpu_set_t cpu;

	CPU_ZERO(&cpu);
	CPU_SET(j % sysconf(_SC_NPROCESSORS_ONLN), &cpu);
	if (!buf || sched_setaffinity(0, sizeof(cpu), &cpu))
		return bad("blk", "memory, or CPU");
	memset(buf, 1, SIZE);
	while (n--)
		if (pread(fd, buf, SIZE, rand_r(&seed) % blocks * SIZE) != SIZE)
			return bad("blk", "read");
	free(buf);
	return 0;
}

static int all_reads(int fd, unsigned long long blocks, long n, int flight)
{
	int j, status, rc = 0;

	if (flight == 1)
		return reads(fd, blocks, n, 0);
	for (j = 0; j < flight; j++)
		if (!fork())
			_exit(!!reads(fd, blocks, n / flight, j));
	for (j = 0; j < flight; j++)
		if (wait(&status) < 0 || status)
			rc = -1;
	return rc;
}

static int blk(const char *how)
{
	int flight = 1, fd = -1, i;
	unsigned long long bytes;
	long n[3];

	if (sscanf(how, "%ld:%ld:%ld:%d", &n[0], &n[1], &n[2], &flight) < 3 || flight < 1)
		return bad("blk", how);
	for (i = 0; fd < 0 && i < 50; i++) {
		fd = open("/dev/vda", O_RDONLY | O_DIRECT);
		if (fd < 0)
			usleep(100000);
	}
	if (fd < 0 || ioctl(fd, BLKGETSIZE64, &bytes) || bytes < SIZE)
		return bad("blk", "/dev/vda");
	for (i = 0; i < 3; i++) {
		if (all_reads(fd, bytes / SIZE, n[i], flight))
			return -1;
		mark();
	}
	close(fd);
	printf("bench: blk ok\n");
	return 0;
}

static void pool(const char *file)
{
	char path[64], text[32];

	snprintf(path, sizeof(path), "/sys/kernel/debug/swiotlb/%s", file);
	read_file(text, sizeof(text), path);
	printf("bench: %s %s\n", file, *text ? text : "-");
}

int main(int argc, char **argv)
{
	int i, failed = argc < 2;

	guest_begin("/dev/kmsg");
	for (i = 1; i < argc; i++) {
		if (!strncmp(argv[i], "blk:", 4))
			failed |= blk(argv[i] + 4);
		else if (!strncmp(argv[i], "net:", 4))
			failed |= net(argv[i] + 4);
		else
			failed |= bad(argv[i], "what is that");
	}
	pool("io_tlb_nslabs");
	pool("io_tlb_used_hiwater");
	printf("bench: %s\n", failed ? "failed" : "done");
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}
