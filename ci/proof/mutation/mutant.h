/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_MUTANT_H
#define _LINUX_MUTANT_H
#ifndef __ASSEMBLY__
#include <linux/compiler.h>
#include <linux/types.h>
extern int mutant_number;
bool mutant_acts(bool in_test);
/* negative: only in the thread of a test */
#define mutant(n) (unlikely(mutant_number == ((n) < 0 ? -(n) : (n))) && mutant_acts((n) < 0))
#define mutant_cond(c, t, f) ({ bool c_ = !!(c); mutant(t) ? true : mutant(f) ? false : c_; })
#endif
#endif
