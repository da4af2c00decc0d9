// SPDX-License-Identifier: GPL-2.0-only
/*
 * As vfio_diff_test, of devices that are opened by their own nodes, with iommufd: one
 * that is alone on its bus, and one of a pair.
 *
 * Machine: vfio
 * Kernel: debug
 * Modules: vfio_pci vfio_iommu_type1 iommufd
 * Files: vfio_differences
 * Deadline: 400
 */
#include <stdio.h>

#include "lib/answers.h"
#include "lib/ask.h"
#include "lib/ktap.h"
#include "lib/vfio_dut.h"

#define KNOWN	"/tests/vfio_differences"

static void ours_as_in_tree(void)
{
	struct pci_dev dev = vfio_dut(ktap_variant());
	char in_tree[PATH_LEN], ours[PATH_LEN];

	vfio_load("vfio-pci", "");
	vfio_load("vfio-lite", "");
	snprintf(in_tree, sizeof(in_tree), "/tmp/%s.in-tree", ktap_variant());
	snprintf(ours, sizeof(ours), "/tmp/%s.ours", ktap_variant());
	ask_everything(in_tree, &dev, "vfio-pci", vfio_open_cdev);
	ask_everything(ours, &dev, "vfio-lite", vfio_open_cdev);
	CHECK_EQ(answers_compare(ktap_variant(), in_tree, ours, KNOWN), 0);
}

static const struct ktap_case cases[] = {
	SLOW_CASES(ours_as_in_tree, "edu1 pair0", 120),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), vfio_cleanup);
}
