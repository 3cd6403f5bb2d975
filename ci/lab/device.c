// SPDX-License-Identifier: GPL-2.0-only
/*
 * A vhost-user device that cannot read private memory.
 *
 *   device blk SOCKET FILE      a disk, over the file
 *   device net SOCKET           sends every frame back
 *
 * The guest notes in a bitmap which pages it has shared (kernel/overlay has the
 * guest's side).  Every access to a ring, an indirect table or a buffer is held
 * against it first.  What is not shared is not touched: it counts as a violation,
 * by kind and first address, and the queue stops where a ring cannot be read.  The
 * rest of what the guest gives, a ring, a table or a segment, has to be shared too.
 *
 * No pointer to the guest's memory is kept over another access: while QEMU looks up
 * an address it may want a queue to stop, or give other memory.
 *
 * The device waits for QEMU on the socket and ends when QEMU does; what it says last
 * is one line of figures.
 */
#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/protected_lab.h>
#include <linux/vhost_types.h>
#include <linux/virtio_blk.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ring.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BIT(n) (1ull << (n))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* ---- what is counted */

enum kind { DESC, AVAIL, USED, TABLE, BUFFER, KINDS };
static const char *const kinds[KINDS] = { "desc", "avail", "used", "table", "buffer" };

static struct count {
	uint64_t before, after;		/* protection starts when the bitmap is there */
	uint64_t violations, given, first;	/* given: not touched */
} count[KINDS];
static uint64_t nowhere;		/* addresses that are no memory, or not mapped */
static uint64_t early;			/* likewise, before the first request: firmware's, perhaps */
static uint64_t malformed, requests, bytes, chained, indirect, misses, suppressed;
static int found, lost;		/* was the bitmap there at the last start, and not at a later one? */

static void no_memory(const char *what, enum kind k, uint64_t addr)
{
	if (!(nowhere + early))
		fprintf(stderr, "device: %s: %s at %#jx\n", what, kinds[k], (uintmax_t)addr);
	if (requests)
		nowhere++;
	else
		early++;
}

static void bad_ring(const char *what)
{
	if (!malformed++)
		fprintf(stderr, "device: malformed: %s\n", what);
}

/* ---- the guest's memory, and which of it is shared */

#define SLOTS 8
static struct slot {
	uint64_t gpa, size, uva;
	uint8_t *map, *at;
	size_t map_size;
	int fd;
	off_t offset;
} slot[SLOTS];
static int slots;

static struct slot *slot_of(uint64_t gpa)
{
	for (struct slot *s = slot; s < slot + slots; s++)
		if (gpa - s->gpa < s->size)
			return s;
	return NULL;
}

static bool gpa_of(uint64_t uva, uint64_t *gpa)
{
	for (struct slot *s = slot; s < slot + slots; s++)
		if (uva - s->uva < s->size) {
			*gpa = uva - s->uva + s->gpa;
			return true;
		}
	return false;
}

static uint8_t *memory(uint64_t gpa, uint64_t size)
{
	struct slot *s = slot_of(gpa);

	return s && size <= s->size - (gpa - s->gpa) ? s->at + (gpa - s->gpa) : NULL;
}

static uint64_t header, pages, bitmap_gpa;
static const uint8_t *bitmap;
static unsigned int page_shift, guest_flags;

static bool is_header(uint64_t gpa)
{
	struct protected_lab_header *h = (void *)memory(gpa, sizeof(*h));
	static const char magic[] = PROTECTED_LAB_MAGIC_XOR_1;
	uint64_t at, size;

	for (int i = 0; h && i < PROTECTED_LAB_MAGIC_SIZE; i++)
		if (h->magic[i] != (magic[i] ^ 1))
			return false;
	if (!h || le64toh(h->self) != gpa)
		return false;
	page_shift = le32toh(h->page_shift);
	guest_flags = le32toh(h->flags);
	pages = le64toh(h->pages);
	bitmap_gpa = at = le64toh(h->bitmap);
	size = (pages + 7) / 8;
	bitmap = memory(at, size);
	/* of some use, and beside the header? */
	if (!bitmap || page_shift < 12 || page_shift > 16 || (at < gpa + 4096 && gpa < at + size)) {
		fprintf(stderr, "device: a header at %#jx that makes no sense\n", (uintmax_t)gpa);
		bitmap = NULL;
		return false;
	}
	return true;
}

/* Looks at every page that has ever been written, on each start of a queue. */
static void find_header(void)
{
	if (bitmap && is_header(header))
		return;
	bitmap = NULL;
	for (struct slot *s = slot; s < slot + slots; s++) {
		off_t at = s->offset, end = s->offset + s->size, hole;

		while (at < end && (at = lseek(s->fd, at, SEEK_DATA)) >= 0 && at < end) {
			hole = lseek(s->fd, at, SEEK_HOLE);
			for (at &= ~4095ll; at < hole && at < end; at += 4096) {
				header = s->gpa + (at - s->offset);
				if (at >= s->offset && is_header(header))
					return;
			}
		}
	}
	bitmap = NULL;
}

