// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts: INTx that masks itself, and each way to unmask it; MSI and MSI-X;
 * triggers by hand; and the orders of calls that once took a kernel down.
 *
 * Machine: vfio
 * Needs: vfio_lite
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 240
 */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "lib/fixture.h"
#include "lib/igb.h"
#include "lib/ktap.h"
#include "lib/vfio_dut.h"

#define INTX		VFIO_PCI_INTX_IRQ_INDEX
#define MSI		VFIO_PCI_MSI_IRQ_INDEX
#define MSIX		VFIO_PCI_MSIX_IRQ_INDEX
#define MASK		VFIO_IRQ_SET_ACTION_MASK
#define UNMASK		VFIO_IRQ_SET_ACTION_UNMASK
#define TRIGGER		VFIO_IRQ_SET_ACTION_TRIGGER
#define WAYS		"none:vfio-pci bool:vfio-pci eventfd:vfio-pci "		\
			"none:vfio-lite bool:vfio-lite eventfd:vfio-lite"
#define PLAIN_WAYS	"none:vfio-pci bool:vfio-pci none:vfio-lite bool:vfio-lite"

/* Registers of an 82576: extended interrupts, one bit for each vector. */
#define IGB_GPIE	0x1514
#define   IGB_GPIE_MSIX	0x11
#define IGB_EICS	0x1520
#define IGB_EIMS	0x1524
#define IGB_EIAC	0x152c

/* An edu, and what its interrupts are told to. */
struct rig {
	struct vfio vfio;
	void *regs;
	int event;
	int resample;		/* -1: not that way */
};

/* Its reader takes all that has been counted. */
static int counter_new(void)
{
	return MUST(eventfd(0, EFD_CLOEXEC));
}

static struct rig open_rig(int index)
{
	struct rig rig = { .event = counter_new(), .resample = -1 };

	rig.regs = vfio_open_edu(&rig.vfio, "edu");
	vfio_command(&rig.vfio, 0, PCI_COMMAND_MASTER);
	vfio_irq_on(&rig.vfio, index, 0, rig.event);
	return rig;
}

static void close_rig(struct rig *rig)
{
	pci_unmap_bar(rig->regs, EDU_BAR_LEN);
	vfio_close(&rig->vfio);
}

static bool quiet(const struct rig *rig)
{
	return !fd_ready(rig->event, QUIET_MS);
}

static bool asked_for(const char *way)
{
	return !strncmp(ktap_variant(), way, strlen(way));
}

static void set_bool(const struct vfio *vfio, u32 index, u32 action, u8 value)
{
	vfio_set_irqs(vfio, index, VFIO_IRQ_SET_DATA_BOOL | action, 0, 1, &value, 1);
}

static void set_eventfd(const struct vfio *vfio, u32 index, u32 action, s32 fd)
{
	vfio_set_irqs(vfio, index, VFIO_IRQ_SET_DATA_EVENTFD | action, 0, 1, &fd, sizeof(fd));
}

/* Unmask in the way that the variant names. */
static void unmask(struct rig *rig)
{
	if (asked_for("bool")) {
		set_bool(&rig->vfio, INTX, UNMASK, 1);
	} else if (asked_for("eventfd")) {
		if (rig->resample < 0) {
			rig->resample = event_new();
			set_eventfd(&rig->vfio, INTX, UNMASK, rig->resample);
		}
		event_signal(rig->resample);
	} else {
		vfio_irq_action(&rig->vfio, INTX, UNMASK, 0);
	}
}

static void intx_masks_itself(void)
{
	struct rig rig = open_rig(INTX);
	int i;

	for (i = 0; i < 20; i++) {
		edu_raise(rig.regs, 1);
		event_wait(rig.event);
		CHECK(pci_intx_disabled(&rig.vfio.dev));
		edu_ack(rig.regs);
		edu_raise(rig.regs, 1);
		CHECK(i > 2 || quiet(&rig));
		edu_ack(rig.regs);
		unmask(&rig);
		CHECK(wait_for(!pci_intx_disabled(&rig.vfio.dev), SOON_MS));
	}
	CHECK(quiet(&rig));
}

