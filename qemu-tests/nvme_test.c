// SPDX-License-Identifier: GPL-2.0-only
/*
 * MSI-X, and INTx of a device that has MSI-X too, with real work: an NVMe
 * controller is brought up from user space and asked to identify itself.
 *
 * Machine: nvme
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/ktap.h"
#include "lib/nvme.h"
#include "lib/ug.h"

#define FIXTURE	"id_fixture"
#define MANY	200
#define ROUNDS	20

struct bench {
	struct ug ug;
	struct nvme nvme;
};

static void open_nvme(struct bench *bench)
{
	struct pci_dev dev = ug_bind(ktap_variant());

	ug_check_mode(&dev, ktap_variant());
	ug_open(&bench->ug, &dev);
	nvme_start(&bench->nvme, bench->ug.regs);
	uio_sync(bench->ug.fd, &dev);
	uio_unmask(bench->ug.fd);
}

/* Ask, be interrupted once, take the answer. */
static void identify(struct bench *bench)
{
	u32 before = uio_event_attr(&bench->ug.dev);

	nvme_submit_identify(&bench->nvme);
	CHECK_EQ(uio_read(bench->ug.fd), before + 1);
	nvme_complete(&bench->nvme);
	nvme_check_identity(&bench->nvme);
	uio_unmask(bench->ug.fd);
}

static void completion_interrupts(void)
{
	struct bench bench;

	open_nvme(&bench);
	CHECK_EQ(pci_msix_enabled(&bench.ug.dev), !strcmp(ktap_variant(), "msix"));
	identify(&bench);
}

static void counts_exactly(void)
{
	struct bench bench;
	u32 before;
	int i;

	open_nvme(&bench);
	before = uio_event_attr(&bench.ug.dev);
	for (i = 0; i < MANY; i++)
		identify(&bench);
	CHECK(uio_quiet(bench.ug.fd));
	CHECK_EQ(uio_event_attr(&bench.ug.dev), before + MANY);
}

static void masked_waits_for_unmask(void)
{
	struct bench bench;
	u32 before;

	open_nvme(&bench);
	before = uio_event_attr(&bench.ug.dev);
	uio_mask(bench.ug.fd);
	nvme_submit_identify(&bench.nvme);
	CHECK(wait_for(nvme_completed(&bench.nvme), SOON_MS));
	CHECK(uio_quiet(bench.ug.fd));
	uio_unmask(bench.ug.fd);
	CHECK_EQ(uio_read(bench.ug.fd), before + 1);
	nvme_complete(&bench.nvme);
	uio_unmask(bench.ug.fd);
	CHECK(uio_quiet(bench.ug.fd));
	identify(&bench);
}

/* However many completions there were; the last one is not taken, for INTx. */
static void many_masked_come_once(struct bench *bench)
{
	u32 before = uio_event_attr(&bench->ug.dev);
	int i;

	uio_mask(bench->ug.fd);
	for (i = 0; i < 5; i++) {
		nvme_submit_identify(&bench->nvme);
		nvme_complete(&bench->nvme);
	}
	nvme_submit_identify(&bench->nvme);
	CHECK(wait_for(nvme_completed(&bench->nvme), SOON_MS));
	CHECK(uio_quiet(bench->ug.fd));
	uio_unmask(bench->ug.fd);
	CHECK_EQ(uio_read(bench->ug.fd), before + 1);
	CHECK(uio_quiet(bench->ug.fd));
	nvme_complete(&bench->nvme);
}

static void masked_comes_once(void)
{
	struct bench bench;
	int i;

	open_nvme(&bench);
	for (i = 0; i < ROUNDS; i++)
		many_masked_come_once(&bench);
}

static void close_disables(void)
{
	struct bench bench;

	open_nvme(&bench);
	identify(&bench);
	nvme_stop(&bench.nvme);
	ug_close(&bench.ug);
	CHECK(ug_device_is_quiet(&bench.ug.dev));
}

static void best_mode_is_msix(void)
{
	struct pci_dev dev = ug_bind("auto");

	ug_check_mode(&dev, "msix");
	ug_check_choice(&dev, "msix: chosen");
	ug_set_mode(&dev, "intx");
	ug_check_choice(&dev, "msix: not asked for");
}

#define MODES	"msix intx"

/* The kernel maps the table, and would share the type of the BAR's memory. */
static void table_is_not_write_combining(void)
{
	struct pci_dev dev = pci_dut();
	int log = kmsg_open();
	char params[64];

	snprintf(params, sizeof(params), "address=%s prefetchable=0", dev.bdf);
	module_load(FIXTURE, params);
	ug_bind("msix");
	CHECK_EQ(__ug_write(&dev, "bar0_wc", "1"), -EOPNOTSUPP);
	CHECK(kmsg_has(log, "or has the MSI-X table"));
	CHECK_EQ(ug_number(&dev, "bar0_wc"), 0);
}

static void cleanup(void)
{
	ug_cleanup();
	if (module_loaded(FIXTURE))
		module_unload(FIXTURE);
}

static const struct ktap_case cases[] = {
	CASES(completion_interrupts, MODES),
	CASES(counts_exactly, MODES),
	CASES(masked_waits_for_unmask, MODES),
	CASES(masked_comes_once, MODES),
	CASES(close_disables, MODES),
	CASE(best_mode_is_msix),
	CASE(table_is_not_write_combining),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}
