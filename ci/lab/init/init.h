/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the guests' init share.  Each job says how it went and returns 0, or -1. */
#include "../../lib/guest.h"

#define DEBUG "/sys/kernel/debug"
#define VIRTIO "/sys/bus/virtio/devices"

int bad(const char *name, const char *what);

int devices(const char *how, int fails);
void state(const char *when);
int blk(const char *name, const char *how);
int flood(void);
int net(const char *how);
int rng(const char *how);
int console(void);
int balloon(void);
int gpu(void);
int kunit(char *suites);
int load(const char *name);
int kselftest(const char *want);