/* What is still asserted at the unmask is an interrupt again. */
static void unmask_tells_of_what_is_pending(void)
{
	struct rig rig = open_rig(INTX);
	int i;

	edu_raise(rig.regs, 1);
	for (i = 0; i < 20; i++) {
		event_wait(rig.event);
		unmask(&rig);
	}
	event_wait(rig.event);
	edu_ack(rig.regs);
	unmask(&rig);
	CHECK(quiet(&rig));
}

static void mask(struct rig *rig)
{
	if (asked_for("bool"))
		set_bool(&rig->vfio, INTX, MASK, 1);
	else
		vfio_irq_action(&rig->vfio, INTX, MASK, 0);
}

static void intx_can_be_masked(void)
{
	struct rig rig = open_rig(INTX);

	mask(&rig);
	mask(&rig);
	edu_raise(rig.regs, 1);
	CHECK(quiet(&rig));
	unmask(&rig);
	event_wait(rig.event);
	edu_ack(rig.regs);
	unmask(&rig);
	unmask(&rig);
	CHECK(quiet(&rig));
}

/* Of neighbours on the line, the kernel would take it away for what nobody serves. */
static void intx_without_a_handler_stays_in_the_device(void)
{
	int event = event_new();
	struct vfio vfio;
	void *regs;

	vfio_open_dut(&vfio, "edu");
	CHECK(pci_intx_disabled(&vfio.dev));
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	regs = vfio_map_bar(&vfio, 0);
	edu_raise(regs, 1);
	CHECK(pci_intx_pending(&vfio.dev) && pci_intx_disabled(&vfio.dev));
	vfio_command(&vfio, 0, PCI_COMMAND_INTX_DISABLE);
	vfio_command(&vfio, PCI_COMMAND_INTX_DISABLE, 0);
	CHECK(pci_intx_disabled(&vfio.dev));
	vfio_irq_on(&vfio, INTX, 0, event);
	event_wait(event);
	vfio_irq_off(&vfio, INTX);
	CHECK(pci_intx_pending(&vfio.dev) && pci_intx_disabled(&vfio.dev));
	edu_ack(regs);
	vfio_irq_on(&vfio, INTX, 0, event);
	CHECK(!pci_intx_disabled(&vfio.dev));
	vfio_irq_off(&vfio, INTX);
	CHECK(pci_intx_disabled(&vfio.dev));
	vfio_enable_msi(&vfio);
	vfio_irq_off(&vfio, MSI);
	CHECK(pci_intx_disabled(&vfio.dev));
}

static void false_does_nothing(void)
{
	struct rig rig = open_rig(INTX);

	set_bool(&rig.vfio, INTX, MASK, 0);
	set_bool(&rig.vfio, INTX, TRIGGER, 0);
	CHECK(quiet(&rig));
	edu_raise(rig.regs, 1);
	event_wait(rig.event);
	edu_ack(rig.regs);
	set_bool(&rig.vfio, INTX, UNMASK, 0);
	CHECK(pci_intx_disabled(&rig.vfio.dev));
}

/* A trigger by hand reaches the eventfd, without the device's help. */
static void triggers_by_hand(void)
{
	static const int kinds[] = { INTX, MSI };
	struct rig rig;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		rig = open_rig(kinds[i]);
		vfio_irq_action(&rig.vfio, kinds[i], TRIGGER, 0);
		event_wait(rig.event);
		set_bool(&rig.vfio, kinds[i], TRIGGER, 1);
		event_wait(rig.event);
		set_bool(&rig.vfio, kinds[i], TRIGGER, 0);
		CHECK(quiet(&rig));
		close_rig(&rig);
	}
}

