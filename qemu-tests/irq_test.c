// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts: each one is counted once, a masked one waits, none is lost.
 *
 * The same promises hold for MSI, for INTx, and for INTx of a device that
 * cannot mask its line ("exclusive", which a fixture module brings about).
 * Only INTx must be armed again after each interrupt.
 *
 * Machine: edu edu-port
 * Deadline: 180
 */
#include <poll.h>
#include <string.h>

#include "lib/fixture.h"
#include "lib/ktap.h"
#include "lib/ug.h"

#define MANY	1000
#define RACE_MS	3000

#define LEVEL	"intx exclusive"
#define ALL	"msi " LEVEL

static struct ug open_exclusive(void)
{
	struct pci_dev dev = edu_dut();

	fixture_load(&dev, "");
	return ug_open_edu("intx");
}

static struct ug open_variant(void)
{
	if (!strcmp(ktap_variant(), "exclusive"))
		return open_exclusive();
	return ug_open_edu(ktap_variant());
}

static void arrives_after_open(void)
{
	struct ug ug = open_variant();

	ug_check_interrupt(&ug);
}

static void counts_exactly(void)
{
	struct ug ug = open_variant();
	u32 before = uio_event_attr(&ug.dev);
	int i;

	for (i = 0; i < MANY; i++)
		ug_check_interrupt(&ug);
	CHECK(uio_quiet(ug.fd));
	CHECK_EQ(uio_event_attr(&ug.dev), before + MANY);
}

static void wakes_poll(void)
{
	struct ug ug = open_variant();

	CHECK_EQ(uio_poll(ug.fd, 0), 0);
	edu_raise(ug.regs, 1);
	CHECK_EQ(uio_poll(ug.fd, SOON_MS), POLLIN);
	uio_read(ug.fd);
	CHECK_EQ(uio_poll(ug.fd, 0), 0);
}

/* The device's own events, which come when it has finished something. */
static void comes_from_work(void)
{
	struct ug ug = open_variant();

	mmio_write32(ug.regs, EDU_STATUS, EDU_STATUS_IRQ);
	mmio_write32(ug.regs, EDU_FACTORIAL, 5);
	uio_read(ug.fd);
	CHECK_EQ(mmio_read32(ug.regs, EDU_IRQ_STATUS), EDU_IRQ_FACTORIAL);
	CHECK_EQ(mmio_read32(ug.regs, EDU_FACTORIAL), 120);
	mmio_write32(ug.regs, EDU_STATUS, 0);
	edu_ack(ug.regs);
}

static void masked_waits_for_unmask(void)
{
	struct ug ug = open_variant();
	u32 before = uio_event_attr(&ug.dev);

	uio_mask(ug.fd);
	edu_raise(ug.regs, 1);
	CHECK(uio_quiet(ug.fd));
	uio_unmask(ug.fd);
	CHECK_EQ(uio_read(ug.fd), before + 1);
	CHECK(uio_quiet(ug.fd));
	edu_ack(ug.regs);
	uio_unmask(ug.fd);
	ug_check_interrupt(&ug);
}

/* However often it was raised: the device remembers one bit, and so do we. */
static void masked_comes_once(void)
{
	struct ug ug = open_variant();
	u32 before = uio_event_attr(&ug.dev);
	int i;

	uio_mask(ug.fd);
	for (i = 0; i < 10; i++)
		edu_raise(ug.regs, BIT(i));
	CHECK(uio_quiet(ug.fd));
	uio_unmask(ug.fd);
	CHECK_EQ(uio_read(ug.fd), before + 1);
	CHECK(uio_quiet(ug.fd));
}

static void masking_twice_is_harmless(void)
{
	struct ug ug = open_variant();
	u32 before = uio_event_attr(&ug.dev);

	uio_mask(ug.fd);
	uio_mask(ug.fd);
	edu_raise(ug.regs, 1);
	CHECK(uio_quiet(ug.fd));
	uio_unmask(ug.fd);
	CHECK_EQ(uio_read(ug.fd), before + 1);
}