static bool is_shared(uint64_t gpa)
{
	uint64_t pfn = gpa >> page_shift;

	return pfn < pages &&
	       __atomic_load_n(bitmap + pfn / 8, __ATOMIC_ACQUIRE) & (1 << pfn % 8);
}

static void violation(enum kind k, uint64_t addr)
{
	if (!count[k].violations++) {
		count[k].first = addr;
		fprintf(stderr, "device: private memory: %s at %#jx\n", kinds[k], (uintmax_t)addr);
	}
}

/* ---- the other side of the socket */

enum {
	GET_FEATURES = 1, SET_FEATURES, SET_OWNER, RESET_OWNER, SET_MEM_TABLE, SET_LOG_BASE,
	SET_LOG_FD, SET_VRING_NUM, SET_VRING_ADDR, SET_VRING_BASE, GET_VRING_BASE, SET_VRING_KICK,
	SET_VRING_CALL, SET_VRING_ERR, GET_PROTOCOL_FEATURES, SET_PROTOCOL_FEATURES, GET_QUEUE_NUM,
	SET_VRING_ENABLE, SEND_RARP, NET_SET_MTU, SET_BACKEND_REQ_FD, IOTLB_MSG, SET_VRING_ENDIAN,
	GET_CONFIG, SET_CONFIG,
};
#define BACKEND_IOTLB_MSG 1
#define VERSION 1
#define REPLY 4
#define NEED_REPLY 8
#define F_PROTOCOL 30			/* VHOST_USER_F_PROTOCOL_FEATURES */
#define P_REPLY_ACK 3
#define P_BACKEND_REQ 5
#define P_CONFIG 9

struct message {
	uint32_t request, flags, size;
	union {
		uint64_t u64;
		struct { uint32_t index, num; } state;
		struct { uint32_t index, flags; uint64_t desc, used, avail, log; } addr;
		struct { uint32_t n, pad; struct { uint64_t gpa, size, uva, offset; } r[SLOTS]; } mem;
		struct { uint64_t iova, size, uva; uint8_t perm, type, pad[6]; } iotlb;
		struct { uint32_t offset, size, flags; uint8_t data[256]; } config;
	};
} __attribute__((packed));
#define HEADER 12

static int sock = -1, backend = -1;
static uint64_t features, protocol;
static bool (*handle)(void);

static void finish(int rc);

static void die(const char *what)
{
	fprintf(stderr, "device: %s: %s\n", what, strerror(errno));
	finish(1);
}

static void all(int fd, void *buf, size_t n, bool out)
{
	for (char *p = buf; n; ) {
		ssize_t done = out ? send(fd, p, n, MSG_NOSIGNAL) : recv(fd, p, n, 0);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			finish(0);
		p += done;
		n -= done;
	}
}

/* ---- addresses that an IOMMU translates */

#define TLB 512
static struct { uint64_t iova, size, uva; uint8_t perm; } tlb[TLB];
static unsigned int tlb_n, tlb_next;

static void tlb_drop(uint64_t iova, uint64_t size)
{
	for (unsigned int i = 0; i < tlb_n; )
		if (tlb[i].iova - iova < size || iova - tlb[i].iova < tlb[i].size)
			tlb[i] = tlb[--tlb_n];
		else
			i++;
}

static bool tlb_find(uint64_t iova, uint8_t perm, uint64_t *uva, uint64_t *left)
{
	for (unsigned int i = 0; i < tlb_n; i++)
		if (iova - tlb[i].iova < tlb[i].size && (tlb[i].perm & perm)) {
			*uva = tlb[i].uva + (iova - tlb[i].iova);
			*left = tlb[i].size - (iova - tlb[i].iova);
			return true;
		}
	return false;
}

/* Asks QEMU, and does as it says meanwhile. */
static bool tlb_miss(uint64_t iova, bool write)
{
	struct message m = {
		.request = BACKEND_IOTLB_MSG, .flags = VERSION | NEED_REPLY, .size = sizeof(m.iotlb),
		.iotlb = { .iova = iova, .perm = write ? VHOST_ACCESS_RW : VHOST_ACCESS_RO,
			   .type = VHOST_IOTLB_MISS },
	};
	struct pollfd p[] = { { .fd = sock, .events = POLLIN }, { .fd = backend, .events = POLLIN } };

	if (backend < 0)
		return false;
	misses++;
	all(backend, &m, HEADER + m.size, true);
	for (;;) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			die("poll");
		if (p[0].revents && !handle())
			finish(0);
		if (p[1].revents) {
			all(backend, &m, HEADER, false);
			all(backend, &m.u64, MIN(m.size, sizeof(m.u64)), false);
			return !m.u64;
		}
	}
}

#define QUEUES 2
#define SEGMENTS 1100
static struct queue {
	unsigned int num;
	uint64_t desc, avail, used;	/* for packed: ring, driver's and device's events */
	int kick, call;
	bool enabled, broken, starts, fresh;
	uint16_t last_avail, used_idx, signalled;
	bool avail_wrap, used_wrap, signalled_valid, pushed;
} queue[QUEUES], *serving = queue;

