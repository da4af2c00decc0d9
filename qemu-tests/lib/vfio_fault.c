// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device in the hands of vfio_lite, while things fail. See vfio_fault.h.
 */
#include "ktap.h"
#include "vfio_fault.h"

/* The devices that tests hold. */
static const char * const names[] = {
	"igb", "e1000e", "edu1", "pair0", "nvme", "testdev",
};

static struct pci_dev opened;

struct pci_dev vfio_fault_hold(const char *name)
{
	struct pci_dev dev;

	fail_init();
	dev = vfio_dut(name);
	idle_hold(&dev);
	return dev;
}

struct vfio vfio_fault_open(const char *name)
{
	struct vfio vfio;

	opened = vfio_fault_hold(name);
	vfio_bind(&opened, "vfio-lite");
	vfio_open(&vfio, &opened);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	idle_note(&opened);
	return vfio;
}

void vfio_check_mode(const char *mode)
{
	char now[16];

	pci_attr_read(&opened, "vfio_lite/intr_mode", now, sizeof(now));
	CHECK_STR(now, mode);
}

void vfio_check_idle(void)
{
	vfio_check_mode("none");
	idle_check();
}

void vfio_fault_cleanup(void)
{
	struct pci_dev dev;
	size_t i;

	vfio_cleanup();
	fail_cleanup();
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		dev = vfio_dut(names[i]);
		idle_release(&dev);
	}
}
