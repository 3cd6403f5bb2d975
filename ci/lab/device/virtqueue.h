/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtqueues: virtqueue.c has what split and packed rings share, and chooses.  All
 * addresses are those that the driver gave.  Nothing here knows the transport.
 */
#ifndef VIRTQUEUE_H
#define VIRTQUEUE_H

#include <linux/virtio_config.h>
#include <linux/virtio_ring.h>

#include "memory.h"
#include "util.h"

#define SEGMENTS 1100
#define QUEUE_MAX 32768

struct virtio_device;

struct virtqueue {
	struct virtio_device *dev;

	/* The transport sets these while the queue is stopped. */
	unsigned int num;
	uint64_t desc, avail, used;	/* packed: ring, the driver's and the device's events */
	bool enabled;

	uint64_t features;		/* those when it was started */
	bool running, broken;
	bool ever_started, pushed;
	uint16_t last_avail, used_idx, signalled;
	bool avail_wrap, used_wrap, signalled_valid;
	uint64_t requests;
};

/* A request; its segments to read come first. */
struct element {
	uint16_t id, descs;
	unsigned int n, out;
	struct { uint64_t addr; uint32_t len; } seg[SEGMENTS];
};

/* Call when its fields are set; and whenever the transport takes it back. */
bool vq_start(struct virtqueue *q);
void vq_stop(struct virtqueue *q);
/*
 * Where a queue is in its rings, as vhost has it: VHOST_SET_VRING_BASE.  (Which kind of
 * ring it is depends on features, which do not change while a queue has a base.)
 */
void vq_set_base(struct virtqueue *q, uint32_t base, bool packed);
uint32_t vq_base(const struct virtqueue *q, bool packed);

/* The next request: 1, 0 if there is none, -1 if the queue does not work. */
int vq_pop(struct virtqueue *q, struct element *e);
void vq_push(struct virtqueue *q, struct element *e, uint32_t written);
/* Does the driver want to be notified of what was pushed since it was asked last? */
bool vq_wants_call(struct virtqueue *q);
/* Asks the driver for a notification when the next request is available. */
void vq_want_kick(struct virtqueue *q);
/* Is all of the rings shared, accessed or not? */
void vq_check_rings(struct virtqueue *q);

/*
 * Copies between BUF and segments FIRST .. LAST - 1, from SKIP bytes into them on:
 * the bytes copied, or -1 if memory was refused.
 */
long vq_copy(struct virtqueue *q, const struct element *e, unsigned int first, unsigned int last,
	     uint64_t skip, void *buf, uint64_t size, enum op op);
uint64_t element_length(const struct element *e, unsigned int first, unsigned int last);

static inline bool vq_has(const struct virtqueue *q, unsigned int feature)
{
	return q->features & BIT(feature);
}

/* Has the transport started it and not taken it back?  Else nothing of it is accessed. */
static inline bool vq_is_mine(const struct virtqueue *q)
{
	return q->running && q->enabled;
}

static inline bool vq_live(const struct virtqueue *q)
{
	return vq_is_mine(q) && !q->broken;
}

/* --- for split.c and packed.c */

/* Something of a ring or a table, all of it or nothing. */
bool vq_access(struct virtqueue *q, enum kind kind, enum op op, uint64_t addr, void *buf, uint32_t len);
/* Memory that is given with a request: is all of it shared, accessed or not? */
bool vq_given(struct virtqueue *q, enum kind kind, uint64_t addr, uint64_t size, bool write);
bool vq_segment(struct virtqueue *q, struct element *e, uint64_t addr, uint32_t len, bool write);
int vq_malformed(struct virtqueue *q, const char *what);
int vq_break(struct virtqueue *q);

struct ring {
	int (*pop)(struct virtqueue *q, struct element *e);
	void (*push)(struct virtqueue *q, struct element *e, uint32_t written);
	bool (*wants_call)(struct virtqueue *q, uint16_t old, bool valid);
	void (*want_kick)(struct virtqueue *q);
	bool (*aligned)(const struct virtqueue *q);
	void (*check)(struct virtqueue *q);
};
extern const struct ring split_ring, packed_ring;

#endif