/* Has QEMU taken it back, perhaps to give it anew, while it was served? */
static bool is_stopped(struct queue *q)
{
	return q->kick < 0 || q->fresh;
}

/*
 * At most *LEN bytes at an address that the guest gave, and how many of them lie
 * together; NULL where this device cannot reach them.
 */
static void *look(enum kind k, uint64_t addr, uint32_t *len, bool write)
{
	unsigned int tries = 0;
	uint64_t gpa = addr, uva, left = *len, i;
	struct slot *s;

	if (is_stopped(serving))
		return NULL;
	if (features & BIT(VIRTIO_F_ACCESS_PLATFORM)) {
		/* (what was looked up can be dropped before QEMU has answered) */
		while (!tlb_find(addr, write ? VHOST_ACCESS_WO : VHOST_ACCESS_RO, &uva, &left)) {
			if (tries++ == 100 || !tlb_miss(addr, write)) {
				no_memory("no translation", k, addr);
				return NULL;
			}
			if (is_stopped(serving))
				return NULL;
		}
		if (!gpa_of(uva, &gpa)) {
			no_memory("translated to no memory", k, addr);
			return NULL;
		}
	}
	s = slot_of(gpa);
	if (!s) {
		no_memory("no memory", k, gpa);
		return NULL;
	}
	left = MIN(left, s->size - (gpa - s->gpa));
	*len = MIN(*len, left);
	for (i = gpa >> page_shift; bitmap && *len && i <= (gpa + *len - 1) >> page_shift; i++)
		if (!is_shared(i << page_shift)) {
			violation(k, MAX(gpa, i << page_shift));
			return NULL;
		}
	return s->at + (gpa - s->gpa);
}

static void *reach(enum kind k, uint64_t addr, uint32_t *len, bool write)
{
	void *p = look(k, addr, len, write);

	*(bitmap ? &count[k].after : &count[k].before) += 1;
	return p;
}

/* Is all of it shared that the guest gives, touched or not? */
static bool given(enum kind k, uint64_t addr, uint64_t size, bool write)
{
	uint64_t before = count[k].violations;
	uint32_t n;

	for (; size; addr += n, size -= n) {
		n = MIN(size, 1u << 30);
		if (!look(k, addr, &n, write)) {
			count[k].given += count[k].violations - before;
			return false;
		}
	}
	return true;
}

/* Something small, which never crosses a page. */
static void *small(enum kind k, uint64_t addr, uint32_t len, bool write)
{
	uint32_t n = len;
	void *p = reach(k, addr, &n, write);

	return n == len ? p : NULL;
}

/* ---- queues */

static struct element {
	uint16_t id, descs;
	unsigned int n, out;		/* segments; those to read come first */
	struct { uint64_t addr; uint32_t len; } seg[SEGMENTS];
} element;

static bool packed(void) { return features & BIT(VIRTIO_F_RING_PACKED); }
static bool event_idx(void) { return features & BIT(VIRTIO_RING_F_EVENT_IDX); }

static bool live(struct queue *q)
{
	return q->num && !is_stopped(q) && !q->broken && (q->enabled || !(features & BIT(F_PROTOCOL)));
}

static int broken(struct queue *q)
{
	q->broken = true;
	return -1;
}

static bool segment(struct element *e, uint64_t addr, uint32_t len, bool write)
{
	if (e->n == SEGMENTS || (!write && e->out != e->n)) {
		bad_ring("too many segments, or one to read after one to write");
		return false;
	}
	e->seg[e->n].addr = addr;
	e->seg[e->n++].len = len;
	e->out += !write;
	given(BUFFER, addr, len, write);	/* (and refused again where it is touched) */
	return true;
}

/* An indirect table, whose descriptors are read one by one like any others. */
static bool table_split(struct element *e, uint64_t addr, uint32_t len)
{
	unsigned int i = 0, n = 0;
	struct vring_desc d, *p;
	uint16_t flags;

	indirect++;
	do {
		if (i >= len / sizeof(d) || n++ > len / sizeof(d)) {
			bad_ring("indirect table");
			return false;
		}
		p = small(TABLE, addr + i * sizeof(d), sizeof(d), false);
		if (!p)
			return false;
		d = *p;
		flags = le16toh(d.flags);
		if (flags & VRING_DESC_F_INDIRECT) {
			bad_ring("indirect table in one");
			return false;
		}
		if (!segment(e, le64toh(d.addr), le32toh(d.len), flags & VRING_DESC_F_WRITE))
			return false;
		i = le16toh(d.next);
	} while (flags & VRING_DESC_F_NEXT);
	return given(TABLE, addr, len, false);
}

