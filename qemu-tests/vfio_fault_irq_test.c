// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whatever fails while interrupts of a device that vfio_lite has are switched on: an
 * error to the user, none of them on, and it works when tried again.
 *
 * Machine: vfio
 * Kernel: debug
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 120
 */
#include <errno.h>
#include <string.h>

#include "lib/ktap.h"
#include "lib/vfio_fault.h"

#define INTX		VFIO_PCI_INTX_IRQ_INDEX
#define MSI		VFIO_PCI_MSI_IRQ_INDEX
#define MSIX		VFIO_PCI_MSIX_IRQ_INDEX
#define BY_EVENTFD	VFIO_IRQ_SET_DATA_EVENTFD

static struct vfio vfio;
static int event;
static u32 kind, action;

static void start(void)
{
	vfio = vfio_fault_open("igb");
	event = event_new();
}

static int irq_on(void)
{
	return __vfio_irq_on(&vfio, kind, 0, event);
}

static void irq_off(void)
{
	static const char * const names[] = { "intx", "msi", "msix" };

	vfio_check_mode(names[kind]);
	vfio_irq_off(&vfio, kind);
}

static const struct fail_step switching_on = {
	.what = "SET_IRQS", .act = irq_on, .undo = irq_off, .check = vfio_check_idle,
};

static void start_irq(void)
{
	start();
	kind = !strcmp(ktap_variant(), "intx") ? INTX :
		    !strcmp(ktap_variant(), "msi") ? MSI : MSIX;
}

static void irq_without_memory(void)
{
	start_irq();
	fail_spare(FAIL_SPARE_PROC);
	CHECK(fail_memory(&switching_on));
}

static void irq_is_refused(void)
{
	start_irq();
	CHECK(fail_function("eventfd_ctx_fdget", -EBADF, &switching_on));
	CHECK(fail_function("request_threaded_irq", -EBUSY, &switching_on));
	if (kind == INTX)
		return;
	CHECK(fail_function("pci_alloc_irq_vectors_affinity", -ENOSPC, &switching_on));
	CHECK(!fail_function("irq_bypass_register_producer", -EINVAL, &switching_on));
}

/* Those that no hardware raises. */
static void single_off(void)
{
	vfio_irq_off(&vfio, kind);
}

static const struct fail_step listening = {
	.what = "errors and requests", .act = irq_on, .undo = single_off,
	.check = vfio_check_idle,
};

static void single_is_refused(void)
{
	start();
	for (kind = VFIO_PCI_ERR_IRQ_INDEX; kind <= VFIO_PCI_REQ_IRQ_INDEX; kind++) {
		CHECK(fail_memory(&listening));
		CHECK(fail_function("eventfd_ctx_fdget", -EBADF, &listening));
	}
}

/* One more vector, which fails, and the first goes on. */
static int vector_on(void)
{
	return __vfio_irq_on(&vfio, MSIX, 1, event);
}

static void vector_off(void)
{
	MUST(__vfio_irq_on(&vfio, MSIX, 1, -1));
}

static void check_vector_0(void)
{
	vfio_check_mode("msix");
	vfio_irq_action(&vfio, MSIX, VFIO_IRQ_SET_ACTION_TRIGGER, 0);
	event_wait(event);
}

static const struct fail_step adding = {
	.what = "one more vector", .act = vector_on, .undo = vector_off,
	.check = check_vector_0,
};

static void vector_is_refused(void)
{
	start();
	vfio_irq_on(&vfio, MSIX, 0, event);
	fail_spare(FAIL_SPARE_PROC);
	CHECK(fail_function("pci_msix_alloc_irq_at", -ENOSPC, &adding));
	CHECK(fail_function("request_threaded_irq", -EBUSY, &adding));
	CHECK(fail_memory(&adding));
	vfio_irq_off(&vfio, MSIX);
	vfio_check_idle();
}

static int action_on(void)
{
	const s32 fd = event;

	return __vfio_set_irqs(&vfio, INTX, BY_EVENTFD | action, 0, 1, &fd, sizeof(fd));
}

static void action_off(void)
{
	const s32 fd = -1;

	vfio_set_irqs(&vfio, INTX, BY_EVENTFD | action, 0, 1, &fd, sizeof(fd));
}

static void check_intx(void)
{
	vfio_check_mode("intx");
}

static const struct fail_step masking = {
	.what = "an eventfd that masks", .act = action_on, .undo = action_off,
	.check = check_intx,
};

static void masks_are_refused(void)
{
	start();
	vfio_irq_on(&vfio, INTX, 0, event_new());
	for (action = VFIO_IRQ_SET_ACTION_MASK;
	     action <= VFIO_IRQ_SET_ACTION_UNMASK; action <<= 1) {
		CHECK(fail_memory(&masking));
		CHECK(fail_function("vfio_virqfd_enable", -EBUSY, &masking));
	}
	vfio_irq_off(&vfio, INTX);
	vfio_check_idle();
}

static const struct ktap_case cases[] = {
	SLOW_CASES(irq_without_memory, "intx msi msix", 60),
	CASES(irq_is_refused, "intx msi msix"),
	CASE(single_is_refused),
	SLOW_CASE(vector_is_refused, 60),
	CASE(masks_are_refused),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), vfio_fault_cleanup);
}
