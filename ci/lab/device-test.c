// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holds ci/lab/device.c to its word, without a guest: plays QEMU and a guest that asks
 * for one sector, and makes one page after the other private.  Rings, the data and the
 * header of the request go on to a page of their own each (_END): what is there of a ring
 * of descriptors and of the header is given, but never touched.
 *
 *   device-test DEVICE SOCKET DISK
 *
 * One line a case.  The device has to name the one kind of access that it refused, tell
 * whether it wanted to touch that page, and leave it alone; with all pages shared it has
 * to bring the sector.
 */
#define _GNU_SOURCE
#include <endian.h>
#include <fcntl.h>
#include <linux/protected_lab.h>
#include <linux/virtio_blk.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ring.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096
#define UVA 0x7f0000000000ull		/* where QEMU says that it has the memory */
#define GPA 0x10000ull
#define IOVA 0x9900000000ull

enum page { HEADER, BITMAP, DESC, DESC_END, AVAIL, AVAIL_END, USED, USED_END, TABLE, STATUS,
	REQUEST, REQUEST_END, DATA, DATA_END, PAGES };
static const struct { const char *kind, *name; } part[PAGES] = {
	[DESC] = { "desc", "desc" }, [DESC_END] = { "desc", "desc, its end" },
	[AVAIL] = { "avail", "avail" }, [AVAIL_END] = { "avail", "avail, used_event" },
	[USED] = { "used", "used" }, [USED_END] = { "used", "used, avail_event" },
	[TABLE] = { "table", "table" }, [STATUS] = { "buffer", "status" },
	[REQUEST] = { "buffer", "header" }, [REQUEST_END] = { "buffer", "behind the header" },
	[DATA] = { "buffer", "data" }, [DATA_END] = { "buffer", "data, second page" },
};
enum { PACKED = 1, INDIRECT = 2, TRANSLATED = 4, DROP_HEADER = 8, READ_ONLY = 16, STOP = 32 };
#define NUM 8u
/* where in its first page something starts, so that its end is on the next one */
#define DESC_AT (PAGE - 4 * sizeof(struct vring_desc))
#define AVAIL_AT (PAGE - 4 - 2 * NUM)
#define USED_AT (PAGE - 4 - 8 * NUM)
#define REQUEST_AT (PAGE - sizeof(struct virtio_blk_outhdr))
#define DATA_AT (PAGE - 256)

static uint8_t *mem;
static int mem_fd, sock;
static char disk[512];

#define AT(page) (mem + (page) * PAGE)

static uint64_t addr(enum page p, int mode)
{
	return (mode & TRANSLATED ? IOVA : GPA) + p * PAGE;
}

static void tell(uint32_t request, const void *payload, uint32_t size, int fd)
{
	uint32_t h[3] = { request, 1, size };
	char control[CMSG_SPACE(sizeof(int))] = {};
	struct iovec v[2] = { { h, sizeof(h) }, { (void *)payload, size } };
	struct msghdr m = { .msg_iov = v, .msg_iovlen = 2 };
	struct cmsghdr *c;

	if (fd >= 0) {
		m.msg_control = control;
		m.msg_controllen = sizeof(control);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(int));
	}
	if (sendmsg(sock, &m, MSG_NOSIGNAL) != (ssize_t)(sizeof(h) + size))
		perror("sendmsg");
}

