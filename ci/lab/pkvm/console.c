// SPDX-License-Identifier: GPL-2.0-only
/* A serial device with a port, "port 1", whose lines go to a file of the host's. */
#include <endian.h>
#include <linux/virtio_console.h>
#include <string.h>
#include <unistd.h>

#include "pkvm.h"

/* Queues: of port 0, of control, of port 1; each one to receive and one to transmit. */
enum { PORT = 1, CONTROL_IN = 2, CONTROL_OUT = 3, PORT_OUT = 5, CONSOLE_QUEUES = 6 };

/* The messages that the driver gets, one after the other. */
static const struct { uint16_t after, event; } messages[] = {
	{ VIRTIO_CONSOLE_DEVICE_READY, VIRTIO_CONSOLE_PORT_ADD },
	{ VIRTIO_CONSOLE_PORT_READY, VIRTIO_CONSOLE_PORT_OPEN },
};

static void answer(struct virtio_device *dev, uint16_t event)
{
	struct virtqueue *q = &dev->queue[CONTROL_IN];
	struct element *e = &dev->element;

	for (unsigned int i = 0; i < ARRAY_SIZE(messages); i++) {
		struct virtio_console_control c = { htole32(PORT), htole16(messages[i].event), htole16(1) };
		long n;

		if (messages[i].after != event || vq_pop(q, e) <= 0)
			continue;
		n = vq_copy(q, e, e->out, e->n, 0, &c, sizeof(c), WRITE);
		vq_push(q, e, MAX(n, 0));
	}
}

static void control(struct virtio_device *dev, struct virtqueue *q)
{
	struct virtio_console_control c;
	struct element *e = &dev->element;

	while (vq_pop(q, e) > 0) {
		bool got = vq_copy(q, e, 0, e->out, 0, &c, sizeof(c), READ) == sizeof(c);

		vq_push(q, e, 0);
		if (got)
			answer(dev, le16toh(c.event));
	}
}

static void output(struct virtio_device *dev, struct virtqueue *q)
{
	struct console *c = dev->state;
	struct element *e = &dev->element;
	char buf[4096];

	while (vq_pop(q, e) > 0) {
		long n = vq_copy(q, e, 0, e->out, 0, buf, sizeof(buf), READ);

		if (n > 0 && write(c->out, buf, n) != n)
			die("the port's file");
		dev->figures.bytes += MAX(n, 0);
		vq_push(q, e, 0);
	}
}

static void serve(struct virtio_device *dev, unsigned int i)
{
	if (i == CONTROL_OUT)
		control(dev, &dev->queue[i]);
	else if (i == PORT_OUT)
		output(dev, &dev->queue[i]);
}

static void stopped(struct virtio_device *dev, unsigned int i)
{
	(void)dev, (void)i;
}

static uint32_t config(const struct virtio_device *dev, void *buf, uint32_t size)
{
	struct virtio_console_config c = { .max_nr_ports = htole32(2) };

	(void)dev;
	size = MIN(size, sizeof(c));
	memcpy(buf, &c, size);
	return size;
}

const struct model console_model = {
	.name = "console", .per_queue = CONSOLE_QUEUES, .features = BIT(VIRTIO_CONSOLE_F_MULTIPORT),
	.serve = serve, .stopped = stopped, .config = config,
};
