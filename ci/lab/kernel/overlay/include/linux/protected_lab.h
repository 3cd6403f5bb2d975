/* SPDX-License-Identifier: GPL-2.0-only */
/* A guest that plays a protected one, for tests: see kernel/protected_lab.c. */
#ifndef _LINUX_PROTECTED_LAB_H
#define _LINUX_PROTECTED_LAB_H

#include <linux/init.h>
#include <linux/types.h>
#include <uapi/linux/protected_lab.h>

#ifdef CONFIG_PROTECTED_LAB
extern bool protected_lab;
extern bool protected_lab_raw_ring;
extern bool protected_lab_raw_buffer;

void protected_lab_init(void);
bool protected_lab_is_shared(unsigned long pfn);
int protected_lab_share(phys_addr_t phys, unsigned long pages, bool shared);
void protected_lab_check(const char *what, phys_addr_t phys, size_t size);
long protected_lab_checked(void);	/* how often, */
long protected_lab_private(void);	/* and how often it was private */
struct ccw1;
void protected_lab_check_program(const struct ccw1 *ccw);
#else
#define protected_lab false
#define protected_lab_raw_ring false
#define protected_lab_raw_buffer false
static inline void protected_lab_init(void) { }
static inline int protected_lab_share(phys_addr_t phys, unsigned long pages, bool shared) { return 0; }
static inline void protected_lab_check(const char *what, phys_addr_t phys, size_t size) { }
struct ccw1;
static inline void protected_lab_check_program(const struct ccw1 *ccw) { }
#endif
#endif
