/* SPDX-License-Identifier: GPL-2.0-only */
/* For the init of a guest. */
#include <stddef.h>

/*
 * Mounts what an init needs.  Its lines go to OUTPUT from then on: on the console's terminal
 * (NULL) one can have a line of the kernel in its middle, in /dev/kmsg it cannot.
 */
void guest_begin(const char *output);
/* The first line of PATH, and how many bytes were read; -1, and an empty one, if it cannot be. */
int read_file(char *out, size_t size, const char *path);
int write_file(const char *path, const char *what);
