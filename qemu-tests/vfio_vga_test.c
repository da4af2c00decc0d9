// SPDX-License-Identifier: GPL-2.0-only
/*
 * A display: its frame buffer and ROM are like any other device's, the legacy
 * addresses of VGA stay out of reach, and the kernel's arbiter of these is told.
 *
 * Machine: vfio-vga
 * Needs: vfio_lite
 * Modules: vfio_pci vfio_iommu_type1
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/vfio.h"

#define ARBITER		"/dev/vga_arbiter"
#define VGA_REGION	VFIO_PCI_VGA_REGION_INDEX
#define ROM_REGION	VFIO_PCI_ROM_REGION_INDEX
#define ROM_SIGNATURE	0xaa55

static bool ours(void)
{
	return !strcmp(vfio_driver(), "vfio-lite");
}

/* "decodes" of the line that the arbiter has for the device. */
static bool is_decoding(const struct pci_dev *dev, const char *what)
{
	char text[256] = "", wanted[64];
	int fd = MUST(open(ARBITER, O_RDWR));
	int len = snprintf(text, sizeof(text), "target PCI:%s", dev->bdf);

	CHECK_EQ(write(fd, text, len), len);
	memset(text, 0, sizeof(text));
	MUST(read(fd, text, sizeof(text) - 1));
	close(fd);
	snprintf(wanted, sizeof(wanted), "decodes=%s,", what);
	if (!strstr(text, wanted))
		diag("the arbiter says: %s", text);
	return strstr(text, wanted);
}

static void open_display(struct vfio *vfio)
{
	struct pci_dev dev = pci_dut();

	vfio_load(vfio_driver(), ours() ? "" : "disable_vga=1");
	vfio_bind(&dev, vfio_driver());
	vfio_open(vfio, &dev);
	vfio_command(vfio, 0, PCI_COMMAND_MEMORY);
}

static void display_works(void)
{
	struct vfio vfio;
	u32 *screen;

	open_display(&vfio);
	vfio_write(&vfio, 0, 0x1000, 4, 0x12345678);
	screen = vfio_map_bar(&vfio, 0);
	CHECK_EQ(screen[0x1000 / 4], 0x12345678);
	CHECK(vfio_region_info(&vfio, ROM_REGION).size);
	CHECK_EQ(vfio_read(&vfio, ROM_REGION, 0, 2), ROM_SIGNATURE);
}

static void legacy_addresses_are_out_of_reach(void)
{
	struct vfio_region_info *info;
	struct vfio vfio;
	u8 byte = 0;

	open_display(&vfio);
	CHECK_EQ(__vfio_region_info(&vfio, VGA_REGION, &info), -EINVAL);
	CHECK_EQ(__vfio_read(&vfio, VGA_REGION, 0xa0000, &byte, 1), -EINVAL);
	CHECK_EQ(__vfio_write(&vfio, VGA_REGION, 0x3c0, &byte, 1), -EINVAL);
}

static void arbiter_is_told(void)
{
	struct pci_dev dev = pci_dut();
	struct vfio vfio;

	CHECK(is_decoding(&dev, "io+mem"));
	open_display(&vfio);
	CHECK(is_decoding(&dev, "none"));
	vfio_close(&vfio);
	CHECK(is_decoding(&dev, "none"));
	pci_unbind(&dev);
	CHECK(is_decoding(&dev, "io+mem"));
}

static const struct ktap_case cases[] = {
	CASES(display_works, VFIO_DRIVERS),
	CASES(legacy_addresses_are_out_of_reach, VFIO_DRIVERS),
	CASES(arbiter_is_told, VFIO_DRIVERS),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), vfio_cleanup);
}
