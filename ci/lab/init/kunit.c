// SPDX-License-Identifier: GPL-2.0-only
/* What the KUnit suites of this kernel said when it booted, of this very guest. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "init.h"

#define REASONS 16

struct count {
	int passed, failed, skipped;
	struct { char why[100]; int n; } reason[REASONS];
};

static void skipped(struct count *c, const char *why)
{
	int i;

	c->skipped++;
	for (i = 0; i < REASONS - 1 && c->reason[i].n && strcmp(c->reason[i].why, why); i++)
		;
	snprintf(c->reason[i].why, sizeof(c->reason[i].why), "%s", why);
	c->reason[i].n++;
}

/* One result, of a case without rows or of a row. */
static void result(struct count *c, const char *suite, char *line)
{
	char *skip = strstr(line, " # SKIP");

	if (!strncmp(line, "not ok", 6)) {
		c->failed++;
		printf("lab: kunit %s FAILED: %s\n", suite, line);
	} else if (skip) {
		skipped(c, skip + strlen(" # SKIP") + (skip[7] == ' '));
	} else {
		c->passed++;
	}
}

static int one(const char *suite, struct count *all)
{
	char path[128], line[512];
	struct count c = {};
	int rows = 0, i;
	FILE *f;

	snprintf(path, sizeof(path), DEBUG "/kunit/%s/results", suite);
	f = fopen(path, "r");
	if (!f)
		return bad("kunit", suite);
	while (fgets(line, sizeof(line), f)) {
		int depth = strspn(line, " ");

		line[strcspn(line, "\n")] = 0;
		if (strncmp(line + depth, "ok ", 3) && strncmp(line + depth, "not ok ", 7))
			continue;
		if (depth == 8 || (depth == 4 && !rows))
			result(&c, suite, line + depth);
		rows = depth == 8 ? rows + 1 : 0;
	}
	fclose(f);
	printf("lab: kunit %s %d passed %d failed %d skipped\n", suite, c.passed, c.failed, c.skipped);
	for (i = 0; i < REASONS && c.reason[i].n; i++)
		printf("lab: kunit %s skipped %d: %s\n", suite, c.reason[i].n, c.reason[i].why);
	all->passed += c.passed;
	all->skipped += c.skipped;
	errno = 0;
	return !c.passed || c.failed ? bad("kunit", suite) : 0;
}

int kunit(char *suites)
{
	struct count all = {};
	char *suite;
	int rc = 0;

	while ((suite = strsep(&suites, ",")))
		rc |= one(suite, &all);
	if (!rc)
		printf("lab: kunit ok %d passed %d skipped\n", all.passed, all.skipped);
	return rc;
}
