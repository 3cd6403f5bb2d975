/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of the VMM share. */
#ifndef PKVM_H
#define PKVM_H

#include <pthread.h>

#include "../device/blk.h"

#define PAGE 4096
#define RAM_BASE 0x40000000ull
#define RAM_SIZE (256ull << 20)
#define POOL_SIZE (4ull << 20)			/* restricted-dma-pool: the end of RAM but for the next */
#define BLOB_SIZE (16ull << 20)			/* initrd and device tree, at the end of RAM */
#define POOL_BASE (RAM_BASE + RAM_SIZE - BLOB_SIZE - POOL_SIZE)
#define UART_BASE 0x09000000ull
#define GIC_DIST 0x08000000ull
#define GIC_REDIST 0x080a0000ull
#define MMIO_BASE 0x0a000000ull
#define MMIO_SIZE 0x1000
#define MMIO_SPI 16
#define CPUS 4

/* The arguments of the VMM, and what it opens; main.c. */
extern struct options {
	bool protected;				/* KVM_VM_TYPE_ARM_PROTECTED */
	bool poke;				/* control: touches a private page */
	bool incoherent, restricted;		/* what the device tree says of the device */
	unsigned int cpus, queues;
	const char *device, *properties, *kernel;	/* kernel: its command line */
} options;
extern struct virtio_device dev;
extern struct blk blk;

/* --- end.c: how a run ends, and what it prints */
extern int uart, host;				/* the guest's console; this machine's */
void print(char c);
void die(const char *what) __attribute__((noreturn));
/* The usual end: figures, then this machine powers off.  Call with the lock held. */
void finish(bool stalled) __attribute__((noreturn));
void watch(void) __attribute__((noreturn));
/* Held by whoever plays the device, the UART, or the end. */
extern pthread_mutex_t lock;
extern unsigned long activity;			/* changes whenever the guest does anything */

/* --- vm.c */
void vm_create(uint8_t *ram);
void vm_run(void);				/* starts a thread a CPU */
void vm_irq(unsigned int spi, bool level);
/* What a CPU reads or writes where there is no memory; the lock is held. */
void vm_mmio(uint64_t at, uint8_t *data, uint32_t len, bool write);

/* --- load.c */
uint64_t load(uint8_t *ram, uint64_t *entry);	/* address of the device tree */
/* A block device or console port of this machine, by the name that QEMU gave it. */
int open_disk(const char *serial, uint64_t *size);
int open_port(const char *name);

/* --- fdt.c */
void device_tree(void *to, int size, uint64_t initrd, uint64_t initrd_end);

/* --- queues.c, mmio.c: the one virtio-mmio device */
void mmio_init(struct virtio_device *dev, uint32_t id);
uint64_t mmio_read(struct virtio_device *dev, uint64_t offset, uint32_t len);
void mmio_write(struct virtio_device *dev, uint64_t offset, uint32_t len, uint32_t value);

/* --- properties.c: sets what the device offers; returns features that a reset takes back */
uint64_t properties(struct virtio_device *dev, bool *legacy);

/* --- models.c, console.c */
extern const struct model rng_model, balloon_model, console_model;
struct console { int out; uint32_t message; };

/* --- real.c: protection by the host */
extern const struct protection real_protection;
struct survey { unsigned long private, shared, given, not_shared, ring, ring_left; };
void survey(const struct memory *m, struct survey *s);
bool poke(struct memory *m, uint64_t gpa);	/* did the host refuse it? */

#endif
