// SPDX-License-Identifier: GPL-2.0-only
/* s390: channel programs, which QEMU reads with no regard to what is shared. */
#include <linux/protected_lab.h>
#include <linux/unaligned.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ring.h>
#include <asm/cio.h>

/* (an address of 0 takes back what was told before) */
static void check(const char *what, const void *address, size_t size)
{
	u64 phys = get_unaligned((u64 *)address);

	if (phys)
		protected_lab_check(what, phys, size);
}

/* What SET_VQ tells: struct vq_info_block, or vq_info_block_legacy, of 16 bytes. */
static void check_queue(const void *info, unsigned int size, bool packed)
{
	u16 num = get_unaligned((u16 *)(info + 14));

	if (size < 32) {
		check("a ring", info, vring_size(num, get_unaligned((u32 *)(info + 8))));
		return;
	}
	check("a ring", info, num * sizeof(struct vring_desc));
	check("the driver's area", info + 16, packed ? 4 : 6 + num * sizeof(__virtio16));
	check("the device's area", info + 24, packed ? 4 : 6 + num * sizeof(struct vring_used_elem));
}

/* 64-bit words for blocks of 4096 bytes, the only ones that cio uses. */
static void check_idal(const u64 *idal, unsigned int count)
{
	unsigned int n;

	for (; count; count -= n, idal++) {
		n = min_t(unsigned int, count, 4096 - (*idal & 4095));
		protected_lab_check("an IDAL", __pa(idal), sizeof(*idal));
		protected_lab_check("the data of a CCW", *idal, n);
	}
}

/*
 * Every CCW of a channel program and its data, and for virtio what that points
 * to: indicators and rings.
 */
void protected_lab_check_program(const struct ccw1 *ccw)
{
	static bool packed;	/* (of the one device that such a guest has) */
	int n;

	for (n = 0; protected_lab && n < 255; n++, ccw++) {
		phys_addr_t data = (__force u32)ccw->cda;
		const void *p = __va(data);

		protected_lab_check("a CCW", __pa(ccw), sizeof(*ccw));
		if (ccw->flags & CCW_FLAG_IDA) {
			check_idal(p, ccw->count);
			p = __va(*(u64 *)p);
		} else if (!(ccw->flags & CCW_FLAG_SKIP)) {
			protected_lab_check("the data of a CCW", data, ccw->count);
		}
		switch (ccw->cmd_code) {
		case 0x11:	/* features: 32 of them, and which */
			if (ccw->count >= 5 && ((u8 *)p)[4] == VIRTIO_F_RING_PACKED / 32)
				packed = get_unaligned_le32(p) & BIT(VIRTIO_F_RING_PACKED % 32);
			break;
		case 0x43:	/* indicators, and those for configuration changes */
		case 0x53:
			check("indicators", p, 8);
			break;
		case 0x73:	/* adapter indicators */
			if (ccw->count < 16)
				break;
			check("the summary indicator", p, 1);
			check("adapter indicators", p + 8, 8);
			break;
		case 0x13:	/* a queue */
			if (ccw->count >= 16)
				check_queue(p, ccw->count, packed);
			break;
		}
		if (!(ccw->flags & (CCW_FLAG_CC | CCW_FLAG_DC)))
			break;
	}
}
