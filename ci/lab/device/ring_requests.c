// SPDX-License-Identifier: GPL-2.0-only
/* Messages about a virtqueue.  Each change of it stops it, and a turn of the event loop starts it. */
#include <fcntl.h>
#include <unistd.h>

#include "requests.h"

/* KICK or CALL: the other side is not to block this one. */
static void set_fd(int *to, int fd)
{
	if (*to >= 0)
		close(*to);
	*to = fd;
	if (fd >= 0)
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static struct virtqueue *stopped_queue(struct request *r)
{
	device_stop(r->vu->dev, r->index);
	return &r->vu->dev->queue[r->index];
}

static bool packed(struct request *r)
{
	return r->vu->dev->features & BIT(VIRTIO_F_RING_PACKED);
}

bool set_vring_num(struct request *r)
{
	stopped_queue(r)->num = r->m->state.num;
	return false;
}

bool set_vring_addr(struct request *r)
{
	struct vhost_user_ring *v = &r->vu->ring[r->index];

	stopped_queue(r);
	v->desc = r->m->addr.desc;
	v->avail = r->m->addr.avail;
	v->used = r->m->addr.used;
	return false;
}

bool set_vring_base(struct request *r)
{
	vq_set_base(stopped_queue(r), r->m->state.num, packed(r));
	return false;
}

bool get_vring_base(struct request *r)
{
	struct vhost_user_ring *v = &r->vu->ring[r->index];
	struct virtqueue *q = stopped_queue(r);

	set_fd(&v->kick, -1);
	set_fd(&v->call, -1);
	q->enabled = v->starts = false;
	r->m->state.num = vq_base(q, packed(r));
	r->m->size = sizeof(r->m->state);
	return true;
}

bool set_vring_kick(struct request *r)
{
	struct virtqueue *q = stopped_queue(r);
	struct vhost_user_ring *v = &r->vu->ring[r->index];

	if (!(r->vu->dev->features & BIT(VHOST_USER_F_PROTOCOL_FEATURES)))
		q->enabled = true;
	set_fd(&v->kick, r->n ? take_fd(r) : -1);
	v->starts = true;
	return false;
}

bool set_vring_call(struct request *r)
{
	set_fd(&r->vu->ring[r->index].call, r->n ? take_fd(r) : -1);
	/* (requests can have been used while there was none) */
	if (vq_live(&r->vu->dev->queue[r->index]))
		vhost_user_call(r->vu->dev, r->index);
	return false;
}

bool set_vring_enable(struct request *r)
{
	r->vu->dev->queue[r->index].enabled = r->m->state.num;
	r->vu->ring[r->index].starts = true;
	return false;
}
