// SPDX-License-Identifier: GPL-2.0-only
/* Virtio devices as sysfs shows them, and the state of the guest. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "init.h"

/* What is left mapped for the device that is the parent of virtio device NAME. */
static int mapped(const char *name)
{
	char path[512], parent[512], line[512];
	int n = 0, ccw;
	ssize_t len;
	FILE *f;

	snprintf(path, sizeof(path), VIRTIO "/%s", name);
	len = readlink(path, parent, sizeof(parent) - 1);	/* .../parent/name */
	parent[len < 0 ? 0 : len] = 0;
	ccw = !!strstr(parent, "/css");
	*(strrchr(parent, '/') ?: parent) = 0;
	snprintf(path, sizeof(path), " %s ", strrchr(parent, '/') ? strrchr(parent, '/') + 1 : "?");
	f = fopen(DEBUG "/dma-api/dump", "r");
	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f))
		/* (cio keeps pages of its own) */
		n += strstr(line, path) && !(ccw && strstr(line, " coherent "));
	fclose(f);
	return n;
}

/* Each virtio device with its driver and features; or HOW: "unbind", "rebind", which FAILS. */
int devices(const char *how, int fails)
{
	char path[512], driver[512], features[80];
	DIR *d = opendir(VIRTIO);
	struct dirent *e;
	int rc = 0, n = 0, i;

	while (d && (e = readdir(d))) {
		ssize_t len;

		if (*e->d_name == '.')
			continue;
		snprintf(path, sizeof(path), VIRTIO "/%s/driver", e->d_name);
		len = readlink(path, driver, sizeof(driver) - 1);
		driver[len < 0 ? 0 : len] = 0;
		if (how && len > 0) {
			const char *name = strrchr(driver, '/') + 1;

			snprintf(path, sizeof(path), "/sys/bus/virtio/drivers/%s/unbind", name);
			if (write_file(path, e->d_name))
				rc = bad(e->d_name, "unbind");
			/* (what the network still holds goes when it is freed) */
			for (i = 0; i < 30 && mapped(e->d_name); i++)
				usleep(100000);
			errno = 0;
			if (i == 30)
				rc = bad(e->d_name, "left mapped, or not known");
			snprintf(path, sizeof(path), "/sys/bus/virtio/drivers/%s/bind", name);
			if (*how == 'r' && fails != !!write_file(path, e->d_name))
				rc = bad(e->d_name, "bind");
			n++;
		} else if (!how) {
			snprintf(path, sizeof(path), VIRTIO "/%s/features", e->d_name);
			read_file(features, sizeof(features), path);
			printf("lab: device %s driver %s features%s%s%s%s%s\n", e->d_name,
			       len > 0 ? strrchr(driver, '/') + 1 : "none",
			       features[28] == '1' ? " indirect" : "", features[29] == '1' ? " event_idx" : "",
			       features[32] == '1' ? " version_1" : "",
			       features[33] == '1' ? " access_platform" : "",
			       features[34] == '1' ? " packed" : "");
		}
	}
	if (d)
		closedir(d);
	if (how && !rc && n)
		printf("lab: %s ok %d\n", how, n);
	else if (how && !rc)
		printf("lab: %s absent\n", how);
	return rc;
}

/* The pool that devices get their bounce buffers from: in ci/lab/pkvm maybe one of their own. */
static const char *pool(const char *file)
{
	static char path[512];

	snprintf(path, sizeof(path), DEBUG "/restricted/%s", file);
	if (access(path, F_OK))
		snprintf(path, sizeof(path), DEBUG "/swiotlb/%s", file);
	return path;
}

void state(const char *when)
{
	char used[32], high[32], slabs[32], lab[128];

	read_file(used, sizeof(used), pool("io_tlb_used"));
	read_file(high, sizeof(high), pool("io_tlb_used_hiwater"));
	read_file(slabs, sizeof(slabs), pool("io_tlb_nslabs"));
	printf("lab: %s swiotlb used %s most %s of %s\n", when, used, high, slabs);
	if (read_file(lab, sizeof(lab), DEBUG "/protected_lab") > 0)
		printf("lab: %s pages %s\n", when, lab);
}
