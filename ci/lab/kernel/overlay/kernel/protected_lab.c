// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest that plays a protected one.
 *
 * With protected_lab=on the platform's own predicates answer that memory is
 * protected, and what would ask the firmware to share or unshare a page notes it
 * in a bitmap instead.  A device finds the bitmap through a header in guest
 * memory (include/uapi/linux/protected_lab.h).  Nothing is protected.  More
 * values, after a comma:
 *
 *   drop	no page is noted as shared (the device has to complain)
 *   onepage	of each share only the first page is (so, too)
 *   raw	rings and buffers of virtio skip the DMA API (so, too)
 *   rawbuf	just the buffers do
 */
#define pr_fmt(fmt) "protected_lab: " fmt

#include <linux/debugfs.h>
#include <linux/init.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/panic.h>
#include <linux/pfn.h>
#include <linux/protected_lab.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#ifdef CONFIG_X86
#include <asm/coco.h>
#include <asm/x86_init.h>
#endif
#ifdef CONFIG_S390
#include <asm/uv.h>
#endif

bool protected_lab __ro_after_init;
bool protected_lab_raw_ring __ro_after_init;
bool protected_lab_raw_buffer __ro_after_init;
static bool drop __ro_after_init, onepage __ro_after_init;

static struct protected_lab_header *header;
static unsigned long *bitmap;
static unsigned long bitmap_bytes, bitmap_pages;
static atomic_long_t shared_now, conversions;

/* Shared before there is a bitmap (pseries: the lppacas). */
static struct { phys_addr_t phys; unsigned long pages; } early[8] __initdata;
static int early_n __initdata;

static bool overlaps(phys_addr_t phys, size_t size, void *p, size_t n)
{
	return phys < __pa(p) + n && __pa(p) < phys + size;
}

static void convert(phys_addr_t phys, unsigned long pages, bool shared, bool scramble)
{
	unsigned long pfn = PHYS_PFN(phys), i;

	if (pfn + pages > bitmap_pages ||
	    overlaps(phys, pages << PAGE_SHIFT, header, PAGE_SIZE) ||
	    overlaps(phys, pages << PAGE_SHIFT, bitmap, bitmap_bytes))
		panic("protected_lab: pages at %pa must not be %sshared\n", &phys, shared ? "" : "un");

	for (i = pfn; i < pfn + pages; i++) {
		/*
		 * What was in there is lost, as it is on real hardware.  (An
		 * ultravisor clears it, and the kernel counts on that.)
		 */
		if (scramble)
			memset(__va(PFN_PHYS(i)), IS_ENABLED(CONFIG_PPC) ? 0 : 0x80 | i, PAGE_SIZE);
		if (shared && !drop && !test_and_set_bit_le(i, bitmap))
			atomic_long_inc(&shared_now);
		if (!shared && test_and_clear_bit_le(i, bitmap))
			atomic_long_dec(&shared_now);
	}
	atomic_long_inc(&conversions);
}

/* (can be called before setup_arch() is done, then never again from __init text) */
static int __ref early_share(phys_addr_t phys, unsigned long pages, bool shared)
{
	if (!shared || early_n == ARRAY_SIZE(early))
		panic("protected_lab: %s so early\n", shared ? "so many shares" : "unshared");
	early[early_n].phys = phys;
	early[early_n++].pages = pages;
	return 0;
}

int protected_lab_share(phys_addr_t phys, unsigned long pages, bool shared)
{
	if (onepage && shared)
		pages = 1;
	if (!bitmap)
		return early_share(phys, pages, shared);
	convert(phys, pages, shared, true);
	return 0;
}

bool protected_lab_is_shared(unsigned long pfn)
{
	return pfn < bitmap_pages && test_bit_le(pfn, bitmap);
}

#ifdef CONFIG_X86
static int status_change(unsigned long addr, int pages, bool enc)
{
	for (; pages--; addr += PAGE_SIZE)
		protected_lab_share(is_vmalloc_addr((void *)addr) ?
				    PFN_PHYS(vmalloc_to_pfn((void *)addr)) : __pa(addr), 1, !enc);
	return 0;
}
#endif

static int __init parse(char *arg)
{
	char *word;

	while ((word = strsep(&arg, ","))) {
		if (!strcmp(word, "on"))
			protected_lab = true;
		else if (!strcmp(word, "drop"))
			drop = true;
		else if (!strcmp(word, "onepage"))
			onepage = true;
		else if (!strcmp(word, "raw"))
			protected_lab_raw_ring = true;
		else if (!strcmp(word, "rawbuf"))
			protected_lab_raw_buffer = true;
		else
			pr_err("what is %s?\n", word);
	}
	if (!protected_lab)
		return 0;
#ifdef CONFIG_X86
	cc_vendor = CC_VENDOR_LAB;
	x86_platform.guest.enc_status_change_finish = status_change;
#endif
#ifdef CONFIG_S390
	prot_virt_guest = 1;
#endif
	return 0;
}
early_param("protected_lab", parse);

/* As soon as there is memory: before anything is shared, but for a few pages. */
void __init protected_lab_init(void)
{
	static const char magic[] __initconst = PROTECTED_LAB_MAGIC_XOR_1;
	int i;

	if (!protected_lab)
		return;
	pr_warn("this guest plays a protected one, nothing is protected%s%s%s%s\n",
		drop ? ", shares are dropped" : "", onepage ? ", shares are of one page" : "",
		protected_lab_raw_ring ? ", raw rings" : "",
		protected_lab_raw_buffer ? ", raw buffers" : "");
	add_taint(TAINT_TEST, LOCKDEP_STILL_OK);

	bitmap_pages = PFN_UP(memblock_end_of_DRAM());
	bitmap_bytes = PAGE_ALIGN(DIV_ROUND_UP(bitmap_pages, 8));
	header = memblock_alloc(PAGE_SIZE, PAGE_SIZE);
	bitmap = memblock_alloc(bitmap_bytes, PAGE_SIZE);
	if (!header || !bitmap)
		panic("protected_lab: no memory\n");
	for (i = 0; i < early_n; i++)
		convert(early[i].phys, early[i].pages, true, false);

	header->self = cpu_to_le64(__pa(header));
	header->bitmap = cpu_to_le64(__pa(bitmap));
	header->pages = cpu_to_le64(bitmap_pages);
	header->page_shift = cpu_to_le32(PAGE_SHIFT);
	header->flags = cpu_to_le32((drop ? PROTECTED_LAB_F_DROP : 0) |
				    (protected_lab_raw_ring ? PROTECTED_LAB_F_RAW : 0) |
				    (protected_lab_raw_buffer ? PROTECTED_LAB_F_RAWBUF : 0) |
				    (onepage ? PROTECTED_LAB_F_ONEPAGE : 0));
	smp_wmb();
	for (i = 0; i < sizeof(header->magic); i++)
		header->magic[i] = magic[i] ^ 1;
	pr_info("%lu pages, bitmap of %lu bytes at 0x%llx\n", bitmap_pages, bitmap_bytes,
		(u64)__pa(bitmap));
}

static int state_show(struct seq_file *m, void *v)
{
	seq_printf(m, "shared %ld conversions %ld checked %ld private %ld\n",
		   atomic_long_read(&shared_now), atomic_long_read(&conversions),
		   protected_lab_checked(), protected_lab_private());
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(state);

static int __init protected_lab_debugfs(void)
{
	if (protected_lab)
		debugfs_create_file("protected_lab", 0400, NULL, NULL, &state_fops);
	return 0;
}
late_initcall(protected_lab_debugfs);
