// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VMM's device and its fault handler, without a VM: mprotect() takes pages away as
 * the hypervisor does, and the test is the driver.  Prints a line a check.
 */
#include <endian.h>
#include <linux/virtio_ids.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>

#include "../mmio.h"

#define NUM 8
enum { DESC_PAGE = 1, AVAIL_PAGE, USED_PAGE, DATA_PAGE };	/* of RAM */

struct options options = { .protected = true };
struct virtio_device dev;
struct blk blk;
static uint8_t *ram;
static bool level, failed;
static jmp_buf died;

void vm_irq(unsigned int spi, bool value)
{
	(void)spi;
	level = value;
}

void die(const char *what)
{
	(void)what;
	longjmp(died, 1);
}

static void check(bool good, const char *what, ...)
{
	va_list list;

	va_start(list, what);
	printf("%s", good ? "ok      " : "not ok  ");
	vprintf(what, list);
	putchar('\n');
	va_end(list);
	failed |= !good;
}

static uint64_t gpa(int page) { return RAM_BASE + page * PAGE; }
static void withhold(int page) { mprotect(ram + page * PAGE, PAGE, PROT_NONE); }
static void reg(uint64_t offset, uint32_t value) { mmio_write(&dev, offset, 4, value); }
static uint32_t get(uint64_t offset) { return mmio_read(&dev, offset, 4); }

static void create(const char *properties)
{
	mprotect(ram, RAM_SIZE, PROT_READ | PROT_WRITE);
	memset(ram, 0, 8 * PAGE);
	memset(&mmio, 0, sizeof(mmio));
	options.properties = properties;
	device_init(&dev, &rng_model, NULL, &real_protection, 1);
	dev.memory.region[dev.memory.n++] =
		(struct region){ .gpa = RAM_BASE, .size = RAM_SIZE, .user = RAM_BASE, .at = ram, .fd = -1 };
	mmio_init(&dev, VIRTIO_ID_RNG);
}

static bool negotiate(uint64_t features)
{
	reg(VIRTIO_MMIO_STATUS, 0);
	for (int half = 1; half >= 0; half--) {
		reg(VIRTIO_MMIO_DRIVER_FEATURES_SEL, half);
		reg(VIRTIO_MMIO_DRIVER_FEATURES, features >> 32 * half);
	}
	reg(VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_FEATURES_OK);
	return get(VIRTIO_MMIO_STATUS) & VIRTIO_CONFIG_S_FEATURES_OK;
}

static bool offers(unsigned int feature)
{
	reg(VIRTIO_MMIO_DEVICE_FEATURES_SEL, feature / 32);
	return get(VIRTIO_MMIO_DEVICE_FEATURES) >> feature % 32 & 1;
}

/* A split ring with one buffer of 64 bytes. */
static void offer(uint64_t desc, uint64_t avail)
{
	struct vring_desc d = { htole64(gpa(DATA_PAGE)), htole32(64), htole16(VRING_DESC_F_WRITE), 0 };

	memcpy(ram + (desc - RAM_BASE), &d, sizeof(d));
	*(uint16_t *)(ram + (avail - RAM_BASE) + 2) = htole16(1);
}

static void modern(void)
{
	reg(VIRTIO_MMIO_QUEUE_NUM, NUM);
	reg(VIRTIO_MMIO_QUEUE_DESC_LOW, gpa(DESC_PAGE));
	reg(VIRTIO_MMIO_QUEUE_AVAIL_LOW, gpa(AVAIL_PAGE));
	reg(VIRTIO_MMIO_QUEUE_USED_LOW, gpa(USED_PAGE));
	reg(VIRTIO_MMIO_QUEUE_READY, 1);
}

static void run(const char *properties, uint64_t features, int withheld)
{
	create(properties);
	negotiate(features);
	modern();
	offer(gpa(DESC_PAGE), gpa(AVAIL_PAGE));
	if (withheld)
		withhold(withheld);
	reg(VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_FEATURES_OK | VIRTIO_CONFIG_S_DRIVER_OK);
}

