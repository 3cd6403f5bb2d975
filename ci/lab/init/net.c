// SPDX-License-Identifier: GPL-2.0-only
/* Frames through the first network card, which have to come back. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "init.h"

int net(const char *how)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_protocol = htons(0x88b5) };
	static unsigned char out[8][ETH_FRAME_LEN], in[2048];
	int fd, n, i, burst, got, size[8];
	long frames = atol(how), sent, bytes = 0;
	struct ifreq r = { .ifr_name = "eth0" };
	unsigned int seed = 1, tries = 2000;
	struct pollfd p;

	fd = socket(AF_PACKET, SOCK_RAW, htons(0x88b5));
	if (fd < 0)
		return bad("net", "socket");
	if (ioctl(fd, SIOCGIFFLAGS, &r)) {
		printf("lab: net absent\n");
		close(fd);
		return 0;
	}
	r.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &r) || ioctl(fd, SIOCGIFINDEX, &r))
		return bad("net", "up");
	to.sll_ifindex = r.ifr_ifindex;
	/* (else a frame is dropped without a word as long as there is no carrier) */
	if (setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &(int){ 1 }, sizeof(int)))
		return bad("net", "queueing discipline");
	if (bind(fd, (void *)&to, sizeof(to)) || ioctl(fd, SIOCGIFHWADDR, &r))
		return bad("net", "bind");

	for (sent = 0; sent < frames; sent += burst) {
		burst = frames - sent < 8 ? frames - sent : 8;
		for (i = 0; i < burst; i++) {
			size[i] = 64 + rand_r(&seed) % (ETH_FRAME_LEN - 64);
			memset(out[i], 2, ETH_ALEN);
			memcpy(out[i] + ETH_ALEN, r.ifr_hwaddr.sa_data, ETH_ALEN);
			out[i][12] = 0x88;
			out[i][13] = 0xb5;
			for (n = 14; n < size[i]; n++)
				out[i][n] = rand_r(&seed);
			out[i][14] = i;
			while ((n = send(fd, out[i], size[i], 0)) < 0 && errno == ENOBUFS && --tries)
				usleep(10000);
			if (n != size[i])
				return bad("net", "send");
		}
		for (got = 0; got < burst; got++) {
			p = (struct pollfd){ .fd = fd, .events = POLLIN };
			errno = 0;
			if (poll(&p, 1, 20000) != 1)
				return bad("net", "a frame did not come back");
			n = recv(fd, in, sizeof(in), 0);
			i = n > 14 ? in[14] : 8;
			if (i >= burst || n != size[i] || memcmp(in + 14, out[i] + 14, n - 14) ||
			    memcmp(in, out[i] + ETH_ALEN, ETH_ALEN))
				return bad("net", "not what was sent");
			bytes += n;
		}
	}
	/* (a frame in flight would be one more access after the end) */
	r.ifr_flags = 0;
	close(fd);
	printf("lab: net ok %ld frames %ld bytes\n", frames, bytes);
	return 0;
}
