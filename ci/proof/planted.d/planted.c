// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mistakes that a debug cell has to find: for ci/proof/planted, which builds this module
 * for the kernel of a cell and loads it in its guest, with one of them at a time.
 */
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/string.h>

static char *mistake = "";
module_param(mistake, charp, 0);

/* Several: a stale copy of a pointer on some stack hides one, not all. */
static noinline void leak(void)
{
	int i;

	for (i = 0; i < 16; i++) {
		void *p = kmalloc(256, GFP_KERNEL);

		OPTIMIZER_HIDE_VAR(p);
	}
}

static noinline void out_of_bounds(void)
{
	char *p = kmalloc(64, GFP_KERNEL);
	size_t past = 64;

	if (!p)
		return;
	OPTIMIZER_HIDE_VAR(past);
	WRITE_ONCE(p[past], 0);
	kfree(p);
}

static DEFINE_MUTEX(one);
static DEFINE_MUTEX(other);

static noinline void lock_inversion(void)
{
	mutex_lock(&one);
	mutex_lock(&other);
	mutex_unlock(&other);
	mutex_unlock(&one);
	mutex_lock(&other);
	mutex_lock(&one);
	mutex_unlock(&one);
	mutex_unlock(&other);
}

/* A buffer that was never mapped is handed to the device. */
static noinline void unmapped_buffer(void)
{
	struct platform_device *pdev = platform_device_register_simple("planted", -1, NULL, 0);

	if (IS_ERR(pdev))
		return;
	if (!dma_coerce_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64)))
		dma_sync_single_for_device(&pdev->dev, 0x100000, 64, DMA_TO_DEVICE);
	platform_device_unregister(pdev);
}

static int __init planted_init(void)
{
	pr_info("planted: %s\n", mistake);
	if (!strcmp(mistake, "leak"))
		leak();
	else if (!strcmp(mistake, "out_of_bounds"))
		out_of_bounds();
	else if (!strcmp(mistake, "lock_inversion"))
		lock_inversion();
	else if (!strcmp(mistake, "unmapped_buffer"))
		unmapped_buffer();
	return 0;
}
module_init(planted_init);

static void __exit planted_exit(void)
{
}
module_exit(planted_exit);

MODULE_DESCRIPTION("Mistakes that a debug kernel has to find");
MODULE_LICENSE("GPL");
