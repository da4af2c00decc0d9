// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unloading the module: refused while somebody has a device open, possible and
 * complete otherwise.
 *
 * Machine: edu
 */
#include <errno.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/ug.h"

static void open_file_pins_the_module(void)
{
	struct ug ug = ug_open_edu(ktap_variant());

	CHECK_EQ(__module_unload(UG), -EWOULDBLOCK);
	CHECK(pci_driven_by(&ug.dev, UG));
	ug_check_interrupt(&ug);
	ug_close(&ug);
	module_unload(UG);
	CHECK(!module_loaded(UG));
}

static void mapping_pins_the_module(void)
{
	struct ug ug = ug_open_edu("msi");

	MUST(close(ug.fd));
	CHECK_EQ(__module_unload(UG), -EWOULDBLOCK);
	edu_check_alive(ug.regs);
	uio_munmap(ug.regs, &ug.map);
	module_unload(UG);
}

/* The file of a device that was unbound pins it, too: it still runs its code. */
static void dead_file_pins_the_module(void)
{
	struct ug ug = ug_open_edu("msi");

	pci_unbind(&ug.dev);
	CHECK_EQ(__module_unload(UG), -EWOULDBLOCK);
	ug_close(&ug);
	module_unload(UG);
}

static void unload_gives_back_all(void)
{
	struct pci_dev dev = ug_bind_edu(ktap_variant());

	module_unload(UG);
	CHECK(pci_driven_by(&dev, ""));
	CHECK_EQ(__uio_number(&dev), -ENODEV);
	CHECK(ug_device_is_quiet(&dev));
}

static void loads_again_and_again(void)
{
	struct ug ug;
	int i;

	for (i = 0; i < rounds(30); i++) {
		ug = ug_open_edu(i % 2 ? "msi" : "intx");
		ug_check_interrupt(&ug);
		ug_close(&ug);
		module_unload(UG);
	}
}

static const struct ktap_case cases[] = {
	CASES(open_file_pins_the_module, "msi intx"),
	CASE(mapping_pins_the_module),
	CASE(dead_file_pins_the_module),
	CASES(unload_gives_back_all, "msi intx none"),
	CASE(loads_again_and_again),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), ug_cleanup);
}