static int pop_split(struct queue *q, struct element *e)
{
	unsigned int i, n = 0;
	uint16_t *idx, *head, flags;
	struct vring_desc d, *p;

	idx = small(AVAIL, q->avail + 2, 2, false);
	if (!idx)
		return broken(q);
	if (le16toh(__atomic_load_n(idx, __ATOMIC_ACQUIRE)) == q->last_avail)
		return 0;
	head = small(AVAIL, q->avail + 4 + q->last_avail % q->num * 2, 2, false);
	if (!head)
		return broken(q);
	e->id = i = le16toh(*head);
	q->last_avail++;
	do {
		if (i >= q->num || n++ >= q->num) {
			bad_ring("chain");
			return broken(q);
		}
		p = small(DESC, q->desc + i * sizeof(d), sizeof(d), false);
		if (!p)
			return broken(q);
		d = *p;
		flags = le16toh(d.flags);
		if (flags & VRING_DESC_F_INDIRECT) {
			if (!table_split(e, le64toh(d.addr), le32toh(d.len)))
				return broken(q);
		} else if (!segment(e, le64toh(d.addr), le32toh(d.len), flags & VRING_DESC_F_WRITE)) {
			return broken(q);
		}
		i = le16toh(d.next);
	} while (flags & VRING_DESC_F_NEXT);
	return 1;
}

static bool table_packed(struct element *e, uint64_t addr, uint32_t len)
{
	struct vring_packed_desc *d;

	indirect++;
	for (unsigned int i = 0; i < len / sizeof(*d); i++) {
		d = small(TABLE, addr + i * sizeof(*d), sizeof(*d), false);
		if (!d || !segment(e, le64toh(d->addr), le32toh(d->len),
				   le16toh(d->flags) & VRING_DESC_F_WRITE))
			return false;
	}
	return given(TABLE, addr, len, false);
}

static int pop_packed(struct queue *q, struct element *e)
{
	struct vring_packed_desc *d;
	uint16_t flags;

	do {
		d = small(DESC, q->desc + q->last_avail * sizeof(*d), sizeof(*d), false);
		if (!d)
			return broken(q);
		flags = le16toh(__atomic_load_n(&d->flags, __ATOMIC_ACQUIRE));
		if (!!(flags & BIT(VRING_PACKED_DESC_F_AVAIL)) != q->avail_wrap ||
		    !!(flags & BIT(VRING_PACKED_DESC_F_USED)) == q->avail_wrap) {
			if (!e->descs)
				return 0;
			bad_ring("chain with no end");
			return broken(q);
		}
		e->id = le16toh(d->id);
		e->descs++;
		if (++q->last_avail >= q->num) {
			q->last_avail = 0;
			q->avail_wrap = !q->avail_wrap;
		}
		if (flags & VRING_DESC_F_INDIRECT) {
			if (!table_packed(e, le64toh(d->addr), le32toh(d->len)))
				return broken(q);
		} else if (!segment(e, le64toh(d->addr), le32toh(d->len), flags & VRING_DESC_F_WRITE)) {
			return broken(q);
		}
	} while (flags & VRING_DESC_F_NEXT);
	return 1;
}

/* The next request of the guest: 1, or 0 if there is none, or -1. */
static int pop(struct queue *q, struct element *e)
{
	int rc;

	if (!live(q))
		return -1;
	serving = q;
	e->n = e->out = e->descs = 0;
	rc = packed() ? pop_packed(q, e) : pop_split(q, e);
	if (rc > 0) {
		requests++;
		chained += e->n > 1;
	}
	return rc;
}

static void push_split(struct queue *q, struct element *e, uint32_t written)
{
	struct vring_used_elem *u = small(USED, q->used + 4 + q->used_idx % q->num * sizeof(*u),
					  sizeof(*u), true);
	uint16_t *idx;

	if (u) {
		u->id = htole32(e->id);
		u->len = htole32(written);
	}
	idx = u ? small(USED, q->used + 2, 2, true) : NULL;
	if (idx)
		__atomic_store_n(idx, htole16(++q->used_idx), __ATOMIC_RELEASE);
	else
		broken(q);
}

static void push_packed(struct queue *q, struct element *e, uint32_t written)
{
	struct vring_packed_desc *d = small(DESC, q->desc + q->used_idx * sizeof(*d), sizeof(*d), true);
	uint16_t both = BIT(VRING_PACKED_DESC_F_AVAIL) | BIT(VRING_PACKED_DESC_F_USED);

	if (!d) {
		broken(q);
		return;
	}
	d->id = htole16(e->id);
	d->len = htole32(written);
	__atomic_store_n(&d->flags, htole16((q->used_wrap ? both : 0) |
					    (written ? VRING_DESC_F_WRITE : 0)), __ATOMIC_RELEASE);
	q->used_idx += e->descs;
	if (q->used_idx >= q->num) {
		q->used_idx -= q->num;
		q->used_wrap = !q->used_wrap;
	}
}

static void push(struct queue *q, struct element *e, uint32_t written)
{
	if (!live(q))		/* (stopped while an address was looked up) */
		return;
	serving = q;
	q->pushed = true;
	if (packed())
		push_packed(q, e, written);
	else
		push_split(q, e, written);
}

