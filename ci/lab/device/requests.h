/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the dispatch of messages and what each of them does. */
#ifndef REQUESTS_H
#define REQUESTS_H

#include "vhost_user.h"

struct request {
	struct vhost_user *vu;
	struct message *m;
	int *fds, n;
	unsigned int index;		/* of the virtqueue, where it is about one */
};

/* Each returns whether there is a reply, with a payload of m->size bytes. */
bool get_features(struct request *r);
bool set_features(struct request *r);
bool get_protocol_features(struct request *r);
bool set_protocol_features(struct request *r);
bool get_queue_num(struct request *r);
bool set_mem_table(struct request *r);
bool set_backend_req_fd(struct request *r);
bool iotlb_msg(struct request *r);
bool get_config(struct request *r);

bool set_vring_num(struct request *r);
bool set_vring_addr(struct request *r);
bool set_vring_base(struct request *r);
bool get_vring_base(struct request *r);
bool set_vring_kick(struct request *r);
bool set_vring_call(struct request *r);
bool set_vring_enable(struct request *r);

static inline int take_fd(struct request *r)
{
	int fd = r->fds[0];

	r->fds[0] = -1;
	return fd;
}

static inline bool reply_u64(struct request *r, uint64_t value)
{
	r->m->u64 = value;
	r->m->size = sizeof(r->m->u64);
	return true;
}

#endif
