// SPDX-License-Identifier: GPL-2.0-only
/*
 * Another device, which has the bounce buffers that the devices under test want.
 *
 *   echo take N >/sys/kernel/debug/pool    maps until the pool is full, but for N slots, and
 *                                          takes what becomes free until it is told to give
 *   echo give >/sys/kernel/debug/pool      unmaps all
 *   echo late MS >/sys/kernel/debug/pool   powering off takes so long, after all devices
 *                                          have been shut down
 */
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/reboot.h>
#include <linux/swiotlb.h>

#define MOST 65536

static struct platform_device *pdev;
static struct task_struct *taker;
static struct page *page;
static dma_addr_t taken[MOST];
static unsigned int n, late;

static void take(void)
{
	while (n < MOST) {
		taken[n] = dma_map_page_attrs(&pdev->dev, page, 0, IO_TLB_SIZE, DMA_TO_DEVICE,
					      DMA_ATTR_SKIP_CPU_SYNC | DMA_ATTR_NO_WARN);
		if (dma_mapping_error(&pdev->dev, taken[n]))
			break;
		n++;
	}
}

static void give(unsigned int slots)
{
	while (n && slots--)
		dma_unmap_page_attrs(&pdev->dev, taken[--n], IO_TLB_SIZE, DMA_TO_DEVICE, DMA_ATTR_SKIP_CPU_SYNC);
}

static int take_on(void *unused)
{
	while (!kthread_should_stop()) {
		take();
		usleep_range(50, 100);
	}
	return 0;
}

static int begin(unsigned int leave)
{
	struct task_struct *t;

	take();
	if (leave) {
		give(leave);
		return 0;
	}
	t = kthread_run(take_on, NULL, "pool");
	if (IS_ERR(t))
		return PTR_ERR(t);
	taker = t;
	return 0;
}

static ssize_t pool_write(struct file *file, const char __user *from, size_t size, loff_t *at)
{
	unsigned int number;
	char what[32] = "";
	int err = 0;

	if (size >= sizeof(what) || copy_from_user(what, from, size))
		return -EINVAL;
	if (sscanf(what, "take %u", &number) == 1 && !taker) {
		err = begin(number);
	} else if (strstarts(what, "give")) {
		if (taker)
			kthread_stop(taker);
		taker = NULL;
		give(MOST);
	} else if (sscanf(what, "late %u", &late) != 1) {
		err = -EINVAL;
	}
	return err ?: size;
}

static const struct file_operations fops = { .owner = THIS_MODULE, .write = pool_write };

static int be_late(struct sys_off_data *unused)
{
	msleep(late);
	return NOTIFY_DONE;
}

static int __init pool_init(void)
{
	pdev = platform_device_register_simple("pool", -1, NULL, 0);
	if (IS_ERR(pdev))
		return PTR_ERR(pdev);
	page = alloc_page(GFP_KERNEL);
	if (!page || dma_coerce_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64)) ||
	    IS_ERR(register_sys_off_handler(SYS_OFF_MODE_POWER_OFF_PREPARE, 0, be_late, NULL))) {
		platform_device_unregister(pdev);
		return -ENOMEM;
	}
	debugfs_create_file("pool", 0200, NULL, NULL, &fops);
	return 0;
}
module_init(pool_init);

MODULE_DESCRIPTION("Takes bounce buffers");
MODULE_LICENSE("GPL");
