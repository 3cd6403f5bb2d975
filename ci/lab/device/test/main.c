// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests the strict device without a guest: plays the front-end and the guest's driver.
 *
 *   device-test DEVICE SOCKET DISK [blk|net|iotlb|rings|messages|signals]
 *
 * One line a case, "ok" or "not ok", of one group or of all.  STOP=1 stops at the first
 * failure, VERBOSE=1 shows what the device says.
 */
#include <stdarg.h>

#include "guest.h"

char **arguments;
int failed;

/* Figures of the device's JSON, which has each name once outside of "kinds". */
static const char *value(const char *from, const char *name)
{
	char key[64];

	snprintf(key, sizeof(key), "\"%s\": ", name);
	from = from ? strstr(from, key) : NULL;
	return from ? from + strlen(key) : NULL;
}

long figure(const char *name)
{
	/* (those of kinds come in between) */
	const char *kinds = strstr(session.figures, "\"kinds\": "), *at = value(session.figures, name);

	if (kinds && at && at > kinds)
		at = value(strstr(kinds, "}}"), name);
	return at ? strtol(at, NULL, 0) : -1;
}

long figure_of(const char *kind, const char *name)
{
	const char *at = value(value(value(session.figures, "kinds"), kind), name);

	return at ? strtol(at + (*at == '"'), NULL, 0) : -1;
}

bool says(const char *text)
{
	return strstr(session.figures, text);
}

void result(bool ok, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	printf("%s device: ", ok ? "ok    " : "not ok");
	vprintf(fmt, args);
	printf("\n");
	if (!ok)
		printf("      status %#x: %s\n", session.status, session.figures);
	failed += !ok;
	va_end(args);
	if (failed && getenv("STOP"))
		exit(1);
}

int main(int argc, char **argv)
{
	static const struct { const char *name; void (*test)(void); } groups[] = {
		{ "blk", test_blk }, { "net", test_net }, { "iotlb", test_iotlb }, { "rings", test_hostile_rings },
		{ "messages", test_hostile_messages }, { "signals", test_signals },
	};
	bool found = argc == 4;
	FILE *f;

	setvbuf(stdout, NULL, _IOLBF, 0);
	arguments = argv;
	if (argc < 4 || argc > 5 || !(f = fopen(argv[3], "r")) || fread(disk, sizeof(disk), 1, f) != 1)
		return fprintf(stderr, "usage: device-test DEVICE SOCKET DISK [GROUP]\n"), 2;
	guest_init();
	for (unsigned int i = 0; i < ARRAY_SIZE(groups); i++)
		if (argc == 4 || !strcmp(argv[4], groups[i].name)) {
			found = true;
			groups[i].test();
		}
	return found ? !!failed : 2;
}
