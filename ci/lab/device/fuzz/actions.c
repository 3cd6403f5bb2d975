// SPDX-License-Identifier: GPL-2.0-only
/* What the operations of an input mean. */
#include <linux/vhost_types.h>

#include "actions.h"

uint64_t address(uint64_t base)
{
	uint8_t page = u8();
	uint16_t offset = number(2);

	return page < 0xf0 ? base + page * PAGE + offset % PAGE : page == 0xff ? UINT64_MAX - offset : number(8);
}

static void turn(void) { }

static void (*const actions[])(void) = {
	any_message, memory_table, queue, stop_queue, features, some_translation, new_channel, answer, any_bytes,
	descriptor, available, request_header, some_bitmap_header, some_share, kick, turn,
};

bool action(void)
{
	if (!fuzz.left)
		return false;
	/* (a device that waits is answered most of the time) */
	uint8_t op = u8();

	if (fuzz.waiting && op & 0x30)
		answer();
	else
		actions[op & 15]();
	return true;
}

void usual_setup(uint8_t options)
{
	struct message m = { .mem = { .n = 1, .region = { { GPA, PAGES * PAGE, UVA, 0 } } } };

	features();
	simple(VHOST_USER_SET_MEM_TABLE, &m.mem, 8 + sizeof(m.mem.region[0]), guest_fd);
	bitmap_header(0, GPA + PAGE, 16 + PAGES, 12);
	for (unsigned int i = 2; i < PAGES; i++)
		share(i, i % 8 != 7 || options & 32);
	if (options & 64)
		new_channel();
	else
		translation(IOVA, PAGES * PAGE, UVA, VHOST_ACCESS_RW, VHOST_IOTLB_UPDATE);
}
