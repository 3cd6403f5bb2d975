// SPDX-License-Identifier: GPL-2.0-only
/* Packed virtqueues: VIRTIO 1.3, 2.8. */
#include <endian.h>
#include <stddef.h>

#include "device.h"

#define DESC_SIZE sizeof(struct vring_packed_desc)
#define EVENT_SIZE sizeof(struct vring_packed_desc_event)
#define FLAGS offsetof(struct vring_packed_desc, flags)
#define EVENT_FLAGS offsetof(struct vring_packed_desc_event, flags)

static bool table(struct virtqueue *q, struct element *e, uint64_t addr, uint32_t len)
{
	struct vring_packed_desc d;

	q->dev->figures.indirect++;
	for (unsigned int i = 0; i < len / DESC_SIZE; i++)
		if (!vq_access(q, TABLE, READ, addr + i * DESC_SIZE, &d, DESC_SIZE) ||
		    !vq_segment(q, e, le64toh(d.addr), le32toh(d.len), le16toh(d.flags) & VRING_DESC_F_WRITE))
			return false;
	return vq_given(q, TABLE, addr, len, false);
}

/* The next descriptor: 1, 0 if it is not available, -1. */
static int next(struct virtqueue *q, struct vring_packed_desc *d)
{
	uint64_t at = q->desc + q->last_avail * DESC_SIZE;
	uint16_t flags;

	/* flags first: only then is the rest the driver's */
	if (!vq_access(q, DESC, LOAD, at + FLAGS, &flags, 2))
		return -1;
	if (!!(le16toh(flags) & BIT(VRING_PACKED_DESC_F_AVAIL)) != q->avail_wrap ||
	    !!(le16toh(flags) & BIT(VRING_PACKED_DESC_F_USED)) == q->avail_wrap)
		return 0;
	if (!vq_access(q, DESC, READ, at, d, DESC_SIZE))
		return -1;
	d->flags = flags;
	if (++q->last_avail >= q->num) {
		q->last_avail = 0;
		q->avail_wrap = !q->avail_wrap;
	}
	return 1;
}

static int pop(struct virtqueue *q, struct element *e)
{
	struct vring_packed_desc d;
	uint16_t flags;
	int rc;

	do {
		rc = next(q, &d);
		if (rc < 0)
			return vq_break(q);
		if (!rc && !e->descs)
			return 0;
		if (!rc || e->descs == q->num)
			return vq_malformed(q, "chain with no end");
		e->id = le16toh(d.id);
		e->descs++;
		flags = le16toh(d.flags);
		if (flags & VRING_DESC_F_INDIRECT) {
			if (flags & VRING_DESC_F_NEXT || !vq_has(q, VIRTIO_RING_F_INDIRECT_DESC))
				return vq_malformed(q, "indirect descriptor");
			if (!table(q, e, le64toh(d.addr), le32toh(d.len)))
				return vq_break(q);
		} else if (!vq_segment(q, e, le64toh(d.addr), le32toh(d.len), flags & VRING_DESC_F_WRITE)) {
			return vq_break(q);
		}
	} while (flags & VRING_DESC_F_NEXT);
	return 1;
}

static void push(struct virtqueue *q, struct element *e, uint32_t written)
{
	uint16_t both = BIT(VRING_PACKED_DESC_F_AVAIL) | BIT(VRING_PACKED_DESC_F_USED);
	uint16_t flags = htole16((q->used_wrap ? both : 0) | (written ? VRING_DESC_F_WRITE : 0));
	struct { uint32_t len; uint16_t id; } used = { htole32(written), htole16(e->id) };
	uint64_t at = q->desc + q->used_idx * DESC_SIZE;

	if (!vq_access(q, DESC, WRITE, at + offsetof(struct vring_packed_desc, len), &used, 6) ||
	    !vq_access(q, DESC, STORE, at + FLAGS, &flags, 2)) {
		vq_break(q);
		return;
	}
	q->used_idx += e->descs;
	if (q->used_idx >= q->num) {
		q->used_idx -= q->num;
		q->used_wrap = !q->used_wrap;
	}
}

static bool wants_call(struct virtqueue *q, uint16_t old, bool valid)
{
	struct vring_packed_desc_event ev;
	uint16_t off, event;

	if (!vq_access(q, AVAIL, READ, q->avail, &ev, EVENT_SIZE))
		return false;
	if (le16toh(ev.flags) == VRING_PACKED_EVENT_FLAG_DISABLE)
		return false;
	if (le16toh(ev.flags) != VRING_PACKED_EVENT_FLAG_DESC || !valid)
		return true;
	off = le16toh(ev.off_wrap);
	event = (off & 0x7fff) - (off >> 15 != q->used_wrap ? q->num : 0);
	if (old >= q->used_idx)		/* once around the ring's end */
		old -= q->num;
	return vring_need_event(event, q->used_idx, old);
}

static void want_kick(struct virtqueue *q)
{
	uint16_t off = htole16(q->last_avail | q->avail_wrap << 15), flags = htole16(VRING_PACKED_EVENT_FLAG_DESC);

	if (vq_access(q, USED, WRITE, q->used, &off, 2))
		vq_access(q, USED, STORE, q->used + EVENT_FLAGS, &flags, 2);
}

static bool aligned(const struct virtqueue *q)
{
	return !(q->desc % 16 || q->avail % 4 || q->used % 4);
}

static void check(struct virtqueue *q)
{
	vq_given(q, DESC, q->desc, q->num * DESC_SIZE, true);
	vq_given(q, AVAIL, q->avail, EVENT_SIZE, false);
	vq_given(q, USED, q->used, EVENT_SIZE, true);
}

const struct ring packed_ring = { pop, push, wants_call, want_kick, aligned, check };
