// SPDX-License-Identifier: GPL-2.0-only
/*
 * No interrupt, by choice or for lack of one: the device can be used, and who
 * waits for an event waits in peace.
 *
 * Machine: edu testdev
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/ug.h"

static bool is_testdev(void)
{
	return !strcmp(plan_machine(), "testdev");
}

/* pci-testdev has no interrupt at all: nothing but none can be chosen. */
static struct pci_dev bind_without_interrupt(void)
{
	struct pci_dev dev = ug_bind(is_testdev() ? "auto" : "none");

	ug_check_mode(&dev, "none");
	return dev;
}

static void bus_mastering_is_on_while_open(void)
{
	struct pci_dev dev = bind_without_interrupt();
	int fd;

	CHECK(!pci_bus_master(&dev));
	fd = uio_open(&dev);
	CHECK(pci_bus_master(&dev));
	CHECK(!pci_msi_enabled(&dev));
	MUST(close(fd));
	CHECK(ug_device_is_quiet(&dev));
}

static void irqcontrol_fails(void)
{
	struct pci_dev dev = bind_without_interrupt();
	int fd = uio_open(&dev);

	CHECK_EQ(__uio_irqcontrol(fd, 0), -EIO);
	CHECK_EQ(__uio_irqcontrol(fd, 1), -EIO);
	CHECK_EQ(__uio_irqcontrol(fd, 2), -EINVAL);
}

static void poll_reports_nothing(void)
{
	struct pci_dev dev = bind_without_interrupt();
	int fd = uio_open(&dev);

	CHECK_EQ(uio_poll(fd, QUIET_MS), 0);
}

static void nonblocking_read_returns(void)
{
	struct pci_dev dev = bind_without_interrupt();
	int fd = MUST(__uio_open(&dev, O_RDWR | O_NONBLOCK));
	u32 count;

	CHECK_EQ(read(fd, &count, sizeof(count)), -1);
	CHECK_EQ(errno, EAGAIN);
}

static void patient_reader(void *arg)
{
	int *fd = arg;
	u32 count;

	CHECK_EQ(read(*fd, &count, sizeof(count)), -1);
	CHECK_EQ(errno, EIO);
}

static void read_blocks_until_unbind(void)
{
	struct pci_dev dev = bind_without_interrupt();
	int fd = uio_open(&dev);
	pid_t pid = helper_start(patient_reader, &fd);

	helper_wait_blocked(pid, SYS_read);
	pci_unbind(&dev);
	helper_join(pid);
}

static void edu_raises_in_vain(void)
{
	struct pci_dev dev = edu_dut();
	struct ug ug = ug_open_edu("none");

	CHECK(pci_intx_disabled(&dev));
	edu_raise(ug.regs, 1);
	CHECK(uio_quiet(ug.fd));
	CHECK_EQ(uio_event_attr(&dev), 0);
	edu_ack(ug.regs);
}

static void choice_gives_reasons(void)
{
	struct pci_dev dev = bind_without_interrupt();

	ug_check_choice(&dev, "none: chosen");
	ug_check_choice(&dev, "msix: no MSI-X capability");
	if (is_testdev()) {
		ug_check_choice(&dev, "msi: no MSI capability");
		ug_check_choice(&dev, "intx: no interrupt pin");
	} else {
		ug_check_choice(&dev, "msi: not asked for");
		ug_check_choice(&dev, "intx: not asked for");
	}
}

static void impossible_modes_are_refused(void)
{
	static const char * const modes[] = { "msix", "msi", "intx", "legacy" };
	struct pci_dev dev = bind_without_interrupt();
	size_t i;

	if (!is_testdev())
		skip("this device has interrupts");
	for (i = 0; i < ARRAY_SIZE(modes); i++)
		CHECK_EQ(__ug_set_mode(&dev, modes[i]), -EOPNOTSUPP);
	ug_set_mode(&dev, "auto");
	ug_check_mode(&dev, "none");
}

static const struct ktap_case cases[] = {
	CASE(bus_mastering_is_on_while_open),
	CASE(irqcontrol_fails),
	CASE(poll_reports_nothing),
	CASE(nonblocking_read_returns),
	CASE(read_blocks_until_unbind),
	CASE(edu_raises_in_vain),
	CASE(choice_gives_reasons),
	CASE(impossible_modes_are_refused),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), ug_cleanup);
}
