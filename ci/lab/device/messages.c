// SPDX-License-Identifier: GPL-2.0-only
/*
 * Receives a message of the front-end, checks its shape, and has it handled.  One that
 * breaks the protocol ends the connection.  A message can arrive while a queue is
 * served (see miss()): it stops queues at once, but starts none.
 */
#include <unistd.h>

#include "requests.h"

static bool ignore(struct request *r)
{
	(void)r;
	return false;
}

/* Payload: at least SIZE bytes.  Of a queue: its index comes first there. */
static const struct {
	const char *name;
	bool (*handle)(struct request *r);
	uint8_t size;
	enum { NO_QUEUE, QUEUE, QUEUE_FD } queue;
	bool needs_fd;
} messages[VHOST_USER_MAX] = {
#define MESSAGE(NAME, handle, ...) [VHOST_USER_##NAME] = { #NAME, handle, __VA_ARGS__ }
	MESSAGE(GET_FEATURES, get_features, 0, NO_QUEUE, false),
	MESSAGE(SET_FEATURES, set_features, 8, NO_QUEUE, false),
	MESSAGE(SET_OWNER, ignore, 0, NO_QUEUE, false),
	MESSAGE(RESET_OWNER, ignore, 0, NO_QUEUE, false),
	MESSAGE(SET_MEM_TABLE, set_mem_table, 8, NO_QUEUE, false),
	MESSAGE(SET_VRING_NUM, set_vring_num, 8, QUEUE, false),
	MESSAGE(SET_VRING_ADDR, set_vring_addr, 40, QUEUE, false),
	MESSAGE(SET_VRING_BASE, set_vring_base, 8, QUEUE, false),
	MESSAGE(GET_VRING_BASE, get_vring_base, 8, QUEUE, false),
	MESSAGE(SET_VRING_KICK, set_vring_kick, 8, QUEUE_FD, false),
	MESSAGE(SET_VRING_CALL, set_vring_call, 8, QUEUE_FD, false),
	MESSAGE(SET_VRING_ERR, ignore, 8, QUEUE_FD, false),
	MESSAGE(GET_PROTOCOL_FEATURES, get_protocol_features, 0, NO_QUEUE, false),
	MESSAGE(SET_PROTOCOL_FEATURES, set_protocol_features, 8, NO_QUEUE, false),
	MESSAGE(GET_QUEUE_NUM, get_queue_num, 0, NO_QUEUE, false),
	MESSAGE(SET_VRING_ENABLE, set_vring_enable, 8, QUEUE, false),
	MESSAGE(SET_BACKEND_REQ_FD, set_backend_req_fd, 0, NO_QUEUE, true),
	MESSAGE(IOTLB_MSG, iotlb_msg, 32, NO_QUEUE, false),
	MESSAGE(GET_CONFIG, get_config, CONFIG_HEADER, NO_QUEUE, false),
	MESSAGE(SET_CONFIG, ignore, CONFIG_HEADER, NO_QUEUE, false),
};

/* What is wrong with it, whatever it means. */
static const char *invalid(struct request *r)
{
	struct message *m = r->m;

	r->index = m->state.index;
	if (m->size < messages[m->request].size)
		return "is too short";
	if (messages[m->request].queue == QUEUE_FD) {
		r->index = m->u64 & 255;
		if (r->n != !(m->u64 & VHOST_USER_VRING_NOFD))
			return "has no file descriptor, or several";
	}
	if (messages[m->request].needs_fd && r->n != 1)
		return "has no file descriptor, or several";
	if (messages[m->request].queue != NO_QUEUE && r->index >= r->vu->dev->queues)
		return "is about a queue that the device does not have";
	return NULL;
}

static bool handle(struct request *r, bool *known)
{
	uint32_t request = r->m->request;
	const char *error;
	char text[100];

	*known = request < VHOST_USER_MAX && messages[request].handle;
	if (!*known) {
		fprintf(stderr, "device: message %u is not known\n", request);
		return false;
	}
	error = invalid(r);
	if (!error)
		return messages[request].handle(r);
	snprintf(text, sizeof(text), "%s %s", messages[request].name, error);
	vhost_user_end(r->vu, text);
	return false;
}

void vhost_user_message(struct vhost_user *vu)
{
	int fds[MAX_FDS];
	struct message m;
	struct request r = { .vu = vu, .m = &m, .fds = fds };
	bool reply, known;

	if (vhost_user_receive(vu, &m, fds, &r.n)) {
		reply = handle(&r, &known);
		if (!reply && m.flags & VHOST_USER_NEED_REPLY &&
		    vu->protocol_features & BIT(VHOST_USER_PROTOCOL_F_REPLY_ACK))
			reply = reply_u64(&r, !known);
		m.flags = VHOST_USER_VERSION | VHOST_USER_REPLY;
		if (reply && !vu->ended && !vhost_user_send(vu, vu->sock, &m))
			vhost_user_end(vu, NULL);
	}
	for (int i = 0; i < r.n; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}
