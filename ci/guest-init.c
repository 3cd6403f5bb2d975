// SPDX-License-Identifier: GPL-2.0-only
/*
 * The init of a guest in which more has to happen than KUnit at boot: it loads the
 * modules that /modules lists ("FILE PARAMETERS" a line), has kmemleak look for
 * leaks where the kernel has it, and ends the guest: "halt" or "reboot".
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define KMEMLEAK "/sys/kernel/debug/kmemleak"

static void load_modules(void)
{
	char line[512], *parameters;
	FILE *list = fopen("/modules", "r");
	int fd;

	while (list && fgets(line, sizeof(line), list)) {
		line[strcspn(line, "\n")] = 0;
		parameters = strchr(line, ' ');
		if (parameters)
			*parameters++ = 0;
		fd = open(line, O_RDONLY);
		if (fd < 0 || syscall(SYS_finit_module, fd, parameters ?: "", 0))
			printf("guest-init: FAILED to load %s: %m\n", line);
		if (fd >= 0)
			close(fd);
	}
}

/*
 * kmemleak reports nothing that is younger than 5 s.  The second scan is for what
 * the first could only see as referenced by what it found.
 */
static void find_leaks(void)
{
	char buf[4096];
	ssize_t n;
	int fd, i;

	for (i = 0; i < 2; i++) {
		sleep(6);
		fd = open(KMEMLEAK, O_WRONLY);
		if (fd < 0 || write(fd, "scan", 4) != 4) {
			printf("guest-init: FAILED to scan for leaks: %m\n");
			return;
		}
		close(fd);
	}
	fd = open(KMEMLEAK, O_RDONLY);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		fwrite(buf, 1, n, stdout);
	if (n < 0)
		printf("guest-init: FAILED to read the leaks: %m\n");
	printf("guest-init: scanned for leaks\n");
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	printf("guest-init: the modules\n");
	load_modules();
	if (!access(KMEMLEAK, F_OK))
		find_leaks();
	printf("guest-init: done\n");
	sync();
	reboot(argc > 1 && !strcmp(argv[1], "reboot") ? RB_AUTOBOOT : RB_POWER_OFF);
	return 1;
}
