// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tracepoints tell the life of a device in the order in which it happens.
 *
 * Machine: edu
 */
#include "lib/ktap.h"
#include "lib/trace.h"
#include "lib/ug.h"

static void live_a_life(struct pci_dev *dev)
{
	struct ug ug;

	pci_bind(dev, UG);
	ug_open(&ug, dev);
	edu_ack(ug.regs);
	edu_raise(ug.regs, 1);
	uio_read(ug.fd);
	edu_ack(ug.regs);
	uio_mask(ug.fd);
	uio_unmask(ug.fd);
	ug_close(&ug);
	pci_unbind(dev);
}

static void a_life_is_told(void)
{
	struct pci_dev dev = edu_dut();

	ug_load(ktap_variant());
	trace_start("uio_generic");
	live_a_life(&dev);
	trace_stop();
	trace_expect(&dev, "ug_probe", "value=0\n");
	trace_expect(&dev, "ug_open", "value=1 ret=0\n");
	trace_expect(&dev, "ug_mmap", "value=0 ret=0\n");
	trace_expect(&dev, "ug_interrupt", "value=");
	trace_expect(&dev, "ug_irqcontrol", "value=0 ret=0\n");
	trace_expect(&dev, "ug_irqcontrol", "value=1 ret=0\n");
	trace_expect(&dev, "ug_release", "value=0\n");
	trace_expect(&dev, "ug_revoke", "value=0\n");
}

static void failures_are_told(void)
{
	struct pci_dev dev = ug_bind_edu("none");
	int fd = uio_open(&dev);

	trace_start("uio_generic");
	__uio_irqcontrol(fd, 1);
	pci_unbind(&dev);
	trace_stop();
	trace_expect(&dev, "ug_irqcontrol", "value=1 ret=-5\n");
	trace_expect(&dev, "ug_revoke", "value=1\n");
}

static const struct ktap_case cases[] = {
	CASES(a_life_is_told, "msi intx"),
	CASE(failures_are_told),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), ug_cleanup);
}
