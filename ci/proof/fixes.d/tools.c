// SPDX-License-Identifier: GPL-2.0-only
/* What the parts share. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "init.h"

/* For ci/lab/init/other.c. */
int bad(const char *name, const char *what)
{
	printf("fixes: %s: %s: %s\n", name, what, strerror(errno));
	return -1;
}

long slots(void)
{
	char text[32];

	return read_file(text, sizeof(text), SLOTS) < 0 ? -1 : atol(text);
}

double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

void host(const char *what)
{
	printf("fixes: host %s\n", what);
	sleep(1);
}
