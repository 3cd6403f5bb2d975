/* SPDX-License-Identifier: GPL-2.0-only */
/* A virtio device: its queues, its memory, what it is, and the transport that it is behind. */
#ifndef DEVICE_H
#define DEVICE_H

#include "virtqueue.h"

#define QUEUES 16

struct model {
	const char *name;
	unsigned int per_queue;		/* virtqueues that --queues= counts as one */
	uint64_t features, features_mq;
	/* All requests of a queue, until there is none. */
	void (*serve)(struct virtio_device *dev, unsigned int queue);
	/* A queue was stopped, maybe while it is served. */
	void (*stopped)(struct virtio_device *dev, unsigned int queue);
	/* Its configuration space; NULL where the transport has that itself. */
	uint32_t (*config)(const struct virtio_device *dev, void *buf, uint32_t size);
};

struct transport {
	/* An address that the driver gave; NULL where these are guest-physical ones. */
	bool (*translate)(struct virtio_device *dev, uint64_t addr, bool write, uint64_t *gpa, uint64_t *left);
	void (*call)(struct virtio_device *dev, unsigned int queue);
};

struct virtio_device {
	const struct model *model;
	const struct transport *transport;
	void *state, *transport_state;
	struct figures figures;
	struct memory memory;
	uint64_t offered, features;
	bool protected;			/* was there a bitmap at the last start? */
	unsigned int queues;
	struct virtqueue queue[QUEUES];
	struct element element;
	unsigned int budget;		/* requests until the event loop has its turn */
	bool pending;			/* ... and then there is more to do */
};

/* N as in --queues=; STATE of the model: see blk.h and net.h */
void device_init(struct virtio_device *dev, const struct model *model, void *state,
		 const struct protection *protection, unsigned int n);
void device_start(struct virtio_device *dev, unsigned int queue);
void device_stop(struct virtio_device *dev, unsigned int queue);
/* Serves all queues; where dev->pending is set afterwards, it is to be called again. */
void device_serve(struct virtio_device *dev);

#endif
