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
#include "plugin.h"

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

static struct function *last[CPUS];
static uint64_t others, others_then;	/* with one CPU: how often all other code ran, now and after last[0] */
static bool one_cpu;
static FILE *out;

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
			print_marks(out);
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
	print_marks(out);
}

__attribute__((visibility("default")))
int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv)
{
	bool loaded = false;

	(void)info;
	for (int i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "map=", 4) && !(loaded = load(argv[i] + 4))) {
			fprintf(stderr, "plugin: %s: not a map of functions in order, with at most %d helpers\n", argv[i] + 4, HELPERS);
			return -1;
		}
		if (!strncmp(argv[i], "out=", 4))
			out = fopen(argv[i] + 4, "w");
		if (!strcmp(argv[i], "cpus=1"))
			one_cpu = true;
	}
	if (!loaded || !out) {
		fprintf(stderr, "plugin: map= and out= have to be given\n");
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, ended, NULL);
	return 0;
}
