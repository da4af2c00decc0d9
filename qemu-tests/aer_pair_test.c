// SPDX-License-Identifier: GPL-2.0-only
/*
 * An error of a device beside one that has no driver: the PCI core gives up and, from
 * 7.2 on, says to all that the failure is permanent. And one beside a device whose driver
 * has the bus reset, or says what the PCI core does (fixture/neighbour_fixture.c).
 *
 * Machine: virtio-aer-pair
 * Deadline: 180
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/aer.h"
#include "lib/fail.h"
#include "lib/ktap.h"
#include "lib/qmp.h"
#include "lib/suspend.h"
#include "lib/ug.h"

#define NONFATAL	"pcie_aer_inject_error dut COMP_ABORT"
#define NEIGHBOUR	"neighbour_fixture"
#define DROP_IN		"uio_pci_generic"
#define OTHER_VENDOR	0x1033
#define OTHER_DEVICE	0x0194
#define BARS		6
#define FATAL		"pcie_aer_inject_error dut MALF_TLP"
#define GIVEN_UP	"device recovery failed"

/* It was not cut off, so that it goes on. */
static void other_one_disturbs_nothing(void)
{
	struct pci_dev dev = ug_bind(ktap_variant());
	int log = kmsg_open(), fd;
	struct qmp qmp;

	qmp_open(&qmp);
	aer_let_through(&dev, 0);
	fd = uio_open(&dev);
	uio_sync(fd, &dev);
	qmp_tell(&qmp, NONFATAL);
	uio_read(fd);
	CHECK(wait_for(kmsg_has(log, GIVEN_UP), AER_RECOVERY_MS));
	ug_check_attr(&dev, "state", "ok");
	ug_check_last_error(&dev, "nonfatal: error -5");
	CHECK(pci_bus_master(&dev));
	CHECK_EQ(ug_number(&dev, "resets"), 0);
}

static void read_bars(const struct pci_dev *dev, u32 bars[BARS])
{
	int i;

	for (i = 0; i < BARS; i++)
		bars[i] = pci_config_read(dev, PCI_BASE_ADDRESS_0 + 4 * i, 4);
}

static void check_bars(const struct pci_dev *dev, const u32 bars[BARS])
{
	u32 now[BARS];
	int i;

	read_bars(dev, now);
	for (i = 0; i < BARS; i++)
		CHECK_EQ(now[i], bars[i]);
}

/* The link is reset, and nobody is asked to give devices their config space back. */
static int open_and_give_up(const struct pci_dev *dev)
{
	int fd, log = kmsg_open();
	struct qmp qmp;

	qmp_open(&qmp);
	aer_let_through(dev, 0);
	fd = uio_open(dev);
	qmp_tell(&qmp, FATAL);
	CHECK(wait_for(kmsg_has(log, GIVEN_UP), AER_RECOVERY_MS));
	CHECK_EQ(__uio_irqcontrol(fd, 1), -EIO);
	return fd;
}