static void serves(void)
{
	static const uint8_t zero[64];

	run("", BIT(VIRTIO_F_VERSION_1), 0);
	check(dev.figures.requests == 1 && ram[USED_PAGE * PAGE + 2] == 1 &&
	      memcmp(ram + DATA_PAGE * PAGE, zero, 64) && dev.figures.kind[BUFFER].checked, "a request is served");
	check(level && get(VIRTIO_MMIO_INTERRUPT_STATUS) == VIRTIO_MMIO_INT_VRING, "an interrupt is pending");
	reg(VIRTIO_MMIO_INTERRUPT_ACK, VIRTIO_MMIO_INT_VRING);
	check(!level, "... until it is acknowledged");
	*(uint16_t *)(ram + AVAIL_PAGE * PAGE + 2) = htole16(2);
	reg(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	check(dev.figures.requests == 2 && level, "a notification has the next one served");
	reg(VIRTIO_MMIO_STATUS, 0);
	*(uint16_t *)(ram + AVAIL_PAGE * PAGE + 2) = htole16(3);
	reg(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	check(dev.figures.requests == 2 && !level && !get(VIRTIO_MMIO_QUEUE_READY), "after a reset none is");
}

static void refuses(void)
{
	static const struct { int page; enum kind kind; const char *name; } withheld[] = {
		{ DESC_PAGE, DESC, "descriptors" }, { AVAIL_PAGE, AVAIL, "available ring" },
		{ USED_PAGE, USED, "used ring" }, { DATA_PAGE, BUFFER, "buffer" },
	};
	struct survey s;

	for (unsigned int i = 0; i < ARRAY_SIZE(withheld); i++) {
		run("", BIT(VIRTIO_F_VERSION_1), withheld[i].page);
		check(dev.figures.kind[withheld[i].kind].violations &&
		      dev.figures.kind[withheld[i].kind].first - gpa(withheld[i].page) < PAGE,
		      "a private page: %s", withheld[i].name);
		for (int kind = 0; kind < KINDS; kind++)
			check(kind == (int)withheld[i].kind || !dev.figures.kind[kind].violations, "... and no other");
	}
	survey(&dev.memory, &s);
	check(s.private == 1 && s.given == 4 && s.not_shared == 1 && s.ring == 3 && s.ring_left == 3,
	      "a survey: private %lu, given %lu of them %lu, ring %lu left %lu", s.private, s.given, s.not_shared,
	      s.ring, s.ring_left);
	check(!memory_access(&dev.memory, DESC, LOOK_READ, gpa(USED_PAGE) + 8, NULL, 2 * PAGE) &&
	      dev.figures.kind[DESC].first == gpa(DATA_PAGE), "memory that is given, and not accessed");
	check(poke(&dev.memory, gpa(DATA_PAGE)) && !poke(&dev.memory, gpa(DESC_PAGE)), "a page that is poked");
}

static void versions(void)
{
	uint64_t desc = gpa(DESC_PAGE);

	create("force-legacy=on");
	check(get(VIRTIO_MMIO_VERSION) == 1 && !offers(VIRTIO_F_VERSION_1), "a legacy device");
	reg(VIRTIO_MMIO_GUEST_PAGE_SIZE, PAGE);
	reg(VIRTIO_MMIO_QUEUE_NUM, NUM);
	reg(VIRTIO_MMIO_QUEUE_ALIGN, PAGE);
	reg(VIRTIO_MMIO_QUEUE_PFN, desc / PAGE);
	offer(desc, desc + 16 * NUM);
	reg(VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_DRIVER_OK);
	check(dev.figures.requests == 1 && ram[AVAIL_PAGE * PAGE + 2] == 1, "its ring, used part on the next page");

	create("iommu_platform=once");
	check(!negotiate(BIT(VIRTIO_F_VERSION_1) | BIT(VIRTIO_F_RING_PACKED)), "a feature that is not offered");
	check(offers(VIRTIO_F_ACCESS_PLATFORM) && negotiate(BIT(VIRTIO_F_VERSION_1) | BIT(VIRTIO_F_ACCESS_PLATFORM)),
	      "one that is");
	reg(VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_FEATURES_OK | VIRTIO_CONFIG_S_DRIVER_OK);
	reg(VIRTIO_MMIO_STATUS, 0);
	check(!offers(VIRTIO_F_ACCESS_PLATFORM) && offers(VIRTIO_F_VERSION_1), "... until a reset");
	if (!setjmp(died)) {
		create("iommu=on");
		check(false, "a property that there is not");
	}
	check(true, "a property that there is not is named");
}

int main(void)
{
	ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (ram == MAP_FAILED)
		return 1;
	versions();
	serves();
	refuses();
	return failed;
}
