/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the guests' init share. */
#include "../../lib/guest.h"

#define POOL "/sys/kernel/debug/pool"
#define SLOTS "/sys/kernel/debug/swiotlb/io_tlb_used"
#define PART 16

/* A result, for the table. */
void result(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Has the host do something, and waits until it did. */
void host(const char *what);

long slots(void);
double now(void);

/* What a driver is asked for, with its arguments: 0, or the reason in errno. */
int disk(char **arg);
int large(char **arg);
int file(char **arg);
int hwrng(char **arg);
int vsock(char **arg);
int port(char **arg);
int port_in(char **arg);
int frames(char **arg);
int frames_in(char **arg);
int keys(char **arg);
int picture(char **arg);
int panic_screen(char **arg);

int xsk(char **arg);
int up(const char *name);

/* What init does with one of them, see main.c. */
extern int patience;	/* seconds */
void alone(char **arg);
void full(char **arg);
void killed(char **arg);
void rebind(char **arg);
void load(char **arg);
/* of ci/lab/init/other.c */
int gpu(void);
