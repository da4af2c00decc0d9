// SPDX-License-Identifier: GPL-2.0-only
/*
 * Our driver and the in-tree one answer alike: every question of lib/ask.h is put
 * to each device under vfio-pci and under vfio-lite, in one boot, and the answers
 * are compared line by line. vfio_differences lists what may differ, and why.
 *
 * Machine: vfio
 * Needs: vfio_lite
 * Not: arm64
 * Stress: debug
 * Modules: vfio_pci vfio_iommu_type1 igb
 * Files: vfio_differences
 * Deadline: 1200
 */
#include <stdio.h>

#include "lib/answers.h"
#include "lib/ask.h"
#include "lib/ktap.h"
#include "lib/vfio_dut.h"

#define KNOWN	"/tests/vfio_differences"

#define TWICE		"edu e1000e xhci igb-vf"

static void text_path(char *path, const char *driver, const char *turn)
{
	snprintf(path, PATH_LEN, "/tmp/%s.%s%s", ktap_variant(), driver, turn);
}

static void compare(const char *driver, const char *turn)
{
	char a[PATH_LEN], b[PATH_LEN];
	struct pci_dev dev;

	vfio_load(driver, "");
	dev = vfio_dut(ktap_variant());
	text_path(a, "vfio-pci", "");
	text_path(b, driver, turn);
	ask_everything(a, &dev, "vfio-pci", vfio_open);
	ask_everything(b, &dev, driver, vfio_open);
	CHECK_EQ(answers_compare(ktap_variant(), a, b, KNOWN), 0);
}

/* If this does not hold the other comparison says nothing. */
static void in_tree_repeats_itself(void)
{
	compare("vfio-pci", ".2");
}

static void ours_as_in_tree(void)
{
	compare("vfio-lite", "");
}

/* One changed answer, one that is missing and one too many are three. */
static void comparison_sees_what_differs(void)
{
	const char *a = "/tmp/a", *b = "/tmp/b";
	int i;

	answers_begin(a);
	for (i = 0; i < 100; i++)
		answer("question %d: %s", i, answer_result(-i));
	answers_end();
	CHECK_EQ(answers_compare("a and a", a, a, KNOWN), 0);
	answers_begin(b);
	for (i = 0; i < 100; i++) {
		if (i != 30)
			answer("question %d: %s", i, answer_result(i == 10 ? 0 : -i));
		if (i == 50)
			answer("nobody asked this");
	}
	answers_end();
	CHECK_EQ(answers_compare("a and b", a, b, KNOWN), 4);
}

static void cleanup(void)
{
	vfio_cleanup();
	vfio_dut_release();
}

static const struct ktap_case cases[] = {
	CASE(comparison_sees_what_differs),
	SLOW_CASES(ours_as_in_tree, VFIO_DUTS, 200),
	SLOW_CASES(in_tree_repeats_itself, TWICE, 200),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}
