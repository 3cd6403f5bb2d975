// SPDX-License-Identifier: GPL-2.0-only
/* Messages about the device: features, memory, translations, configuration. */
#include <linux/vhost_types.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "requests.h"

static bool no_reply(struct request *r, const char *error)
{
	if (error)
		vhost_user_end(r->vu, error);
	return false;
}

bool get_features(struct request *r)
{
	return reply_u64(r, r->vu->dev->offered | BIT(VHOST_USER_F_PROTOCOL_FEATURES));
}

bool set_features(struct request *r)
{
	r->vu->dev->features = r->m->u64 & (r->vu->dev->offered | BIT(VHOST_USER_F_PROTOCOL_FEATURES));
	return false;
}

bool get_protocol_features(struct request *r)
{
	struct virtio_device *dev = r->vu->dev;

	return reply_u64(r, BIT(VHOST_USER_PROTOCOL_F_REPLY_ACK) | BIT(VHOST_USER_PROTOCOL_F_BACKEND_REQ) |
			 BIT(VHOST_USER_PROTOCOL_F_MQ) |
			 (dev->model->config ? BIT(VHOST_USER_PROTOCOL_F_CONFIG) : 0));
}

bool set_protocol_features(struct request *r)
{
	r->vu->protocol_features = r->m->u64;
	return false;
}

bool get_queue_num(struct request *r)
{
	return reply_u64(r, r->vu->dev->queues / r->vu->dev->model->per_queue);
}

bool set_mem_table(struct request *r)
{
	struct memory *memory = &r->vu->dev->memory;
	uint32_t n = r->m->mem.n;

	memory_clear(memory);
	if (n > REGIONS || r->n != (int)n ||
	    r->m->size < offsetof(struct message, mem.region) - MESSAGE_HEADER + n * sizeof(r->m->mem.region[0]))
		return no_reply(r, "SET_MEM_TABLE: not a file descriptor for each region");
	for (uint32_t i = 0; i < n; i++) {
		struct vhost_user_region from = r->m->mem.region[i];

		if (!memory_add(memory, from.gpa, from.size, from.user, r->fds[i], from.offset))
			return no_reply(r, "SET_MEM_TABLE: a region that wraps, overlaps, or cannot be mapped");
		r->fds[i] = -1;
	}
	if (memory->active)
		memory->protection->find(memory);
	return false;
}

bool set_backend_req_fd(struct request *r)
{
	if (r->vu->backend >= 0)
		close(r->vu->backend);
	r->vu->backend = take_fd(r);
	return false;
}

bool iotlb_msg(struct request *r)
{
	struct message *m = r->m;
	struct iotlb_entry e = { m->iotlb.iova, m->iotlb.size, m->iotlb.uva, m->iotlb.perm };

	if (m->iotlb.type == VHOST_IOTLB_INVALIDATE)
		iotlb_invalidate(&r->vu->iotlb, e.iova, e.size);
	else if (m->iotlb.type != VHOST_IOTLB_UPDATE || !iotlb_update(&r->vu->iotlb, &e))
		return no_reply(r, "IOTLB_MSG: neither an update nor an invalidation, or a range that wraps");
	return false;
}

bool get_config(struct request *r)
{
	struct message *m = r->m;
	uint32_t n = m->config.size, offset = m->config.offset;
	uint8_t whole[sizeof(m->config.data)] = {};

	if (!r->vu->dev->model->config || n > sizeof(whole) || m->size != CONFIG_HEADER + n || offset > sizeof(whole) - n) {
		m->size = 0;	/* (says that it failed) */
		return true;
	}
	r->vu->dev->model->config(r->vu->dev, whole, sizeof(whole));
	memcpy(m->config.data, whole + offset, n);
	return true;
}
