// SPDX-License-Identifier: GPL-2.0-only
/* The map of functions, and their counts for the output. */
#include "plugin.h"

static struct function *function;
static int functions, helpers, helper[HELPERS], marks;

bool is_helper(const struct function *f)
{
	return f->kind == 'h' || f->kind == 'C';
}

static void print_count(const char *name, const char *helper, const struct count *each, size_t apart, FILE *out)
{
	struct count sum = {};

	for (int cpu = 0; cpu < CPUS; cpu++, each += apart) {
		sum.instructions += each->instructions;
		sum.calls += each->calls;
		sum.bytes += each->bytes;
	}
	if (sum.instructions)
		fprintf(out, "%s%s%s %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", name, *helper ? ">" : "", helper, sum.instructions,
			sum.calls, sum.bytes);
}

void print_marks(FILE *out)
{
	fprintf(out, "mark %d\n", marks++);
	for (int i = 0; i < functions; i++) {
		const struct function *f = &function[i];

		print_count(f->name, "", f->own, 1, out);
		for (int h = 0; h < helpers; h++)
			print_count(f->name, function[helper[h]].name, &f->below[0][h], HELPERS, out);
	}
	fflush(out);
}

struct function *find(uint64_t at)
{
	int low = 0, high = functions - 1;

	while (low <= high) {
		int i = (low + high) / 2;

		if (at < function[i].start)
			high = i - 1;
		else if (at >= function[i].end)
			low = i + 1;
		else
			return &function[i];
	}
	return NULL;
}

bool load(const char *path)
{
	FILE *map = fopen(path, "r");
	struct function f = {};

	while (map && fscanf(map, "%" SCNx64 " %" SCNx64 " %c %95s", &f.start, &f.end, &f.kind, f.name) == 4) {
		function = realloc(function, (functions + 1) * sizeof(f));
		if (!function || (functions && f.start < function[functions - 1].end) ||
		    (is_helper(&f) && helpers == HELPERS))
			return false;
		if (is_helper(&f)) {
			f.helper = helpers;
			helper[helpers++] = functions;
		}
		function[functions++] = f;
	}
	for (int i = 0; i < functions; i++) {	/* (which do not move any more) */
		function[i].first = (struct place){ &function[i], true };
		function[i].rest = (struct place){ &function[i], false };
	}
	return map && feof(map) && functions;
}
