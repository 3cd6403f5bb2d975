// SPDX-License-Identifier: GPL-2.0-only
/* SIGTERM: ends the device in order wherever it waits, and no handler does anything. */
#include <signal.h>
#include <unistd.h>

#include "guest.h"

static bool in_mask(const char *name)
{
	char file[64], line[128];
	unsigned long long mask = 0;
	FILE *f;

	snprintf(file, sizeof(file), "/proc/%d/status", session.pid);
	f = fopen(file, "r");
	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, name, strlen(name)))
			mask = strtoull(line + strlen(name), NULL, 16);
	if (f)
		fclose(f);
	return mask & 1ull << (SIGTERM - 1);
}

/* The socket stays open until the device has ended. */
static bool terminated(void)
{
	int sock = dup(session.sock);
	bool ok;

	kill(session.pid, SIGTERM);
	ok = session_end(0) && says("{\"device\": \"blk\"") && says("]}\n");
	close(sock);
	return ok;
}

void test_signals(void)
{
	struct message m;
	bool ok;

	session_start("blk", NULL, 0, BARE);
	tell(VHOST_USER_GET_FEATURES, NULL, 0, NULL, 0);
	ok = reply(&m) && !in_mask("SigCgt:") && in_mask("SigBlk:");
	ok = terminated() && ok;
	result(ok, "SIGTERM while it waits for messages: figures, and no handler");

	session_start("blk", NULL, 0, BARE);
	ok = write(session.sock, "abc", 3) == 3;
	usleep(20000);
	result(terminated() && ok, "SIGTERM within a message: figures");

	guest_clear();
	offer_sector(0, VIRTIO_BLK_T_IN, 0, TRANSLATED);
	guest_share(NONE);
	session_start("blk", NULL, TRANSLATED, LOOK_UP);
	session_queue(0);
	ok = look_up_until(IN(0, P_DATA));
	ok = terminated() && ok && figure("requests") == 0 && !figure("violations");
	result(ok, "SIGTERM during a look-up: figures");
}
