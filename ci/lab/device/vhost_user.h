/* SPDX-License-Identifier: GPL-2.0-only */
/* The back-end's side of the vhost-user protocol, in the words of QEMU's docs/interop/vhost-user.rst. */
#ifndef VHOST_USER_H
#define VHOST_USER_H

#include "device.h"
#include "iotlb.h"

#define MAX_FDS 8

enum {
	VHOST_USER_GET_FEATURES = 1, VHOST_USER_SET_FEATURES, VHOST_USER_SET_OWNER, VHOST_USER_RESET_OWNER,
	VHOST_USER_SET_MEM_TABLE, VHOST_USER_SET_LOG_BASE, VHOST_USER_SET_LOG_FD, VHOST_USER_SET_VRING_NUM,
	VHOST_USER_SET_VRING_ADDR, VHOST_USER_SET_VRING_BASE, VHOST_USER_GET_VRING_BASE,
	VHOST_USER_SET_VRING_KICK, VHOST_USER_SET_VRING_CALL, VHOST_USER_SET_VRING_ERR,
	VHOST_USER_GET_PROTOCOL_FEATURES, VHOST_USER_SET_PROTOCOL_FEATURES, VHOST_USER_GET_QUEUE_NUM,
	VHOST_USER_SET_VRING_ENABLE, VHOST_USER_SEND_RARP, VHOST_USER_NET_SET_MTU,
	VHOST_USER_SET_BACKEND_REQ_FD, VHOST_USER_IOTLB_MSG, VHOST_USER_SET_VRING_ENDIAN,
	VHOST_USER_GET_CONFIG, VHOST_USER_SET_CONFIG, VHOST_USER_MAX,
};
#define VHOST_USER_BACKEND_IOTLB_MSG 1

#define VHOST_USER_VERSION 1
#define VHOST_USER_VERSION_MASK 3
#define VHOST_USER_REPLY 4
#define VHOST_USER_NEED_REPLY 8
#define VHOST_USER_VRING_NOFD 256

#define VHOST_USER_F_PROTOCOL_FEATURES 30
#define VHOST_USER_PROTOCOL_F_MQ 0
#define VHOST_USER_PROTOCOL_F_REPLY_ACK 3
#define VHOST_USER_PROTOCOL_F_BACKEND_REQ 5
#define VHOST_USER_PROTOCOL_F_CONFIG 9

struct vhost_user_region { uint64_t gpa, size, user, offset; };

struct message {
	uint32_t request, flags, size;
	union {
		uint64_t u64;
		struct { uint32_t index, num; } state;
		struct { uint32_t index, flags; uint64_t desc, used, avail, log; } addr;
		struct { uint32_t n, pad; struct vhost_user_region region[REGIONS]; } mem;
		struct { uint64_t iova, size, uva; uint8_t perm, type, pad[6]; } iotlb;
		struct { uint32_t offset, size, flags; uint8_t data[256]; } config;
	};
} __attribute__((packed));
#define MESSAGE_HEADER 12
#define CONFIG_HEADER 12

struct vhost_user {
	struct virtio_device *dev;
	int sock, backend;		/* backend: where this side asks, or -1 */
	int quit;			/* readable once the device is to end, or -1 */
	bool ended, failed;		/* failed: not by the front-end's or a signal's wish */
	uint64_t protocol_features;
	struct iotlb iotlb;
	struct vhost_user_ring {
		int kick, call;
		bool starts;		/* once the event loop has its turn: a queue may be being served */
		uint64_t desc, avail, used;	/* as the front-end gave them */
	} ring[QUEUES];
};

void vhost_user_init(struct vhost_user *vu, struct virtio_device *dev, int sock, int quit);
/* Until the front-end closes the connection, or breaks the protocol, or a signal comes. */
void vhost_user_run(struct vhost_user *vu);
/* One turn of it: waits for at most TIMEOUT ms, -1: for ever. */
void vhost_user_turn(struct vhost_user *vu, int timeout);
void vhost_user_close(struct vhost_user *vu);
/* Notifies the driver, where there is a file descriptor for it. */
void vhost_user_call(struct virtio_device *dev, unsigned int queue);

/* --- vhost_io.c */

/* Does anything happen on FD (true), or is the device to end, or TIMEOUT over (false)? */
bool vhost_user_wait(struct vhost_user *vu, int fd, short events);
/* One message and its file descriptors, of which the caller owns *N; false: there are no more. */
bool vhost_user_receive(struct vhost_user *vu, struct message *m, int *fds, int *n);
bool vhost_user_send(struct vhost_user *vu, int fd, const struct message *m);
/* All SIZE bytes, unless the other side closes. */
bool vhost_user_read(struct vhost_user *vu, int fd, void *buf, size_t size);
void vhost_user_end(struct vhost_user *vu, const char *error);

/* --- messages.c: receives one and does as it says */
void vhost_user_message(struct vhost_user *vu);
/* --- translate.c */
bool vhost_user_translate(struct virtio_device *dev, uint64_t addr, bool write, uint64_t *gpa, uint64_t *left);

#endif
