// SPDX-License-Identifier: GPL-2.0-only
/*
 * A front-end and a guest that do what the fuzzer's input says, in one process with the
 * device: messages of any bytes, well-formed ones with hostile values, rings, tables, the
 * bitmap and its header; also while the device waits for a translation.  oracle.c is the
 * judge; crashes and accesses out of bounds are for the sanitizers.
 *
 * An input is a byte of options and then operations, each a byte and its arguments.  seeds.py
 * writes a few.  VERBOSE=1 shows the figures of each.
 */
#define _GNU_SOURCE
#undef poll	/* the device has fuzz_poll() for it: Makefile */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../blk.h"
#include "../net.h"
#include "actions.h"

struct fuzz fuzz;
static struct virtio_device dev;
static struct vhost_user vu;
static struct net net;
static uint8_t disk_data[16 * 512];
static struct blk disk = { disk_data, sizeof(disk_data) };

uint8_t u8(void)
{
	return fuzz.left ? fuzz.left--, *fuzz.next++ : 0;
}

uint64_t number(unsigned int bytes)
{
	uint64_t v = 0;

	while (bytes--)
		v = v << 8 | u8();
	return v;
}

int fuzz_poll(struct pollfd *p, nfds_t n, int timeout);

/* Where the device would wait, the other side acts; at the end of the input it hangs up. */
int fuzz_poll(struct pollfd *p, nfds_t n, int timeout)
{
	int rc;

	while (!(rc = poll(p, n, 0)) && timeout) {
		fuzz.waiting = true;
		if (!action()) {
			shutdown(fuzz.front, SHUT_RDWR);
			if (fuzz.channel >= 0)
				shutdown(fuzz.channel, SHUT_RDWR);
			/* (what else it waits for does not come) */
			if (!poll(p, n, 0)) {
				vu.ended = true;
				return -1;
			}
		}
		fuzz.waiting = false;
	}
	errno = EINTR;
	return rc;
}

static void drain(int fd)
{
	char buf[4096];

	while (fd >= 0 && recv(fd, buf, sizeof(buf), MSG_DONTWAIT) > 0)
		;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t options;
	int pair[2];

	if (!guest)
		oracle_init();
	oracle_reset();
	fuzz = (struct fuzz){ .next = data, .left = size, .channel = -1 };
	options = u8();
	for (int i = 0; i < PAIRS; i++)
		net.pair[i].n = net.pair[i].first = 0;
	device_init(&dev, options & 1 ? &net_model : &blk_model, options & 1 ? (void *)&net : &disk,
		    options & 8 ? &no_protection : &oracle_protection, 1 + (options >> 1 & 3) % 3);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return 0;
	fuzz.front = pair[0];
	fuzz.event = eventfd(0, EFD_NONBLOCK);
	vhost_user_init(&vu, &dev, pair[1], -1);
	if (options & 16)
		usual_setup(options);
	while (!vu.ended && action())
		for (int i = 0; i < 4 && !vu.ended; i++) {
			vhost_user_turn(&vu, 0);
			drain(fuzz.front);
		}
	if (!vu.ended)
		dev.memory.protection->find(&dev.memory);
	if (getenv("VERBOSE"))
		print_figures(&dev, stdout);
	vhost_user_close(&vu);
	close(fuzz.front);
	close(fuzz.event);
	if (fuzz.channel >= 0)
		close(fuzz.channel);
	return 0;
}
