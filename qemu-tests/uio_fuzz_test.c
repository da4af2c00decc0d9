// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations by chance from several threads (lib/fuzz.h) on devices that
 * uio_generic has: opened, mapped, interrupting, reset, unbound, removed, forked.
 * Nothing may make the kernel complain or hang, and afterwards all works as on the
 * first day. An IOMMU keeps devices from memory that somebody starts by accident.
 *
 * Machine: vfio
 * Not: arm64
 * Deadline: 300
 */
#include <string.h>

#include "lib/fuzz_uio.h"
#include "lib/ktap.h"
#include "lib/vfio_dut.h"

/* On a stock kernel; see rounds(). */
#define OPERATIONS	40000

/* The last one makes kernels before 6.16 warn, see Documentation/uio_generic.rst. */
static const struct fuzz_op ops[] = {
	FUZZ_OP(uio, open, 50),
	FUZZ_OP(uio, close, 20),
	FUZZ_OP(uio, read, 40),
	FUZZ_OP(uio, poll, 20),
	FUZZ_OP(uio, irqcontrol, 60),
	FUZZ_OP(uio, map_file, 70),
	FUZZ_OP(uio, unmap_some, 15),
	FUZZ_OP(uio, move_map, 15),
	FUZZ_OP(uio, touch, 100),
	FUZZ_OP(uio, peek, 25),
	FUZZ_OP(uio, interrupt, 40),
	FUZZ_OP(uio, child, 2),
	FUZZ_OP(uio, end_child, 3),
	FUZZ_OP(uio, read_attribute, 40),
	FUZZ_OP(uio, mode, 15),
	FUZZ_OP(uio, vector, 30),
	FUZZ_OP(uio, nr_vectors, 15),
	FUZZ_OP(uio, switch, 20),
	FUZZ_OP(uio, port, 20),
	FUZZ_OP(uio, config, 30),
	FUZZ_OP(uio, rearm, 20),
	FUZZ_OP(uio, reset, 2),
	FUZZ_OP(uio, unbind, 2),
	FUZZ_OP(uio, bind, 12),
	FUZZ_OP(uio, new_id, 2),
	FUZZ_OP(uio, replug, 1),
	FUZZ_OP(uio, map_resource, 30),
};

static void check_edu(const struct pci_dev *dev, const char *mode)
{
	struct ug ug;
	int i;

	ug_set_mode(dev, mode);
	ug_open(&ug, dev);
	edu_check_alive(ug.regs);
	CHECK_EQ(edu_factorial(ug.regs, 5), 120);
	edu_ack(ug.regs);
	uio_unmask(ug.fd);
	uio_sync(ug.fd, dev);
	for (i = 0; i < 5; i++)
		ug_check_interrupt(&ug);
	ug_close(&ug);
}

/* Opened, it answers; closed, it is silent. */
static void check_unit(const struct unit *unit)
{
	struct ug ug;

	if (!pci_driven_by(&unit->dev, UG))
		pci_bind(&unit->dev, UG);
	CHECK_EQ(ug_open_count(&unit->dev), 0);
	CHECK(ug_device_is_quiet(&unit->dev));
	ug_set_mode(&unit->dev, "auto");
	ug_open(&ug, &unit->dev);
	CHECK(pci_bus_master(&unit->dev));
	ug_close(&ug);
	if (unit->edu) {
		check_edu(&unit->dev, "intx");
		check_edu(&unit->dev, "msi");
	}
	CHECK(ug_device_is_quiet(&unit->dev));
}

static void check_no_interrupt_is_left(void)
{
	static char text[65536];

	MUST(__file_read("/proc/interrupts", text, sizeof(text)));
	CHECK(!strstr(text, UG));
}

static void operations_by_chance(void)
{
	int i, count = ARRAY_SIZE(ops) - kernel_is_before(6, 16);

	fuzz_uio_start();
	fuzz_run(ops, count, rounds(OPERATIONS));
	fuzz_uio_finish();
	for (i = 0; i < FUZZ_UNITS; i++)
		check_unit(&units[i]);
	check_no_interrupt_is_left();
}

static void cleanup(void)
{
	int i;

	for (i = 0; i < FUZZ_UNITS; i++) {
		struct pci_dev dev = vfio_dut(units[i].name);

		if (pci_driven_by(&dev, UG))
			pci_unbind(&dev);
		pci_attr_write(&dev, "driver_override", "\n");
	}
	ug_cleanup();
}

int main(void)
{
	const struct ktap_case cases[] = {
		SLOW_CASE(operations_by_chance, fuzz_deadline(OPERATIONS)),
	};

	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}
