/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * How a guest that plays a protected one tells a device which of its pages are
 * shared: the one description of it, for the guest's kernel, the device, its test
 * and its fuzz target.
 *
 * A header lies at the start of any 4096 byte aligned guest-physical address and
 * points to a bitmap with one bit a page, numbered from guest-physical address 0:
 * page N is bit N % 8 of byte N / 8, and it is set while that page is shared.  Pages
 * behind the bitmap are private.  A reader accepts a header only if
 *
 *   - self is the address at which it found the header,
 *   - page_shift is one of PROTECTED_LAB_PAGE_SHIFT_MIN .. _MAX,
 *   - pages is not 0, and
 *   - the whole bitmap lies in one piece of guest memory and does not overlap
 *     the 4096 bytes at the header.
 *
 * The writer fills in the magic last, behind a write barrier.  Header and bitmap do
 * not move, and the header does not change afterwards; the bits do, at any time.
 */
#ifndef _UAPI_LINUX_PROTECTED_LAB_H
#define _UAPI_LINUX_PROTECTED_LAB_H

#include <linux/types.h>

/*
 * "protected-lab v2", each byte xor 1, so that a program which looks for the magic
 * does not itself hold it.  The last two bytes are the version of this layout.
 */
#define PROTECTED_LAB_MAGIC_XOR_1	"qsnudbude,m`c!w3"
#define PROTECTED_LAB_MAGIC_SIZE	16

#define PROTECTED_LAB_PAGE_SHIFT_MIN	12
#define PROTECTED_LAB_PAGE_SHIFT_MAX	16

/* Negative controls that this guest runs. */
#define PROTECTED_LAB_F_DROP	1	/* the bitmap omits what is shared */
#define PROTECTED_LAB_F_RAW	2	/* rings and buffers skip the DMA API */
#define PROTECTED_LAB_F_RAWBUF	4	/* buffers skip the DMA API */
#define PROTECTED_LAB_F_ONEPAGE	8	/* of what is shared at once, one page is */

struct protected_lab_header {
	__u8 magic[PROTECTED_LAB_MAGIC_SIZE];
	__le64 self;		/* guest-physical address of this header */
	__le64 bitmap;		/* guest-physical address of the bitmap */
	__le64 pages;		/* number of bits in the bitmap */
	__le32 page_shift;	/* a page has 1 << page_shift bytes */
	__le32 flags;		/* PROTECTED_LAB_F_* */
};

#endif
