// SPDX-License-Identifier: GPL-2.0-only
/* What the guest writes to its memory: rings, tables, requests, its bitmap. */
#include <endian.h>
#include <linux/protected_lab.h>
#include <linux/virtio_blk.h>
#include <string.h>

#include "actions.h"

static void put(unsigned int page, unsigned int offset, const void *from, size_t n)
{
	size_t at = page % PAGES * PAGE + offset % PAGE;

	memcpy(guest + at, from, MIN(n, (size_t)PAGES * PAGE - at));
}

void any_bytes(void)
{
	uint8_t buf[256], page = u8();
	uint16_t offset = number(2), n = u8();

	for (unsigned int i = 0; i < n; i++)
		buf[i] = u8();
	put(page, offset, buf, n);
}

/* Both kinds have the flags elsewhere. */
void descriptor(void)
{
	uint8_t page = u8(), index = u8(), how = u8();
	uint64_t addr = address(how & 1 ? IOVA : GPA);
	uint32_t len = how & 2 ? number(4) : number(1);
	uint16_t flags = u8(), other = u8();

	if (how & 4)
		put(page, index * 16, &(struct vring_packed_desc){ addr, len, other, (flags & 15) | (flags & 16 ? 0x80 : 0) |
			(flags & 32 ? 0x8000 : 0) }, 16);
	else
		put(page, index * 16, &(struct vring_desc){ addr, len, flags & 15, other }, 16);
}

void available(void)
{
	uint8_t page = u8();
	uint16_t offset = number(2) & ~1, n = u8(), slot = u8();

	put(page, offset + 2, &n, 2);
	put(page, offset + 4 + 2 * slot, &(uint16_t){ u8() }, 2);
}

void request_header(void)
{
	uint8_t page = u8(), type = u8();
	uint16_t offset = number(2);

	put(page, offset, &(struct virtio_blk_outhdr){ type % 12, 0, number(type & 128 ? 8 : 1) }, 16);
}

void bitmap_header(uint8_t page, uint64_t bitmap, uint64_t pages, uint32_t shift)
{
	struct protected_lab_header h = { .self = htole64(GPA + page % PAGES * PAGE), .bitmap = htole64(bitmap),
					  .pages = htole64(pages), .page_shift = htole32(shift) };

	for (int i = 0; i < PROTECTED_LAB_MAGIC_SIZE; i++)
		h.magic[i] = PROTECTED_LAB_MAGIC_XOR_1[i] ^ 1;
	put(page, 0, &h, sizeof(h));
}

void some_bitmap_header(void)
{
	uint8_t page = u8(), how = u8();
	uint64_t bitmap = address(GPA);

	bitmap_header(page, bitmap, how & 1 ? number(8) : how & 2 ? UINT64_MAX - u8() : u8(),
		      how & 4 ? number(4) : how & 8 ? 12 + u8() % 5 : 12);
}

/* (GPA is the first page: 16) */
void share(uint8_t page, bool shared)
{
	uint8_t *bits = guest + PAGE + (16 + page % PAGES) / 8;

	*bits = (*bits & ~(1 << page % 8)) | shared << page % 8;
}

void some_share(void) { uint8_t page = u8(); share(page, u8() & 1); }
