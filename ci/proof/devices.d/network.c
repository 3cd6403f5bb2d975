// SPDX-License-Identifier: GPL-2.0-only
/* A network card: ARP and echoes, by hand, as the kernel needs no INET. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
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
#include <sys/socket.h>
#include <unistd.h>
#include "init.h"

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
int network(const char *name)
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
