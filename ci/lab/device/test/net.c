// SPDX-License-Identifier: GPL-2.0-only
/*
 * A network card to which a frame of two pages is sent, while one page of either queue is
 * private: the frame comes back, or what is private is refused and left alone.
 */
#include <unistd.h>

#include "guest.h"

enum { RX, TX };

static bool clean(void)
{
	return !figure("violations") && !figure("nowhere") && !figure("early") && !figure("malformed");
}

static bool refused(unsigned int q, int part, const uint8_t *before)
{
	/* (a header to transmit is not read) */
	bool touched = part != P_DESC_END && !(q == TX && part == P_REQUEST);
	const char *of = kind_of[part];
	long given = figure_of(of, "given"), violations = figure_of(of, "violations");

	return figure_of(of, "first") / PAGE == (long)(GPA / PAGE) + IN(q, part) &&
		!memcmp(before, AT(q, part), PAGE) && given >= !touched && (violations > given) == touched &&
		figure("violations") == violations;
}

static void one(int mode, unsigned int q, int part)
{
	uint8_t before[PAGE];
	bool ok;

	guest_clear();
	offer_receive_buffer(RX, mode);
	offer_frame(TX, 0x77, mode);
	guest_share(part == PARTS ? NONE : IN(q, part));
	if (part < PARTS)
		memcpy(before, AT(q, part), PAGE);
	session_start("net", NULL, mode, 0);
	session_queue(RX);
	session_queue(TX);
	session_stop_queue(TX);
	session_stop_queue(RX);
	ok = session_end(0);
	if (part < PARTS)
		ok = ok && refused(q, part, before);
	else
		ok = ok && clean() && frame_arrived(RX, 0x77) && figure("requests") == 2;
	result(ok, "net, %s, %s, %s: %s%s%s", mode & PACKED ? "packed" : "split",
	       mode & INDIRECT ? "indirect" : "direct", mode & TRANSLATED ? "translated" : "physical",
	       part == PARTS ? "the frame comes back" : "refuses private memory to ",
	       part == PARTS ? "" : q == RX ? "receive: " : "transmit: ", part == PARTS ? "" : part_name[part]);
}

static void several_pairs(void)
{
	struct message m;
	bool ok;

	guest_clear();
	extra_features = BIT(VHOST_USER_F_PROTOCOL_FEATURES) | BIT(VIRTIO_NET_F_MQ);
	guest_share(NONE);
	for (unsigned int q = 0; q < 4; q += 2) {
		offer_receive_buffer(q, PACKED);
		offer_frame(q + 1, 0x70 + q, PACKED);
	}
	session_start("net", "--queues=2", PACKED, 0);
	tell(VHOST_USER_GET_QUEUE_NUM, NULL, 0, NULL, 0);
	ok = reply(&m) && m.u64 == 2;
	for (unsigned int q = 0; q < 4; q++)
		session_queue(q);
	for (unsigned int q = 0; q < 4; q++)
		session_stop_queue(3 - q);
	ok = session_end(0) && ok && clean() && frame_arrived(0, 0x70) && frame_arrived(2, 0x72) &&
		figure("queues") == 4 && says("\"requests_per_queue\": [1, 1, 1, 1]");
	extra_features = 0;
	result(ok, "net, two queue pairs: each frame comes back where it was sent");
}

static bool second_arrived(void) { return frame_arrived(RX, 0x78); }

/* While the device looks up where the data of queue AT is, queue STOP is stopped, and starts anew. */
static void restarted(unsigned int at, unsigned int stop)
{
	int mode = TRANSLATED;
	bool asked, ok;

	guest_clear();
	guest_share(NONE);
	offer_receive_buffer(RX, mode);
	offer_frame(TX, 0x77, mode);
	session_start("net", NULL, mode, LOOK_UP);
	session_queue(RX);
	session_queue(TX);
	asked = look_up_until(IN(at, P_DATA));
	session_stop_queue(stop);
	guest_clear_queue(stop);
	if (stop == RX)
		offer_receive_buffer(RX, mode);
	else
		offer_frame(TX, 0x78, mode);
	session_queue(stop);
	acknowledge();
	look_up_until(NONE);
	map(0, PAGES, VHOST_ACCESS_RW);
	if (stop == RX) {
		offer_frame(TX, 0x78, mode);
		asked = write(session.kick[TX], &(uint64_t){ 1 }, 8) == 8 && asked;
	}
	ok = soon(second_arrived) && used(RX) == 1;
	ok = session_end(0) && asked && ok && clean();
	result(ok, "net, %s restarted while an address to %s is looked up: no old frame, but the next one",
	       stop == RX ? "receive" : "transmit", at == RX ? "receive" : "transmit");
}

void test_net(void)
{
	for (int mode = 0; mode < MODES; mode++)
		for (unsigned int q = RX; q <= TX; q++)
			for (int part = 0; part <= PARTS; part++)
				if (part != P_REQUEST_END && part != P_STATUS && !(part == PARTS && q == TX) &&
				    (part != P_TABLE || mode & INDIRECT) &&
				    !((part == P_AVAIL_END || part == P_USED_END) && mode & PACKED))
					one(mode, q, part);
	several_pairs();
	restarted(RX, RX);
	restarted(TX, RX);
	restarted(TX, TX);
}
