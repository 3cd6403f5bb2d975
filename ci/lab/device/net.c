// SPDX-License-Identifier: GPL-2.0-only
/*
 * A network card that returns each frame, with its addresses swapped, on the queue pair
 * that sent it.  Of a pair, the first queue receives and the second transmits.
 */
#include <endian.h>
#include <linux/virtio_net.h>
#include <string.h>

#include "net.h"

#define ETHERNET 14

static uint32_t header_size(const struct virtqueue *q)
{
	return vq_has(q, VIRTIO_F_VERSION_1) ? sizeof(struct virtio_net_hdr_v1) : sizeof(struct virtio_net_hdr);
}

/*
 * A look-up of any address can stop either queue, which empties the pair: no frame
 * is counted on from before it.
 */
static void receive(struct virtio_device *dev, struct pair *p, struct virtqueue *q)
{
	struct element *e = &dev->element;
	uint8_t buf[sizeof(struct virtio_net_hdr_v1) + FRAME_SIZE];
	uint32_t header = header_size(q), n;

	while (p->n && vq_pop(q, e) > 0) {
		if (!p->n)
			break;
		memset(buf, 0, header);
		if (header == sizeof(struct virtio_net_hdr_v1))
			((struct virtio_net_hdr_v1 *)buf)->num_buffers = htole16(1);
		n = header + p->frame[p->first].len;
		memcpy(buf + header, p->frame[p->first].data, n - header);
		p->first = (p->first + 1) % FRAMES;
		p->n--;
		if (element_length(e, e->out, e->n) < n) {
			count_malformed(&dev->figures, "receive buffer too small");
			n = 0;
		} else if (vq_copy(q, e, e->out, e->n, 0, buf, n, WRITE) != (long)n) {
			n = 0;
		}
		dev->figures.bytes += n;
		vq_push(q, e, n);
	}
}

static void transmit(struct virtio_device *dev, struct pair *p, struct virtqueue *q)
{
	struct element *e = &dev->element;
	uint8_t buf[FRAME_SIZE], mac[6];
	uint32_t header = header_size(q);

	while (p->n < FRAMES) {
		unsigned int stops = p->stops, to;	/* before the first look-up */
		uint64_t n;

		if (vq_pop(q, e) <= 0)
			break;
		n = element_length(e, 0, e->out);
		if (n < header + ETHERNET || n > header + sizeof(buf)) {
			count_malformed(&dev->figures, "frame of no size");
		} else if (vq_copy(q, e, 0, e->out, header, buf, n - header, READ) == (long)(n - header) &&
			   p->stops == stops) {
			memcpy(mac, buf, 6);
			memmove(buf, buf + 6, 6);
			memcpy(buf + 6, mac, 6);
			to = (p->first + p->n++) % FRAMES;
			memcpy(p->frame[to].data, buf, n - header);
			p->frame[to].len = n - header;
			dev->figures.bytes += n - header;
		}
		vq_push(q, e, 0);
	}
}

static void serve(struct virtio_device *dev, unsigned int i)
{
	struct pair *p = &((struct net *)dev->state)->pair[i / 2];

	if (i % 2)
		transmit(dev, p, &dev->queue[i]);
	receive(dev, p, &dev->queue[i & ~1u]);
}

static void stopped(struct virtio_device *dev, unsigned int i)
{
	struct pair *p = &((struct net *)dev->state)->pair[i / 2];

	p->n = 0;
	p->stops++;
}

const struct model net_model = {
	.name = "net", .per_queue = 2, .features_mq = BIT(VIRTIO_NET_F_MQ),
	.serve = serve, .stopped = stopped,
};
