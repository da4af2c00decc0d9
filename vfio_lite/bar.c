// SPDX-License-Identifier: GPL-2.0-only
/*
 * BARs and the expansion ROM by read() and write().
 *
 *	vfl_bar_rw() -> vfl_window_rw(): batches, copied from or to the user once
 *	-> vfl_batch_rw(), under memory_lock -> accesses as wide as region.c says
 */
#include <linux/io.h>
#include <linux/io-64-nonatomic-lo-hi.h>
#include <linux/pci.h>
#include <linux/uaccess.h>
#include <linux/vfio.h>

#include "vfl.h"

#define VFL_BATCH	256	/* bytes that are copied from or to the user at once */

/*
 * The rest of a page, for a BAR that is smaller: nobody else's BAR may come to
 * lie there while the page is mapped.
 */
static bool vfl_reserve_page_rest(struct vfl_device *vfl, unsigned int i)
{
	const struct resource *bar = &vfl->pdev->resource[i];
	struct resource *rest = &vfl->page_rest[i];

	*rest = (struct resource){
		.name = "vfio-lite: rest of a page",
		.start = bar->end + 1,
		.end = ALIGN(bar->end, PAGE_SIZE) - 1,
		.flags = bar->flags,
	};
	if (bar->parent && !request_resource(bar->parent, rest))
		return true;

	*rest = (struct resource){};
	return false;
}

static bool vfl_make_mappable(struct vfl_device *vfl, unsigned int i)
{
	struct vfl_bar bar = {
		.start = pci_resource_start(vfl->pdev, i),
		.len = pci_resource_len(vfl->pdev, i),
		.mem = pci_resource_flags(vfl->pdev, i) & IORESOURCE_MEM,
	};

	switch (vfl_bar_mappable(&bar, PAGE_SIZE)) {
	case VFL_MAP_PAGES:
		return true;
	case VFL_MAP_IF_ALONE:
		return vfl_reserve_page_rest(vfl, i);
	default:
		return false;
	}
}

static void __iomem *vfl_map_bar(struct pci_dev *pdev, unsigned int i)
{
	void __iomem *io;

	if (!pci_resource_len(pdev, i))
		return IOMEM_ERR_PTR(-ENODEV);

	if (pci_request_selected_regions(pdev, BIT(i), "vfio-lite")) {
		pci_warn(pdev, "BAR %u is in use by somebody else, see /proc/iomem and /proc/ioports\n",
			 i);
		return IOMEM_ERR_PTR(-EBUSY);
	}

	io = pci_iomap(pdev, i, 0);
	if (!io) {
		pci_release_selected_regions(pdev, BIT(i));
		return IOMEM_ERR_PTR(-ENOMEM);
	}
	return io;
}

void vfl_bars_open(struct vfl_device *vfl)
{
	unsigned int i;

	for (i = 0; i < PCI_STD_NUM_BARS; i++) {
		vfl->mappable[i] = vfl_make_mappable(vfl, i);
		vfl->bar[i] = vfl_map_bar(vfl->pdev, i);
	}
}

void vfl_bars_close(struct vfl_device *vfl)
{
	unsigned int i;

	for (i = 0; i < PCI_STD_NUM_BARS; i++) {
		if (vfl->page_rest[i].parent)
			release_resource(&vfl->page_rest[i]);
		if (IS_ERR(vfl->bar[i]))
			continue;
		pci_iounmap(vfl->pdev, vfl->bar[i]);
		pci_release_selected_regions(vfl->pdev, BIT(i));
	}
}

/*
 * struct vfl_window - where a region's bytes are
 * @io: the first one
 * @hole: those that are not shown
 * @max_width: of an access, in bytes
 * @mem: in memory, which may be disabled
 */
struct vfl_window {
	void __iomem *io;
	struct vfl_hole hole;
	unsigned int max_width;
	bool mem;
};

static u64 vfl_io_read(void __iomem *io, unsigned int len)
{
	switch (len) {
	case 8:
		return ioread64(io);
	case 4:
		return ioread32(io);
	case 2:
		return ioread16(io);
	default:
		return ioread8(io);
	}
}

void vfl_io_write(void __iomem *io, unsigned int len, u64 val)
{
	switch (len) {
	case 8:
		iowrite64(val, io);
		break;
	case 4:
		iowrite32(val, io);
		break;
	case 2:
		iowrite16(val, io);
		break;
	default:
		iowrite8(val, io);
		break;
	}
}

static void vfl_access(const struct vfl_window *win, u64 pos, u8 *buf,
		       const struct vfl_access *access, bool write)
{
	__le64 bytes = 0;

	if (!access->real) {
		if (!write)
			memset(buf, 0xff, access->len);
	} else if (write) {
		memcpy(&bytes, buf, access->len);
		vfl_io_write(win->io + pos, access->len, le64_to_cpu(bytes));
	} else {
		bytes = cpu_to_le64(vfl_io_read(win->io + pos, access->len));
		memcpy(buf, &bytes, access->len);
	}
}

