// SPDX-License-Identifier: GPL-2.0-only
/*
 * A TCG plugin for QEMU 7.2 or later that counts the instructions of named functions of a
 * guest's kernel.
 *
 *   -plugin file=plugin.so,map=MAP,out=OUT[,cpus=1]
 *
 * MAP, sorted by address, has a line "START END KIND NAME" for each function: KIND n is
 * named; h is a helper, such as a lock, counted for the named function that called it; C is
 * one that copies: the bytes that it stores are counted, too; m is a marker.  Whenever the guest enters a marker, and at the end, OUT gets a line
 * "mark N" and a line "NAME INSTRUCTIONS CALLS BYTES" for each named function, and one for
 * each helper below it, NAME>HELPER.  All count from the start.
 *
 * A helper belongs to the named function that this CPU ran last, unless any other code ran
 * there between them.  Each CPU counts for itself: nothing is locked.  With cpus=1, which is
 * quicker, there is just one.
 * An instruction that repeats itself (x86: rep movs) counts once a turn.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is used of qemu-plugin.h, version 1: Debian has no package with that header. */
typedef uint64_t qemu_plugin_id_t;
typedef uint32_t qemu_plugin_meminfo_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum { NO_REGISTERS, STORES = 2, ADD_U64 = 0 };
typedef void (*exec_cb)(unsigned int cpu, void *data);
typedef void (*memory_cb)(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *data);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, void (*cb)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, void (*cb)(qemu_plugin_id_t, void *), void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, exec_cb cb, int flags, void *data);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn, int op, void *to, uint64_t value);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn, memory_cb cb, int flags, int rw, void *data);
unsigned int qemu_plugin_mem_size_shift(qemu_plugin_meminfo_t info);
bool qemu_plugin_mem_is_store(qemu_plugin_meminfo_t info);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

#define HELPERS 32
#define CPUS 8

struct count { uint64_t instructions, calls, bytes; };
static struct function {
	uint64_t start, end;
	char kind, name[96];
	int helper;			/* which, of a helper */
	struct place { struct function *f; bool entry; } first, rest;	/* of its instructions */
	struct count own[CPUS], below[CPUS][HELPERS];
} *function;
static int functions, helpers, helper[HELPERS], marks;

static struct function *last[CPUS];
static uint64_t others, others_then;	/* with one CPU: how often all other code ran, now and after last[0] */
static bool one_cpu;
static FILE *out;

static void print_count(const char *name, const char *helper, const struct count *each, size_t apart)
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

static void print_marks(void)
{
	fprintf(out, "mark %d\n", marks++);
	for (int i = 0; i < functions; i++) {
		const struct function *f = &function[i];

		print_count(f->name, "", f->own, 1);
		for (int h = 0; h < helpers; h++)
			print_count(f->name, function[helper[h]].name, &f->below[0][h], HELPERS);
	}
	fflush(out);
}

static bool is_helper(const struct function *f)
{
	return f->kind == 'h' || f->kind == 'C';
}

/* Where what F does is counted; NULL: nowhere. */
static struct count *counter(unsigned int cpu, struct function *f)
{
	if (!is_helper(f))
		return &f->own[cpu];
	return last[cpu] && others == others_then ? &last[cpu]->below[cpu][f->helper] : NULL;
}

static void other(unsigned int cpu, void *data)
{
	(void)data;
	last[cpu] = NULL;
}

static void executed(unsigned int cpu, void *data)
{
	const struct place *at = data;
	struct count *c;

	if (at->f->kind == 'm') {
		if (at->entry)
			print_marks();
		last[cpu] = NULL;
		return;
	}
	if (!is_helper(at->f)) {
		last[cpu] = at->f;
		others_then = others;
	}
	c = counter(cpu, at->f);
	if (c) {
		c->instructions++;
		c->calls += at->entry;
	}
}

static void stored(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *data)
{
	struct count *c = counter(cpu, data);

	(void)vaddr;
	if (c && qemu_plugin_mem_is_store(info))
		c->bytes += 1ul << qemu_plugin_mem_size_shift(info);
}

static struct function *find(uint64_t at)
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

/*
 * Each instruction calls back for itself: where the next one would cross a page, QEMU 7.2
 * gives it up, but still counts it in qemu_plugin_tb_n_insns().
 */
static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb), i;
	bool other_before = false;

	(void)id;
	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t at = qemu_plugin_insn_vaddr(insn);
		struct function *f = find(at);

		if (f)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, executed, NO_REGISTERS,
							       at == f->start ? &f->first : &f->rest);
		else if (!other_before && one_cpu)
			qemu_plugin_register_vcpu_insn_exec_inline(insn, ADD_U64, &others, 1);
		else if (!other_before)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, other, NO_REGISTERS, NULL);
		other_before = !f;
		/*
		 * QEMU 7.2 forgets to take this back where a block ends, and would count what an
		 * interrupt stores.  (A block of one instruction is a string move.)
		 */
		if (f && f->kind == 'C' && (i < n - 1 || n == 1))
			qemu_plugin_register_vcpu_mem_cb(insn, stored, NO_REGISTERS, STORES, f);
	}
}

static void ended(qemu_plugin_id_t id, void *data)
{
	(void)id;
	(void)data;
	print_marks();
}

static int load(const char *path)
{
	FILE *map = fopen(path, "r");
	struct function f = {};

	while (map && fscanf(map, "%" SCNx64 " %" SCNx64 " %c %95s", &f.start, &f.end, &f.kind, f.name) == 4) {
		function = realloc(function, (functions + 1) * sizeof(f));
		if (!function || (functions && f.start < function[functions - 1].end) ||
		    (is_helper(&f) && helpers == HELPERS))
			return -1;
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
	return map && feof(map) && functions ? 0 : -1;
}

__attribute__((visibility("default")))
int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "map=", 4) && load(argv[i] + 4)) {
			fprintf(stderr, "plugin: %s: not a map of functions in order, with at most %d helpers\n", argv[i] + 4, HELPERS);
			return -1;
		}
		if (!strncmp(argv[i], "out=", 4))
			out = fopen(argv[i] + 4, "w");
		if (!strcmp(argv[i], "cpus=1"))
			one_cpu = true;
	}
	if (!functions || !out) {
		fprintf(stderr, "plugin: map= and out= have to be given\n");
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, ended, NULL);
	return 0;
}