static void descriptors(int mode)
{
	struct { uint64_t addr; uint32_t len; uint16_t flags; } d[3] = {
		{ addr(REQUEST, mode) + REQUEST_AT, 2 * sizeof(struct virtio_blk_outhdr), 0 },
		{ addr(DATA, mode) + DATA_AT, 512, VRING_DESC_F_WRITE },
		{ addr(STATUS, mode), 1, VRING_DESC_F_WRITE },
	};
	uint8_t *to = mode & INDIRECT ? AT(TABLE) : AT(DESC) + DESC_AT;
	unsigned int avail = mode & PACKED && !(mode & INDIRECT) ? 1 << VRING_PACKED_DESC_F_AVAIL : 0;

	for (int i = 0; i < 3; i++) {
		bool next = i < 2;

		if (mode & PACKED)
			((struct vring_packed_desc *)to)[i] = (struct vring_packed_desc){ htole64(d[i].addr),
				htole32(d[i].len), 7, htole16(d[i].flags | avail |
				(next && avail ? VRING_DESC_F_NEXT : 0)) };
		else
			((struct vring_desc *)to)[i] = (struct vring_desc){ htole64(d[i].addr),
				htole32(d[i].len), htole16(d[i].flags | (next ? VRING_DESC_F_NEXT : 0)), htole16(i + 1) };
	}
	if (mode & INDIRECT) {
		if (mode & PACKED)
			*(struct vring_packed_desc *)(AT(DESC) + DESC_AT) = (struct vring_packed_desc){
				htole64(addr(TABLE, mode)), htole32(48), 7,
				htole16(VRING_DESC_F_INDIRECT | 1 << VRING_PACKED_DESC_F_AVAIL) };
		else
			*(struct vring_desc *)(AT(DESC) + DESC_AT) = (struct vring_desc){
				htole64(addr(TABLE, mode)), htole32(48), htole16(VRING_DESC_F_INDIRECT), 0 };
	}
	if (!(mode & PACKED))
		*(uint16_t *)(AT(AVAIL) + AVAIL_AT + 2) = htole16(1);	/* idx; ring[0] is 0 */
}

/* As a guest's kernel would: see kernel/overlay/kernel/protected_lab.c. */
static void header(enum page private, int mode)
{
	struct protected_lab_header h = {
		.self = htole64(GPA), .bitmap = htole64(GPA + BITMAP * PAGE),
		.pages = htole64(GPA / PAGE + PAGES), .page_shift = htole32(12) };

	memcpy(h.magic, PROTECTED_LAB_MAGIC_XOR_1, sizeof(h.magic));
	for (unsigned int i = 0; i < sizeof(h.magic); i++)
		h.magic[i] ^= 1;
	if (!(mode & DROP_HEADER))
		memcpy(AT(HEADER), &h, sizeof(h));
	for (enum page i = DESC; i < PAGES; i++)
		if (i != private)
			AT(BITMAP)[(GPA / PAGE + i) / 8] |= 1 << (GPA / PAGE + i) % 8;
}

static long figure(const char *line, const char *prefix, const char *of)
{
	char name[64], *at;

	snprintf(name, sizeof(name), " %s%s ", prefix, of);
	at = strstr(line, name);
	return at ? atol(at + strlen(name)) : -1;
}

struct map { uint64_t iova, size, uva; uint8_t perm, type, pad[6]; };

/* Answers lookups, a page each, and takes the ring back before it tells where AT is. */
static void look_up(int fd, enum page at)
{
	struct { uint32_t request, flags, size; struct map map; } __attribute__((packed)) m;
	struct { uint32_t request, flags, size; uint64_t u; } __attribute__((packed)) ack = { 1, 5, 8, 0 };
	struct timeval soon = { .tv_usec = 100000 };
	uint32_t state[5] = {};

	while (recv(fd, &m, sizeof(m), MSG_WAITALL) == sizeof(m)) {
		uint64_t page = (m.map.iova - IOVA) / PAGE;

		if (page == at) {
			tell(11, state, 8, -1);
			recv(sock, state, sizeof(state), MSG_WAITALL);
			setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
		}
		tell(22, &(struct map){ IOVA + page * PAGE, PAGE, UVA + page * PAGE, 3, 2, {} }, sizeof(m.map), -1);
		send(fd, &ack, sizeof(ack), MSG_NOSIGNAL);
	}
}

