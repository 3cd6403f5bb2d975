// SPDX-License-Identifier: GPL-2.0-only
/* Split virtqueues: VIRTIO 1.3, 2.7. */
#include <endian.h>
#include <stddef.h>

#include "device.h"

#define DESC_SIZE sizeof(struct vring_desc)
#define USED_SIZE sizeof(struct vring_used_elem)

/* Where the rings have what. */
static uint64_t at_avail_idx(const struct virtqueue *q) { return q->avail + 2; }
static uint64_t at_avail(const struct virtqueue *q, uint16_t i) { return q->avail + 4 + i % q->num * 2; }
static uint64_t at_used_event(const struct virtqueue *q) { return q->avail + 4 + q->num * 2; }
static uint64_t at_used_idx(const struct virtqueue *q) { return q->used + 2; }
static uint64_t at_used(const struct virtqueue *q, uint16_t i) { return q->used + 4 + i % q->num * USED_SIZE; }
static uint64_t at_avail_event(const struct virtqueue *q) { return q->used + 4 + q->num * USED_SIZE; }

/* An indirect table, whose descriptors are read one by one like any others. */
static bool table(struct virtqueue *q, struct element *e, uint64_t addr, uint32_t len)
{
	unsigned int i = 0, n = 0;
	struct vring_desc d;
	uint16_t flags;

	q->dev->figures.indirect++;
	do {
		if (i >= len / DESC_SIZE || n++ >= len / DESC_SIZE)
			return vq_malformed(q, "indirect table"), false;
		if (!vq_access(q, TABLE, READ, addr + i * DESC_SIZE, &d, DESC_SIZE))
			return false;
		flags = le16toh(d.flags);
		if (flags & VRING_DESC_F_INDIRECT)
			return vq_malformed(q, "indirect table in one"), false;
		if (!vq_segment(q, e, le64toh(d.addr), le32toh(d.len), flags & VRING_DESC_F_WRITE))
			return false;
		i = le16toh(d.next);
	} while (flags & VRING_DESC_F_NEXT);
	return vq_given(q, TABLE, addr, len, false);
}

static int pop(struct virtqueue *q, struct element *e)
{
	unsigned int i, n = 0;
	uint16_t idx, head, flags;
	struct vring_desc d;

	if (!vq_access(q, AVAIL, LOAD, at_avail_idx(q), &idx, 2))
		return vq_break(q);
	idx = le16toh(idx);
	if (idx == q->last_avail)
		return 0;
	if ((uint16_t)(idx - q->last_avail) > q->num)
		return vq_malformed(q, "more available than the ring has room for");
	if (!vq_access(q, AVAIL, READ, at_avail(q, q->last_avail), &head, 2))
		return vq_break(q);
	e->id = i = le16toh(head);
	q->last_avail++;
	do {
		if (i >= q->num || n++ >= q->num)
			return vq_malformed(q, "chain");
		if (!vq_access(q, DESC, READ, q->desc + i * DESC_SIZE, &d, DESC_SIZE))
			return vq_break(q);
		flags = le16toh(d.flags);
		if (flags & VRING_DESC_F_INDIRECT) {
			if (flags & VRING_DESC_F_NEXT || !vq_has(q, VIRTIO_RING_F_INDIRECT_DESC))
				return vq_malformed(q, "indirect descriptor");
			if (!table(q, e, le64toh(d.addr), le32toh(d.len)))
				return vq_break(q);
		} else if (!vq_segment(q, e, le64toh(d.addr), le32toh(d.len), flags & VRING_DESC_F_WRITE)) {
			return vq_break(q);
		}
		i = le16toh(d.next);
	} while (flags & VRING_DESC_F_NEXT);
	return 1;
}

static void push(struct virtqueue *q, struct element *e, uint32_t written)
{
	struct vring_used_elem u = { htole32(e->id), htole32(written) };
	uint16_t idx = htole16(q->used_idx + 1);

	if (vq_access(q, USED, WRITE, at_used(q, q->used_idx), &u, sizeof(u)) &&
	    vq_access(q, USED, STORE, at_used_idx(q), &idx, 2))
		q->used_idx++;
	else
		vq_break(q);
}

static bool wants_call(struct virtqueue *q, uint16_t old, bool valid)
{
	uint16_t v;

	if (vq_has(q, VIRTIO_RING_F_EVENT_IDX))
		return vq_access(q, AVAIL, LOAD, at_used_event(q), &v, 2) &&
		       (!valid || vring_need_event(le16toh(v), q->used_idx, old));
	return vq_access(q, AVAIL, LOAD, q->avail, &v, 2) && !(le16toh(v) & VRING_AVAIL_F_NO_INTERRUPT);
}

static void want_kick(struct virtqueue *q)
{
	uint16_t next = htole16(q->last_avail);

	vq_access(q, USED, STORE, at_avail_event(q), &next, 2);
}

static bool aligned(const struct virtqueue *q)
{
	return !(q->desc % 16 || q->avail % 2 || q->used % 4);
}

static void check(struct virtqueue *q)
{
	unsigned int event = vq_has(q, VIRTIO_RING_F_EVENT_IDX) ? 2 : 0;

	vq_given(q, DESC, q->desc, q->num * DESC_SIZE, false);
	vq_given(q, AVAIL, q->avail, at_used_event(q) + event - q->avail, false);
	vq_given(q, USED, q->used, at_avail_event(q) + event - q->used, true);
}

const struct ring split_ring = { pop, push, wants_call, want_kick, aligned, check };
