// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whatever fails while attributes of uio_generic are read and written: an error to the
 * user, all of them as they were, and it works when tried again. Vectors and
 * write-combining, which take more than memory for the text, are in fault_open_test and
 * fault_wc_test, max_vfs in fault_vf_test.
 *
 * Machine: igb
 * Kernel: debug
 * Deadline: 120
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/fail_attr.h"
#include "lib/idle.h"
#include "lib/ktap.h"
#include "lib/ug.h"

#define PARAMETERS	"/sys/module/" UG "/parameters"
#define ATTRIBUTES	14	/* or more, by the number of BARs */

static struct pci_dev dev;

static void start(void)
{
	fail_init();
	dev = pci_dut();
	idle_hold(&dev);
	ug_bind("msix");
	MUST(close(uio_open(&dev)));
	idle_note(&dev);
	fail_attr_prepare_dev(&dev, UG, idle_check);
}

static void check_open(void)
{
	CHECK(pci_msix_enabled(&dev));
	CHECK(pci_bus_master(&dev));
}

static void reads_while_closed(void)
{
	start();
	CHECK_GE(fail_attr_reads(), ATTRIBUTES);
}

/* Then there is more to tell. */
static void reads_while_open(void)
{
	char line[32];

	start();
	ug_write(&dev, "nr_vectors", "2");
	uio_open(&dev);
	snprintf(line, sizeof(line), "1 %d", event_new());
	ug_write(&dev, "vectors", line);
	fail_attr_prepare_dev(&dev, UG, check_open);
	CHECK_GE(fail_attr_reads(), ATTRIBUTES);
	ug_check_attr(&dev, "vectors", "1 0");
}

/* A device that does not answer is told from one that is not a bus master. */
static void bus_master_cannot_be_read(void)
{
	start();
	CHECK(fail_attr_read_function("bus_master", "pci_conf1_read", -EINVAL));
}

static void writes(void)
{
	static const struct fail_value values[] = {
		{ "intr_mode", "intx" },
		{ "nr_vectors", "2" },
		{ "reset_on_release", "1" },
		{ "vectors", NULL },
		{ "bar0_wc", NULL }, { "bar1_wc", NULL }, { "bar3_wc", NULL },
	};

	start();
	CHECK_EQ(fail_attr_writes(values, ARRAY_SIZE(values)), 3);
}

/* Of the questions whether the device is there, the one after the reset. */
static void reset_on_release_that_fails(void)
{
	int fd;

	start();
	ug_write(&dev, "reset_on_release", "1");
	fd = uio_open(&dev);
	fail_begin("pci_device_is_present", 0, 3);
	MUST(close(fd));
	fail_end();
	ug_check_attr(&dev, "state", "failed");
	CHECK_EQ(__uio_open(&dev, O_RDWR), -EIO);
	pci_attr_write(&dev, "reset", "1");
	ug_check_attr(&dev, "state", "ok");
	MUST(close(uio_open(&dev)));
	ug_check_attr(&dev, "state", "ok");
}

static void parameters(void)
{
	static const struct fail_value values[] = {
		{ "refuse_translated", "Y" },
	};

	start();
	fail_attr_prepare(PARAMETERS, idle_check);
	CHECK_EQ(fail_attr_reads(), 2);
	CHECK_EQ(fail_attr_writes(values, ARRAY_SIZE(values)), 1);
}

static void cleanup(void)
{
	struct pci_dev dut = pci_dut();

	ug_cleanup();
	fail_cleanup();
	idle_release(&dut);
}

static const struct ktap_case cases[] = {
	SLOW_CASE(reads_while_closed, 60),
	SLOW_CASE(reads_while_open, 60),
	CASE(bus_master_cannot_be_read),
	CASE(writes),
	CASE(reset_on_release_that_fails),
	CASE(parameters),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}