static bool run(char **argv, enum page private, int mode)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct { uint32_t n, pad; uint64_t gpa, size, uva, offset; } table;
	struct { uint32_t index, num; } state = { 0, NUM };
	struct { uint32_t index, flags; uint64_t desc, used, avail, log; } ring = {};
	struct map map = { IOVA, PAGES * PAGE, UVA,
		mode & READ_ONLY ? 1 : 3, 2, {} };	/* all of it */
	uint64_t features = 1ull << VIRTIO_F_VERSION_1 | 1ull << VIRTIO_RING_F_EVENT_IDX |
		1ull << VIRTIO_RING_F_INDIRECT_DESC, u = 0, base = mode & TRANSLATED ? IOVA : UVA;
	int out[2], back[2], kick = eventfd(0, EFD_NONBLOCK), call = eventfd(0, EFD_NONBLOCK), pid, status;
	char line[2048], before[PAGE], want[64];
	uint32_t answer[5];
	ssize_t n, all = 0;
	bool ok;

	features |= mode & PACKED ? 1ull << VIRTIO_F_RING_PACKED : 0;
	features |= mode & TRANSLATED ? 1ull << VIRTIO_F_ACCESS_PLATFORM : 0;
	memset(mem, 0, PAGES * PAGE);
	memset(AT(DATA), 0x5a, 2 * PAGE);
	*AT(STATUS) = 0x5a;
	descriptors(mode);
	header(private, mode);
	if (private < PAGES)
		memcpy(before, AT(private), PAGE);

	unlink(argv[2]);
	if (pipe(out) || (pid = fork()) < 0)
		return perror("fork"), false;
	if (!pid) {
		dup2(out[1], 1);
		dup2(open("/dev/null", O_WRONLY), 2);
		execl(argv[1], argv[1], "blk", argv[2], argv[3], NULL);
		_exit(127);
	}
	close(out[1]);
	sock = socket(AF_UNIX, SOCK_STREAM, 0);
	strncpy(a.sun_path, argv[2], sizeof(a.sun_path) - 1);
	for (int i = 0; connect(sock, (void *)&a, sizeof(a)) && i < 500; i++)
		usleep(10000);

	table = (typeof(table)){ 1, 0, GPA, PAGES * PAGE, UVA, 0 };
	tell(2, &features, 8, -1);
	tell(5, &table, sizeof(table), mem_fd);
	if (mode & STOP) {
		socketpair(AF_UNIX, SOCK_STREAM, 0, back);
		tell(21, NULL, 0, back[1]);
		close(back[1]);
	} else if (mode & TRANSLATED) {
		tell(22, &map, sizeof(map), -1);
	}
	tell(8, &state, 8, -1);
	state.num = mode & PACKED ? 0x80008000 : 0;
	tell(10, &state, 8, -1);
	ring.desc = base + DESC * PAGE + DESC_AT;
	ring.avail = base + AVAIL * PAGE + AVAIL_AT;
	ring.used = base + USED * PAGE + USED_AT;
	tell(9, &ring, sizeof(ring), -1);
	tell(13, &u, 8, call);
	tell(12, &u, 8, kick);
	if (mode & STOP) {
		look_up(back[0], DATA);
	} else {	/* (answered when all that is there is done) */
		tell(11, &state, 8, -1);
		recv(sock, answer, sizeof(answer), MSG_WAITALL);
	}
	close(sock);
	while ((n = read(out[0], line + all, sizeof(line) - 1 - all)) > 0)
		all += n;
	line[all] = 0;
	close(out[0]);
	close(kick);
	close(call);
	waitpid(pid, &status, 0);

	if (mode & STOP) {
		close(back[0]);
		ok = AT(DATA)[DATA_AT] == 0x5a && *AT(STATUS) == 0x5a && !AT(USED)[USED_AT + 2] &&
			strstr(line, " violations 0 ") && strstr(line, " nowhere 0 early 0 malformed 0 ");
	} else if (mode & READ_ONLY) {
		ok = !strstr(line, " nowhere 0 early 0 ") && !memcmp(before, AT(private), PAGE);
	} else if (mode & DROP_HEADER || private == PAGES) {
		snprintf(want, sizeof(want), "device: protected %d lost 0 header %d ", !(mode & DROP_HEADER),
			 !(mode & DROP_HEADER));
		ok = strstr(line, want) && strstr(line, " violations 0 ") &&
			strstr(line, " nowhere 0 early 0 malformed 0 requests 1 bytes 512 ") &&
			!memcmp(AT(DATA) + DATA_AT, disk, 512) && *AT(STATUS) == VIRTIO_BLK_S_OK;
	} else {
		const char *of = part[private].kind;
		bool touched = private != DESC_END && private != REQUEST_END;

		/* somewhere in that page */
		snprintf(want, sizeof(want), " first-%s 0x%llx", of, (unsigned long long)(GPA / PAGE + private));
		ok = strstr(line, want) && !memcmp(before, AT(private), PAGE) &&
			figure(line, "given-", of) > 0 - touched &&
			(figure(line, "", of) > figure(line, "given-", of)) == touched;
		for (int i = DESC; i < PAGES; i++) {	/* and no other kind */
			snprintf(want, sizeof(want), "first-%s", part[i].kind);
			if (strcmp(part[i].kind, of) && strstr(line, want))
				ok = false;
		}
	}
	ok = ok && !status;
	if (!ok)
		printf("      %s", line);
	return ok;
}