static int vfl_batch_rw(struct vfl_device *vfl, const struct vfl_window *win,
			u64 pos, u8 *buf, size_t count, bool write)
{
	struct vfl_access access;
	int ret = 0;
	bool off;

	down_read(&vfl->memory_lock);
	off = win->mem && !vfl_memory_enabled(vfl);
	for (; count; pos += access.len, buf += access.len, count -= access.len) {
		access = vfl_next_access(pos, count, &win->hole, win->max_width);
		if (access.real && off) {
			ret = -EIO;
			break;
		}
		vfl_access(win, pos, buf, &access, write);
	}
	up_read(&vfl->memory_lock);
	return ret;
}

static ssize_t vfl_window_rw(struct vfl_device *vfl, const struct vfl_window *win,
			     char __user *ubuf, size_t count, u64 pos, bool write)
{
	u8 batch[VFL_BATCH];
	size_t len, done;
	int ret;

	for (done = 0; done < count; done += len) {
		/* Batches end where the widest access may. */
		len = min_t(size_t, count - done,
			    VFL_BATCH - (pos + done) % VFL_BATCH);
		if (write && copy_from_user(batch, ubuf + done, len))
			return -EFAULT;
		ret = vfl_batch_rw(vfl, win, pos + done, batch, len, write);
		if (ret)
			return ret;
		if (!write && copy_to_user(ubuf + done, batch, len))
			return -EFAULT;
	}
	return done;
}

/*
 * The image may be shorter than the BAR.  Qwords are not for ROMs: some devices
 * (X710) answer them with an error.
 */
static ssize_t vfl_rom_read(struct vfl_device *vfl, char __user *buf,
			    size_t count, u64 pos, u64 end)
{
	struct vfl_window win = { .max_width = 4, .hole.end = end };
	struct pci_dev *pdev = vfl->pdev;
	bool by_bar = pci_resource_start(pdev, PCI_ROM_RESOURCE);
	size_t len = pdev->romlen;
	ssize_t ret;

	win.io = by_bar ? pci_map_rom(pdev, &len) : ioremap(pdev->rom, len);
	if (!win.io)
		return -ENOMEM;

	win.mem = by_bar;
	win.hole.start = len;
	ret = vfl_window_rw(vfl, &win, buf, count, pos, false);

	if (by_bar)
		pci_unmap_rom(pdev, win.io);
	else
		iounmap(win.io);
	return ret;
}

/* Firmware may have brought an image of its own. */
static u64 vfl_rom_end(struct pci_dev *pdev)
{
	if (pci_resource_start(pdev, PCI_ROM_RESOURCE))
		return pci_resource_len(pdev, PCI_ROM_RESOURCE);
	return pdev->rom && pdev->romlen ? roundup_pow_of_two(pdev->romlen) : 0;
}

u64 vfl_rom_len(struct vfl_device *vfl)
{
	struct pci_dev *pdev = vfl->pdev;
	void __iomem *io;
	size_t len;
	u16 cmd;

	if (!pci_resource_start(pdev, PCI_ROM_RESOURCE))
		return vfl_rom_end(pdev);

	/* An image that has no signature is none. */
	cmd = vfl_force_memory(vfl);
	io = pci_map_rom(pdev, &len);
	if (io)
		pci_unmap_rom(pdev, io);
	vfl_unforce_memory(vfl, cmd);
	return io ? vfl_rom_end(pdev) : 0;
}

ssize_t vfl_bar_rw(struct vfl_device *vfl, unsigned int index, char __user *buf,
		   size_t count, u64 pos, bool write)
{
	bool rom = index == VFIO_PCI_ROM_REGION_INDEX;
	struct vfl_window win = { .max_width = 8 };
	u64 end;

	if (rom)
		end = vfl_rom_end(vfl->pdev);
	else
		end = pci_resource_start(vfl->pdev, index) ?
			pci_resource_len(vfl->pdev, index) : 0;
	if (pos >= end)
		return -EINVAL;

	count = min_t(u64, count, end - pos);
	if (rom)
		return vfl_rom_read(vfl, buf, count, pos, end);

	win.io = vfl->bar[index];
	if (IS_ERR(win.io))
		return PTR_ERR(win.io);

	win.mem = pci_resource_flags(vfl->pdev, index) & IORESOURCE_MEM;
	if (index == vfl->msix_bar)
		win.hole = vfl->msix_table;
	return vfl_window_rw(vfl, &win, buf, count, pos, write);
}
