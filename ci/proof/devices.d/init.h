/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the init of ci/proof/devices share. */
#include "../../lib/guest.h"

#define MIB (1 << 20)

int bad(const char *name, const char *what);
void describe(const char *name, const char *class);
int disk(const char *name);
int dump(const char *name);
int kexec(const char *what, const char *name);
int network(const char *name);
