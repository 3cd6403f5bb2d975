// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes what GCOV_KERNEL has counted to the console when the machine goes down,
 * for ci/proof/coverage, which lays this file over kernel/gcov/.  No user space needed.
 */

#define pr_fmt(fmt) "gcda " fmt

#include <linux/init.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/reboot.h>
#include "gcov.h"

#define LINE	64	/* bytes, all that %*ph takes */

static int gcov_write(struct notifier_block *nb, unsigned long action, void *data)
{
	struct gcov_info *info = NULL;
	size_t size, i;
	char *buf;

	while ((info = gcov_info_next(info))) {
		size = convert_to_gcda(NULL, info);
		buf = kvmalloc(size, GFP_KERNEL);
		if (!buf) {
			pr_err("failed: no memory\n");
			return NOTIFY_DONE;
		}
		convert_to_gcda(buf, info);
		pr_info("file %s\n", gcov_info_filename(info));
		for (i = 0; i < size; i += LINE)
			pr_info("%*phN\n", (int)min_t(size_t, size - i, LINE), buf + i);
		kvfree(buf);
	}
	pr_info("end\n");
	return NOTIFY_DONE;
}

static struct notifier_block gcov_nb = {
	.notifier_call = gcov_write,
};

static int __init gcov_write_init(void)
{
	return register_reboot_notifier(&gcov_nb);
}
late_initcall(gcov_write_init);
