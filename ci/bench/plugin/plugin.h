/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two files of the plugin share, and what QEMU gives them. */
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

#define HELPERS 32
#define CPUS 8

struct count { uint64_t instructions, calls, bytes; };
struct function {
	uint64_t start, end;
	char kind, name[96];
	int helper;			/* which, of a helper */
	struct place { struct function *f; bool entry; } first, rest;	/* of its instructions */
	struct count own[CPUS], below[CPUS][HELPERS];
};

/* map.c */
bool load(const char *path);
struct function *find(uint64_t at);
bool is_helper(const struct function *f);
void print_marks(FILE *out);
