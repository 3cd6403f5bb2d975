/* SPDX-License-Identifier: GPL-2.0-only */
/* Plays the front-end and the guest for the strict device, which runs as a process of its own. */
#ifndef GUEST_H
#define GUEST_H

#include <linux/protected_lab.h>
#include <linux/vhost_types.h>
#include <linux/virtio_blk.h>
#include <linux/virtio_config.h>
#include <linux/virtio_net.h>
#include <linux/virtio_ring.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "../vhost_user.h"

#define PAGE 4096
#define UVA 0x7f0000000000ull		/* where the front-end says that it has the memory */
#define GPA 0x10000ull
#define IOVA 0x9900000000ull
#define NUM 8u

/*
 * Each queue has pages of its own for each part.  Rings, data and headers go on to a
 * page of their own each (_END).
 */
enum part { P_DESC, P_DESC_END, P_AVAIL, P_AVAIL_END, P_USED, P_USED_END, P_TABLE, P_REQUEST,
	P_REQUEST_END, P_DATA, P_DATA_END, P_STATUS, PARTS };
#define HEADER 0
#define BITMAP 1
#define PAGES (2 + 4 * PARTS)
#define NONE PAGES
#define IN(q, part) (2 + (q) * PARTS + (part))	/* number of a page */
#define AT(q, part) (mem + IN(q, part) * PAGE)
/* where in its first page something starts, so that its end is on the next one */
#define DESC_AT (PAGE - 4 * 16)
#define AVAIL_AT (PAGE - 4 - 2 * NUM)
#define USED_AT (PAGE - 4 - 8 * NUM)
#define REQUEST_AT (PAGE - (uint32_t)sizeof(struct virtio_blk_outhdr))
#define DATA_AT (PAGE - 256)

enum { PACKED = 1, INDIRECT = 2, TRANSLATED = 4, MODES = 8 };

struct segment { enum part part; uint32_t offset, len; bool write; };

extern uint8_t *mem;
extern char disk[512];			/* its first sector */
extern const char *const kind_of[PARTS], *const part_name[PARTS];

/* --- memory and rings (memory.c) */
void guest_init(void);
int guest_fd(void);
void guest_clear(void);
void guest_clear_queue(unsigned int q);
void guest_share(int private);		/* header and bitmap: all is shared but the page PRIVATE */
struct protected_lab_header guest_header(void);
void guest_put_header(const struct protected_lab_header *h);
uint64_t guest_addr(int page, int mode);
void offer(unsigned int q, const struct segment *s, unsigned int n, int mode);
void offer_sector(unsigned int q, uint32_t type, uint64_t sector, int mode);
void offer_frame(unsigned int q, uint8_t fill, int mode);
void offer_receive_buffer(unsigned int q, int mode);
bool frame_arrived(unsigned int q, uint8_t fill);
uint16_t used(unsigned int q);		/* of a split ring */

/* --- a device and its socket (session.c) */
struct session { int pid, sock, backend, kick[4], call[4], mode, status; char figures[4096]; };
extern struct session session;
extern uint64_t extra_features;		/* to negotiate beyond those that a mode has */
/* OPTIONS: before "blk" or "net", or NULL.  Features, memory, IOTLB: all of it, unless ... */
enum { LOOK_UP = 1, READ_ONLY = 2, BARE = 4 };	/* ... asked for, read-only, none of it */
void session_start(const char *model, const char *options, int mode, int how);
void session_queue(unsigned int q);	/* NUM, BASE, ADDR, CALL, KICK */
uint32_t session_stop_queue(unsigned int q);	/* GET_VRING_BASE: answered once all was served */
/* Ends it by closing the socket, and reads figures: is its status STATUS? */
bool session_end(int status);
bool soon(bool (*what)(void));

/* --- messages (front_end.c) */
void tell(uint32_t request, const void *payload, uint32_t size, const int *fds, unsigned int n);
void tell_u64(uint32_t request, uint64_t value, int fd);
void tell_state(uint32_t request, uint32_t index, uint32_t num);
bool reply(struct message *m);		/* false: the connection is closed, or nothing comes for 5 s */
void map(int first, int pages, uint8_t perm);
/* Translates the device's addresses until PAGE is asked for or it is quiet: was it? */
bool look_up_until(int page);
void acknowledge(void);			/* ... that PAGE */
bool readable(int fd, int ms);

/* --- figures (main.c) */
long figure(const char *name);
long figure_of(const char *kind, const char *name);
bool says(const char *text);

/* --- cases */
extern int failed;
void result(bool ok, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void test_blk(void);
void test_net(void);
void test_iotlb(void);
void test_hostile_rings(void);
void test_hostile_messages(void);
void test_signals(void);

#endif
