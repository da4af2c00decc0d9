// SPDX-License-Identifier: GPL-2.0-only
/*
 * Config space: all of it, and what each write makes of it, as the driver shows it
 * and as it is in the device. See ask.h.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "answers.h"
#include "ask.h"
#include "ktap.h"

#define ROW	16
#define MAX	4096

/* What the driver shows, and what sysfs reads from the device. */
struct view {
	u8 shown[ROW];
	u8 real[ROW];
};

static int sysfs = -1;
static u32 size;

static void open_sysfs(const struct pci_dev *dev)
{
	char path[PATH_LEN];

	pci_path(dev, "config", path, sizeof(path));
	if (sysfs >= 0)
		close(sysfs);
	sysfs = MUST(open(path, O_RDONLY | O_CLOEXEC));
}

static void open_both(const struct vfio *vfio)
{
	open_sysfs(&vfio->dev);
	size = vfio_region_info(vfio, VFIO_CONFIG).size;
	CHECK(size <= MAX);
}

/* In the device, INTX_DISABLE is the driver's, and ours masks INTx that is not in use. */
static struct view look(const struct vfio *vfio, u32 row)
{
	struct view view;

	CHECK_EQ(__vfio_read(vfio, VFIO_CONFIG, row, view.shown, ROW), ROW);
	CHECK_EQ(pread(sysfs, view.real, ROW, row), ROW);
	if (row == PCI_COMMAND / ROW * ROW)
		view.real[PCI_COMMAND + 1 - row] &= ~(PCI_COMMAND_INTX_DISABLE >> 8);
	return view;
}

static bool unlike(const struct view *a, const struct view *b)
{
	return memcmp(a, b, sizeof(*a));
}

void ask_config_dump(const struct vfio *vfio, const char *when)
{
	static const u8 empty[ROW];
	struct view view;
	u32 row;

	open_both(vfio);
	for (row = 0; row < size; row += ROW) {
		view = look(vfio, row);
		if (memcmp(view.shown, empty, ROW) || memcmp(view.real, empty, ROW))
			answer("config %s %03x: shown %s real %s", when, row,
			       answer_hex(view.shown, ROW), answer_hex(view.real, ROW));
	}
}

static void hide(u8 *real, u32 row, u32 first, u32 end)
{
	u32 at;

	for (at = row; at < row + ROW; at++)
		if (at >= first && at < end)
			real[at - row] = 0xee;
}

/*
 * Address and data of the last MSI stay in a device, and name the vector that the
 * kernel had chosen. The power state is that of a device that nobody uses, which
 * goes to sleep in its own time.
 */
static void hide_what_varies(const struct pci_dev *dev, u8 *real, u32 row)
{
	u32 msi = pci_find_cap(dev, PCI_CAP_ID_MSI), pm = pci_find_cap(dev, PCI_CAP_ID_PM);

	if (msi)
		hide(real, row, msi + PCI_MSI_ADDRESS_LO, msi + PCI_MSI_DATA_64 + 2);
	if (pm)
		hide(real, row, pm + PCI_PM_CTRL, pm + PCI_PM_CTRL + 1);
}

void ask_config_left(const struct pci_dev *dev, const char *when)
{
	static const u8 empty[ROW];
	u8 real[ROW];
	u32 row;

	open_sysfs(dev);
	for (row = 0; pread(sysfs, real, ROW, row) == ROW; row += ROW) {
		hide_what_varies(dev, real, row);
		if (memcmp(real, empty, ROW))
			answer("config %s %03x: %s", when, row, answer_hex(real, ROW));
	}
}

static void answer_view(const char *what, u32 row, const struct view *view)
{
	answer("%s: row %03x shown %s real %s", what, row, answer_hex(view->shown, ROW),
	       answer_hex(view->real, ROW));
}

