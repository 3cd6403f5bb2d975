// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of a run: when it comes, and the figures.  Those of figures.c, and
 *
 *   "stalled"           was the guest ended because it did nothing any more?
 *   "pages"             of the guest, when it had ended:
 *     "private"         those that the host cannot read
 *     "shared"          those that are there and that it can
 *     "given"           those that a driver gave the device, all in all
 *     "given_private"   those of them that are private now
 *     "ring"            those of them that held a ring
 *     "ring_left"       those of these that are not private now
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "pkvm.h"

#define STUCK 3			/* seconds after a violation, and otherwise, that end an idle guest */
#define IDLE 60
#define TELL 10

pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
unsigned long activity;
int uart = -1, host;

/* The guest's console, a line at a time: each character of it is an exit. */
static void put(char c, bool flush)
{
	static char line[256];
	static unsigned int n;

	if (!flush)
		line[n++] = c;
	if (uart >= 0 && n && (flush || c == '\n' || n == sizeof(line))) {
		if (write(uart, line, n) != n)
			dprintf(host, "pkvm: the guest's console: %s\n", strerror(errno));
		n = 0;
	}
}

void print(char c)
{
	put(c, false);
}

static void __attribute__((noreturn)) power_off(void)
{
	put(0, true);
	fflush(stderr);
	if (blk.data) {
		msync(blk.data, blk.size, MS_SYNC);
		sync();
	}
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

void die(const char *what)
{
	fprintf(stderr, "device: %s: %s\n", what, strerror(errno));
	power_off();
}

void finish(bool stalled)
{
	struct survey s;
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	put(0, true);
	dev.memory.protection->find(&dev.memory);
	print_figures(&dev, f);
	fclose(f);
	survey(&dev.memory, &s);
	text[size - 2] = 0;	/* "}\n" */
	printf("%s, \"stalled\": %s, \"pages\": {\"private\": %lu, \"shared\": %lu, \"given\": %lu, "
	       "\"given_private\": %lu, \"ring\": %lu, \"ring_left\": %lu}}\n", text, stalled ? "true" : "false",
	       s.private, s.shared, s.given, s.not_shared, s.ring, s.ring_left);
	fflush(stdout);
	power_off();
}

/* Tells that the guest lives, and ends it when it does not. */
void watch(void)
{
	unsigned long last = 0, idle = 0, violations, told = 0;

	for (unsigned long second = 1;; second++) {
		sleep(1);
		pthread_mutex_lock(&lock);
		idle = activity == last ? idle + 1 : 0;
		last = activity;
		violations = 0;
		for (int k = 0; k < KINDS; k++)
			violations += dev.figures.kind[k].violations;
		if (idle >= (violations ? STUCK : IDLE))
			finish(true);
		if (second % TELL == 0 && told != activity) {
			dprintf(host, "pkvm: %lu s, %ju requests\n", second, (uintmax_t)dev.figures.requests);
			told = activity;
		}
		pthread_mutex_unlock(&lock);
	}
}
