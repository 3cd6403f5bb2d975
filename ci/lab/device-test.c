// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holds ci/lab/device.c to its word, without a guest: plays QEMU and a guest that asks
 * for one sector, and makes one page after the other private.
 *
 *   device-test DEVICE SOCKET DISK
 *
 * One line a case.  The device has to name the one kind of access that it refused, and
 * leave that page alone; with all pages shared it has to bring the sector.
 */
#define _GNU_SOURCE
#include <endian.h>
#include <fcntl.h>
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
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096
#define UVA 0x7f0000000000ull		/* where QEMU says that it has the memory */
#define GPA 0x10000ull
#define IOVA 0x9900000000ull

enum page { HEADER, BITMAP, DESC, AVAIL, USED, TABLE, REQUEST, DATA, PAGES };
static const char *const kind[PAGES] = { [DESC] = "desc", [AVAIL] = "avail", [USED] = "used",
	[TABLE] = "table", [REQUEST] = "buffer", [DATA] = "buffer" };
enum { PACKED = 1, INDIRECT = 2, TRANSLATED = 4, DROP_HEADER = 8 };

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
		{ addr(REQUEST, mode), sizeof(struct virtio_blk_outhdr), 0 },
		{ addr(DATA, mode), 512, VRING_DESC_F_WRITE },
		{ addr(REQUEST, mode) + 64, 1, VRING_DESC_F_WRITE },
	};
	uint8_t *to = AT(mode & INDIRECT ? TABLE : DESC);
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
			*(struct vring_packed_desc *)AT(DESC) = (struct vring_packed_desc){
				htole64(addr(TABLE, mode)), htole32(48), 7,
				htole16(VRING_DESC_F_INDIRECT | 1 << VRING_PACKED_DESC_F_AVAIL) };
		else
			*(struct vring_desc *)AT(DESC) = (struct vring_desc){
				htole64(addr(TABLE, mode)), htole32(48), htole16(VRING_DESC_F_INDIRECT), 0 };
	}
	if (!(mode & PACKED))
		*(uint16_t *)(AT(AVAIL) + 2) = htole16(1);	/* idx; ring[0] is 0 */
}

/* As a guest's kernel would: see kernel/overlay/kernel/protected_lab.c. */
static void header(enum page private, int mode)
{
	struct { char magic[16]; uint64_t self, bitmap, pages; uint32_t shift, flags; } h = {
		.self = GPA, .bitmap = GPA + BITMAP * PAGE, .pages = GPA / PAGE + PAGES, .shift = 12 };

	memcpy(h.magic, "protected lab 13", 16);
	if (!(mode & DROP_HEADER))
		memcpy(AT(HEADER), &h, sizeof(h));
	for (enum page i = DESC; i < PAGES; i++)
		if (i != private)
			AT(BITMAP)[(GPA / PAGE + i) / 8] |= 1 << (GPA / PAGE + i) % 8;
}

static bool run(char **argv, enum page private, int mode)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct { uint32_t n, pad; uint64_t gpa, size, uva, offset; } table;
	struct { uint32_t index, num; } state = { 0, 8 };
	struct { uint32_t index, flags; uint64_t desc, used, avail, log; } ring = {};
	struct { uint64_t iova, size, uva; uint8_t perm, type, pad[6]; } map = { IOVA, PAGES * PAGE, UVA, 3, 2, {} };	/* all, read and write */
	uint64_t features = 1ull << VIRTIO_F_VERSION_1 | 1ull << VIRTIO_RING_F_EVENT_IDX |
		1ull << VIRTIO_RING_F_INDIRECT_DESC, u = 0, base = mode & TRANSLATED ? IOVA : UVA;
	int out[2], kick = eventfd(0, EFD_NONBLOCK), call = eventfd(0, EFD_NONBLOCK), pid, status;
	char line[2048], before[PAGE], want[64];
	uint32_t answer[5];
	ssize_t n, all = 0;
	bool ok;

	features |= mode & PACKED ? 1ull << VIRTIO_F_RING_PACKED : 0;
	features |= mode & TRANSLATED ? 1ull << VIRTIO_F_ACCESS_PLATFORM : 0;
	memset(mem, 0, PAGES * PAGE);
	memset(AT(DATA), 0x5a, PAGE);
	AT(REQUEST)[64] = 0x5a;
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
	if (mode & TRANSLATED)
		tell(22, &map, sizeof(map), -1);
	tell(8, &state, 8, -1);
	state.num = mode & PACKED ? 0x80008000 : 0;
	tell(10, &state, 8, -1);
	ring.desc = base + DESC * PAGE;
	ring.avail = base + AVAIL * PAGE;
	ring.used = base + USED * PAGE;
	tell(9, &ring, sizeof(ring), -1);
	tell(13, &u, 8, call);
	tell(12, &u, 8, kick);
	/* (answered when all that is there is done) */
	tell(11, &state, 8, -1);
	n = recv(sock, answer, sizeof(answer), MSG_WAITALL);
	close(sock);
	while ((n = read(out[0], line + all, sizeof(line) - 1 - all)) > 0)
		all += n;
	line[all] = 0;
	close(out[0]);
	close(kick);
	close(call);
	waitpid(pid, &status, 0);

	if (mode & DROP_HEADER || private == PAGES) {
		snprintf(want, sizeof(want), "device: protected %d ", !(mode & DROP_HEADER));
		ok = strstr(line, want) && strstr(line, " violations 0 ") &&
			strstr(line, " nowhere 0 malformed 0 requests 1 bytes 512 ") &&
			!memcmp(AT(DATA), disk, 512) && AT(REQUEST)[64] == VIRTIO_BLK_S_OK;
	} else {
		/* somewhere in that page */
		snprintf(want, sizeof(want), " first-%s 0x%llx", kind[private],
			 (unsigned long long)(GPA / PAGE + private));
		ok = strstr(line, want) && !memcmp(before, AT(private), PAGE);
		for (int i = DESC; i < PAGES; i++) {	/* and no other kind */
			snprintf(want, sizeof(want), "first-%s", kind[i]);
			if (strcmp(kind[i], kind[private]) && strstr(line, want))
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

			if (private == TABLE && !(mode & INDIRECT))
				continue;
			ok = run(argv, private, mode);
			failed += !ok;
			printf("%s device: %s, %s, %s: %s%s\n", ok ? "ok    " : "not ok",
			       mode & PACKED ? "packed" : "split", mode & INDIRECT ? "indirect" : "direct",
			       mode & TRANSLATED ? "translated" : "physical",
			       private == PAGES ? "all shared: the sector comes" : "refuses private memory: ",
			       private == PAGES ? "" : private == REQUEST ? "header and status" :
			       private == DATA ? "data" : kind[private]);
		}
	for (mode = DROP_HEADER; mode <= (DROP_HEADER | PACKED); mode++) {
		bool ok = run(argv, DATA, mode);

		failed += !ok;
		printf("%s device: %s, no bitmap: nothing is private\n", ok ? "ok    " : "not ok",
		       mode & PACKED ? "packed" : "split");
	}
	return !!failed;
}
