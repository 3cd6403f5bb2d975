// SPDX-License-Identifier: GPL-2.0-only
/* Addresses that the guest's IOMMU translates: from the IOTLB, or by asking the front-end. */
#include <errno.h>
#include <linux/vhost_types.h>
#include <poll.h>
#include <unistd.h>

#include "vhost_user.h"

#define TRIES 100

static bool no_backend(struct vhost_user *vu)
{
	if (vu->backend >= 0)
		close(vu->backend);
	vu->backend = -1;
	return false;
}

/* The reply to a miss, which says whether the front-end could translate. */
static bool acknowledged(struct vhost_user *vu)
{
	struct message m;

	if (!vhost_user_read(vu, vu->backend, &m, MESSAGE_HEADER) || m.size != sizeof(m.u64) ||
	    !vhost_user_read(vu, vu->backend, &m.u64, sizeof(m.u64)))
		return no_backend(vu);
	return !m.u64;
}

/* Asks the front-end, and does as it says until it has replied. */
static bool miss(struct vhost_user *vu, uint64_t iova, bool write)
{
	struct message m = {
		.request = VHOST_USER_BACKEND_IOTLB_MSG, .flags = VHOST_USER_VERSION | VHOST_USER_NEED_REPLY,
		.size = sizeof(m.iotlb),
		.iotlb = { .iova = iova, .perm = write ? VHOST_ACCESS_RW : VHOST_ACCESS_RO,
			   .type = VHOST_IOTLB_MISS },
	};
	int asked = vu->backend;

	if (asked < 0)
		return false;
	vu->dev->figures.misses++;
	if (!vhost_user_send(vu, asked, &m))
		return no_backend(vu);
	/* (another channel, or none, in a message: nobody replies here) */
	while (!vu->ended && vu->backend == asked) {
		struct pollfd p[] = { { .fd = vu->sock, .events = POLLIN }, { .fd = asked, .events = POLLIN },
				      { .fd = vu->quit, .events = POLLIN } };

		if (poll(p, ARRAY_SIZE(p), -1) < 0) {
			if (errno != EINTR && errno != EAGAIN)
				vhost_user_end(vu, "poll failed");
			continue;
		}
		if (p[2].revents)
			vhost_user_end(vu, NULL);
		else if (p[0].revents)
			vhost_user_message(vu);
		else if (p[1].revents)
			return acknowledged(vu);
	}
	return false;
}

bool vhost_user_translate(struct virtio_device *dev, uint64_t addr, bool write, uint64_t *gpa, uint64_t *left)
{
	struct vhost_user *vu = dev->transport_state;
	uint64_t user;

	/* (an entry can be invalidated before the front-end has replied) */
	for (int i = 0; i < TRIES; i++) {
		if (iotlb_find(&vu->iotlb, addr, write ? VHOST_ACCESS_WO : VHOST_ACCESS_RO, &user, left))
			return memory_gpa(&dev->memory, user, gpa);
		if (!miss(vu, addr, write))
			return false;
	}
	return false;
}
