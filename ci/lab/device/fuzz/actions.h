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
/* Does one operation of the input; false at its end. */
bool action(void);
/* Features, memory, a bitmap and translations as a well-behaved guest has them. */
void usual_setup(uint8_t options);

#endif
