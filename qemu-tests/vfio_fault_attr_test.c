// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whatever fails while attributes of vfio_lite are read and written: an error to the
 * user, all of them as they were, and it works when tried again.
 *
 * Machine: vfio
 * Kernel: debug
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 120
 */
#include "lib/fail_attr.h"
#include "lib/ktap.h"
#include "lib/vfio_fault.h"

#define NAME		"vfio-lite"
#define DIR		"vfio_lite"
#define PARAMETERS	"/sys/module/" DIR "/parameters"
#define ATTRIBUTES	3	/* or more, by the number of BARs */

static struct pci_dev dev;

static void start(const char *name)
{
	dev = vfio_fault_hold(name);
	vfio_bind(&dev, NAME);
	idle_note(&dev);
	fail_attr_prepare_dev(&dev, DIR, idle_check);
}

static void reads_while_closed(void)
{
	start("igb");
	CHECK_GE(fail_attr_reads(), ATTRIBUTES);
}

static void check_open(void)
{
	vfio_check_mode("msix");
}

/* Then there is a holder, and a mode. */
static void reads_while_open(void)
{
	struct vfio vfio = vfio_fault_open("igb");

	vfio_irq_on(&vfio, VFIO_PCI_MSIX_IRQ_INDEX, 0, event_new());
	fail_attr_prepare_dev(&vfio.dev, DIR, check_open);
	CHECK_GE(fail_attr_reads(), ATTRIBUTES);
	vfio_irq_off(&vfio, VFIO_PCI_MSIX_IRQ_INDEX);
	vfio_check_idle();
}

static void writes(void)
{
	static const struct fail_value values[] = {
		{ "bar0_wc", NULL }, { "bar2_wc", "1" },
	};

	start("testdev");
	CHECK_EQ(fail_attr_writes(values, ARRAY_SIZE(values)), 1);
}

static void parameters(void)
{
	static const struct fail_value values[] = {
		{ "disable_idle_d3", "N" },
		{ "enable_sriov", "Y" },
		{ "nointxmask", "Y" },
		{ "revoke_after", "7" },
		{ "wc_regions", "Y" },
	};

	start("testdev");
	fail_attr_prepare(PARAMETERS, idle_check);
	CHECK_GE(fail_attr_reads(), (int)ARRAY_SIZE(values));
	CHECK_EQ(fail_attr_writes(values, ARRAY_SIZE(values)), ARRAY_SIZE(values));
}

static const struct ktap_case cases[] = {
	CASE(reads_while_closed),
	CASE(reads_while_open),
	CASE(writes),
	CASE(parameters),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), vfio_fault_cleanup);
}