/* One write, its effect in the same row, and whether it can be taken back. */
static void ask_write(const struct vfio *vfio, u32 offset, int width, u32 value)
{
	u32 row = offset - offset % ROW;
	struct view before = look(vfio, row), after;
	char what[64];
	ssize_t ret;

	snprintf(what, sizeof(what), "config %03x/%d = %08x", offset, width, value);
	ret = __vfio_write(vfio, VFIO_CONFIG, offset, &value, width);
	if (ret != width)
		answer("%s: %s", what, answer_result(ret));
	after = look(vfio, row);
	if (unlike(&before, &after))
		answer_view(what, row, &after);
	__vfio_write(vfio, VFIO_CONFIG, offset, before.shown + offset % ROW, width);
	after = look(vfio, row);
	if (unlike(&before, &after)) {
		strcat(what, " and back");
		answer_view(what, row, &after);
	}
}

static void ask_writes(const struct vfio *vfio)
{
	int width;
	u32 at;

	for (width = 1; width <= 4; width *= 2)
		for (at = 0; at < size; at += width) {
			ask_write(vfio, at, width, ~0);
			ask_write(vfio, at, width, 0);
		}
	ask_config_dump(vfio, "after all writes");
}

/* Two registers at once, and halves of them. */
static void ask_crossing_writes(const struct vfio *vfio)
{
	u32 at;

	for (at = 1; at < 64; at++) {
		if (at % 2 && at % ROW <= ROW - 2)
			ask_write(vfio, at, 2, ~0);
		if (at % 4 && at % ROW <= ROW - 4)
			ask_write(vfio, at, 4, ~0);
	}
	ask_config_dump(vfio, "after crossing writes");
}

static void ask_read(const struct vfio *vfio, u64 at, size_t len)
{
	u8 bytes[512];
	ssize_t ret;

	memset(bytes, 0x5a, sizeof(bytes));
	ret = __vfio_read(vfio, VFIO_CONFIG, at, bytes, len);
	answer("config read %#llx/%zu: %s %s", at, len, answer_result(ret),
	       answer_hex(bytes, len < 16 ? len : 16));
	if (at < 64 || ret > 0)
		return;
	ret = __vfio_write(vfio, VFIO_CONFIG, at, bytes, len);
	answer("config write %#llx/%zu: %s", at, len, answer_result(ret));
}

static void ask_reads(const struct vfio *vfio)
{
	static const size_t lens[] = { 0, 1, 2, 3, 4, 5, 8, 300 };
	const u64 offsets[] = {
		0, 1, 2, 3, 4, 6, 0x0e, 0x10, 0x24, 0x3c, 0x3d, 0xfc, 0xfe, 0xff, 0x100, 0x101,
		size - 4, size - 3, size - 2, size - 1, size, size + 1, 4095, 4096, 65536,
		BIT_ULL(32), BIT_ULL(40) - 1,
	};
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(offsets); i++)
		for (j = 0; j < ARRAY_SIZE(lens); j++)
			ask_read(vfio, offsets[i], lens[j]);
}

/* Sizing as every program does it: all ones, read, and back. */
static void ask_sizing(const struct vfio *vfio)
{
	static const u32 values[] = { 0xffffffff, 0xfffff800, 0xfffff801, 1, 0x12345678 };
	u32 old, at;
	size_t i;

	for (at = PCI_BASE_ADDRESS_0; at <= PCI_ROM_ADDRESS; at += 4) {
		old = vfio_read(vfio, VFIO_CONFIG, at, 4);
		for (i = 0; i < ARRAY_SIZE(values); i++) {
			vfio_write(vfio, VFIO_CONFIG, at, 4, values[i]);
			answer("config %02x sized by %08x: %08llx", at, values[i],
			       vfio_read(vfio, VFIO_CONFIG, at, 4));
		}
		vfio_write(vfio, VFIO_CONFIG, at, 4, old);
	}
}

void ask_config(const struct vfio *vfio)
{
	ask_config_dump(vfio, "at first");
	ask_reads(vfio);
	ask_sizing(vfio);
	ask_writes(vfio);
	ask_crossing_writes(vfio);
}
