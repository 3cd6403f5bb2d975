// SPDX-License-Identifier: GPL-2.0-only
/*
 * The init of a guest that does more than run KUnit at boot: it loads the modules
 * listed in /modules ("FILE PARAMETERS" a line), has kmemleak look for leaks if the
 * kernel has it, and ends the guest by its argument, "halt" or "reboot".
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
 * kmemleak reports nothing younger than 5 s.  The second scan finds what was
 * referenced only by what the first one found.
 */
static void find_leaks(void)
{
	char line[512];
	FILE *report;
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
	report = fopen(KMEMLEAK, "r");
	if (!report)
		printf("guest-init: FAILED to read the leaks: %m\n");
	while (report && fgets(line, sizeof(line), report))
		fputs(line, stdout);
	printf("guest-init: scanned for leaks\n");
}

int main(int argc, char **argv)
{
	/* not to the console, where output lands in the middle of other lines */
	if (!freopen("/dev/kmsg", "w", stdout))
		return 1;
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