static void given_up_one_comes_back_by_a_reset(void)
{
	struct pci_dev dev = ug_bind(ktap_variant());
	u32 bars[BARS];
	int fd;

	read_bars(&dev, bars);
	fd = open_and_give_up(&dev);
	pci_attr_write(&dev, "reset", "1");
	ug_check_attr(&dev, "state", "ok");
	check_bars(&dev, bars);
	CHECK(pci_config_read(&dev, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY);
	CHECK(pci_bus_master(&dev));
	uio_sync(fd, &dev);
	uio_unmask(fd);
}

static void given_up_one_is_not_left_like_that(void)
{
	struct pci_dev dev = ug_bind(ktap_variant());
	u32 bars[BARS];

	read_bars(&dev, bars);
	close(open_and_give_up(&dev));
	pci_unbind(&dev);
	check_bars(&dev, bars);
	pci_bind(&dev, UG);
	ug_check_attr(&dev, "state", "ok");
}

static void bind_neighbour(const char *params)
{
	struct pci_dev other = pci_find(OTHER_VENDOR, OTHER_DEVICE, 0);

	module_load(NEIGHBOUR, params);
	pci_bind(&other, NEIGHBOUR);
}

/* One that is not fatal, and that the driver of the other one wants a reset for. */
static int recover_for_the_other_one(const struct pci_dev *dev, bool masked)
{
	int log = kmsg_open(), fd;
	struct qmp qmp;

	bind_neighbour("");
	qmp_open(&qmp);
	aer_let_through(dev, 0);
	fd = uio_open(dev);
	if (masked)
		uio_mask(fd);
	uio_sync(fd, dev);
	qmp_tell(&qmp, NONFATAL);
	CHECK(wait_for(kmsg_has(log, AER_RECOVERED), AER_RECOVERY_MS));
	uio_read(fd);
	ug_check_attr(dev, "state", "ok");
	return fd;
}

/* From 7.2 on, the bus is reset indeed, though nothing was cut off; before, it only is said. */
static void reset_for_the_other_one_takes_nothing_away(void)
{
	struct pci_dev dev = ug_bind(ktap_variant());
	u32 bars[BARS];

	read_bars(&dev, bars);
	recover_for_the_other_one(&dev, false);
	CHECK_EQ(ug_number(&dev, "resets"), !kernel_is_before(7, 2));
	check_bars(&dev, bars);
	CHECK(pci_bus_master(&dev));
	CHECK(!pci_intx_disabled(&dev) || strcmp(ktap_variant(), "intx"));
}

static void mask_outlives_the_reset_for_the_other_one(void)
{
	struct pci_dev dev = ug_bind("intx");
	int fd = recover_for_the_other_one(&dev, true);

	CHECK(pci_intx_disabled(&dev));
	uio_unmask(fd);
	CHECK(!pci_intx_disabled(&dev));
}

/* What has recovered in its sleep goes on sleeping, and wakes with the system. */
static void check_sleep(const char *in_sleep, const char *error)
{
	struct pci_dev dev = ug_bind(ktap_variant());
	char text[8];
	int fd;

	bind_neighbour(in_sleep);
	fd = uio_open(&dev);
	uio_sync(fd, &dev);
	sleep_and_wake();
	MUST(__file_read("/sys/module/" NEIGHBOUR "/parameters/sleeps_as_master", text,
			 sizeof(text)));
	CHECK_STR(text, "N");
	ug_check_last_error(&dev, error);
	uio_read(fd);
	ug_check_attr(&dev, "state", "ok");
	CHECK_EQ(ug_number(&dev, "resets"), 1);
	CHECK(pci_bus_master(&dev));
	uio_unmask(fd);
}

static void error_does_not_end_the_sleep(void)
{
	check_sleep("in_sleep=normal,resume", "nonfatal: error -5");
}

static void recovery_does_not_end_the_sleep(void)
{
	check_sleep("in_sleep=frozen,slot_reset,resume", "fatal: error -5");
}

/* Of which drivers are not told, before 7.2. */
static void sleep_ends_what_was_given_up(void)
{
	check_sleep("in_sleep=frozen", "fatal: error -5");
}

static void say(const char *words)
{
	MUST(__file_write("/sys/module/" NEIGHBOUR "/parameters/say", words));
}

/* Until it is reset, it is not to write to anybody's memory. */
static void cut_off_is_no_bus_master(void)
{
	struct pci_dev dev = ug_bind("msix");

	bind_neighbour("");
	uio_open(&dev);
	CHECK(pci_bus_master(&dev));
	say("frozen");
	ug_check_attr(&dev, "state", "error");
	CHECK(!pci_bus_master(&dev));
}

/* Whoever is told of the error may do so at once, which is no reset. */
static void bus_master_is_switched_off_meanwhile(void)
{
	struct pci_dev dev = ug_bind("msix");
	u16 command;

	bind_neighbour("");
	uio_open(&dev);
	say("normal");
	command = pci_config_read(&dev, PCI_COMMAND, 2);
	pci_config_write(&dev, PCI_COMMAND, 2, command & ~PCI_COMMAND_MASTER);
	say("slot_reset,resume");
	ug_check_attr(&dev, "state", "ok");
	CHECK_EQ(ug_number(&dev, "resets"), 0);
	CHECK(!pci_bus_master(&dev));
}

/* As by a program that works INTx by config space; then a reset takes all of COMMAND. */
static void unmask_by_config_outlives_a_reset(void)
{
	struct pci_dev dev = ug_bind("intx");
	u16 command;
	int fd;

	bind_neighbour("");
	fd = uio_open(&dev);
	uio_mask(fd);
	command = pci_config_read(&dev, PCI_COMMAND, 2);
	pci_config_write(&dev, PCI_COMMAND, 2, command & ~PCI_COMMAND_INTX_DISABLE);
	say("normal");
	pci_config_write(&dev, PCI_COMMAND, 2, 0);
	say("slot_reset,resume");
	ug_check_attr(&dev, "state", "ok");
	CHECK_EQ(ug_number(&dev, "resets"), 1);
	CHECK(!pci_intx_disabled(&dev));
}

/* A reset by hand that fails is not the end of a recovery. */
static void failed_one_recovers(void)
{
	struct pci_dev dev = ug_bind("msix");

	fail_init();
	bind_neighbour("");
	uio_open(&dev);
	say("frozen");
	fail_begin("pci_device_is_present", 0, 0);
	pci_attr_write(&dev, "reset", "1");
	fail_end();
	ug_check_attr(&dev, "state", "failed");
	say("slot_reset,resume");
	ug_check_attr(&dev, "state", "ok");
	CHECK(pci_bus_master(&dev));
}

/*
 * One that is cut off cannot say whether it is a bus master, nor whether INTx is masked.
 * Under that name, it is user space that has the former on, and finds it on.
 */
static void bus_master_of_the_users_stays(void)
{
	struct pci_dev dev = pci_dut();
	u16 command;
	int nth, fd;

	fail_init();
	bind_neighbour("");
	module_load(DROP_IN, "");
	pci_bind(&dev, DROP_IN);
	fd = uio_open(&dev);
	command = pci_config_read(&dev, PCI_COMMAND, 2);
	pci_config_write(&dev, PCI_COMMAND, 2, command | PCI_COMMAND_MASTER);
	for (nth = 1; nth <= 3; nth++) {
		uio_sync(fd, &dev);
		fail_begin("pci_conf1_read", -EINVAL, nth);
		say("frozen,slot_reset,resume");
		fail_end();
		ug_check_attr(&dev, "state", "ok");
		CHECK_EQ(ug_number(&dev, "resets"), nth);
		CHECK(pci_bus_master(&dev));
		CHECK(!pci_intx_disabled(&dev));
	}
}

static void cleanup(void)
{
	struct pci_dev dev = pci_dut();

	if (pci_driven_by(&dev, DROP_IN))
		pci_unbind(&dev);
	if (module_loaded(DROP_IN))
		module_unload(DROP_IN);
	ug_cleanup();
	if (module_loaded(NEIGHBOUR))
		module_unload(NEIGHBOUR);
	fail_cleanup();
}

static const struct ktap_case cases[] = {
	CASES(other_one_disturbs_nothing, "msix intx"),
	SLOW_CASES(given_up_one_comes_back_by_a_reset, "msix intx", 60),
	SLOW_CASES(reset_for_the_other_one_takes_nothing_away, "msix intx", 60),
	SLOW_CASE(mask_outlives_the_reset_for_the_other_one, 60),
	SLOW_CASES(error_does_not_end_the_sleep, "msix intx", 60),
	SLOW_CASES(recovery_does_not_end_the_sleep, "msix intx", 60),
	SLOW_CASES(sleep_ends_what_was_given_up, "msix intx", 60),
	CASE(bus_master_is_switched_off_meanwhile),
	CASE(unmask_by_config_outlives_a_reset),
	CASE(failed_one_recovers),
	CASE(cut_off_is_no_bus_master),
	CASE(bus_master_of_the_users_stays),
	SLOW_CASES(given_up_one_is_not_left_like_that, "msix", 60),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}
