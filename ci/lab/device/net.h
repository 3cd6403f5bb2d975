/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef NET_H
#define NET_H

#include "device.h"

#define FRAMES 256
#define FRAME_SIZE 2048
#define PAIRS (QUEUES / 2)

/* Frames that the guest sent and that wait for a receive buffer: of each pair of queues. */
struct net {
	struct pair {
		struct { uint8_t data[FRAME_SIZE]; uint32_t len; } frame[FRAMES];
		unsigned int n, first;
		unsigned int stops;	/* of either queue: what was on its way then is dropped */
	} pair[PAIRS];
};
extern const struct model net_model;

#endif
