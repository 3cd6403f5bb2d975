// SPDX-License-Identifier: GPL-2.0-only
#include "device.h"

static const struct ring *ring(const struct virtqueue *q)
{
	return vq_has(q, VIRTIO_F_RING_PACKED) ? &packed_ring : &split_ring;
}

int vq_break(struct virtqueue *q)
{
	q->broken = true;
	return -1;
}

int vq_malformed(struct virtqueue *q, const char *what)
{
	if (vq_is_mine(q))	/* (else the front-end has set it up anew meanwhile) */
		count_malformed(&q->dev->figures, what);
	return vq_break(q);
}

void vq_set_base(struct virtqueue *q, uint32_t base, bool packed)
{
	q->last_avail = q->used_idx = base;
	q->avail_wrap = q->used_wrap = true;
	if (packed) {
		q->last_avail = base & 0x7fff;
		q->avail_wrap = base >> 15 & 1;
		q->used_idx = base >> 16 & 0x7fff;
		q->used_wrap = base >> 31;
	}
}

uint32_t vq_base(const struct virtqueue *q, bool packed)
{
	if (!packed)
		return q->last_avail;
	return q->last_avail | (uint32_t)q->avail_wrap << 15 | (uint32_t)q->used_idx << 16 | (uint32_t)q->used_wrap << 31;
}

bool vq_start(struct virtqueue *q)
{
	q->features = q->dev->features;
	q->running = q->ever_started = true;
	q->broken = q->pushed = q->signalled_valid = false;
	if (!q->num || q->num > QUEUE_MAX)
		return vq_malformed(q, "queue size"), false;
	if (vq_has(q, VIRTIO_F_RING_PACKED) ? q->last_avail >= q->num || q->used_idx >= q->num :
					      q->num & (q->num - 1))
		return vq_malformed(q, "queue size, or where it starts"), false;
	if (!ring(q)->aligned(q))
		return vq_malformed(q, "misaligned ring"), false;
	return true;
}

void vq_stop(struct virtqueue *q)
{
	q->running = false;
}

/*
 * One access, as far as memory is contiguous.  While a translation is looked up, the
 * front-end can stop the queue or change memory: hence no pointer to it anywhere.
 */
static uint32_t vq_some(struct virtqueue *q, enum kind kind, enum op op, uint64_t addr, void *buf,
			uint32_t len)
{
	struct virtio_device *dev = q->dev;
	uint64_t left = len;

	if (!vq_is_mine(q))
		return 0;
	if (vq_has(q, VIRTIO_F_ACCESS_PLATFORM) && dev->transport->translate) {
		uint64_t gpa;
		bool found = dev->transport->translate(dev, addr, is_write(op), &gpa, &left);

		if (!vq_is_mine(q))
			return 0;
		if (!found) {
			count_nowhere(&dev->figures, "no translation", kind, addr);
			return 0;
		}
		addr = gpa;
	}
	return memory_access(&dev->memory, kind, op, addr, buf, MIN(len, left));
}

bool vq_access(struct virtqueue *q, enum kind kind, enum op op, uint64_t addr, void *buf, uint32_t len)
{
	uint8_t *at = buf;
	uint32_t n;

	for (; len; addr += n, at += n, len -= n) {
		n = vq_some(q, kind, op, addr, at, len);
		if (!n)
			return false;
	}
	return true;
}

bool vq_given(struct virtqueue *q, enum kind kind, uint64_t addr, uint64_t size, bool write)
{
	struct figures *f = &q->dev->figures;
	uint64_t before = f->kind[kind].violations;
	uint32_t n;

	for (; size; addr += n, size -= n) {
		n = vq_some(q, kind, write ? LOOK_WRITE : LOOK_READ, addr, NULL, MIN(size, 1u << 30));
		if (!n) {
			f->kind[kind].given += f->kind[kind].violations - before;
			return false;
		}
	}
	return true;
}

bool vq_segment(struct virtqueue *q, struct element *e, uint64_t addr, uint32_t len, bool write)
{
	if (e->n == SEGMENTS || (!write && e->out != e->n)) {
		vq_malformed(q, "too many segments, or one to read after one to write");
		return false;
	}
	e->seg[e->n].addr = addr;
	e->seg[e->n++].len = len;
	e->out += !write;
	vq_given(q, BUFFER, addr, len, write);	/* (and refused again where it is accessed) */
	return true;
}

int vq_pop(struct virtqueue *q, struct element *e)
{
	struct virtio_device *dev = q->dev;
	int rc;

	if (!vq_live(q))
		return -1;
	if (!dev->budget) {
		dev->pending = true;
		return 0;
	}
	e->n = e->out = e->descs = 0;
	rc = ring(q)->pop(q, e);
	if (rc > 0) {
		dev->budget--;
		dev->figures.requests++;
		dev->figures.chained += e->n > 1;
		q->requests++;
	}
	return rc;
}

void vq_push(struct virtqueue *q, struct element *e, uint32_t written)
{
	if (!vq_live(q))	/* (stopped while an address was looked up) */
		return;
	q->pushed = true;
	ring(q)->push(q, e, written);
}

bool vq_wants_call(struct virtqueue *q)
{
	uint16_t old = q->signalled;
	bool valid = q->signalled_valid;

	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	q->signalled = q->used_idx;
	q->signalled_valid = true;
	return ring(q)->wants_call(q, old, valid);
}

void vq_want_kick(struct virtqueue *q)
{
	if (!vq_live(q) || !vq_has(q, VIRTIO_RING_F_EVENT_IDX))
		return;
	ring(q)->want_kick(q);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

void vq_check_rings(struct virtqueue *q)
{
	ring(q)->check(q);
}
