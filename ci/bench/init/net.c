// SPDX-License-Identifier: GPL-2.0-only
/* Frames from one card to another. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include "init.h"

#define FRAME 1024

/* A raw socket on the card, which is up. */
static int card(const char *name, struct sockaddr_ll *to, unsigned char *mac)
{
	struct ifreq r = {};
	int fd = socket(AF_PACKET, SOCK_RAW, htons(0x88b5));

	strcpy(r.ifr_name, name);
	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &r))
		return -1;
	r.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &r) || ioctl(fd, SIOCGIFINDEX, &r))
		return -1;
	*to = (struct sockaddr_ll){ .sll_family = AF_PACKET, .sll_protocol = htons(0x88b5), .sll_ifindex = r.ifr_ifindex };
	if (setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &(int){ 1 }, sizeof(int)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &(int){ 1 }, sizeof(int)) ||
	    bind(fd, (void *)to, sizeof(*to)) || ioctl(fd, SIOCGIFHWADDR, &r))
		return -1;
	memcpy(mac, r.ifr_hwaddr.sa_data, ETH_ALEN);
	return fd;
}

int net(const char *how)
{
	struct timeval patience = { 5, 0 };
	struct sockaddr_ll from, to;
	unsigned char mine[ETH_ALEN], theirs[ETH_ALEN], frame[FRAME] = {}, in[2 * FRAME];
	int out = card("eth0", &from, mine), back = card("eth1", &to, theirs), i;
	long n[3], done;

	if (sscanf(how, "%ld:%ld:%ld", &n[0], &n[1], &n[2]) != 3)
		return bad("net", how);
	if (out < 0)
		return bad("net", "eth0");
	if (back < 0) {
		back = out;
		memset(theirs, 2, ETH_ALEN);
	}
	setsockopt(back, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	memcpy(frame, theirs, ETH_ALEN);
	memcpy(frame + ETH_ALEN, mine, ETH_ALEN);
	frame[12] = 0x88;
	frame[13] = 0xb5;
	sleep(1);		/* (until both are up) */
	for (i = 0; i < 3; i++) {
		for (done = 0; done < n[i]; done++) {
			if (sendto(out, frame, FRAME, 0, (void *)&from, sizeof(from)) != FRAME)
				return bad("net", "send");
			if (recv(back, in, sizeof(in), 0) != FRAME)
				return bad("net", "a frame did not come back");
			usleep(200);	/* (else what is polled for this one depends on the host) */
		}
		mark();
	}
	printf("bench: net ok\n");
	return 0;
}