static void unmasking_twice_is_harmless(void)
{
	struct ug ug = open_variant();

	uio_unmask(ug.fd);
	uio_unmask(ug.fd);
	CHECK(uio_quiet(ug.fd));
	uio_mask(ug.fd);
	edu_raise(ug.regs, 1);
	CHECK(uio_quiet(ug.fd));
	uio_unmask(ug.fd);
	uio_read(ug.fd);
	edu_ack(ug.regs);
	uio_unmask(ug.fd);
	CHECK(uio_quiet(ug.fd));
}

/* A mask must not outlive those who set it. */
static void open_begins_unmasked(void)
{
	struct ug ug = open_variant();

	uio_mask(ug.fd);
	ug_close(&ug);
	ug_open(&ug, &ug.dev);
	ug_check_interrupt(&ug);
}

static void mask_holds_for_all_openers(void)
{
	struct ug ug = open_variant();
	int other = uio_open(&ug.dev);

	uio_mask(other);
	edu_raise(ug.regs, 1);
	CHECK(uio_quiet(ug.fd));
	uio_unmask(ug.fd);
	uio_read(ug.fd);
	uio_read(other);
}

/* MSI needs no unmask between two interrupts. */
static void needs_no_arming(void)
{
	struct ug ug = open_variant();
	u32 before = uio_event_attr(&ug.dev);
	int i;

	for (i = 1; i <= 10; i++) {
		edu_raise(ug.regs, 1);
		CHECK_EQ(uio_read(ug.fd), before + i);
	}
}

/* INTx stays masked after an interrupt; asserted at unmask, it comes again. */
static void needs_arming(void)
{
	struct ug ug = open_variant();
	u32 before = uio_event_attr(&ug.dev);

	edu_raise(ug.regs, 1);
	CHECK_EQ(uio_read(ug.fd), before + 1);
	edu_raise(ug.regs, 2);
	CHECK(uio_quiet(ug.fd));
	uio_unmask(ug.fd);
	CHECK_EQ(uio_read(ug.fd), before + 2);
	edu_ack(ug.regs);
	uio_unmask(ug.fd);
	CHECK(uio_quiet(ug.fd));
	ug_check_interrupt(&ug);
}

/* A level that went away while it was masked is no event. */
static void acknowledged_is_gone(void)
{
	struct ug ug = open_variant();

	uio_mask(ug.fd);
	edu_raise(ug.regs, 1);
	edu_ack(ug.regs);
	uio_unmask(ug.fd);
	CHECK(uio_quiet(ug.fd));
}

static void mask_and_unmask(void *arg)
{
	const struct ug *ug = arg;
	u64 end = now_ms() + RACE_MS;

	while (now_ms() < end) {
		uio_mask(ug->fd);
		uio_unmask(ug->fd);
	}
}

/*
 * The mask is a bit of COMMAND, of which user space has others. One that is switched on
 * while the driver masks stays on; igb_uio keeps user space from COMMAND meanwhile.
 */
static void mask_leaves_the_rest_of_command(void)
{
	struct ug ug = open_variant();
	u8 command = pci_config_read(&ug.dev, PCI_COMMAND, 1);

	helper_start(mask_and_unmask, &ug);
	while (helpers_left()) {
		pci_config_write(&ug.dev, PCI_COMMAND, 1, command & ~PCI_COMMAND_MEMORY);
		pci_config_write(&ug.dev, PCI_COMMAND, 1, command);
		CHECK_EQ(pci_config_read(&ug.dev, PCI_COMMAND, 1), command);
	}
	ug_check_interrupt(&ug);
}

static const struct ktap_case cases[] = {
	CASES(arrives_after_open, ALL),
	CASES(counts_exactly, ALL),
	CASES(wakes_poll, ALL),
	CASES(comes_from_work, ALL),
	CASES(masked_waits_for_unmask, ALL),
	CASES(masked_comes_once, ALL),
	CASES(masking_twice_is_harmless, ALL),
	CASES(unmasking_twice_is_harmless, ALL),
	CASES(open_begins_unmasked, ALL),
	CASES(mask_holds_for_all_openers, ALL),
	CASES(needs_no_arming, "msi"),
	CASES(needs_arming, LEVEL),
	CASES(acknowledged_is_gone, LEVEL),
	CASES(mask_leaves_the_rest_of_command, "intx"),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), fixture_cleanup);
}
