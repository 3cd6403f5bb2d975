// SPDX-License-Identifier: GPL-2.0-only
/*
 * The init of the guests of ci/lab/run.  Its arguments are what it does, one
 * after the other; it says how each went, then powers off:
 *
 *   blk:N[:J], sda:N[:J]
 *               N requests to the first virtio or SCSI disk, by J processes (1): reads from
 *               its first half, writes that to the second, reads it back past the
 *               cache, compares; at last copies all, so that the host can compare
 *   flood       copies half of the virtio disk in one write, reads it back in one
 *               read, compares, four times: more in flight than a small pool bounces
 *   net:N       N frames through the first network card, which have to come back
 *   rebind, unbind
 *               unbinds every driver of a virtio device, looks that nothing is left
 *               mapped, and (rebind) binds it again, which (rebind:absent) has to fail
 *   rng:N, console, balloon
 *               N random bytes; lines to the console that the host reads back; is
 *               the driver bound?
 *   gpu         a picture for the host, in the first mode that the display offers
 *   kunit:SUITE[,SUITE]...
 *               what these suites said when the kernel booted: all have to be there, and
 *               none may have failed
 *   load:NAME   a driver that is a module, /NAME.ko
 *   kselftest:WHAT
 *               the series' kselftest, which says pass, or skip, of every device
 *
 * "absent" says that the driver did not take the device; the host knows whether
 * that is right.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>
#include "init.h"

int bad(const char *name, const char *what)
{
	printf("lab: %s FAILED: %s: %s\n", name, what, strerror(errno));
	return -1;
}

static int does(char *what)
{
	char *how = strchr(what, ':');

	if (how)
		*how++ = 0;
	else
		how = "";
	if (!strcmp(what, "blk") || !strcmp(what, "sda"))
		return blk(what, how);
	if (!strcmp(what, "flood"))
		return flood();
	if (!strcmp(what, "net"))
		return net(how);
	if (!strcmp(what, "rebind") || !strcmp(what, "unbind"))
		return devices(what, !strcmp(how, "absent"));
	if (!strcmp(what, "rng"))
		return rng(how);
	if (!strcmp(what, "console"))
		return console();
	if (!strcmp(what, "balloon"))
		return balloon();
	if (!strcmp(what, "gpu"))
		return gpu();
	if (!strcmp(what, "kunit"))
		return kunit(how);
	if (!strcmp(what, "load"))
		return load(how);
	if (!strcmp(what, "kselftest"))
		return kselftest(how);
	errno = EINVAL;
	return bad(what, "what is that");
}

int main(int argc, char **argv)
{
	int i, failed = 0;

	guest_begin("/dev/kmsg");
	printf("lab: cpus %ld\n", sysconf(_SC_NPROCESSORS_ONLN));
	devices(NULL, 0);
	state("first");
	for (i = 1; i < argc; i++)
		failed |= does(argv[i]);
	state("last");
	printf("lab: %s\n", failed || argc < 2 ? "failed" : "done");
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}
