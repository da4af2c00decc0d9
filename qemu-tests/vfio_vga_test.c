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
#include <sys/mman.h>
#include <unistd.h>

#include "lib/fail_driver.h"
#include "lib/ktap.h"
#include "lib/mmio.h"
#include "lib/trace.h"
#include "lib/vfio.h"

#define ARBITER		"/dev/vga_arbiter"
#define VGA_REGION	VFIO_PCI_VGA_REGION_INDEX
#define ROM_REGION	VFIO_PCI_ROM_REGION_INDEX
#define ROM_SIGNATURE	0xaa55
#define PAGE		4096UL
#define HUGE		(512 * PAGE)
#define STRIDE		(HUGE - PAGE)	/* each time another place in a huge page */

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

/* Of the screen from @offset on, beginning with a huge page of addresses. */
static u8 *map_screen(const struct vfio *vfio, u64 offset, size_t len)
{
	char *room = mmap(NULL, len + 2 * HUGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *at = room + HUGE - (size_t)room % HUGE;

	CHECK(room != MAP_FAILED);
	CHECK(mmap(at, len, PROT_READ, MAP_SHARED | MAP_FIXED, vfio->device,
		   vfio_file_offset(0, offset)) == at);
	return (u8 *)at;
}

/*
 * Kernels since 6.12 map huge pages where addresses fit. In one of these mappings the
 * addresses of memory do not, and one is too short.
 */
static void pages_of_any_size_show_the_same(void)
{
	u8 *fitting, *shifted, *small;
	struct vfio vfio;
	u64 at, size;

	open_display(&vfio);
	size = vfio_region_info(&vfio, 0).size;
	CHECK_GE(size, 4 * HUGE);
	for (at = 0; at < size; at += STRIDE)
		vfio_write(&vfio, 0, at, 4, at + 1);
	fitting = map_screen(&vfio, 0, size);
	shifted = map_screen(&vfio, PAGE, size - PAGE);
	small = map_screen(&vfio, HUGE, PAGE);
	for (at = 0; at < size; at += STRIDE) {
		CHECK_EQ(mmio_read32(fitting, at), at + 1);
		CHECK(!at || mmio_read32(shifted, at - PAGE) == at + 1);
	}
	CHECK_EQ(mmio_read32(small, 0), vfio_read(&vfio, 0, HUGE, 4));
}

/* One fault for each huge page that is touched, where the kernel can (PREEMPT_RT cannot). */
static void only_what_is_touched_is_mapped(void)
{
	const bool huge = !kernel_is_before(6, 12) &&
			  file_exists("/sys/kernel/mm/transparent_hugepage");
	const char *fault = huge ? "order=9 " : "order=0 ";
	struct vfio vfio;
	char where[64];
	u8 *screen;
	u64 at;

	open_display(&vfio);
	screen = map_screen(&vfio, 0, 4 * HUGE);
	trace_start("vfio_lite/vfl_fault");
	for (at = HUGE; at < 4 * HUGE; at += 2 * HUGE)
		mmio_read32(screen, at);
	trace_stop();
	for (at = HUGE; at < 4 * HUGE; at += 2 * HUGE) {
		snprintf(where, sizeof(where), "BAR0+%#llx %s", (unsigned long long)at, fault);
		trace_expect(&vfio.dev, "vfl_fault", where);
	}
	CHECK(!strstr(strstr(trace_text(), where) + 1, "vfl_fault: "));
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

static void check_given_back(void)
{
	struct pci_dev dev = pci_dut();

	CHECK(is_decoding(&dev, "io+mem"));
}

static const struct fail_step binding = {
	.what = "bind", .act = fail_try_bind, .undo = fail_unbind, .check = check_given_back,
};

/* CVE-2026-64475: a bind that fails late has told the arbiter already. */
static void arbiter_is_told_of_a_failed_bind(void)
{
	struct pci_dev dev = pci_dut();

	fail_init();
	vfio_bind(&dev, vfio_driver());
	fail_bind_prepare(&dev, vfio_driver());
	CHECK(fail_function("vga_client_register", -ENODEV, &binding));
	CHECK(fail_function("vfio_register_group_dev", -EINVAL, &binding));
}

static void cleanup(void)
{
	vfio_cleanup();
	fail_cleanup();
}

static const struct ktap_case cases[] = {
	CASES(display_works, VFIO_DRIVERS),
	CASES(pages_of_any_size_show_the_same, VFIO_DRIVERS),
	CASES(only_what_is_touched_is_mapped, "vfio-lite"),
	CASES(legacy_addresses_are_out_of_reach, VFIO_DRIVERS),
	CASES(arbiter_is_told, VFIO_DRIVERS),
	CASES(arbiter_is_told_of_a_failed_bind, "vfio-lite"),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}
