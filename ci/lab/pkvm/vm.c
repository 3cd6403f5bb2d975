// SPDX-License-Identifier: GPL-2.0-only
/* The virtual machine: protected or not, with the same exits for the same reasons. */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pkvm.h"

/* (not in the headers of every C library) */
#ifndef KVM_VM_TYPE_ARM_PROTECTED
#define KVM_VM_TYPE_ARM_PROTECTED (1UL << 31)
#endif
#define INTERRUPTS 96
#define REG(name) (KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | \
		   offsetof(struct kvm_regs, name) / sizeof(uint32_t))

static int vm, vcpu[CPUS], run_size;

static int call(int fd, unsigned long what, void *argument, const char *name)
{
	int rc = ioctl(fd, what, argument);

	if (rc < 0)
		die(name);
	return rc;
}
#define CALL(fd, what, argument) call(fd, what, (void *)(argument), #what)

static void gic_set(int gic, uint32_t group, uint64_t attr, const void *value)
{
	struct kvm_device_attr a = { .group = group, .attr = attr, .addr = (uintptr_t)value };

	CALL(gic, KVM_SET_DEVICE_ATTR, &a);
}

static int gic_create(void)
{
	struct kvm_create_device d = { .type = KVM_DEV_TYPE_ARM_VGIC_V3 };

	CALL(vm, KVM_CREATE_DEVICE, &d);
	gic_set(d.fd, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST, &(uint64_t){ GIC_DIST });
	gic_set(d.fd, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST, &(uint64_t){ GIC_REDIST });
	gic_set(d.fd, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, &(uint32_t){ INTERRUPTS });
	return d.fd;
}

static void set_register(int cpu, uint64_t id, uint64_t value)
{
	struct kvm_one_reg r = { .id = id, .addr = (uintptr_t)&value };

	CALL(cpu, KVM_SET_ONE_REG, &r);
}

void vm_create(uint8_t *ram)
{
	struct kvm_userspace_memory_region slot = {
		.guest_phys_addr = RAM_BASE, .memory_size = RAM_SIZE, .userspace_addr = (uintptr_t)ram,
	};
	struct kvm_vcpu_init init = {};
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), gic;
	uint64_t tree, entry;

	if (kvm < 0)
		die("/dev/kvm");
	vm = ioctl(kvm, KVM_CREATE_VM, options.protected ? KVM_VM_TYPE_ARM_PROTECTED : 0);
	if (vm < 0 && options.protected && errno == EINVAL)
		fputs("device: NOTHING IS PROTECTED: this host has no protected guests, "
		      "boot it with kvm-arm.mode=protected\n", stderr);
	if (vm < 0)
		die("KVM_CREATE_VM");
	run_size = CALL(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	CALL(vm, KVM_SET_USER_MEMORY_REGION, &slot);
	for (unsigned int i = 0; i < options.cpus; i++)
		vcpu[i] = CALL(vm, KVM_CREATE_VCPU, (uintptr_t)i);
	gic = gic_create();
	CALL(vm, KVM_ARM_PREFERRED_TARGET, &init);
	for (unsigned int i = 0; i < options.cpus; i++) {
		init.features[0] = 1 << KVM_ARM_VCPU_PSCI_0_2 | (i ? 1 << KVM_ARM_VCPU_POWER_OFF : 0);
		CALL(vcpu[i], KVM_ARM_VCPU_INIT, &init);
	}
	gic_set(gic, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, NULL);
	tree = load(ram, &entry);
	set_register(vcpu[0], REG(regs.regs[0]), tree);
	set_register(vcpu[0], REG(regs.pc), entry);
}

void vm_irq(unsigned int spi, bool level)
{
	struct kvm_irq_level l = { .irq = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | (32 + spi), .level = level };

	CALL(vm, KVM_IRQ_LINE, &l);
}

static void *run_cpu(void *argument)
{
	int fd = *(int *)argument;
	struct kvm_run *run = mmap(NULL, run_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (run == MAP_FAILED)
		die("a CPU's state");
	for (;;) {
		if (ioctl(fd, KVM_RUN, 0) < 0) {
			if (errno != EINTR && errno != EAGAIN)
				die("KVM_RUN");
			continue;
		}
		pthread_mutex_lock(&lock);
		switch (run->exit_reason) {
		case KVM_EXIT_MMIO:
			vm_mmio(run->mmio.phys_addr, run->mmio.data, run->mmio.len, run->mmio.is_write);
			break;
		case KVM_EXIT_SYSTEM_EVENT:
			finish(false);
		default:
			fprintf(stderr, "device: exit %u of the guest\n", run->exit_reason);
			die("KVM_RUN");
		}
		pthread_mutex_unlock(&lock);
	}
}

void vm_run(void)
{
	pthread_t thread;

	for (unsigned int i = 0; i < options.cpus; i++)
		if (pthread_create(&thread, NULL, run_cpu, &vcpu[i]))
			die("a thread for a CPU");
}
