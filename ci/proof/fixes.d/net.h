/* SPDX-License-Identifier: GPL-2.0-only */
#define ETHERTYPE 0x88b5
#define FRAME 600
#define MOST 9000

int interface(const char *name);
int packet_socket(const char *name);
void make_frame(unsigned char *frame, int size, int number);
int arrives(int fd, const unsigned char *frame, int size, int ms);
