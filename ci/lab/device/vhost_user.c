// SPDX-License-Identifier: GPL-2.0-only
/* A virtio device behind a vhost-user socket: its event loop. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "vhost_user.h"

void vhost_user_call(struct virtio_device *dev, unsigned int i)
{
	struct vhost_user *vu = dev->transport_state;
	ssize_t done;

	if (vu->ring[i].call < 0)
		return;
	do
		done = write(vu->ring[i].call, &(uint64_t){ 1 }, 8);
	while (done < 0 && errno == EINTR);
	/* (EAGAIN: a counter that is full says as much) */
	if (done < 0 && errno != EAGAIN)
		vhost_user_end(vu, "a call file descriptor does not work");
}

static const struct transport transport = { vhost_user_translate, vhost_user_call };

void vhost_user_init(struct vhost_user *vu, struct virtio_device *dev, int sock, int quit)
{
	memset(vu, 0, sizeof(*vu));
	vu->dev = dev;
	vu->sock = sock;
	vu->quit = quit;
	vu->backend = -1;
	for (unsigned int i = 0; i < QUEUES; i++)
		vu->ring[i].kick = vu->ring[i].call = -1;
	dev->transport = &transport;
	dev->transport_state = vu;
}

/* Ring addresses are the front-end's, unless an IOMMU translates. */
static bool ring_addresses(struct vhost_user *vu, unsigned int i)
{
	struct virtqueue *q = &vu->dev->queue[i];
	struct vhost_user_ring *v = &vu->ring[i];

	if (vu->dev->features & BIT(VIRTIO_F_ACCESS_PLATFORM)) {
		q->desc = v->desc;
		q->avail = v->avail;
		q->used = v->used;
		return true;
	}
	return memory_gpa(&vu->dev->memory, v->desc, &q->desc) &&
	       memory_gpa(&vu->dev->memory, v->avail, &q->avail) &&
	       memory_gpa(&vu->dev->memory, v->used, &q->used);
}

static void start(struct vhost_user *vu, unsigned int i)
{
	vu->ring[i].starts = false;
	if (vu->ring[i].kick < 0 || !vu->dev->queue[i].enabled)
		return;
	if (ring_addresses(vu, i))
		device_start(vu->dev, i);
	else
		vhost_user_end(vu, "a ring that is not in the guest's memory");
}

/* Takes the notification; a file descriptor that has none to give is not waited for again. */
static void kicked(struct vhost_user *vu, unsigned int i)
{
	uint64_t n;
	ssize_t done;

	do
		done = read(vu->ring[i].kick, &n, sizeof(n));
	while (done < 0 && errno == EINTR);
	if (done > 0 || (done < 0 && errno == EAGAIN))
		return;
	fprintf(stderr, "device: the kick file descriptor of queue %u does not work\n", i);
	close(vu->ring[i].kick);
	vu->ring[i].kick = -1;
	device_stop(vu->dev, i);
}

void vhost_user_turn(struct vhost_user *vu, int timeout)
{
	unsigned int n = vu->dev->queues, i;
	struct pollfd p[2 + QUEUES];

	for (i = 0; i < n && !vu->ended; i++)
		if (vu->ring[i].starts)
			start(vu, i);
	if (vu->ended)
		return;
	p[0] = (struct pollfd){ .fd = vu->sock, .events = POLLIN };
	p[1] = (struct pollfd){ .fd = vu->quit, .events = POLLIN };
	for (i = 0; i < n; i++)
		p[2 + i] = (struct pollfd){ .events = POLLIN,
					    .fd = vq_live(&vu->dev->queue[i]) ? vu->ring[i].kick : -1 };
	if (poll(p, 2 + n, vu->dev->pending ? 0 : timeout) < 0) {
		if (errno != EINTR && errno != EAGAIN)
			vhost_user_end(vu, "poll failed");
		return;
	}
	if (p[1].revents)
		vhost_user_end(vu, NULL);
	else if (p[0].revents)
		vhost_user_message(vu);		/* (the queues can be others afterwards) */
	if (p[0].revents || p[1].revents)
		return;
	for (i = 0; i < n; i++)
		if (p[2 + i].revents)
			kicked(vu, i);
	device_serve(vu->dev);
}

void vhost_user_run(struct vhost_user *vu)
{
	while (!vu->ended)
		vhost_user_turn(vu, -1);
}

void vhost_user_close(struct vhost_user *vu)
{
	for (unsigned int i = 0; i < QUEUES; i++) {
		if (vu->ring[i].kick >= 0)
			close(vu->ring[i].kick);
		if (vu->ring[i].call >= 0)
			close(vu->ring[i].call);
	}
	if (vu->backend >= 0)
		close(vu->backend);
	close(vu->sock);
	memory_clear(&vu->dev->memory);
}
