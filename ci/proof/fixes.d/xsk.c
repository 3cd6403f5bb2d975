// SPDX-License-Identifier: GPL-2.0-only
/* Frames that one of two network cards sends or receives for AF_XDP, without copies. */
#define _GNU_SOURCE
#include <linux/bpf.h>
#include <linux/if_xdp.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "init.h"
#include "net.h"

#define SIZE 64
#define CHUNK 4096

struct ring {
	uint32_t *producer, *consumer;
	void *desc;
};

static int fd;
static unsigned char *umem;
static struct ring fill, completion, rx, tx;

static struct ring ring(const struct xdp_ring_offset *at, int option, off_t where, size_t each)
{
	int size = SIZE;
	char *p;

	setsockopt(fd, SOL_XDP, option, &size, sizeof(size));
	p = mmap(NULL, at->desc + SIZE * each, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, where);
	if (p == MAP_FAILED)
		return (struct ring){};
	return (struct ring){ (void *)(p + at->producer), (void *)(p + at->consumer), p + at->desc };
}

static int xsk_bind(const char *name)
{
	struct sockaddr_xdp to = { .sxdp_family = AF_XDP, .sxdp_ifindex = interface(name),
				   .sxdp_flags = XDP_ZEROCOPY };
	struct xdp_umem_reg reg = { .chunk_size = CHUNK, .len = 2 * SIZE * CHUNK };
	struct xdp_mmap_offsets at;
	socklen_t len = sizeof(at);
	int i;

	fd = socket(AF_XDP, SOCK_RAW, 0);
	umem = mmap(NULL, reg.len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	reg.addr = (uintptr_t)umem;
	/* (the ring of those to fill has to be there first) */
	if (setsockopt(fd, SOL_XDP, XDP_UMEM_REG, &reg, sizeof(reg)) ||
	    getsockopt(fd, SOL_XDP, XDP_MMAP_OFFSETS, &at, &len))
		return -1;
	fill = ring(&at.fr, XDP_UMEM_FILL_RING, XDP_UMEM_PGOFF_FILL_RING, sizeof(uint64_t));
	completion = ring(&at.cr, XDP_UMEM_COMPLETION_RING, XDP_UMEM_PGOFF_COMPLETION_RING, sizeof(uint64_t));
	rx = ring(&at.rx, XDP_RX_RING, XDP_PGOFF_RX_RING, sizeof(struct xdp_desc));
	tx = ring(&at.tx, XDP_TX_RING, XDP_PGOFF_TX_RING, sizeof(struct xdp_desc));
	if (!fill.desc || !completion.desc || !rx.desc || !tx.desc)
		return -1;
	for (i = 0; i < SIZE; i++)
		((uint64_t *)fill.desc)[i] = i * CHUNK;
	__atomic_store_n(fill.producer, SIZE, __ATOMIC_RELEASE);
	return bind(fd, (void *)&to, sizeof(to));
}

static int bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* Has the card give all frames to the socket. */
static int redirect(const char *name)
{
	union bpf_attr map = { .map_type = BPF_MAP_TYPE_XSKMAP, .key_size = 4, .value_size = 4, .max_entries = 1 };
	int zero = 0, m = bpf(BPF_MAP_CREATE, &map);
	union bpf_attr entry = { .map_fd = m, .key = (uintptr_t)&zero, .value = (uintptr_t)&fd };
	struct bpf_insn code[] = {
		{ .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = 1, .src_reg = BPF_PSEUDO_MAP_FD, .imm = m }, {},
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 3, .imm = XDP_PASS },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_redirect_map },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr prog = { .prog_type = BPF_PROG_TYPE_XDP, .insns = (uintptr_t)code, .insn_cnt = 6,
				.license = (uintptr_t)"GPL" };
	union bpf_attr link = { .link_create = { .target_ifindex = interface(name), .attach_type = BPF_XDP } };

	if (bpf(BPF_MAP_UPDATE_ELEM, &entry))
		return -1;
	link.link_create.prog_fd = bpf(BPF_PROG_LOAD, &prog);
	return bpf(BPF_LINK_CREATE, &link) < 0 ? -1 : 0;
}

static void xsk_send(const unsigned char *frame, int i)
{
	struct xdp_desc *desc = &((struct xdp_desc *)tx.desc)[i % SIZE];

	*desc = (struct xdp_desc){ .addr = (SIZE + i % SIZE) * CHUNK, .len = FRAME };
	memcpy(umem + desc->addr, frame, FRAME);
	__atomic_store_n(tx.producer, i + 1, __ATOMIC_RELEASE);
	sendto(fd, NULL, 0, MSG_DONTWAIT, NULL, 0);
}

static int xsk_arrives(const unsigned char *frame)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct xdp_desc *desc = &((struct xdp_desc *)rx.desc)[*rx.consumer % SIZE];

	if (poll(&p, 1, 500) != 1 || *rx.consumer == __atomic_load_n(rx.producer, __ATOMIC_ACQUIRE))
		return 0;
	++*rx.consumer;
	return desc->len == FRAME && !memcmp(umem + desc->addr, frame, FRAME);
}

int xsk(char **arg) /* FROM:TO:N:HOW: how is tx or rx, which of them is AF_XDP's */
{
	int sends = !strcmp(arg[3], "tx"), other = packet_socket(arg[sends]), i, got = 0;
	unsigned char frame[FRAME];

	if (xsk_bind(arg[!sends]) || (!sends && redirect(arg[1])))
		return -1;
	usleep(300000);
	for (i = 0; i < atoi(arg[2]); i++) {
		make_frame(frame, FRAME, i);
		if (sends)
			xsk_send(frame, i);
		else
			send(other, frame, FRAME, 0);
		got += sends ? arrives(other, frame, FRAME, 500) : xsk_arrives(frame);
	}
	result("%d of %d frames", got, i);
	return 0;
}
