// SPDX-License-Identifier: GPL-2.0-only
/*
 * BARs: who else has them, where they are, and what read() and write() do there.
 *
 *	vfl_bar_rw(), under memory_lock -> accesses as wide as region.h says
 */
#include <linux/io.h>
#include <linux/io-64-nonatomic-lo-hi.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/unaligned.h>
#include <linux/vfio.h>

#include "vfl.h"

/*
 * The rest of a page, for a BAR that is smaller: nobody else's BAR may come to
 * lie there while the page is mapped.
 */
static bool vfl_reserve_page_rest(struct vfl_device *vfl, unsigned int i)
{
	const struct resource *bar = &vfl->pdev->resource[i];
	struct resource *rest = kzalloc(sizeof(*rest), GFP_KERNEL);

	if (!rest)
		return false;

	rest->name = "vfio-lite: rest of a page";
	rest->start = bar->end + 1;
	rest->end = ALIGN(bar->end, PAGE_SIZE) - 1;
	rest->flags = bar->flags;
	if (!bar->parent || request_resource(bar->parent, rest)) {
		kfree(rest);
		return false;
	}
	vfl->page_rest[i] = rest;
	return true;
}

static void vfl_release_page_rest(struct vfl_device *vfl, unsigned int i)
{
	if (!vfl->page_rest[i])
		return;

	release_resource(vfl->page_rest[i]);
	kfree(vfl->page_rest[i]);
	vfl->page_rest[i] = NULL;
}

static bool vfl_make_mappable(struct vfl_device *vfl, unsigned int i)
{
	const struct vfl_window *win = &vfl->bar[i];
	u64 start = pci_resource_start(vfl->pdev, i);

	switch (vfl_bar_mappable(start, win->mem ? win->len : 0, PAGE_SIZE)) {
	case VFL_MAP_PAGES:
		return true;
	case VFL_MAP_IF_ALONE:
		return vfl_reserve_page_rest(vfl, i);
	default:
		return false;
	}
}

/*
 * Whoever has the BAR may let it go at any moment, and what names them may go with
 * it: the lock of the resource tree is not for modules.  So that neither is touched
 * but by what cannot fault.
 */
static void vfl_name_owner(const struct resource *bar, char *name, size_t size)
{
	const struct resource *owner = READ_ONCE(bar->child);
	const char *from;
	size_t len = 0;

	if (owner && !copy_from_kernel_nofault(&from, &owner->name, sizeof(from)))
		while (len < size - 1 &&
		       !copy_from_kernel_nofault(&name[len], from + len, 1) &&
		       name[len])
			len++;
	name[len] = '\0';
}

static bool vfl_request_bar(struct pci_dev *pdev, unsigned int i)
{
	char name[32];

	if (!pci_request_selected_regions(pdev, BIT(i), "vfio-lite"))
		return true;

	vfl_name_owner(&pdev->resource[i], name, sizeof(name));
	pci_info_ratelimited(pdev, "BAR %u belongs to \"%s\": can be accessed and mapped when that has let it go and the device is opened again\n",
			     i, *name ? name : "somebody else");
	return false;
}

/* A page has one memory type for all, so that the user's is ours, too. */
static void __iomem *vfl_iomap(struct pci_dev *pdev, unsigned int i, bool wc)
{
	return wc ? pci_iomap_wc(pdev, i, 0) : pci_iomap(pdev, i, 0);
}

static void __iomem *vfl_map_bar(struct pci_dev *pdev, unsigned int i, bool wc)
{
	void __iomem *io;

	if (!pci_resource_len(pdev, i))
		return IOMEM_ERR_PTR(-ENODEV);

	if (!vfl_request_bar(pdev, i))
		return IOMEM_ERR_PTR(-EBUSY);

	io = vfl_iomap(pdev, i, wc);
	if (!io) {
		pci_release_selected_regions(pdev, BIT(i));
		return IOMEM_ERR_PTR(-ENOMEM);
	}
	return io;
}

/*
 * Ours goes first, or the new one would be given its type.  If that fails, it is what
 * it was, unless that fails, too: then nobody can access the BAR until the next open.
 */
int vfl_bar_set_wc(struct vfl_device *vfl, struct vfl_window *win, bool wc)
{
	struct pci_dev *pdev = vfl->pdev;
	unsigned int i = win - vfl->bar;

	lockdep_assert_held_write(&vfl->memory_lock);

	if (IS_ERR(win->io))
		return PTR_ERR(win->io);
	if (win->wc == wc)
		return 0;
	if (atomic_read(&win->maps))
		return -EBUSY;

	pci_iounmap(pdev, win->io);
	win->io = vfl_iomap(pdev, i, wc);
	if (win->io) {
		win->wc = wc;
		return 0;
	}

	win->io = vfl_iomap(pdev, i, win->wc);
	if (!win->io) {
		pci_release_selected_regions(pdev, BIT(i));
		win->io = IOMEM_ERR_PTR(-ENOMEM);
	}
	return -ENOMEM;
}

void vfl_bars_open(struct vfl_device *vfl)
{
	struct pci_dev *pdev = vfl->pdev;
	struct vfl_window *win;
	unsigned int i;
	bool wc;

	for (i = 0; i < PCI_STD_NUM_BARS; i++) {
		win = &vfl->bar[i];
		wc = vfl->wc & BIT(i) && vfl_may_combine(vfl, i);
		*win = (struct vfl_window){
			.io = vfl_map_bar(pdev, i, wc),
			.len = pci_resource_start(pdev, i) ?
				pci_resource_len(pdev, i) : 0,
			.max_width = 8,
			.mem = pci_resource_flags(pdev, i) & IORESOURCE_MEM,
			.wc = wc,
		};
		/* The MSI-X table is not the user's: it tells where interrupts go. */
		if (i == vfl->msix_bar)
			win->hole = vfl->msix_table;
		win->mappable = vfl_make_mappable(vfl, i);
		win->has_alias = vfl->wc_regions && win->mappable && !win->wc &&
				 vfl_may_combine(vfl, i);
	}
}

void vfl_bars_close(struct vfl_device *vfl)
{
	unsigned int i;

	for (i = 0; i < PCI_STD_NUM_BARS; i++) {
		vfl_release_page_rest(vfl, i);
		if (IS_ERR(vfl->bar[i].io))
			continue;
		pci_iounmap(vfl->pdev, vfl->bar[i].io);
		pci_release_selected_regions(vfl->pdev, BIT(i));
	}
}

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
	if (access->real && write)
		vfl_io_write(win->io + pos, access->len, get_unaligned_le64(buf));
	else if (access->real)
		put_unaligned_le64(vfl_io_read(win->io + pos, access->len), buf);
	else if (!write)
		memset(buf, 0xff, access->len);
}

int vfl_bar_rw(struct vfl_device *vfl, const struct vfl_window *win, u8 *buf,
	       size_t count, u64 pos, bool write)
{
	struct vfl_access access;
	bool off;

	guard(rwsem_read)(&vfl->memory_lock);
	if (IS_ERR(win->io))
		return PTR_ERR(win->io);

	off = vfl->gone || (win->mem && !vfl_memory_enabled(vfl));
	for (; count; pos += access.len, buf += access.len, count -= access.len) {
		access = vfl_next_access(pos, count, &win->hole, win->max_width);
		if (access.real && off)
			return -EIO;
		vfl_access(win, pos, buf, &access, write);
	}
	if (write && win->wc) {
		/* What is combined goes out before write() returns. */
		wmb();
	}
	return 0;
}
