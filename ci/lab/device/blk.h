/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BLK_H
#define BLK_H

#include "device.h"

struct blk { uint8_t *data; uint64_t size; };
extern const struct model blk_model;

#endif