int main(int argc, char **argv)
{
	int failed = 0, mode;
	FILE *f;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc != 4 || !(f = fopen(argv[3], "r")) || fread(disk, 512, 1, f) != 1)
		return fprintf(stderr, "usage: device-test DEVICE SOCKET DISK\n"), 2;
	mem_fd = memfd_create("guest", 0);
	if (mem_fd < 0 || ftruncate(mem_fd, PAGES * PAGE))
		return perror("memfd"), 1;
	mem = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, mem_fd, 0);
	if (mem == MAP_FAILED)
		return perror("mmap"), 1;

	for (mode = 0; mode < DROP_HEADER; mode++)
		for (enum page private = DESC; private <= PAGES; private++) {
			bool ok;

			if ((private == TABLE && !(mode & INDIRECT)) ||
			    ((private == AVAIL_END || private == USED_END) && mode & PACKED))
				continue;
			ok = run(argv, private, mode);
			failed += !ok;
			printf("%s device: %s, %s, %s: %s%s\n", ok ? "ok    " : "not ok",
			       mode & PACKED ? "packed" : "split", mode & INDIRECT ? "indirect" : "direct",
			       mode & TRANSLATED ? "translated" : "physical",
			       private == PAGES ? "all shared: the sector comes" : "refuses private memory: ",
			       private == PAGES ? "" : part[private].name);
		}
	for (enum page private = USED; private <= DATA; private += DATA - USED) {
		bool ok = run(argv, private, TRANSLATED | READ_ONLY);

		failed += !ok;
		printf("%s device: translated, may only read: writes nothing to %s\n", ok ? "ok    " : "not ok",
		       part[private].name);
	}
	for (mode = 0; mode <= PACKED; mode++) {
		bool ok = run(argv, PAGES, mode | TRANSLATED | STOP);

		failed += !ok;
		printf("%s device: %s, stopped while it looks up where data goes: writes none\n",
		       ok ? "ok    " : "not ok", mode & PACKED ? "packed" : "split");
	}
	for (mode = DROP_HEADER; mode <= (DROP_HEADER | PACKED); mode++) {
		bool ok = run(argv, DATA, mode);

		failed += !ok;
		printf("%s device: %s, no bitmap: nothing is private\n", ok ? "ok    " : "not ok",
		       mode & PACKED ? "packed" : "split");
	}
	return !!failed;
}