static void eventfd_can_be_changed(void)
{
	struct rig rig = open_rig(INTX);
	int other = event_new();

	vfio_irq_on(&rig.vfio, INTX, 0, other);
	edu_raise(rig.regs, 1);
	event_wait(other);
	CHECK(quiet(&rig));
	edu_ack(rig.regs);
	vfio_irq_action(&rig.vfio, INTX, UNMASK, 0);
	vfio_irq_on(&rig.vfio, INTX, 0, rig.event);
	edu_raise(rig.regs, 1);
	event_wait(rig.event);
	CHECK(!fd_ready(other, QUIET_MS));
	edu_ack(rig.regs);
}

/* An eventfd taken away ends INTx on no kernel: it masks, and may come back. */
static void eventfd_may_be_missing(void)
{
	struct rig rig = open_rig(INTX);

	if (__vfio_irq_on(&rig.vfio, INTX, 0, -1))
		FAIL("the eventfd cannot be taken away");
	edu_raise(rig.regs, 1);
	CHECK(quiet(&rig));
	edu_ack(rig.regs);
	__vfio_irq_off(&rig.vfio, INTX);
	vfio_irq_on(&rig.vfio, INTX, 0, rig.event);
	edu_raise(rig.regs, 1);
	event_wait(rig.event);
	edu_ack(rig.regs);
}

/* CVE-2024-26812: all that can be done to an INTx without an eventfd. */
static void nothing_breaks_without_eventfd(void)
{
	struct rig rig = open_rig(INTX);
	const int resample = counter_new();
	const u8 one = 1;
	int i;

	for (i = 0; i < 50; i++) {
		__vfio_irq_on(&rig.vfio, INTX, 0, i % 2 ? rig.event : -1);
		__vfio_set_irqs(&rig.vfio, INTX, VFIO_IRQ_SET_DATA_EVENTFD | UNMASK, 0, 1,
				i % 3 ? &resample : &(s32){ -1 }, sizeof(s32));
		__vfio_irq_on(&rig.vfio, INTX, 0, -1);
		edu_raise(rig.regs, 1);
		__vfio_irq_action(&rig.vfio, INTX, TRIGGER, 0);
		__vfio_set_irqs(&rig.vfio, INTX, VFIO_IRQ_SET_DATA_BOOL | TRIGGER, 0, 1, &one, 1);
		__vfio_irq_action(&rig.vfio, INTX, MASK, 0);
		event_signal(resample);
		__vfio_irq_action(&rig.vfio, INTX, UNMASK, 0);
		edu_ack(rig.regs);
		if (i % 5 == 4)
			__vfio_irq_off(&rig.vfio, INTX);
	}
	__vfio_irq_off(&rig.vfio, INTX);
	event_signal(resample);
	while (fd_ready(rig.event, QUIET_MS))
		event_wait(rig.event);
	vfio_irq_on(&rig.vfio, INTX, 0, rig.event);
	edu_raise(rig.regs, 1);
	event_wait(rig.event);
	edu_ack(rig.regs);
}

static void one_kind_at_a_time(void)
{
	struct rig rig = open_rig(INTX);
	const int event = event_new();

	CHECK_EQ(__vfio_irq_on(&rig.vfio, MSI, 0, event), -EINVAL);
	vfio_irq_off(&rig.vfio, INTX);
	vfio_irq_on(&rig.vfio, MSI, 0, event);
	CHECK_EQ(__vfio_irq_on(&rig.vfio, INTX, 0, rig.event), -EINVAL);
	edu_raise(rig.regs, 1);
	event_wait(event);
	edu_ack(rig.regs);
	vfio_irq_off(&rig.vfio, MSI);
	vfio_irq_on(&rig.vfio, INTX, 0, rig.event);
	edu_raise(rig.regs, 1);
	event_wait(rig.event);
	edu_ack(rig.regs);
}

static void msi_is_never_masked(void)
{
	struct rig rig = open_rig(MSI);
	int i;

	CHECK(pci_msi_enabled(&rig.vfio.dev));
	for (i = 0; i < 100; i++) {
		edu_raise(rig.regs, 1);
		event_wait(rig.event);
		edu_ack(rig.regs);
	}
	CHECK_EQ(__vfio_irq_action(&rig.vfio, MSI, MASK, 0), -ENOTTY);
	CHECK_EQ(__vfio_irq_action(&rig.vfio, MSI, UNMASK, 0), -ENOTTY);
	CHECK(quiet(&rig));
	vfio_irq_off(&rig.vfio, MSI);
	CHECK(!pci_msi_enabled(&rig.vfio.dev));
}

