/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's memory, and its protection.  memory_access() is the one way to what the
 * guest's driver gives a device.  A back end decides there whether memory is shared:
 * a bitmap that the guest keeps (bitmap.c), or nothing at all; or, where the host itself
 * protects the memory, memory_plain() under a fault handler (../pkvm/real.c).
 */
#ifndef MEMORY_H
#define MEMORY_H

#include "figures.h"

#define REGIONS 8

struct region {
	uint64_t gpa, size, user;	/* user: the address that the front-end has it at */
	uint8_t *at;
	void *map;			/* NULL where the caller keeps the mapping */
	uint64_t map_size, offset;	/* offset: of the region in FD, and in the mapping */
	int fd;
};

/* LOOK_*: memory that is just given; LOAD and STORE: 16 bits, acquire and release */
enum op { LOOK_READ, LOOK_WRITE, READ, WRITE, LOAD, STORE };

struct memory;
struct protection {
	/* Whenever a queue starts or the regions change: sets m->active. */
	void (*find)(struct memory *m);
	/* One access, within a region; counts what is private, and does not touch it. */
	bool (*touch)(struct memory *m, enum kind kind, enum op op, uint64_t gpa, uint8_t *p,
		      void *buf, uint32_t len);
};
extern const struct protection bitmap_protection, no_protection;

struct memory {
	struct region region[REGIONS];
	unsigned int n;
	const struct protection *protection;
	bool active;			/* is there something to check against? */
	struct {
		uint64_t header, pages;	/* pages: not 0 once a header was found */
		const uint8_t *bits;
		unsigned int page_shift, flags;
	} bitmap;
	struct figures *figures;
};

/* Maps SIZE bytes at OFFSET of FD, and owns FD if that succeeds. */
bool memory_add(struct memory *m, uint64_t gpa, uint64_t size, uint64_t user, int fd, uint64_t offset);
void memory_clear(struct memory *m);
bool memory_gpa(const struct memory *m, uint64_t user, uint64_t *gpa);
/* The host's view of it, for back ends of the protection alone. */
uint8_t *memory_at(const struct memory *m, uint64_t gpa, uint64_t size);

/* At most LEN bytes: how many of them, all or none of which were accessed; 0 if refused. */
uint32_t memory_access(struct memory *m, enum kind kind, enum op op, uint64_t gpa, void *buf, uint32_t len);
void memory_plain(enum op op, uint8_t *p, void *buf, uint32_t len);

static inline bool is_write(enum op op) { return op == LOOK_WRITE || op == WRITE || op == STORE; }
static inline bool is_look(enum op op) { return op == LOOK_READ || op == LOOK_WRITE; }

#endif
