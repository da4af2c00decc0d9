// SPDX-License-Identifier: GPL-2.0-only
/*
 * Config space at open: gathers what cfg_caps.c makes the user's view of.
 */
#include <linux/pci.h>
#include <linux/slab.h>

#include "cfg_caps.h"
#include "vfl.h"

/* The first error stays, since the walk goes on with what it is given. */
struct vfl_reader {
	struct pci_dev *pdev;
	int error;
};

static u32 vfl_open_read(void *hw, unsigned int pos, unsigned int len)
{
	struct vfl_reader *reader = hw;
	u32 dword = 0;
	u16 word = 0;
	u8 byte = 0;
	int ret;

	if (len == 4)
		ret = pci_read_config_dword(reader->pdev, pos, &dword);
	else if (len == 2)
		ret = pci_read_config_word(reader->pdev, pos, &word);
	else
		ret = pci_read_config_byte(reader->pdev, pos, &byte);

	if (ret && !reader->error)
		reader->error = pcibios_err_to_errno(ret);
	return dword | word | byte;
}

static u32 vfl_bar_flags(unsigned long flags)
{
	if (flags & IORESOURCE_IO)
		return PCI_BASE_ADDRESS_SPACE_IO;
	return PCI_BASE_ADDRESS_SPACE_MEMORY |
		(flags & IORESOURCE_PREFETCH ? PCI_BASE_ADDRESS_MEM_PREFETCH : 0) |
		(flags & IORESOURCE_MEM_64 ? PCI_BASE_ADDRESS_MEM_TYPE_64 : 0);
}

/* What has no address on the host does not exist for the user. */
static void vfl_gather_bars(struct pci_dev *pdev, struct vfl_cfg_bar *bars)
{
	unsigned int i;

	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		if (pci_resource_start(pdev, i))
			bars[i] = (struct vfl_cfg_bar){
				.len = pci_resource_len(pdev, i),
				.flags = vfl_bar_flags(pci_resource_flags(pdev, i)),
			};

	if (pci_resource_start(pdev, PCI_ROM_RESOURCE))
		bars[VFL_CFG_ROM].len = pci_resource_len(pdev, PCI_ROM_RESOURCE);
	else if (pdev->rom && pdev->romlen)
		bars[VFL_CFG_ROM].len = roundup_pow_of_two(pdev->romlen);
}

static void vfl_save_bars(struct vfl_device *vfl, struct vfl_reader *reader)
{
	unsigned int i;

	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		vfl->real_bar[i] = vfl_open_read(reader,
						 PCI_BASE_ADDRESS_0 + 4 * i, 4);
	vfl->real_bar[i] = vfl_open_read(reader, PCI_ROM_ADDRESS, 4);
}

int vfl_config_open(struct vfl_device *vfl)
{
	struct pci_dev *pdev = vfl->pdev;
	struct vfl_reader reader = { .pdev = pdev };
	struct vfl_cfg_facts facts = {
		.read = vfl_open_read,
		.hw = &reader,
		.size = pdev->cfg_size,
		.vendor = pdev->vendor,
		.device = pdev->device,
		.virtfn = pdev->is_virtfn,
		.command_memory = !pdev->no_command_memory,
		.intx = !pdev->is_virtfn && !vfl->nointx && pdev->irq &&
			pdev->irq != IRQ_NOTCONNECTED,
	};
	struct vfl_cfg *cfg;

	static_assert(VFL_CFG_ROM == PCI_STD_NUM_BARS);
	vfl_gather_bars(pdev, facts.bar);

	cfg = kzalloc(struct_size(cfg, copy, facts.size / 4) + facts.size / 4,
		      GFP_KERNEL_ACCOUNT);
	if (!cfg)
		return -ENOMEM;

	cfg->size = facts.size;
	cfg->row = (u8 *)&cfg->copy[facts.size / 4];
	vfl_cfg_build(cfg, &facts);
	/* The device's is ours, and set for now; that of the user is not. */
	if (vfl->pci_2_3)
		vfl_cfg_set(cfg, PCI_COMMAND, PCI_COMMAND_INTX_DISABLE, 0);
	vfl_save_bars(vfl, &reader);
	if (reader.error) {
		kfree(cfg);
		return reader.error;
	}
	vfl->cfg = cfg;
	vfl->msi_count = pdev->msi_cap ? 1U << cfg->msi_qmax : 0;
	return 0;
}

void vfl_config_close(struct vfl_device *vfl)
{
	kfree(vfl->cfg);
	vfl->cfg = NULL;
}