/* An interrupt that was switched off leaves nobody to be told. */
static void off_is_off(void)
{
	static const int kinds[] = { INTX, MSI };
	struct rig rig;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		rig = open_rig(kinds[i]);
		vfio_irq_off(&rig.vfio, kinds[i]);
		edu_raise(rig.regs, 1);
		CHECK(quiet(&rig));
		edu_ack(rig.regs);
		close_rig(&rig);
	}
}

static void close_ends_interrupts(void)
{
	static const int kinds[] = { INTX, MSI };
	struct pci_dev dev = vfio_dut("edu");
	struct rig rig;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		rig = open_rig(kinds[i]);
		edu_raise(rig.regs, 1);
		close_rig(&rig);
		CHECK(!pci_msi_enabled(&dev));
		CHECK(!pci_bus_master(&dev));
	}
	vfio_open_edu(&rig.vfio, "edu");
}

/* --- MSI-X, on a device where each vector can be triggered by a register --- */

struct igb_rig {
	struct vfio vfio;
	void *regs;
	s32 event[8];
};

static struct igb_rig open_igb(u32 vectors)
{
	struct igb_rig rig;
	size_t i;

	vfio_open_dut(&rig.vfio, "igb");
	vfio_command(&rig.vfio, 0, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	rig.regs = vfio_map_bar(&rig.vfio, 0);
	for (i = 0; i < ARRAY_SIZE(rig.event); i++)
		rig.event[i] = event_new();
	vfio_set_irqs(&rig.vfio, MSIX, VFIO_IRQ_SET_DATA_EVENTFD | TRIGGER, 0, vectors,
		      rig.event, vectors * sizeof(s32));
	mmio_write32(rig.regs, IGB_GPIE, IGB_GPIE_MSIX);
	mmio_write32(rig.regs, IGB_EIAC, 0xff);
	mmio_write32(rig.regs, IGB_EIMS, 0xff);
	return rig;
}

static void check_vector(struct igb_rig *rig, int vector)
{
	size_t i;

	mmio_write32(rig->regs, IGB_EICS, BIT(vector));
	event_wait(rig->event[vector]);
	for (i = 0; i < ARRAY_SIZE(rig->event); i++)
		if (fd_ready(rig->event[i], 0))
			FAIL("vector %zu was triggered, too, by %d", i, vector);
}

static void each_vector_has_its_event(void)
{
	struct igb_rig rig = open_igb(4);
	int i;

	CHECK(pci_msix_enabled(&rig.vfio.dev));
	for (i = 0; i < 12; i++)
		check_vector(&rig, i % 4);
	CHECK_EQ(__vfio_irq_action(&rig.vfio, MSIX, MASK, 0), -ENOTTY);
	vfio_irq_off(&rig.vfio, MSIX);
	CHECK(!pci_msix_enabled(&rig.vfio.dev));
}

static void vectors_can_be_taken_away_and_given_back(void)
{
	struct igb_rig rig = open_igb(4);

	vfio_irq_on(&rig.vfio, MSIX, 2, -1);
	mmio_write32(rig.regs, IGB_EICS, BIT(2));
	check_vector(&rig, 1);
	CHECK(!fd_ready(rig.event[2], QUIET_MS));
	vfio_irq_on(&rig.vfio, MSIX, 2, rig.event[2]);
	/* The device may have kept the one that nobody wanted. */
	if (fd_ready(rig.event[2], QUIET_MS))
		event_wait(rig.event[2]);
	check_vector(&rig, 2);
	check_vector(&rig, 3);
}

/* Of all processors, as /sys/kernel/irq/N/per_cpu_count has it; -1: no such name. */
static long long irq_count(const char *name)
{
	char text[256], *rest = text;
	long long count = -1;
	glob_t irqs;
	size_t i;

	CHECK_EQ(glob("/sys/kernel/irq/*", 0, NULL, &irqs), 0);
	for (i = 0; i < irqs.gl_pathc && count < 0; i++) {
		char path[PATH_LEN];

		snprintf(path, sizeof(path), "%s/actions", irqs.gl_pathv[i]);
		if (__file_read(path, text, sizeof(text)) < 0 || strcmp(text, name))
			continue;
		snprintf(path, sizeof(path), "%s/per_cpu_count", irqs.gl_pathv[i]);
		MUST(__file_read(path, text, sizeof(text)));
		for (count = 0; rest; strsep(&rest, ","))
			count += strtoll(rest, NULL, 10);
	}
	globfree(&irqs);
	return count;
}

static void vectors_are_counted(void)
{
	struct igb_rig rig = open_igb(4);
	char name[4][64];
	int i;

	for (i = 0; i < 6; i++)
		check_vector(&rig, i % 2 + 1);
	for (i = 0; i < 4; i++) {
		snprintf(name[i], sizeof(name[i]), "vfio-msix[%d](%s)", i,
			 rig.vfio.dev.bdf);
		CHECK_EQ(irq_count(name[i]), i == 1 || i == 2 ? 3 : 0);
	}
	vfio_irq_off(&rig.vfio, MSIX);
	CHECK_EQ(irq_count(name[1]), -1);
}

/* What an interrupt controller of a guest does: vectors one by one, as it needs. */
static void vectors_can_be_added(void)
{
	struct igb_rig rig = open_igb(2);

	if (vfio_irq_info(&rig.vfio, MSIX).flags & VFIO_IRQ_INFO_NORESIZE) {
		CHECK_EQ(__vfio_irq_on(&rig.vfio, MSIX, 5, rig.event[5]), -EINVAL);
		check_vector(&rig, 1);
		skip("this kernel cannot add vectors of MSI-X, and says so");
	}
	check_vector(&rig, 1);
	vfio_irq_on(&rig.vfio, MSIX, 5, rig.event[5]);
	check_vector(&rig, 5);
	vfio_irq_on(&rig.vfio, MSIX, 3, rig.event[3]);
	check_vector(&rig, 3);
	vfio_irq_on(&rig.vfio, MSIX, 5, -1);
	check_vector(&rig, 0);
	vfio_irq_on(&rig.vfio, MSIX, 5, rig.event[5]);
	check_vector(&rig, 5);
}

/*
 * Which of them it was, nobody can tell; and the second cannot bypass the host, of which
 * nothing may be left when it goes while the first is there.
 */
static void one_event_for_two_vectors(void)
{
	int event = event_new(), both[2] = { event, event };
	struct vfio vfio;

	vfio_open_dut(&vfio, "nvme");
	vfio_set_irqs(&vfio, MSIX, VFIO_IRQ_SET_DATA_EVENTFD | TRIGGER, 0, 2, both,
		      sizeof(both));
	vfio_irq_action(&vfio, MSIX, TRIGGER, 0);
	event_wait(event);
	vfio_irq_action(&vfio, MSIX, TRIGGER, 1);
	event_wait(event);
	vfio_irq_on(&vfio, MSIX, 1, -1);
	vfio_irq_action(&vfio, MSIX, TRIGGER, 0);
	event_wait(event);
}

static void check_bypass(const char *counts)
{
	char text[32];

	MUST(__file_read("/sys/module/" BYPASS_FIXTURE "/parameters/seen", text, sizeof(text)));
	CHECK_STR(text, counts);
}

/* Who has an interrupt delivered past the host loses it before it is freed. */
static void bypass_ends_in_time(void)
{
	struct rig rig = open_rig(MSI);
	char params[32];

	snprintf(params, sizeof(params), "event=%d", rig.event);
	module_load(BYPASS_FIXTURE, params);
	check_bypass("1 0 0");
	vfio_irq_off(&rig.vfio, MSI);
	check_bypass("1 1 1");
	vfio_irq_on(&rig.vfio, MSI, 0, rig.event);
	check_bypass("2 1 1");
	close_rig(&rig);
	check_bypass("2 2 2");
}

/* QEMU's way to switch MSI-X on without any vector in use. */
static void msix_without_any_event(void)
{
	struct igb_rig rig = open_igb(1);

	vfio_irq_off(&rig.vfio, MSIX);
	CHECK_EQ(__vfio_irq_action(&rig.vfio, MSIX, TRIGGER, 0), -EINVAL);
	vfio_irq_on(&rig.vfio, MSIX, 0, -1);
	CHECK(pci_msix_enabled(&rig.vfio.dev));
	vfio_irq_action(&rig.vfio, MSIX, TRIGGER, 0);
	vfio_irq_on(&rig.vfio, MSIX, 0, rig.event[0]);
	check_vector(&rig, 0);
	vfio_irq_off(&rig.vfio, MSIX);
	CHECK(!pci_msix_enabled(&rig.vfio.dev));
}

/* --- errors and requests --- */

static void error_and_request_have_events(void)
{
	static const int kinds[] = { VFIO_PCI_ERR_IRQ_INDEX, VFIO_PCI_REQ_IRQ_INDEX };
	const int event = event_new();
	struct vfio vfio;
	size_t i;

	vfio_open_dut(&vfio, "nvme");
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		vfio_irq_on(&vfio, kinds[i], 0, event);
		vfio_irq_action(&vfio, kinds[i], TRIGGER, 0);
		event_wait(event);
		set_bool(&vfio, kinds[i], TRIGGER, 1);
		event_wait(event);
		set_bool(&vfio, kinds[i], TRIGGER, 0);
		CHECK(!fd_ready(event, QUIET_MS));
		vfio_irq_on(&vfio, kinds[i], 0, -1);
		__vfio_irq_action(&vfio, kinds[i], TRIGGER, 0);
		CHECK(!fd_ready(event, QUIET_MS));
		CHECK_EQ(__vfio_irq_action(&vfio, kinds[i], MASK, 0), -ENOTTY);
		vfio_irq_on(&vfio, kinds[i], 0, event);
		vfio_irq_off(&vfio, kinds[i]);
		CHECK_EQ(__vfio_irq_action(&vfio, kinds[i], TRIGGER, 0), -EINVAL);
	}
}

