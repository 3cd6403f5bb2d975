// SPDX-License-Identifier: GPL-2.0-only
/* A vhost-user device that cannot read private memory: see README.md beside this file. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "blk.h"
#include "net.h"
#include "vhost_user.h"

static const char usage[] =
	"Usage: device [OPTION]... blk SOCKET FILE | net SOCKET\n"
	"\n"
	"A vhost-user back-end that checks each access against what the guest has shared, and\n"
	"does not touch the rest.  blk: a disk over FILE.  net: returns every frame.\n"
	"It listens on SOCKET for one front-end, and ends with it or on SIGTERM.  The last line\n"
	"of its output is a JSON object: its keys are described in figures.c.\n"
	"\n"
	"  --queues=N    virtqueues of blk, queue pairs of net: 1 to 8 (1)\n"
	"  --no-bitmap   look for no bitmap of shared pages, and check nothing\n"
	"  --help        this text\n";

static void die(const char *what)
{
	fprintf(stderr, "device: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int wrong_use(const char *what)
{
	fprintf(stderr, "device: %s: device --help\n", what);
	return 2;
}

static void open_disk(struct blk *b, const char *name)
{
	int fd = open(name, O_RDWR | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		die(name);
	b->size = st.st_size;
	b->data = mmap(NULL, b->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (b->data == MAP_FAILED)
		die(name);
	close(fd);
}

/* Readable once a signal asks for the end: nothing is done in a handler. */
static int signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	signal(SIGPIPE, SIG_IGN);
	fd = sigprocmask(SIG_BLOCK, &set, NULL) ? -1 : signalfd(-1, &set, SFD_CLOEXEC);
	if (fd < 0)
		die("signals");
	return fd;
}

static int listen_at(const char *name)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (strlen(name) >= sizeof(a.sun_path)) {
		errno = ENAMETOOLONG;
		die(name);
	}
	strcpy(a.sun_path, name);
	unlink(name);
	if (fd < 0 || bind(fd, (void *)&a, sizeof(a)) || listen(fd, 1))
		die(name);
	return fd;
}

static struct virtio_device dev;
static struct vhost_user vu;
static struct blk blk;
static struct net net;

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "queues", required_argument, NULL, 'q' }, { "no-bitmap", no_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' }, {},
	};
	const struct protection *protection = &bitmap_protection;
	unsigned long queues = 1;
	int option, quit, fd, sock;
	bool is_blk;
	char *end;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) >= 0)
		switch (option) {
		case 'q':
			queues = strtoul(optarg, &end, 10);
			if (!*optarg || *end || queues < 1 || queues > PAIRS)
				return wrong_use("--queues= is a number from 1 to 8");
			break;
		case 'n':
			protection = &no_protection;
			break;
		case 'h':
			return fputs(usage, stdout), 0;
		default:
			return wrong_use("no such option");
		}
	argv += optind;
	argc -= optind;
	is_blk = argc == 3 && !strcmp(argv[0], "blk");
	if (!is_blk && (argc != 2 || strcmp(argv[0], "net")))
		return wrong_use("blk SOCKET FILE, or net SOCKET");
	quit = signals();
	if (is_blk)
		open_disk(&blk, argv[2]);
	device_init(&dev, is_blk ? &blk_model : &net_model, is_blk ? (void *)&blk : &net, protection, queues);
	fd = listen_at(argv[1]);
	vhost_user_init(&vu, &dev, fd, quit);
	do
		sock = vhost_user_wait(&vu, fd, POLLIN) ? accept(fd, NULL, NULL) : -1;
	while (sock < 0 && !vu.ended && (errno == EINTR || errno == EAGAIN || errno == ECONNABORTED));
	if (sock < 0 && !vu.ended)
		die("accept");
	close(fd);
	vu.sock = sock;
	vhost_user_run(&vu);	/* (not at all if it is to end already) */
	protection->find(&dev.memory);
	print_figures(&dev, stdout);
	return vu.failed;
}
