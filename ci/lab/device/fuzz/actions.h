/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef ACTIONS_H
#define ACTIONS_H

#include "../vhost_user.h"
#include "oracle.h"

#define UVA 0x7f0000000000ull
#define GPA 0x10000ull
#define IOVA 0x9900000000ull

struct fuzz {
	const uint8_t *next;
	size_t left;
	int front;		/* the front-end's socket */
	int channel;		/* its end of the one for look-ups, or -1 */
	int event;
	bool waiting;		/* the device waits for a look-up */
};
extern struct fuzz fuzz;

/* The next bytes of the input, 0 behind its end. */
uint8_t u8(void);
uint64_t number(unsigned int bytes);
/* An address from the input: in, behind, or far from memory at BASE. */
uint64_t address(uint64_t base);
/* Does one operation of the input; false at its end. */
bool action(void);
/* Features, memory, a bitmap and translations as a well-behaved guest has them. */
void usual_setup(uint8_t options);

/* --- front_end.c */
void simple(uint32_t request, const void *payload, uint32_t size, int fd);
void translation(uint64_t iova, uint64_t size, uint64_t user, uint8_t perm, uint8_t type);
void any_message(void);
void memory_table(void);
void queue(void);
void stop_queue(void);
void features(void);
void some_translation(void);
void new_channel(void);
void answer(void);
void kick(void);

/* --- driver.c */
void bitmap_header(uint8_t page, uint64_t bitmap, uint64_t pages, uint32_t shift);
void share(uint8_t page, bool shared);
void any_bytes(void);
void descriptor(void);
void available(void);
void request_header(void);
void some_bitmap_header(void);
void some_share(void);

#endif
