/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the guests' init share.  A job returns 0, or says why not and returns -1. */
#include "../../lib/guest.h"

int bad(const char *job, const char *what);
void mark(void);
int net(const char *how);
