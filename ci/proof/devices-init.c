// SPDX-License-Identifier: GPL-2.0-only
/*
 * The init of the guests of ci/proof/devices.  Its arguments are what it tries, one
 * line each, then it powers off:
 *
 *   vda, sda...   copies the first MiB of a disk to the second one and reads it
 *                 back, past the page cache.  The host compares the disk too.
 *   eth0...       asks who has 10.0.2.2 (QEMU's user network) and has it echo packets.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/if_ether.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB (1 << 20)

static int bad(const char *name, const char *what)
{
	printf("devices: %s FAILED: %s: %s\n", name, what, strerror(errno));
	return -1;
}

static int read_file(char *out, size_t size, const char *dir, const char *name)
{
	char path[PATH_MAX + 64];
	int fd, n;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return -1;
	n = read(fd, out, size - 1);
	close(fd);
	if (n < 0)
		return -1;
	out[n] = 0;
	out[strcspn(out, "\n")] = 0;
	return n;
}

/* Which device that is, its DMA mask, and whether virtio uses the DMA API. */
static void describe(const char *name, const char *class)
{
	char link[PATH_MAX], path[PATH_MAX], bits[16] = "?", features[80] = "", *slash;

	snprintf(link, sizeof(link), "/sys/class/%s/%s/device", class, name);
	if (!realpath(link, path))
		return;
	read_file(features, sizeof(features), path, "features");
	while (read_file(bits, sizeof(bits), path, "dma_mask_bits") < 0) {
		slash = strrchr(path, '/');
		if (!slash || slash == path)
			break;
		*slash = 0;
	}
	printf("devices: %s is %s, %s-bit mask%s\n", name, strrchr(path, '/') + 1, bits,
	       strlen(features) > 33 && features[33] == '1' ? ", ACCESS_PLATFORM" : "");
}

/* How many TCEs are in use in each table (which is a directory with a "weight"). */
static void tces(const char *when)
{
	const char *dir = "/sys/kernel/debug";
	char path[PATH_MAX], weight[32];
	struct dirent *e;
	DIR *d = opendir(dir);

	while (d && (e = readdir(d))) {
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (read_file(weight, sizeof(weight), path, "weight") > 0)
			printf("devices: tces %s: %s in table %s\n", when, weight, e->d_name);
	}
	if (d)
		closedir(d);
}

static int disk(const char *name)
{
	static const int sizes[] = { 512, 3584, 4096, 57344, 65536, 131072, 786432 };
	char path[PATH_MAX], *from, *back;
	int fd = -1, tries, done = 0;
	size_t i;

	snprintf(path, sizeof(path), "/dev/%s", name);
	for (tries = 0; fd < 0 && tries < 100; tries++) {
		fd = open(path, O_RDWR | O_DIRECT);
		if (fd < 0)
			usleep(100000);
	}
	if (fd < 0)
		return bad(name, "open");
	describe(name, "block");

	/* (not at the start of a page) */
	from = aligned_alloc(65536, 2 * MIB);
	back = aligned_alloc(65536, 2 * MIB);
	if (!from || !back)
		return bad(name, "memory");
	from += 512;
	back += 512;
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		int n = sizes[i], j;

		memset(from, 0, n);
		memset(back, 0x5a, n);
		if (pread(fd, from, n, done) != n)
			return bad(name, "read");
		for (j = 0; j < n && !from[j]; j++)
			;
		if (j == n)
			return bad(name, "all that was read is 0");
		if (pwrite(fd, from, n, MIB + done) != n)
			return bad(name, "write");
		if (pread(fd, back, n, MIB + done) != n)
			return bad(name, "read back");
		if (memcmp(from, back, n))
			return bad(name, "not what was written");
		done += n;
	}
	if (fsync(fd))
		return bad(name, "fsync");
	close(fd);
	printf("devices: %s ok %d bytes\n", name, done);
	return 0;
}

