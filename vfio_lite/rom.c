// SPDX-License-Identifier: GPL-2.0-only
/*
 * The expansion ROM by read().
 *
 *	vfl_rom_read() -> vfl_map_rom(): decoded from here on, by one at a time ->
 *	vfl_user_rw(), as if it were a BAR -> vfl_unmap_rom()
 */
#include <linux/io.h>
#include <linux/log2.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/rwsem.h>

#include "vfl.h"

/*
 * struct vfl_rom - the expansion ROM, while it is decoded
 * @io: the image
 * @len: of the image in bytes, which may be less than that of the BAR
 */
struct vfl_rom {
	void __iomem *io;
	size_t len;
};

/*
 * By the device's BAR, the image is in memory like any other register; switching
 * its decoding on and off is for one at a time.
 */
static int vfl_map_rom(struct vfl_device *vfl, struct vfl_rom *rom)
{
	struct pci_dev *pdev = vfl->pdev;
	int ret = -EIO;

	if (!pci_resource_start(pdev, PCI_ROM_RESOURCE)) {
		rom->len = pdev->romlen;
		rom->io = ioremap(pdev->rom, rom->len);
		return rom->io ? 0 : -ENOMEM;
	}

	mutex_lock(&vfl->rom_lock);
	down_read(&vfl->memory_lock);
	if (vfl_memory_enabled(vfl)) {
		vfl_lock_state(vfl);
		rom->io = pci_map_rom(pdev, &rom->len);
		ret = rom->io ? 0 : -ENOMEM;
		vfl->rom_decoded = !ret;
		vfl_unlock_state(vfl);
	}
	up_read(&vfl->memory_lock);
	if (ret)
		mutex_unlock(&vfl->rom_lock);
	return ret;
}

static void vfl_unmap_rom(struct vfl_device *vfl, const struct vfl_rom *rom)
{
	if (!pci_resource_start(vfl->pdev, PCI_ROM_RESOURCE)) {
		iounmap(rom->io);
		return;
	}
	/* A reset would bring back that it is decoded. */
	down_read(&vfl->memory_lock);
	vfl_lock_state(vfl);
	pci_unmap_rom(vfl->pdev, rom->io);
	vfl->rom_decoded = false;
	vfl_unlock_state(vfl);
	up_read(&vfl->memory_lock);
	mutex_unlock(&vfl->rom_lock);
}

/* Firmware may have brought an image of its own. */
static u64 vfl_rom_end(struct pci_dev *pdev)
{
	if (pci_resource_start(pdev, PCI_ROM_RESOURCE))
		return pci_resource_len(pdev, PCI_ROM_RESOURCE);
	return pdev->rom && pdev->romlen ? roundup_pow_of_two(pdev->romlen) : 0;
}

/* An image that has no signature is none; in D3, there is no telling. */
static bool vfl_has_rom(struct vfl_device *vfl)
{
	struct pci_dev *pdev = vfl->pdev;
	void __iomem *io;
	size_t len;

	guard(mutex)(&vfl->rom_lock);
	guard(vfl_memory)(vfl);
	if (vfl_is_d3(pdev->current_state))
		return true;
	io = pci_map_rom(pdev, &len);
	if (io)
		pci_unmap_rom(pdev, io);
	return io;
}

u64 vfl_rom_len(struct vfl_device *vfl)
{
	if (pci_resource_start(vfl->pdev, PCI_ROM_RESOURCE) && !vfl_has_rom(vfl))
		return 0;
	return vfl_rom_end(vfl->pdev);
}

/* Qwords are not for ROMs: some devices (X710) answer them with an error. */
ssize_t vfl_rom_read(struct vfl_device *vfl, char __user *buf, size_t count,
		     u64 pos)
{
	struct vfl_window win = {
		.len = vfl_rom_end(vfl->pdev),
		.max_width = 4,
		.mem = pci_resource_flags(vfl->pdev, PCI_ROM_RESOURCE) & IORESOURCE_MEM,
	};
	struct vfl_rom rom;
	ssize_t ret;

	if (pos >= win.len)
		return -EINVAL;
	ret = vfl_map_rom(vfl, &rom);
	if (ret)
		return ret;

	win.io = rom.io;
	win.hole = (struct vfl_hole){ .start = rom.len, .end = win.len };
	ret = vfl_user_rw(vfl, &win, buf, count, pos, false);
	vfl_unmap_rom(vfl, &rom);
	return ret;
}
