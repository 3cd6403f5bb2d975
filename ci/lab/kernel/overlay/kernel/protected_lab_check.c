// SPDX-License-Identifier: GPL-2.0-only
/* Where the strict device does not look, the guest itself checks what a device may access. */
#define pr_fmt(fmt) "protected_lab: " fmt

#include <linux/atomic.h>
#include <linux/pfn.h>
#include <linux/printk.h>
#include <linux/protected_lab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

static atomic_long_t checked, private;

long protected_lab_checked(void) { return atomic_long_read(&checked); }
long protected_lab_private(void) { return atomic_long_read(&private); }

/* The first of each kind is told, however many others there were before. */
static bool is_news(const char *what)
{
	static DEFINE_SPINLOCK(lock);
	static const char *told[16];
	unsigned long flags;
	bool news = false;
	int i;

	spin_lock_irqsave(&lock, flags);
	for (i = 0; i < ARRAY_SIZE(told); i++) {
		if (!told[i]) {
			told[i] = what;
			news = true;
		}
		if (!strcmp(told[i], what))
			break;
	}
	spin_unlock_irqrestore(&lock, flags);
	return news;
}

/* Where no device looks: is what it is told to access shared? */
void protected_lab_check(const char *what, phys_addr_t phys, size_t size)
{
	unsigned long pfn;

	if (!protected_lab || !size)
		return;
	atomic_long_inc(&checked);
	for (pfn = PHYS_PFN(phys); pfn <= PHYS_PFN(phys + size - 1); pfn++) {
		if (protected_lab_is_shared(pfn))
			continue;
		atomic_long_inc(&private);
		if (is_news(what))
			pr_err("private memory for a device: %s at %pa\n", what, &phys);
		return;
	}
}
