// SPDX-License-Identifier: GPL-2.0-only
/*
 * Binding: the driver takes exactly those devices that it is told to take, in
 * all the ways that sysfs offers, and gives them back.
 *
 * Machine: edu
 */
#include <errno.h>
#include <stdio.h>

#include "lib/ktap.h"
#include "lib/ug.h"

static void takes_nothing_by_itself(void)
{
	struct pci_dev dev = pci_dut();

	ug_load("auto");
	CHECK(pci_driven_by(&dev, ""));
	CHECK_EQ(__uio_number(&dev), -ENODEV);
}

static void new_id_binds(void)
{
	struct pci_dev dev = pci_dut();

	ug_load("auto");
	MUST(__pci_new_id(&dev, UG, true));
	CHECK(pci_driven_by(&dev, UG));
	CHECK_GE(uio_number(&dev), 0);
}

static void remove_id_forgets(void)
{
	struct pci_dev dev = pci_dut();

	ug_load("auto");
	MUST(__pci_new_id(&dev, UG, true));
	pci_unbind(&dev);
	MUST(__pci_new_id(&dev, UG, false));
	CHECK_EQ(__pci_driver_write(UG, "bind", dev.bdf), -ENODEV);
	CHECK(pci_driven_by(&dev, ""));
}

static void driver_override_binds(void)
{
	struct pci_dev dev = pci_dut();

	ug_load("auto");
	pci_attr_write(&dev, "driver_override", UG);
	MUST(__file_write("/sys/bus/pci/drivers_probe", dev.bdf));
	CHECK(pci_driven_by(&dev, UG));
	CHECK_GE(uio_number(&dev), 0);
}

static void unbind_gives_back(void)
{
	struct pci_dev dev = ug_bind("auto");
	int number = uio_number(&dev);
	char path[PATH_LEN];

	pci_unbind(&dev);
	CHECK(pci_driven_by(&dev, ""));
	CHECK_EQ(__uio_number(&dev), -ENODEV);
	snprintf(path, sizeof(path), "/dev/uio%d", number);
	CHECK(!file_exists(path));
	pci_path(&dev, "uio_generic", path, sizeof(path));
	CHECK(!file_exists(path));
}

static void rebinds(void)
{
	struct pci_dev dev = ug_bind("auto");
	struct ug ug;
	int i;

	for (i = 0; i < 10; i++) {
		pci_unbind(&dev);
		MUST(__pci_driver_write(UG, "bind", dev.bdf));
		ug_open(&ug, &dev);
		edu_check_alive(ug.regs);
		ug_close(&ug);
	}
}

/* Programs find the driver by this name, see "name" and "version" in sysfs. */
static void tells_its_name(void)
{
	struct pci_dev dev = ug_bind("auto");
	char attr[PATH_LEN], text[64];

	snprintf(attr, sizeof(attr), "uio/uio%d/name", uio_number(&dev));
	pci_attr_read(&dev, attr, text, sizeof(text));
	CHECK_STR(text, UG);
	snprintf(attr, sizeof(attr), "uio/uio%d/version", uio_number(&dev));
	pci_attr_read(&dev, attr, text, sizeof(text));
	CHECK(text[0]);
}

/* Programs give it addresses anywhere in memory. */
static void reaches_all_memory(void)
{
	struct pci_dev dev = ug_bind("auto");

	CHECK_EQ(pci_attr_number(&dev, "dma_mask_bits"), 64);
	CHECK_EQ(pci_attr_number(&dev, "consistent_dma_mask_bits"), 64);
}

static const struct ktap_case cases[] = {
	CASE(takes_nothing_by_itself),
	CASE(new_id_binds),
	CASE(remove_id_forgets),
	CASE(driver_override_binds),
	CASE(unbind_gives_back),
	CASE(rebinds),
	CASE(tells_its_name),
	CASE(reaches_all_memory),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), ug_cleanup);
}
