// SPDX-License-Identifier: GPL-2.0-only
/*
 * The init of the guests of ci/proof/fixes.  Its arguments are what it does, one after the
 * other; it says what came of each that has a result, then powers off:
 *
 *   do:WHAT     WHAT, for ten seconds at most, or those of "patience:SECONDS" before it
 *   full:WHAT   WHAT while another device has all bounce buffers, which it gives back after
 *               two seconds: "again" if it is done then, "hangs" if not in ten seconds,
 *               "fails" if it did not wait; and "dead" if it fails once more after that
 *   kill:WHAT   WHAT is killed while another device has all bounce buffers: "killed" if it is
 *               gone when they are back, and what becomes of WHAT then
 *   take:N      another device takes all slots but N, until "give"
 *   host:WHAT   the host does something: "keys", "frames", "port" and how many
 *   late:MS     powering off takes that long, after the devices have been shut down
 *   module:PATH loads it
 *   up:NAME, mount:TYPE:SOURCE:OPTIONS, write:PATH:TEXT
 *   rebind:DRIVER:DEVICE:N
 *               N times; how many more slots are in use then
 *   load:PATH   reads and writes that disk until the guest ends
 *
 * WHAT is a name of the table in run.c, with its arguments.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "init.h"

void result(const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	printf("fixes: result %s\n", text);
}

static int load_module(const char *path)
{
	int fd = open(path, O_RDONLY);

	return fd < 0 ? -1 : syscall(SYS_finit_module, fd, "", 0);
}

static void does(char **arg)
{
	char text[512];
	int rc = 0;

	if (!strcmp(arg[0], "do"))
		alone(arg + 1);
	else if (!strcmp(arg[0], "full"))
		full(arg + 1);
	else if (!strcmp(arg[0], "kill"))
		killed(arg + 1);
	else if (!strcmp(arg[0], "take") || !strcmp(arg[0], "late"))
		rc = snprintf(text, sizeof(text), "%s %s", arg[0], arg[1]) < 0 || write_file(POOL, text);
	else if (!strcmp(arg[0], "patience"))
		patience = atoi(arg[1]);
	else if (!strcmp(arg[0], "give"))
		rc = write_file(POOL, "give");
	else if (!strcmp(arg[0], "host"))
		host(arg[1]);
	else if (!strcmp(arg[0], "up"))
		rc = up(arg[1]);
	else if (!strcmp(arg[0], "module"))
		rc = load_module(arg[1]);
	else if (!strcmp(arg[0], "mount"))
		rc = mount(arg[2], "/mnt", arg[1], 0, arg[3]);
	else if (!strcmp(arg[0], "write"))
		rc = write_file(arg[1], arg[2]);
	else if (!strcmp(arg[0], "rebind"))
		rebind(arg + 1);
	else if (!strcmp(arg[0], "load"))
		load(arg + 1);
	else {
		errno = EINVAL;
		rc = -1;
	}
	if (rc)
		result("no %s: %s", arg[0], strerrorname_np(errno));
}

int main(int argc, char **argv)
{
	int i, n;

	mkdir("/mnt", 0755);
	guest_begin("/dev/kmsg");
	for (i = 1; i < argc; i++) {
		char *arg[PART] = {}, *text = argv[i];

		printf("fixes: %s\n", argv[i]);
		for (n = 0; text && n < PART - 1; n++)
			arg[n] = strsep(&text, ":");
		for (; n < PART - 1; n++)
			arg[n] = "";
		does(arg);
	}
	printf("fixes: done\n");
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}
