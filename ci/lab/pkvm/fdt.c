// SPDX-License-Identifier: GPL-2.0-only
/* The guest's device tree, by the kernel's own libfdt. */
#include <libfdt.h>
#include <stdarg.h>

#include "pkvm.h"

enum { GIC = 1, POOL };		/* phandles */

static void *fdt;

static void ok(int error)
{
	if (error) {
		fprintf(stderr, "device: libfdt: %s\n", fdt_strerror(error));
		die("device tree");
	}
}

static void node(const char *name) { ok(fdt_begin_node(fdt, name)); }
static void end(void) { ok(fdt_end_node(fdt)); }
static void flag(const char *name) { ok(fdt_property(fdt, name, NULL, 0)); }
static void text(const char *name, const char *value) { ok(fdt_property_string(fdt, name, value)); }

/* 32-bit cells */
static void cells(const char *name, int n, ...)
{
	fdt32_t value[16];
	va_list list;

	va_start(list, n);
	for (int i = 0; i < n; i++)
		value[i] = cpu_to_fdt32(va_arg(list, uint32_t));
	va_end(list);
	ok(fdt_property(fdt, name, value, n * sizeof(*value)));
}
#define WIDE(value) (uint32_t)((uint64_t)(value) >> 32), (uint32_t)(value)

static void cpus(void)
{
	char name[16];

	node("cpus");
	cells("#address-cells", 1, 1);
	cells("#size-cells", 1, 0);
	for (unsigned int i = 0; i < options.cpus; i++) {
		snprintf(name, sizeof(name), "cpu@%x", i);
		node(name);
		text("device_type", "cpu");
		text("compatible", "arm,armv8");
		text("enable-method", "psci");
		cells("reg", 1, i);
		end();
	}
	end();
	node("psci");
	text("compatible", "arm,psci-0.2");
	text("method", "hvc");
	end();
}

static void interrupts(void)
{
	node("interrupt-controller@8000000");
	text("compatible", "arm,gic-v3");
	flag("interrupt-controller");
	cells("#interrupt-cells", 1, 3);
	cells("reg", 8, WIDE(GIC_DIST), WIDE(0x10000), WIDE(GIC_REDIST), WIDE(0x20000 * options.cpus));
	cells("phandle", 1, GIC);
	end();
	node("timer");
	text("compatible", "arm,armv8-timer");
	cells("interrupts", 12, 1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4);
	flag("always-on");
	end();
}

static void device(void)
{
	if (options.restricted) {
		node("reserved-memory");
		cells("#address-cells", 1, 2);
		cells("#size-cells", 1, 2);
		flag("ranges");
		node("restricted");
		text("compatible", "restricted-dma-pool");
		cells("reg", 4, WIDE(POOL_BASE), WIDE(POOL_SIZE));
		cells("phandle", 1, POOL);
		end();
		end();
	}
	node("virtio_mmio@a000000");
	text("compatible", "virtio,mmio");
	cells("reg", 4, WIDE(MMIO_BASE), WIDE(MMIO_SIZE));
	cells("interrupts", 3, 0, MMIO_SPI, 4);
	if (!options.incoherent)
		flag("dma-coherent");
	if (options.restricted)
		cells("memory-region", 1, POOL);
	end();
}

void device_tree(void *to, int size, uint64_t initrd, uint64_t initrd_end)
{
	fdt = to;
	ok(fdt_create(fdt, size));
	ok(fdt_finish_reservemap(fdt));
	node("");
	text("compatible", "linux,dummy-virt");
	cells("#address-cells", 1, 2);
	cells("#size-cells", 1, 2);
	cells("interrupt-parent", 1, GIC);
	node("chosen");
	text("bootargs", options.kernel);
	cells("linux,initrd-start", 2, WIDE(initrd));
	cells("linux,initrd-end", 2, WIDE(initrd_end));
	end();
	node("memory@40000000");
	text("device_type", "memory");
	cells("reg", 4, WIDE(RAM_BASE), WIDE(RAM_SIZE));
	end();
	cpus();
	interrupts();
	device();
	end();
	ok(fdt_finish(fdt));
}
