// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two devices on one INTx line: each gets its own interrupts and no other's,
 * also while one of them is masked and asserts the line.
 *
 * Machine: edu-pair
 */
#include <errno.h>
#include <fcntl.h>

#include "lib/fixture.h"
#include "lib/ktap.h"
#include "lib/ug.h"

static struct ug a, b;

static void open_pair(const char *mode)
{
	struct pci_dev first = pci_dut(), second = pci_find(0x1234, 0x11e8, 1);

	CHECK_EQ(pci_attr_number(&first, "irq"), pci_attr_number(&second, "irq"));
	ug_load(mode);
	pci_bind(&first, UG);
	pci_bind(&second, UG);
	ug_open(&a, &first);
	ug_open(&b, &second);
}

static void close_pair(void)
{
	edu_ack(a.regs);
	edu_ack(b.regs);
	pci_unbind(&b.dev);
}

static void each_gets_its_own(void)
{
	u32 before;

	open_pair("intx");
	before = uio_event_attr(&b.dev);
	ug_check_interrupt(&a);
	CHECK_EQ(uio_event_attr(&b.dev), before);
	ug_check_interrupt(&b);
	ug_check_interrupt(&a);
	close_pair();
}

/* A has interrupted, is not yet acknowledged and thus masked, and stays so. */
static void masked_one_is_left_alone(void)
{
	u32 before;
	int i;

	open_pair("intx");
	before = uio_event_attr(&a.dev);
	edu_raise(a.regs, 1);
	CHECK_EQ(uio_read(a.fd), before + 1);
	for (i = 0; i < 10; i++)
		ug_check_interrupt(&b);
	CHECK_EQ(uio_event_attr(&a.dev), before + 1);
	close_pair();
}

static void write_masked_one_is_left_alone(void)
{
	u32 before;
	int i;

	open_pair("intx");
	before = uio_event_attr(&a.dev);
	uio_mask(a.fd);
	edu_raise(a.regs, 1);
	for (i = 0; i < 10; i++)
		ug_check_interrupt(&b);
	CHECK_EQ(uio_event_attr(&a.dev), before);
	uio_unmask(a.fd);
	CHECK_EQ(uio_read(a.fd), before + 1);
	close_pair();
}

/* One cannot mask and so cannot share. */
static void open_beside_a_user_of_the_line(const char *parameter, const char *mode, int want)
{
	struct pci_dev first = pci_dut(), second = pci_find(0x1234, 0x11e8, 1);
	int fd;

	ug_load(parameter);
	pci_bind(&second, UG);
	ug_set_mode(&second, "intx");
	ug_open(&b, &second);

	fixture_load(&first, "no_msi=1");
	pci_bind(&first, UG);
	if (mode)
		ug_set_mode(&first, mode);
	fd = __uio_open(&first, O_RDWR);
	CHECK_EQ(fd < 0 ? fd : 0, want);
	ug_check_interrupt(&b);
	edu_ack(b.regs);
	pci_unbind(&b.dev);
}

static void check_does_without(const char *parameter, const char *mode)
{
	struct pci_dev first = pci_dut();

	open_beside_a_user_of_the_line(parameter, mode, 0);
	ug_check_mode(&first, "none");
	ug_check_choice(&first, "intx: failed at the last open, error -16");
}

static void auto_does_without(void)
{
	check_does_without("intx", "auto");
}

/* It is for all devices, and not asked for this one. */
static void parameter_does_without(void)
{
	check_does_without("intx", NULL);
}

static void intx_asked_for_is_an_error(void)
{
	struct pci_dev first = pci_dut();

	open_beside_a_user_of_the_line("auto", "intx", -EBUSY);
	ug_check_last_error(&first, "open: error -16");
	ug_check_choice(&first, "intx: failed at the last open, error -16");
}

static const struct ktap_case cases[] = {
	CASE(each_gets_its_own),
	CASE(masked_one_is_left_alone),
	CASE(write_masked_one_is_left_alone),
	CASE(auto_does_without),
	CASE(parameter_does_without),
	CASE(intx_asked_for_is_an_error),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), fixture_cleanup);
}
