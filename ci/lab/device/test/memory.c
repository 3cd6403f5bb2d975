// SPDX-License-Identifier: GPL-2.0-only
/* The guest's memory, its bitmap, and what its driver writes to rings. */
#define _GNU_SOURCE
#include <endian.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest.h"

uint8_t *mem;
char disk[512];
const char *const kind_of[PARTS] = {
	[P_DESC] = "desc", [P_DESC_END] = "desc", [P_AVAIL] = "avail", [P_AVAIL_END] = "avail",
	[P_USED] = "used", [P_USED_END] = "used", [P_TABLE] = "table", [P_REQUEST] = "buffer",
	[P_REQUEST_END] = "buffer", [P_DATA] = "buffer", [P_DATA_END] = "buffer", [P_STATUS] = "buffer",
};
const char *const part_name[PARTS] = {
	[P_DESC] = "desc", [P_DESC_END] = "desc, its end", [P_AVAIL] = "avail",
	[P_AVAIL_END] = "avail, used_event", [P_USED] = "used", [P_USED_END] = "used, avail_event",
	[P_TABLE] = "table", [P_REQUEST] = "header", [P_REQUEST_END] = "behind the header",
	[P_DATA] = "data", [P_DATA_END] = "data, second page", [P_STATUS] = "status",
};
static int fd;
static unsigned int offered[4];

int guest_fd(void) { return fd; }

void guest_init(void)
{
	fd = memfd_create("guest", 0);
	if (fd < 0 || ftruncate(fd, PAGES * PAGE))
		exit(1);
	mem = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (mem == MAP_FAILED)
		exit(1);
}

void guest_clear(void)
{
	memset(mem, 0, PAGES * PAGE);
	memset(offered, 0, sizeof(offered));
}

void guest_clear_queue(unsigned int q)
{
	memset(AT(q, 0), 0, PARTS * PAGE);
	offered[q] = 0;
}

struct protected_lab_header guest_header(void)
{
	struct protected_lab_header h = {
		.self = htole64(GPA), .bitmap = htole64(GPA + BITMAP * PAGE),
		.pages = htole64(GPA / PAGE + PAGES), .page_shift = htole32(12),
	};

	for (unsigned int i = 0; i < sizeof(h.magic); i++)
		h.magic[i] = PROTECTED_LAB_MAGIC_XOR_1[i] ^ 1;
	return h;
}

void guest_put_header(const struct protected_lab_header *h)
{
	memcpy(mem, h, sizeof(*h));
}

void guest_share(int private)
{
	struct protected_lab_header h = guest_header();

	guest_put_header(&h);
	for (int i = 2; i < PAGES; i++)
		if (i != private)
			(mem + BITMAP * PAGE)[(GPA / PAGE + i) / 8] |= 1 << (GPA / PAGE + i) % 8;
}

uint64_t guest_addr(int page, int mode)
{
	return (mode & TRANSLATED ? IOVA : GPA) + page * PAGE;
}

static void put(uint8_t *to, int mode, uint64_t addr, uint32_t len, uint16_t flags, uint16_t next)
{
	if (mode & PACKED)
		*(struct vring_packed_desc *)to = (struct vring_packed_desc){
			htole64(addr), htole32(len), 7, htole16(flags) };
	else
		*(struct vring_desc *)to = (struct vring_desc){
			htole64(addr), htole32(len), htole16(flags), htole16(next) };
}

/* The first request of a queue has descriptors 0 to 3, the next one 4 to 7. */
void offer(unsigned int q, const struct segment *s, unsigned int n, int mode)
{
	unsigned int at = offered[q] * 4, avail = mode & PACKED ? BIT(VRING_PACKED_DESC_F_AVAIL) : 0;
	uint8_t *ring = AT(q, P_DESC) + DESC_AT + at * 16, *to = mode & INDIRECT ? AT(q, P_TABLE) : ring;
	bool table = mode & INDIRECT;

	for (unsigned int i = 0; i < n; i++)
		put(to + i * 16, mode, guest_addr(IN(q, s[i].part), mode) + s[i].offset, s[i].len,
		    (s[i].write ? VRING_DESC_F_WRITE : 0) | (table ? 0 : avail) |
		    (i + 1 < n && !(table && avail) ? VRING_DESC_F_NEXT : 0), (table ? 0 : at) + i + 1);
	if (table)
		put(ring, mode, guest_addr(IN(q, P_TABLE), mode), n * 16, VRING_DESC_F_INDIRECT | avail, 0);
	if (!(mode & PACKED)) {
		uint16_t *ring_avail = (uint16_t *)(AT(q, P_AVAIL) + AVAIL_AT);

		ring_avail[2 + offered[q]] = htole16(at);
		__atomic_store_n(ring_avail + 1, htole16(offered[q] + 1), __ATOMIC_RELEASE);
	}
	offered[q]++;
}

void offer_sector(unsigned int q, uint32_t type, uint64_t sector, int mode)
{
	struct segment s[] = {
		{ P_REQUEST, REQUEST_AT, 2 * sizeof(struct virtio_blk_outhdr), false },
		{ P_DATA, DATA_AT, 512, true }, { P_STATUS, 0, 1, true },
	};
	struct virtio_blk_outhdr h = { .type = htole32(type), .sector = htole64(sector) };

	memcpy(AT(q, P_REQUEST) + REQUEST_AT, &h, sizeof(h));
	memset(AT(q, P_DATA), 0x5a, 2 * PAGE);
	*AT(q, P_STATUS) = 0x5a;
	offer(q, s, ARRAY_SIZE(s), mode);
}

/* A frame of 512 bytes to ff..ff from 22..22, both pages of the data full of FILL. */
void offer_frame(unsigned int q, uint8_t fill, int mode)
{
	struct segment s[] = {
		{ P_REQUEST, REQUEST_AT, sizeof(struct virtio_net_hdr_v1), false },
		{ P_DATA, DATA_AT, 512, false },
	};

	memset(AT(q, P_DATA), fill, 2 * PAGE);
	memset(AT(q, P_DATA) + DATA_AT, 0xff, 6);
	memset(AT(q, P_DATA) + DATA_AT + 6, 0x22, 6);
	offer(q, s, ARRAY_SIZE(s), mode);
}

void offer_receive_buffer(unsigned int q, int mode)
{
	struct segment s[] = {
		{ P_REQUEST, REQUEST_AT, sizeof(struct virtio_net_hdr_v1), true },
		{ P_DATA, DATA_AT, 1024, true },
	};

	memset(AT(q, P_DATA), 0x5a, 2 * PAGE);
	offer(q, s, ARRAY_SIZE(s), mode);
}

bool frame_arrived(unsigned int q, uint8_t fill)
{
	uint8_t want[513];

	memset(want, fill, 512);
	memset(want, 0x22, 6);
	memset(want + 6, 0xff, 6);
	want[512] = 0x5a;	/* and no more */
	return !memcmp(AT(q, P_DATA) + DATA_AT, want, sizeof(want));
}

uint16_t used(unsigned int q)
{
	return le16toh(__atomic_load_n((uint16_t *)(AT(q, P_USED) + USED_AT + 2), __ATOMIC_ACQUIRE));
}
