// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test-bug.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mutant.h>

int mutant_number __read_mostly;

bool mutant_acts(bool in_test)
{
	if (in_test && !kunit_get_current_test())
		return false;
	pr_info_once("mutant reached\n");
	return true;
}

static int __init choose(char *s)
{
	return kstrtoint(s, 0, &mutant_number);
}
early_param("mutant", choose);

static int __init say(void)
{
	pr_info("mutant %d chosen\n", mutant_number);
	return 0;
}
pure_initcall(say);