static bool wants_call(struct queue *q)
{
	uint16_t *p, old = q->signalled, new = q->used_idx, event;
	struct vring_packed_desc_event *ev;
	bool valid = q->signalled_valid;

	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	q->signalled = new;
	q->signalled_valid = true;
	if (packed()) {
		ev = small(AVAIL, q->avail, sizeof(*ev), false);
		if (!ev)
			return false;
		switch (le16toh(ev->flags)) {
		case VRING_PACKED_EVENT_FLAG_DISABLE:
			return false;
		case VRING_PACKED_EVENT_FLAG_DESC:
			break;
		default:
			return true;
		}
		event = (le16toh(ev->off_wrap) & 0x7fff) - (le16toh(ev->off_wrap) >> 15 != q->used_wrap ? q->num : 0);
		if (old >= new)		/* once around the ring's end */
			old -= q->num;
		return !valid || vring_need_event(event, new, old);
	}
	if (event_idx()) {
		p = small(AVAIL, q->avail + 4 + q->num * 2, 2, false);
		return p && (!valid || vring_need_event(le16toh(*p), new, old));
	}
	p = small(AVAIL, q->avail, 2, false);
	return p && !(le16toh(*p) & VRING_AVAIL_F_NO_INTERRUPT);
}

static void call(struct queue *q)
{
	if (!live(q) || q->call < 0)
		return;
	serving = q;
	if (wants_call(q) && q->call >= 0) {
		if (write(q->call, &(uint64_t){ 1 }, 8) != 8)
			die("call");
	} else {
		suppressed++;
	}
}

