// SPDX-License-Identifier: GPL-2.0-only
/*
 * The init of a host that runs pKVM: starts one guest, protected or not, plays its
 * virtio device with the code of the strict device, and powers off with the guest.
 * ci/lab/pkvm.py has its arguments; each is one of
 *
 *   protected       a protected guest; the hypervisor takes its memory from this program
 *   poke            control: reads a page of the guest's kernel, which has to fault
 *   incoherent, restricted    no dma-coherent, or a restricted-dma-pool, in the device tree
 *   cpus=N          of the guest
 *   queues=N        of the device: virtqueues of blk, queue pairs of net
 *   device=NAME[,PROPERTY]... blk, net, rng, console or balloon: mmio.c
 *   kernel=...      command line of the guest's kernel
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/virtio_ids.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../device/net.h"
#include "pkvm.h"

struct options options = { .cpus = 1, .queues = 1, .properties = "" };
struct virtio_device dev;
struct blk blk;
static struct net net;
static struct console console;

static const struct { const char *name; uint32_t id; const struct model *model; void *state; } devices[] = {
	{ "blk", VIRTIO_ID_BLOCK, &blk_model, &blk },
	{ "net", VIRTIO_ID_NET, &net_model, &net },
	{ "rng", VIRTIO_ID_RNG, &rng_model, NULL },
	{ "console", VIRTIO_ID_CONSOLE, &console_model, &console },
	{ "balloon", VIRTIO_ID_BALLOON, &balloon_model, NULL },
};

/* The UART only prints: its data register, and flags that say it is ready. */
void vm_mmio(uint64_t at, uint8_t *data, uint32_t len, bool write)
{
	uint64_t value = 0;

	activity++;
	memcpy(&value, data, write ? MIN(len, sizeof(value)) : 0);
	if (at - MMIO_BASE < MMIO_SIZE) {
		if (write)
			mmio_write(&dev, at - MMIO_BASE, len, value);
		else
			value = mmio_read(&dev, at - MMIO_BASE, len);
	} else if (at == UART_BASE && write) {
		print(value);
	} else if (at == UART_BASE + 0x18) {
		value = 0x90;
	}
	if (!write)
		memcpy(data, &value, MIN(len, sizeof(value)));
}

static void parse(char *word)
{
	char *value = strchr(word, '=');

	if (value)
		*value++ = 0;
	if (!strcmp(word, "protected"))
		options.protected = true;
	else if (!strcmp(word, "poke"))
		options.poke = true;
	else if (!strcmp(word, "incoherent"))
		options.incoherent = true;
	else if (!strcmp(word, "restricted"))
		options.restricted = true;
	else if (value && !strcmp(word, "cpus"))
		options.cpus = MIN(MAX(atoi(value), 1), CPUS);
	else if (value && !strcmp(word, "queues"))
		options.queues = MIN(MAX(atoi(value), 1), CPUS);
	else if (value && !strcmp(word, "kernel"))
		options.kernel = value;
	else if (value && !strcmp(word, "device")) {
		options.device = strsep(&value, ",");
		options.properties = value ?: "";
	} else {
		die(word);
	}
}

static void create_device(uint8_t *ram)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(devices); i++) {
		if (strcmp(devices[i].name, options.device))
			continue;
		device_init(&dev, devices[i].model, devices[i].state, &real_protection, options.queues);
		dev.memory.region[dev.memory.n++] =
			(struct region){ .gpa = RAM_BASE, .size = RAM_SIZE, .user = RAM_BASE, .at = ram, .fd = -1 };
		mmio_init(&dev, devices[i].id);
		return;
	}
	die(options.device);
}

static void open_files(void)
{
	int fd;

	host = dup(2);
	dup2(open_port("complaints"), 2);
	dup2(open_port("figures"), 1);
	uart = open_port("console");
	console.out = open_port("port");
	fd = open_disk("disk", &blk.size);
	blk.data = mmap(NULL, blk.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (blk.data == MAP_FAILED)
		die("the disk");
}

int main(int argc, char **argv)
{
	uint8_t *ram;

	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	open_files();
	for (int i = 1; i < argc; i++)
		parse(argv[i]);
	if (!options.device || !options.kernel)
		die("arguments: device= and kernel=");
	ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (ram == MAP_FAILED)
		die("the guest's memory");
	create_device(ram);
	vm_create(ram);
	vm_run();
	watch();
}
