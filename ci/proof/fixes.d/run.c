// SPDX-License-Identifier: GPL-2.0-only
/* What is done to a driver, with and without bounce buffers, and what becomes of it. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "init.h"

static const struct {
	const char *name;
	int (*function)(char **arg);
} can[] = {
	{ "disk", disk }, { "large", large }, { "file", file }, { "hwrng", hwrng },
	{ "vsock", vsock }, { "port", port }, { "port-in", port_in }, { "frames", frames },
	{ "frames-in", frames_in }, { "keys", keys }, { "picture", picture }, { "xsk", xsk },
	{ "panic-screen", panic_screen },
};

/* Starts it in a process of its own; the exit code is errno. */
static pid_t start(char **arg)
{
	pid_t pid = fork();
	size_t i;

	if (pid)
		return pid;
	errno = EINVAL;
	for (i = 0; i < sizeof(can) / sizeof(*can); i++)
		if (!strcmp(can[i].name, arg[0]))
			_exit(can[i].function(arg + 1) ? (errno ?: 255) : 0);
	_exit(EINVAL);
}

int patience = 10;

/* Its exit code, -1 if it still runs after that many seconds. */
static int ended(pid_t pid, double seconds)
{
	double end = now() + seconds;
	int status;

	do {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
		usleep(20000);
	} while (now() < end);
	return -1;
}

static const char *outcome(int rc)
{
	return rc < 0 ? "hangs" : rc == 0 ? "works" : rc == 255 ? "wrong data" : strerrorname_np(rc);
}

void alone(char **arg)
{
	result("%s", outcome(ended(start(arg), patience)));
}

/* The same without bounce buffers, for so long. */
static int without(char **arg, pid_t *pid, double seconds)
{
	if (write_file(POOL, "take 0"))
		result("no pool to fill");
	*pid = start(arg);
	return ended(*pid, seconds);
}

void full(char **arg)
{
	pid_t pid;
	int rc = without(arg, &pid, 2);

	write_file(POOL, "give");
	if (rc < 0) {
		rc = ended(pid, 10);
		result(rc > 0 ? "fails %s" : "%s", rc ? outcome(rc) : "again");
	} else {
		result(rc ? "fails %s" : "%s", rc ? outcome(rc) : "not affected");
	}
	if (rc > 0) {
		rc = ended(start(arg), 10);
		if (rc)
			result("dead");
	}
}

void killed(char **arg)
{
	pid_t pid;
	int rc = without(arg, &pid, 1);

	if (rc < 0) {
		kill(pid, SIGKILL);
		sleep(1);
	}
	write_file(POOL, "give");
	if (rc < 0)
		result(ended(pid, 10) < 0 ? "hangs" : "killed");
	else
		result(rc ? "fails %s" : "not affected", outcome(rc));
	alone(arg);
}

void rebind(char **arg)
{
	char unbind[128], bind[128];
	long before = slots();
	int i;

	snprintf(unbind, sizeof(unbind), "/sys/bus/virtio/drivers/%s/unbind", arg[0]);
	snprintf(bind, sizeof(bind), "/sys/bus/virtio/drivers/%s/bind", arg[0]);
	for (i = 0; i < atoi(arg[2]); i++) {
		if (write_file(unbind, arg[1]) || write_file(bind, arg[1]))
			result("no rebind: %s", strerror(errno));
		sleep(2); /* until its disks are found */
	}
	result("%+ld slots", slots() - before);
}

void load(char **arg)
{
	if (!fork())
		while (!disk(arg))
			;
	sleep(1);
}