/* From which request on a kick is wanted: the next one. */
static void want_kick(struct queue *q)
{
	struct vring_packed_desc_event *ev;
	uint16_t *p;

	if (!live(q) || !event_idx())
		return;
	serving = q;
	if (packed()) {
		ev = small(USED, q->used, sizeof(*ev), true);
		if (ev) {
			ev->off_wrap = htole16(q->last_avail | q->avail_wrap << 15);
			__atomic_store_n(&ev->flags, htole16(VRING_PACKED_EVENT_FLAG_DESC), __ATOMIC_RELEASE);
		}
	} else {
		p = small(USED, q->used + 4 + q->num * sizeof(struct vring_used_elem), 2, true);
		if (p)
			*p = htole16(q->last_avail);
	}
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/*
 * Copies from the segments from FIRST to LAST to memory of the device's or back,
 * SKIP bytes into them; returns how many bytes, or -1.
 */
static long copy(struct element *e, unsigned int first, unsigned int last, uint64_t skip,
		 void *to, uint64_t size, bool out)
{
	uint8_t *at, *mine = to;
	uint64_t done = 0, addr;
	uint32_t left, n;

	for (unsigned int i = first; i < last && done < size; i++) {
		addr = e->seg[i].addr;
		left = e->seg[i].len;
		n = MIN(skip, left);
		skip -= n;
		addr += n;
		left -= n;
		while (left && done < size) {
			n = MIN(left, size - done);
			at = reach(BUFFER, addr, &n, !out);
			if (!at)
				return -1;
			if (out)
				memcpy(mine + done, at, n);
			else
				memcpy(at, mine + done, n);
			done += n;
			addr += n;
			left -= n;
		}
	}
	return done;
}

static uint64_t length(struct element *e, unsigned int first, unsigned int last)
{
	uint64_t n = 0;

	while (first < last)
		n += e->seg[first++].len;
	return n;
}

/* ---- the disk */

static uint8_t *disk;
static uint64_t disk_size;

static void blk(struct queue *q)
{
	struct element *e = &element;
	struct virtio_blk_outhdr h;
	uint8_t status = VIRTIO_BLK_S_OK;
	uint64_t in, out, sector;
	long written = 0;

	while (pop(q, e) > 0) {
		in = length(e, e->out, e->n);
		out = length(e, 0, e->out);
		status = VIRTIO_BLK_S_OK;
		if (in < 1 || out < sizeof(h)) {
			bad_ring("request without header or status");
			broken(q);
			return;
		}
		if (copy(e, 0, e->out, 0, &h, sizeof(h), true) < 0)
			goto used;
		in -= 1;
		out -= sizeof(h);
		sector = le64toh(h.sector) * 512;
		written = 0;
		switch (le32toh(h.type)) {
		case VIRTIO_BLK_T_IN:
			if (sector > disk_size || in > disk_size - sector)
				status = VIRTIO_BLK_S_IOERR;
			else
				written = copy(e, e->out, e->n, 0, disk + sector, in, false);
			break;
		case VIRTIO_BLK_T_OUT:
			if (sector > disk_size || out > disk_size - sector)
				status = VIRTIO_BLK_S_IOERR;
			else
				written = copy(e, 0, e->out, sizeof(h), disk + sector, out, true);
			break;
		case VIRTIO_BLK_T_FLUSH:
			break;
		case VIRTIO_BLK_T_GET_ID:
			written = copy(e, e->out, e->n, 0, "protected-lab\0\0\0\0\0\0\0", MIN(in, 20), false);
			break;
		default:
			status = VIRTIO_BLK_S_UNSUPP;
		}
		if (written < 0)
			status = VIRTIO_BLK_S_IOERR;
		else
			bytes += written;
		if (le32toh(h.type) == VIRTIO_BLK_T_OUT)
			written = 0;
		copy(e, e->out, e->n, in, &status, 1, false);
used:
		push(q, e, (written > 0 ? written : 0) + 1);
	}
}

/* ---- the network: queue 0 receives, queue 1 sends, as the guest sees it */

#define FRAMES 256
static struct { uint8_t data[2048]; uint32_t len; } frame[FRAMES];
static unsigned int frames, frame_first;

static unsigned int net_header(void)
{
	return features & BIT(VIRTIO_F_VERSION_1) ? 12 : 10;
}

static void net_deliver(struct queue *rx)
{
	struct element *e = &element;
	uint8_t buf[12 + 2048] = {};

	while (frames && pop(rx, e) > 0) {
		uint32_t n = frame[frame_first].len + net_header();

		if (net_header() == 12)
			buf[10] = 1;	/* num_buffers */
		memcpy(buf + net_header(), frame[frame_first].data, frame[frame_first].len);
		if (length(e, e->out, e->n) < n)
			bad_ring("receive buffer too small");
		else if (copy(e, e->out, e->n, 0, buf, n, false) == (long)n)
			bytes += n;
		push(rx, e, n);
		frame_first = (frame_first + 1) % FRAMES;
		frames--;
	}
}

static void net(struct queue *q)
{
	struct element *e = &element;
	uint8_t mac[6], *p;
	uint32_t n;
	long got;

	while (frames < FRAMES && pop(&queue[1], e) > 0) {
		p = frame[(frame_first + frames) % FRAMES].data;
		n = length(e, 0, e->out);
		if (n < net_header() + 14 || n > net_header() + sizeof(frame[0].data))
			bad_ring("frame of no size");
		else if ((got = copy(e, 0, e->out, net_header(), p, n - net_header(), true)) > 0) {
			memcpy(mac, p, 6);
			memmove(p, p + 6, 6);
			memcpy(p + 6, mac, 6);
			frame[(frame_first + frames++) % FRAMES].len = got;
			bytes += got;
		}
		push(&queue[1], e, 0);
	}
	net_deliver(&queue[0]);
	(void)q;
}

/* ---- */

static void (*serve)(struct queue *);
static uint64_t offered = BIT(VIRTIO_F_VERSION_1) | BIT(VIRTIO_F_ACCESS_PLATFORM) |
	BIT(VIRTIO_F_RING_PACKED) | BIT(VIRTIO_RING_F_INDIRECT_DESC) |
	BIT(VIRTIO_RING_F_EVENT_IDX) | BIT(F_PROTOCOL);

/* Everything that is there, until a kick is wanted and nothing came meanwhile. */
static void drain(void)
{
	unsigned int i;
	bool more;

	do {
		more = false;
		for (i = 0; i < QUEUES; i++)
			if (live(&queue[i]) && (serve == blk || i == 1))
				serve(&queue[i]);
		for (i = 0; i < QUEUES; i++) {
			if (queue[i].pushed)
				call(&queue[i]);
			more |= queue[i].pushed;
			queue[i].pushed = false;
		}
		for (i = 0; i < QUEUES; i++)
			want_kick(&queue[i]);
		/* (a request may have come before the kick was asked for: once more) */
	} while (more);
}

static void finish(int rc)
{
	struct count sum = {};
	int k;

	signal(SIGTERM, SIG_IGN);
	find_header();
	for (k = 0; k < KINDS; k++) {
		sum.before += count[k].before;
		sum.after += count[k].after;
		sum.violations += count[k].violations;
	}
	printf("device: protected %d lost %d header %d flags %u before %ju accesses %ju violations %ju",
	       found, lost, !!bitmap, bitmap ? guest_flags : 0, (uintmax_t)sum.before,
	       (uintmax_t)sum.after, (uintmax_t)sum.violations);
	for (k = 0; k < KINDS; k++)
		printf(" %s %ju/%ju", kinds[k], (uintmax_t)count[k].violations, (uintmax_t)count[k].after);
	for (k = 0; k < KINDS; k++)
		if (count[k].violations)
			printf(" first-%s %#jx given-%s %ju", kinds[k], (uintmax_t)count[k].first,
			       kinds[k], (uintmax_t)count[k].given);
	printf(" nowhere %ju early %ju malformed %ju requests %ju bytes %ju chained %ju indirect %ju misses %ju"
	       " suppressed %ju features %#jx slots %d\n", (uintmax_t)nowhere, (uintmax_t)early, (uintmax_t)malformed,
	       (uintmax_t)requests, (uintmax_t)bytes, (uintmax_t)chained, (uintmax_t)indirect,
	       (uintmax_t)misses, (uintmax_t)suppressed, (uintmax_t)features, slots);
	fflush(stdout);
	exit(rc);
}

static void set_memory(struct message *m, int *fds, int n)
{
	for (; slots; slots--) {
		munmap(slot[slots - 1].map, slot[slots - 1].map_size);
		close(slot[slots - 1].fd);
	}
	bitmap = NULL;
	if (m->mem.n > SLOTS || n != (int)m->mem.n) {
		errno = EINVAL;
		die("memory table");
	}
	for (; slots < n; slots++) {
		struct slot *s = &slot[slots];

		s->gpa = m->mem.r[slots].gpa;
		s->size = m->mem.r[slots].size;
		s->uva = m->mem.r[slots].uva;
		s->offset = m->mem.r[slots].offset;
		s->fd = fds[slots];
		s->map_size = s->size + s->offset;
		s->map = mmap(NULL, s->map_size, PROT_READ | PROT_WRITE, MAP_SHARED, s->fd, 0);
		if (s->map == MAP_FAILED)
			die("mmap of the guest's memory");
		s->at = s->map + s->offset;
	}
	/* (the header is where it was, most of the time) */
	if (header)
		find_header();
}

static void reply(struct message *m, uint32_t size)
{
	m->flags = VERSION | REPLY;
	m->size = size;
	all(sock, m, HEADER + size, true);
}

static void swap_fd(int *to, struct message *m, int fd)
{
	if (*to >= 0)
		close(*to);
	*to = m->u64 & 256 ? -1 : fd;
}

static void start(struct queue *q)
{
	q->starts = q->fresh = q->broken = false;
	if (!live(q))
		return;
	q->signalled_valid = false;
	serving = q;
	find_header();
	lost += found && !bitmap;
	found = !!bitmap;
	drain();
	call(q);		/* (whatever was missed before) */
	if (!bitmap)
		return;
	if (packed()) {
		given(DESC, q->desc, q->num * sizeof(struct vring_packed_desc), true);
		given(AVAIL, q->avail, sizeof(struct vring_packed_desc_event), false);
		given(USED, q->used, sizeof(struct vring_packed_desc_event), true);
	} else {
		given(DESC, q->desc, q->num * sizeof(struct vring_desc), false);
		given(AVAIL, q->avail, 4 + 2 * q->num + 2 * event_idx(), false);
		given(USED, q->used, 4 + q->num * sizeof(struct vring_used_elem) + 2 * event_idx(), true);
	}
}

static uint64_t ring_address(uint64_t uva)
{
	uint64_t gpa;

	if (features & BIT(VIRTIO_F_ACCESS_PLATFORM))
		return uva;	/* already what the guest gave */
	if (!gpa_of(uva, &gpa))
		die("a ring that is not in the guest's memory");
	return gpa;
}

static void get_config(struct message *m)
{
	struct virtio_blk_config c = {
		.capacity = htole64(disk_size / 512), .seg_max = htole32(126), .blk_size = htole32(512),
		.num_queues = htole16(1),
	};

	memset(m->config.data, 0, sizeof(m->config.data));
	if (m->config.offset < sizeof(c))
		memcpy(m->config.data, (char *)&c + m->config.offset,
		       MIN(sizeof(c) - m->config.offset, sizeof(m->config.data)));
}

static bool message(void)
{
	char control[CMSG_SPACE(sizeof(int) * SLOTS)];
	int fds[SLOTS], n = 0;
	struct message m = {};
	struct iovec iov = { &m, HEADER };
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	struct queue *q;
	uint32_t request;
	ssize_t got;

	got = recvmsg(sock, &h, 0);
	if (got <= 0)
		return false;
	if (got < HEADER)
		all(sock, (char *)&m + got, HEADER - got, false);
	for (c = CMSG_FIRSTHDR(&h); c; c = CMSG_NXTHDR(&h, c))
		if (c->cmsg_type == SCM_RIGHTS) {
			n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
			memcpy(fds, CMSG_DATA(c), n * sizeof(int));
		}
	if (m.size > sizeof(m) - HEADER) {
		errno = EMSGSIZE;
		die("message");
	}
	all(sock, &m.u64, m.size, false);
	request = m.request;
	q = &queue[m.state.index % QUEUES];
	if (m.request == SET_VRING_KICK || m.request == SET_VRING_CALL || m.request == SET_VRING_ERR)
		q = &queue[(m.u64 & 255) % QUEUES];

	switch (request) {
	case GET_FEATURES:
		m.u64 = offered;
		reply(&m, 8);
		return true;
	case SET_FEATURES:
		features = m.u64;
		break;
	case GET_PROTOCOL_FEATURES:
		m.u64 = BIT(P_REPLY_ACK) | BIT(P_BACKEND_REQ) | (serve == blk ? BIT(P_CONFIG) : 0);
		reply(&m, 8);
		return true;
	case SET_PROTOCOL_FEATURES:
		protocol = m.u64;
		break;
	case SET_OWNER:
	case RESET_OWNER:
	case SET_CONFIG:
		break;
	case SET_MEM_TABLE:
		set_memory(&m, fds, n);
		break;
	case SET_VRING_NUM:
		q->num = m.state.num;
		break;
	case SET_VRING_ADDR:
		q->desc = ring_address(m.addr.desc);
		q->avail = ring_address(m.addr.avail);
		q->used = ring_address(m.addr.used);
		break;
	case SET_VRING_BASE:
		q->last_avail = q->used_idx = m.state.num;
		q->avail_wrap = q->used_wrap = true;
		if (packed()) {
			q->last_avail = m.state.num & 0x7fff;
			q->avail_wrap = m.state.num >> 15 & 1;
			q->used_idx = m.state.num >> 16 & 0x7fff;
			q->used_wrap = m.state.num >> 31;
		}
		break;
	case GET_VRING_BASE:
		m.state.num = q->last_avail;
		if (packed())
			m.state.num |= q->avail_wrap << 15 | q->used_idx << 16 | (uint32_t)q->used_wrap << 31;
		swap_fd(&q->kick, &(struct message){ .u64 = 256 }, -1);
		swap_fd(&q->call, &(struct message){ .u64 = 256 }, -1);
		q->enabled = q->starts = false;
		frames = 0;
		reply(&m, 8);
		return true;
	case SET_VRING_KICK:
		swap_fd(&q->kick, &m, fds[0]);
		break;
	case SET_VRING_CALL:
		swap_fd(&q->call, &m, fds[0]);
		break;
	case SET_VRING_ERR:
		if (n)
			close(fds[0]);
		break;
	case GET_QUEUE_NUM:
		m.u64 = serve == blk ? 1 : QUEUES;
		reply(&m, 8);
		return true;
	case SET_VRING_ENABLE:
		q->enabled = m.state.num;
		break;
	case SET_BACKEND_REQ_FD:
		if (backend >= 0)
			close(backend);
		backend = n ? fds[0] : -1;
		break;
	case IOTLB_MSG:
		tlb_drop(m.iotlb.iova, m.iotlb.size);
		if (m.iotlb.type == VHOST_IOTLB_UPDATE) {
			unsigned int i = tlb_n < TLB ? tlb_n++ : tlb_next++ % TLB;

			tlb[i].iova = m.iotlb.iova;
			tlb[i].size = m.iotlb.size;
			tlb[i].uva = m.iotlb.uva;
			tlb[i].perm = m.iotlb.perm;
		}
		break;
	case GET_CONFIG:
		get_config(&m);
		reply(&m, m.size);
		return true;
	default:
		fprintf(stderr, "device: message %u is not known\n", request);
	}
	if (m.flags & NEED_REPLY && protocol & BIT(P_REPLY_ACK)) {
		m.u64 = 0;
		reply(&m, 8);
	}
	/* (later: something may be being served) */
	q->starts |= request == SET_VRING_KICK || request == SET_VRING_ENABLE;
	q->fresh |= request == SET_VRING_KICK;
	return true;
}

static void ended(int sig)
{
	(void)sig;
	finish(0);
}

int main(int argc, char **argv)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd, i, files = argc > 1 && !strcmp(argv[1], "blk");
	struct pollfd p[1 + QUEUES];
	struct stat st;
	uint64_t n;

	if (argc != 3 + files || (!files && strcmp(argv[1], "net")))
		return fprintf(stderr, "usage: device blk SOCKET FILE | net SOCKET\n"), 2;
	serve = files ? blk : net;
	if (files) {
		offered |= BIT(VIRTIO_BLK_F_SEG_MAX) | BIT(VIRTIO_BLK_F_BLK_SIZE) | BIT(VIRTIO_BLK_F_FLUSH);
		fd = open(argv[3], O_RDWR);
		if (fd < 0 || fstat(fd, &st))
			die(argv[3]);
		disk_size = st.st_size;
		disk = mmap(NULL, disk_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (disk == MAP_FAILED)
			die(argv[3]);
	}
	for (i = 0; i < QUEUES; i++)
		queue[i].kick = queue[i].call = -1;
	handle = message;
	signal(SIGTERM, ended);

	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (strlen(argv[2]) >= sizeof(a.sun_path)) {
		errno = ENAMETOOLONG;
		die(argv[2]);
	}
	strcpy(a.sun_path, argv[2]);
	unlink(argv[2]);
	if (fd < 0 || bind(fd, (void *)&a, sizeof(a)) || listen(fd, 1))
		die("listen");
	sock = accept(fd, NULL, NULL);
	if (sock < 0)
		die("accept");

	for (;;) {
		for (i = 0; i < QUEUES; i++)
			if (queue[i].starts)
				start(&queue[i]);
		p[0] = (struct pollfd){ .fd = sock, .events = POLLIN };
		for (i = 0; i < QUEUES; i++)
			p[1 + i] = (struct pollfd){ .fd = live(&queue[i]) ? queue[i].kick : -1, .events = POLLIN };
		if (poll(p, 1 + QUEUES, -1) < 0 && errno != EINTR)
			die("poll");
		if (p[0].revents) {
			if (!message())
				finish(0);
			continue;	/* the queues may be others now */
		}
		for (i = 0; i < QUEUES; i++)
			if (p[1 + i].revents && read(queue[i].kick, &n, sizeof(n)) != sizeof(n) && errno != EAGAIN)
				die("kick");
		drain();
	}
}
