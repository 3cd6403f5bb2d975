// SPDX-License-Identifier: GPL-2.0-only
/* Frames from one network card to another, or from the host. */
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
#include "net.h"

int up(const char *name)
{
	int fd = socket(AF_PACKET, SOCK_RAW, 0), rc;
	struct ifreq r = {};

	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	rc = ioctl(fd, SIOCGIFFLAGS, &r);
	r.ifr_flags |= IFF_UP | IFF_PROMISC;
	rc = rc ?: ioctl(fd, SIOCSIFFLAGS, &r);
	close(fd);
	sleep(1); /* (the carrier) */
	return rc;
}

/* (if_nametoindex() needs another kind of socket) */
int interface(const char *name)
{
	int fd = socket(AF_PACKET, SOCK_RAW, 0), rc;
	struct ifreq r = {};

	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	rc = ioctl(fd, SIOCGIFINDEX, &r);
	close(fd);
	return rc ? 0 : r.ifr_ifindex;
}

int packet_socket(const char *name)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_protocol = htons(ETHERTYPE) };
	int fd = socket(AF_PACKET, SOCK_RAW, htons(ETHERTYPE));

	to.sll_ifindex = interface(name);
	return bind(fd, (void *)&to, sizeof(to)) ? -1 : fd;
}

void make_frame(unsigned char *frame, int size, int number)
{
	int i;

	memset(frame, 0xff, 6);
	memset(frame + 6, 2, 6);
	frame[12] = ETHERTYPE >> 8;
	frame[13] = ETHERTYPE & 0xff;
	for (i = 14; i < size; i++)
		frame[i] = number + i;
}

/* Is that frame received there within MS? */
int arrives(int fd, const unsigned char *frame, int size, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	unsigned char in[MOST];

	while (poll(&p, 1, ms) == 1)
		if (recv(fd, in, sizeof(in), 0) == size && !memcmp(in, frame, size))
			return 1;
	return 0;
}

int frames(char **arg) /* FROM:TO:N[:SIZE] */
{
	int out = packet_socket(arg[0]), in = packet_socket(arg[1]), size = *arg[3] ? atoi(arg[3]) : FRAME, i;
	unsigned char frame[MOST];

	for (i = 0; i < atoi(arg[2]); i++) {
		make_frame(frame, size, i);
		if (send(out, frame, size, 0) != size)
			return -1;
		if (!arrives(in, frame, size, 500)) {
			errno = ENODATA;
			return -1;
		}
	}
	return 0;
}

int frames_in(char **arg) /* NAME */
{
	struct pollfd p = { .fd = packet_socket(arg[0]), .events = POLLIN };

	host("frames 8");
	errno = ENODATA;
	return poll(&p, 1, 3000) == 1 ? 0 : -1;
}
