// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whatever fails while a BAR is made write-combining: an error to the user, the BAR as
 * it was, and it works when tried again.
 *
 * Machine: testdev
 * Kernel: debug
 */
#include <errno.h>
#include <fcntl.h>

#include "lib/fail.h"
#include "lib/ktap.h"
#include "lib/ug.h"

#define WC	"bar2_wc"

static struct pci_dev dev;
static int wc_fd;

static int try_wc(void)
{
	return fail_put(wc_fd, "1");
}

static void end_wc(void)
{
	ug_check_attr(&dev, WC, "1");
	ug_write(&dev, WC, "0");
}

static void check_no_wc(void)
{
	ug_check_attr(&dev, WC, "0");
}

static const struct fail_step combining = {
	.what = "write-combining", .act = try_wc, .undo = end_wc, .check = check_no_wc,
};

static void wc_is_refused(void)
{
	char path[PATH_LEN];

	fail_init();
	dev = ug_bind("auto");
	pci_path(&dev, "uio_generic/" WC, path, sizeof(path));
	wc_fd = MUST(open(path, O_WRONLY | O_CLOEXEC));
	CHECK(fail_memory(&combining));
	CHECK(fail_function("arch_io_reserve_memtype_wc", -EBUSY, &combining));
	ug_check_last_error(&dev, "wc: error -16");
}

static void cleanup(void)
{
	ug_cleanup();
	fail_cleanup();
}

static const struct ktap_case cases[] = {
	CASE(wc_is_refused),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}