static void cleanup(void)
{
	vfio_cleanup();
	if (module_loaded(BYPASS_FIXTURE))
		module_unload(BYPASS_FIXTURE);
}

static const struct ktap_case cases[] = {
	CASES(intx_masks_itself, WAYS),
	CASES(unmask_tells_of_what_is_pending, WAYS),
	CASES(intx_can_be_masked, PLAIN_WAYS),
	CASES(intx_without_a_handler_stays_in_the_device, "vfio-lite"),
	CASES(false_does_nothing, VFIO_DRIVERS),
	CASES(triggers_by_hand, VFIO_DRIVERS),
	CASES(eventfd_can_be_changed, VFIO_DRIVERS),
	CASES(eventfd_may_be_missing, VFIO_DRIVERS),
	CASES(nothing_breaks_without_eventfd, "vfio-lite"),	/* in-tree, it may storm */
	CASES(one_kind_at_a_time, VFIO_DRIVERS),
	CASES(msi_is_never_masked, VFIO_DRIVERS),
	CASES(off_is_off, VFIO_DRIVERS),
	CASES(close_ends_interrupts, VFIO_DRIVERS),
	CASES(each_vector_has_its_event, VFIO_DRIVERS),
	CASES(vectors_can_be_taken_away_and_given_back, VFIO_DRIVERS),
	CASES(vectors_are_counted, VFIO_DRIVERS),
	CASES(vectors_can_be_added, VFIO_DRIVERS),
	CASES(one_event_for_two_vectors, VFIO_DRIVERS),
	CASES(bypass_ends_in_time, VFIO_DRIVERS),
	CASES(msix_without_any_event, VFIO_DRIVERS),
	CASES(error_and_request_have_events, VFIO_DRIVERS),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}
