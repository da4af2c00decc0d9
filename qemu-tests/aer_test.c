// SPDX-License-Identifier: GPL-2.0-only
/*
 * Errors that the device reports to its root port: after a fatal one it is cut
 * off, reset with its link and given back; after another it just goes on. The
 * monitor makes QEMU's device report them.
 *
 * Machine: virtio-aer
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/aer.h"
#include "lib/fixture.h"
#include "lib/ktap.h"
#include "lib/qmp.h"
#include "lib/ug.h"

#define FATAL		"pcie_aer_inject_error dut MALF_TLP"
#define NONFATAL	"pcie_aer_inject_error dut COMP_ABORT"

/* Map 1 of a virtio device: its common configuration, and where INTx is read. */
#define CFG_LEN			0x4000
#define FEATURE_SELECT		0x08
#define FEATURES		0x0c
#define   FEATURES_VERSION_1	BIT(0)	/* of the upper half */
#define CONFIG_VECTOR		0x10
#define STATUS			0x14
#define   STATUS_DRIVER		0x03
#define   STATUS_DRIVER_OK	0x04
#define   STATUS_FEATURES_OK	0x08
#define INTX_STATUS		0x1000

static struct qmp qmp;

struct nic {
	struct pci_dev dev;
	int fd;
	void *cfg;
	bool link;
};

static struct pci_dev bind(void)
{
	struct pci_dev dev = ug_bind(ktap_variant());

	qmp_open(&qmp);
	aer_let_through(&dev, 0);
	return dev;
}

/*
 * As much of virtio (1.1, 4.1.4.3) as it takes to be interrupted when the link
 * changes, which the monitor brings about.
 */
static void start(struct nic *nic)
{
	void *cfg = nic->cfg;

	mmio_write8(cfg, STATUS, 0);
	mmio_write8(cfg, STATUS, STATUS_DRIVER);
	mmio_write32(cfg, FEATURE_SELECT, 1);
	mmio_write32(cfg, FEATURES, FEATURES_VERSION_1);
	mmio_write8(cfg, STATUS, STATUS_DRIVER | STATUS_FEATURES_OK);
	mmio_write32(cfg, CONFIG_VECTOR, 0);
	mmio_write8(cfg, STATUS, STATUS_DRIVER | STATUS_FEATURES_OK | STATUS_DRIVER_OK);
	uio_sync(nic->fd, &nic->dev);
}

static void open_nic(struct nic *nic)
{
	nic->dev = bind();
	ug_check_mode(&nic->dev, ktap_variant());
	nic->fd = uio_open(&nic->dev);
	nic->cfg = uio_mmap(nic->fd, &nic->dev, 1);
	nic->link = true;
	start(nic);
}

static void check_interrupt(struct nic *nic)
{
	u32 before = uio_event_attr(&nic->dev);

	nic->link = !nic->link;
	qmp_tell(&qmp, nic->link ? "set_link n0 on" : "set_link n0 off");
	CHECK_EQ(uio_read(nic->fd), before + 1);
	mmio_read8(nic->cfg, INTX_STATUS);
	uio_unmask(nic->fd);
}

static void fatal_one_is_recovered_from(void)
{
	int i, log = kmsg_open();
	u64 interrupts;
	struct nic nic;

	open_nic(&nic);
	for (i = 1; i <= 3; i++) {
		check_interrupt(&nic);
		interrupts = ug_number(&nic.dev, "irq_count");
		qmp_tell(&qmp, FATAL);
		uio_read(nic.fd);
		CHECK(wait_for(kmsg_has(log, AER_RECOVERED), AER_RECOVERY_MS));
		ug_check_attr(&nic.dev, "state", "ok");
		CHECK_EQ(ug_number(&nic.dev, "resets"), i);
		CHECK_EQ(ug_number(&nic.dev, "irq_count"), interrupts);
		ug_check_last_error(&nic.dev, "fatal: error -5");
		CHECK(pci_bus_master(&nic.dev));
		start(&nic);
	}
	check_interrupt(&nic);
	MUST(munmap(nic.cfg, CFG_LEN));
	MUST(close(nic.fd));
	CHECK(ug_device_is_quiet(&nic.dev));
}

/* What was set up in the device before is still there: nothing was reset. */
static void other_one_disturbs_nothing(void)
{
	int log = kmsg_open();
	struct nic nic;

	open_nic(&nic);
	check_interrupt(&nic);
	qmp_tell(&qmp, NONFATAL);
	uio_read(nic.fd);
	CHECK(wait_for(kmsg_has(log, AER_RECOVERED), AER_RECOVERY_MS));
	ug_check_attr(&nic.dev, "state", "ok");
	CHECK_EQ(ug_number(&nic.dev, "resets"), 0);
	ug_check_last_error(&nic.dev, "nonfatal: error -5");
	check_interrupt(&nic);
}

/* What was restored has INTx off, as a closed device has it. */
static void intx_that_must_be_on_is_on_again(void)
{
	const bool line = !strcmp(ktap_variant(), "intx");
	struct pci_dev dev = pci_dut();
	int log = kmsg_open();
	struct nic nic;

	fixture_load(&dev, line ? "" : "msi_needs_intx=1");
	open_nic(&nic);
	check_interrupt(&nic);
	CHECK(!pci_intx_disabled(&dev));
	qmp_tell(&qmp, FATAL);
	uio_read(nic.fd);
	CHECK(wait_for(kmsg_has(log, AER_RECOVERED), AER_RECOVERY_MS));
	CHECK(!pci_intx_disabled(&dev));
	start(&nic);
	check_interrupt(&nic);
}

static void closed_device_stays_closed(void)
{
	struct pci_dev dev = bind();
	int log = kmsg_open();

	qmp_tell(&qmp, FATAL);
	CHECK(wait_for(kmsg_has(log, AER_RECOVERED), AER_RECOVERY_MS));
	CHECK(ug_device_is_quiet(&dev));
	ug_check_attr(&dev, "state", "ok");
	CHECK_EQ(ug_number(&dev, "resets"), 1);
}

#define MODES	"msix intx"

static const struct ktap_case cases[] = {
	SLOW_CASES(fatal_one_is_recovered_from, MODES, 60),
	CASES(other_one_disturbs_nothing, MODES),
	CASES(intx_that_must_be_on_is_on_again, MODES),
	CASES(closed_device_stays_closed, MODES),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), fixture_cleanup);
}
