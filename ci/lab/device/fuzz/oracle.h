/* SPDX-License-Identifier: GPL-2.0-only */
/* What the fuzz target holds against the device: a second opinion on what is private. */
#ifndef ORACLE_H
#define ORACLE_H

#include "../device.h"

#define PAGE 4096
#define PAGES 64

extern uint8_t *guest;		/* the fuzzer's own mapping of the guest's memory */
extern int guest_fd;

void oracle_init(void);
void oracle_reset(void);
/* The bitmap's protection, checked; and private pages cannot be accessed in the device's mapping. */
extern const struct protection oracle_protection;
void wrong(const char *what) __attribute__((noreturn));

#endif
