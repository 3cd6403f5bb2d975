// SPDX-License-Identifier: GPL-2.0-only
/*
 * Protection by the host itself: the guest's memory is mapped here, and a page that the
 * guest has not shared gives SIGSEGV.  (A page that the guest never used is not the
 * guest's yet: it can be read.  So what counts is what a device has to look at.)
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include "pkvm.h"

static __thread struct {
	sigjmp_buf out;
	volatile sig_atomic_t armed;
	uint8_t *at;
	int code;
} guard;

/* What a driver gave, a byte a page: any of these. */
enum { GIVEN = 1, RING = 2 };
static uint8_t pages[RAM_SIZE / PAGE];

static void handler(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (!guard.armed) {
		signal(number, SIG_DFL);	/* a fault of ours: again, and for good */
		return;
	}
	guard.at = info->si_addr;
	guard.code = info->si_code;
	siglongjmp(guard.out, 1);
}

/* (a function of its own, with nothing that a jump could lose) */
static __attribute__((noinline)) bool guarded(enum op op, uint8_t *p, void *buf, uint32_t len)
{
	if (sigsetjmp(guard.out, 0)) {
		guard.armed = 0;
		return false;
	}
	guard.armed = 1;
	memory_plain(op, p, buf, len);
	guard.armed = 0;
	return true;
}

static void refused(const struct memory *m, uint8_t *p)
{
	static bool told;

	/* only what is mapped and withheld is protection; the rest is a mistake here */
	if (guard.code != SEGV_ACCERR)
		die("a fault that is no protection");
	if (!told)
		fprintf(stderr, "device: SIGSEGV, SEGV_ACCERR, at %p: guest-physical %#jx\n", (void *)p,
			(uintmax_t)(p - m->region[0].at + m->region[0].gpa));
	told = true;
}

static void find(struct memory *m)
{
	m->active = options.protected;
}

/* Memory that is given but not accessed is looked at: a byte of each page. */
static bool look(uint8_t *p, uint32_t len)
{
	uint8_t byte;

	for (uint8_t *at = p; at < p + len; at += PAGE - (uintptr_t)at % PAGE)
		if (!guarded(READ, at, &byte, 1))
			return false;
	return true;
}

static bool touch(struct memory *m, enum kind kind, enum op op, uint64_t gpa, uint8_t *p, void *buf,
		  uint32_t len)
{
	uint64_t first = (p - m->region[0].at) / PAGE, last = (p + len - 1 - m->region[0].at) / PAGE;

	for (uint64_t i = first; len && i <= last; i++)
		pages[i] |= GIVEN | (kind == TABLE || kind == BUFFER ? 0 : RING);
	if (is_look(op) ? look(p, len) : guarded(op, p, buf, len))
		return true;
	refused(m, guard.at);
	count_violation(m->figures, kind, gpa + (guard.at - p));
	return false;
}

static void __attribute__((constructor)) catch(void)
{
	struct sigaction a = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_NODEFER };

	sigaction(SIGSEGV, &a, NULL);
	sigaction(SIGBUS, &a, NULL);
}

const struct protection real_protection = { find, touch };

bool poke(struct memory *m, uint64_t gpa)
{
	uint8_t byte, *p = memory_at(m, gpa, 1);

	if (!p || guarded(READ, p, &byte, 1))
		return false;
	refused(m, p);
	fprintf(stderr, "device: private memory: poke at %#jx\n", (uintmax_t)gpa);
	return true;
}

/* Looks at every page that is there, as the host has it now. */
void survey(const struct memory *m, struct survey *s)
{
	const struct region *r = &m->region[0];
	static unsigned char present[RAM_SIZE / PAGE];
	uint8_t byte;

	memset(s, 0, sizeof(*s));
	if (mincore(r->at, r->size, present))
		die("mincore");
	for (uint64_t i = 0; i < r->size / PAGE; i++) {
		bool open = !(present[i] & 1) || guarded(READ, r->at + i * PAGE, &byte, 1);

		if (!open && guard.code != SEGV_ACCERR)
			die("a fault that is no protection");
		s->private += !open;
		s->shared += open && present[i] & 1;
		s->given += !!(pages[i] & GIVEN);
		s->not_shared += pages[i] & GIVEN && !open;
		s->ring += !!(pages[i] & RING);
		s->ring_left += pages[i] & RING && open;
	}
}
