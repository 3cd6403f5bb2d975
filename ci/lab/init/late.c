// SPDX-License-Identifier: GPL-2.0-only
/* What is only done once the machine is up: a driver loaded, the series' kselftest run. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "init.h"

int load(const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/%s.ko", name);
	fd = open(path, O_RDONLY);
	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
		return bad("load", name);
	close(fd);
	printf("lab: load ok %s\n", name);
	return 0;
}

/* Every device has to get WANT, pass or skip.  (Its lines, since one record of kmsg is short.) */
int kselftest(const char *want)
{
	int pass = 0, skip = 0, fail = 0;
	char line[512];
	int end[2];
	FILE *f;

	mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL);
	if (pipe(end))
		return bad("kselftest", "pipe");
	if (!fork()) {		/* (there is no shell for popen()) */
		dup2(end[1], 1);
		close(end[0]);
		close(end[1]);
		execl("/mem_access", "mem_access", NULL);
		_exit(127);
	}
	close(end[1]);
	f = fdopen(end[0], "r");
	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = 0;
		printf("lab: kselftest says: %s\n", line);
		fail += !strncmp(line, "not ok ", 7);
		if (!strncmp(line, "ok ", 3))
			*(strstr(line, "# SKIP") ? &skip : &pass) += 1;
	}
	wait(NULL);
	errno = 0;
	if (fail || !(pass + skip) || (strcmp(want, "skip") ? skip : pass))
		return bad("kselftest", want);
	printf("lab: kselftest ok %s: %d passed, %d skipped\n", want, pass, skip);
	return 0;
}
