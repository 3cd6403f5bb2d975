// SPDX-License-Identifier: GPL-2.0-only
/*
 * The init of the guests of ci/proof/devices.  Its arguments are what it tries, one
 * line each, then it powers off:
 *
 *   vda, sda...   copies the first MiB of a disk to the second one and reads it
 *                 back, past the page cache.  The host compares the disk too.
 *   kexec=vda, crash=vda   starts another kernel, see kexec.c
 *   eth0...       asks who has 10.0.2.2 (QEMU's user network) and has it echo packets.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>
#include "init.h"

int bad(const char *name, const char *what)
{
	printf("devices: %s FAILED: %s: %s\n", name, what, strerror(errno));
	return -1;
}

static int read_in(char *out, size_t size, const char *dir, const char *name)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return read_file(out, size, path);
}

/* Which device that is, its DMA mask, and whether virtio uses the DMA API. */
void describe(const char *name, const char *class)
{
	char link[PATH_MAX], path[PATH_MAX], bits[16] = "?", features[80] = "", *slash;

	snprintf(link, sizeof(link), "/sys/class/%s/%s/device", class, name);
	if (!realpath(link, path))
		return;
	read_in(features, sizeof(features), path, "features");
	while (read_in(bits, sizeof(bits), path, "dma_mask_bits") < 0) {
		slash = strrchr(path, '/');
		if (!slash || slash == path)
			break;
		*slash = 0;
	}
	printf("devices: %s is %s, %s-bit mask%s\n", name, strrchr(path, '/') + 1, bits,
	       strlen(features) > 33 && features[33] == '1' ? ", ACCESS_PLATFORM" : "");
}

/* How many TCEs are in use in each table (which is a directory with a "weight"). */
static void tces(const char *when)
{
	const char *dir = "/sys/kernel/debug";
	char path[PATH_MAX], weight[32];
	struct dirent *e;
	DIR *d = opendir(dir);

	while (d && (e = readdir(d))) {
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (read_in(weight, sizeof(weight), path, "weight") > 0)
			printf("devices: tces %s: %s in table %s\n", when, weight, e->d_name);
	}
	if (d)
		closedir(d);
}

int main(int argc, char **argv)
{
	int i, failed = 0;

	guest_begin(NULL);
	tces("at first");
	for (i = 1; i < argc; i++) {
		if (!strncmp(argv[i], "kexec=", 6) || !strncmp(argv[i], "crash=", 6)) {
			argv[i][5] = 0;
			failed |= kexec(argv[i], argv[i] + 6);
		} else if (!strncmp(argv[i], "dump=", 5)) {
			failed |= dump(argv[i] + 5);
		} else {
			failed |= strncmp(argv[i], "eth", 3) ? disk(argv[i]) : network(argv[i]);
		}
	}
	tces("at last");
	printf("devices: %s\n", failed || argc < 2 ? "failed" : "done");
	fflush(stdout);
	sync();
	usleep(200000);
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}