static unsigned short checksum(const void *from, int n)
{
	const unsigned char *p = from;
	unsigned int sum = 0;
	int i;

	for (i = 0; i < n; i++)
		sum += i & 1 ? p[i] : p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

/* All by hand: the kernel needs no INET. */
struct arp {
	struct ether_header eth;
	struct ether_arp arp;
};

struct echo {
	struct ether_header eth;
	struct iphdr ip;
	struct icmphdr icmp;
	unsigned char data[1472];
} __attribute__((packed));

union frame {
	struct ether_header eth;
	struct arp arp;
	struct echo echo;
};

/* Sends a frame until its answer comes; returns how long that is. */
static int exchange(int fd, const union frame *out, int size, union frame *in)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int tries, n;

	for (tries = 0; tries < 10; tries++) {
		if (send(fd, out, size, 0) != size) {
			usleep(200000);
			continue;
		}
		while (poll(&p, 1, 1000) == 1) {
			n = recv(fd, in, sizeof(*in), 0);
			if (n < (int)sizeof(in->arp) || in->eth.ether_type != out->eth.ether_type ||
			    memcmp(in->eth.ether_dhost, out->eth.ether_shost, ETH_ALEN))
				continue;
			if (in->eth.ether_type == htons(ETHERTYPE_ARP) &&
			    (in->arp.arp.arp_op != htons(ARPOP_REPLY) ||
			     memcmp(in->arp.arp.arp_spa, out->arp.arp.arp_tpa, 4)))
				continue;
			if (in->eth.ether_type == htons(ETHERTYPE_IP) &&
			    (in->echo.icmp.type != ICMP_ECHOREPLY ||
			     in->echo.icmp.un.echo.sequence != out->echo.icmp.un.echo.sequence))
				continue;
			return n;
		}
	}
	return -1;
}

/* Who has 10.0.2.2?  Then packets of different sizes, which come back as they were. */
static int network(const char *name)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	static union frame out, in;
	struct ifreq r = {};
	in_addr_t ip[] = { inet_addr("10.0.2.15"), inet_addr("10.0.2.2") };
	int fd, n, i, done = 0;

	describe(name, "net");
	fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
	if (fd < 0)
		return bad(name, "socket");
	strncpy(r.ifr_name, name, IFNAMSIZ - 1);
	if (ioctl(fd, SIOCGIFFLAGS, &r))
		return bad(name, "flags");
	r.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &r))
		return bad(name, "up");
	if (ioctl(fd, SIOCGIFINDEX, &r))
		return bad(name, "index");
	to.sll_ifindex = r.ifr_ifindex;
	if (bind(fd, (void *)&to, sizeof(to)))
		return bad(name, "bind");
	if (ioctl(fd, SIOCGIFHWADDR, &r))
		return bad(name, "address");

	memset(out.eth.ether_dhost, 0xff, ETH_ALEN);
	memcpy(out.eth.ether_shost, r.ifr_hwaddr.sa_data, ETH_ALEN);
	out.eth.ether_type = htons(ETHERTYPE_ARP);
	out.arp.arp.arp_hrd = htons(ARPHRD_ETHER);
	out.arp.arp.arp_pro = htons(ETHERTYPE_IP);
	out.arp.arp.arp_hln = ETH_ALEN;
	out.arp.arp.arp_pln = 4;
	out.arp.arp.arp_op = htons(ARPOP_REQUEST);
	memcpy(out.arp.arp.arp_sha, out.eth.ether_shost, ETH_ALEN);
	memcpy(out.arp.arp.arp_spa, &ip[0], 4);
	memcpy(out.arp.arp.arp_tpa, &ip[1], 4);
	if (exchange(fd, &out, sizeof(out.arp), &in) < 0)
		return bad(name, "no ARP reply");

	memcpy(out.eth.ether_dhost, in.arp.arp.arp_sha, ETH_ALEN);
	out.eth.ether_type = htons(ETHERTYPE_IP);
	for (n = 64; n <= (int)sizeof(out.echo.data); n += 128) {
		int icmp = sizeof(struct icmphdr) + n, all = sizeof(out.echo) - sizeof(out.echo.data) + n;

		out.echo.ip = (struct iphdr){ .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_ICMP,
			.tot_len = htons(sizeof(struct iphdr) + icmp), .saddr = ip[0], .daddr = ip[1] };
		out.echo.ip.check = checksum(&out.echo.ip, sizeof(out.echo.ip));
		out.echo.icmp = (struct icmphdr){ .type = ICMP_ECHO, .un.echo.sequence = htons(n) };
		for (i = 0; i < n; i++)
			out.echo.data[i] = rand();
		out.echo.icmp.checksum = checksum(&out.echo.icmp, icmp);
		memset(&in, 0, sizeof(in));
		if (exchange(fd, &out, all, &in) != all)
			return bad(name, "no echo");
		if (memcmp(out.echo.data, in.echo.data, n))
			return bad(name, "not what was sent");
		done += n;
	}
	printf("devices: %s ok %d bytes\n", name, done);
	return 0;
}

int main(int argc, char **argv)
{
	int i, failed = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	tces("at first");
	for (i = 1; i < argc; i++)
		failed |= strncmp(argv[i], "eth", 3) ? disk(argv[i]) : network(argv[i]);
	tces("at last");
	printf("devices: %s\n", failed || argc < 2 ? "failed" : "done");
	fflush(stdout);
	sync();
	usleep(200000);
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}
