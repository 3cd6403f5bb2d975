// SPDX-License-Identifier: GPL-2.0-only
/*
 * Another kernel: "kexec=NAME" starts it at once, "crash=NAME" by a crash of this
 * one.  It is /vmlinux with /initrd, and tries the device NAME; after a crash it
 * writes the head of the dump to the disk as well, as "dump=NAME".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "init.h"

#define ON_CRASH	0x2	/* KEXEC_FILE_ON_CRASH */
#define RB_KEXEC	0x45584543

int kexec(const char *what, const char *name)
{
	int crash = !strcmp(what, "crash"), kernel, initrd, fd;
	char line[256];
	long ret;

	snprintf(line, sizeof(line), "console=hvc0 panic=-1 %s -- %s %s%s",
		 crash ? "maxcpus=1" : "", name, crash ? "dump=" : "", crash ? name : "");
	kernel = open("/vmlinux", O_RDONLY);
	initrd = open("/initrd", O_RDONLY);
	if (kernel < 0 || initrd < 0)
		return bad(what, "no kernel or initrd to start");
	ret = syscall(SYS_kexec_file_load, kernel, initrd, strlen(line) + 1, line,
		      crash ? ON_CRASH : 0);
	if (ret)
		return bad(what, "kexec_file_load");
	printf("devices: %s\n", what);
	fflush(stdout);
	usleep(200000);
	if (!crash) {
		reboot(RB_KEXEC);
		return bad(what, "reboot");
	}
	fd = open("/proc/sysrq-trigger", O_WRONLY);
	if (fd < 0 || write(fd, "c", 1) != 1)
		return bad(what, "sysrq");
	sleep(60);
	return bad(what, "the kernel lives on");
}

/* The head of /proc/vmcore, to the second half of the disk. */
int dump(const char *name)
{
	char path[64], *buf = aligned_alloc(65536, MIB);
	int from = open("/proc/vmcore", O_RDONLY), to, n, done = 0;

	snprintf(path, sizeof(path), "/dev/%s", name);
	to = open(path, O_WRONLY | O_DIRECT);
	if (from < 0 || to < 0 || !buf)
		return bad(name, "no dump, or no disk for it");
	for (; done < MIB; done += n) {
		n = read(from, buf + done, MIB - done);
		if (n <= 0)
			return bad(name, "the dump is too short");
	}
	if (memcmp(buf, "\177ELF", 4))
		return bad(name, "the dump has no head");
	if (pwrite(to, buf, MIB, MIB) != MIB || fsync(to))
		return bad(name, "write of the dump");
	printf("devices: dump of %d bytes on %s\n", done, name);
	return 0;
}
