// SPDX-License-Identifier: GPL-2.0-only
/*
 * Without an IOMMU, there is no VFIO, and the log says why.
 *
 * Machine: edu
 * Needs: vfio_lite
 * Modules: vfio_iommu_type1
 */
#include "lib/edu.h"
#include "lib/ktap.h"
#include "lib/vfio.h"

static void device_without_iommu_is_refused(void)
{
	struct pci_dev dev = edu_dut();
	int log = kmsg_open();

	vfio_load("vfio-lite", "");
	CHECK(__pci_bind(&dev, "vfio-lite"));
	CHECK(pci_driven_by(&dev, ""));
	CHECK(kmsg_has(log, "no IOMMU confines it"));
}

static void id_binds_and_is_checked(void)
{
	int log = kmsg_open();

	vfio_load("vfio-lite", "ids=1234:11e8,,zz");
	CHECK(kmsg_has(log, "no IOMMU confines it"));
	CHECK(kmsg_has(log, "ids: \"zz\" not added"));
}

static const struct ktap_case cases[] = {
	CASE(device_without_iommu_is_refused),
	CASE(id_binds_and_is_checked),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), vfio_cleanup);
}
