// SPDX-License-Identifier: GPL-2.0-only
/*
 * Config space: between the user, the copy and the device.
 *
 *	read()  -> vfl_config_read() -> vfl_read_chunk(), from the copy, the device,
 *		   or bits of both, as the row in cfg_perm.c says
 *	write() -> vfl_config_write() -> vfl_write_chunk() -> vfl_write_through(), to
 *		   either, then what else the row says a write does
 */
#include <linux/pci.h>
#include <linux/unaligned.h>
#include <linux/vfio.h>

#include "cfg_caps.h"
#include "vfl.h"

/* Accesses of users wait while the PCI core has the device to itself. */
static noinline int vfl_hw_read_part(struct pci_dev *pdev, unsigned int pos,
				     unsigned int len, u32 *val)
{
	u16 word = 0;
	u8 byte = 0;
	int ret;

	if (len == 2)
		ret = pci_user_read_config_word(pdev, pos, &word);
	else
		ret = pci_user_read_config_byte(pdev, pos, &byte);
	*val = len == 2 ? word : byte;
	return ret;
}

/* Of dwords, which most are, without a stack to protect. */
static int vfl_hw_read(struct pci_dev *pdev, unsigned int pos, unsigned int len,
		       u32 *val)
{
	return len == 4 ? pci_user_read_config_dword(pdev, pos, val) :
			  vfl_hw_read_part(pdev, pos, len, val);
}

static int vfl_hw_write(struct pci_dev *pdev, unsigned int pos,
			unsigned int len, u32 val)
{
	if (len == 4)
		return pci_user_write_config_dword(pdev, pos, val);
	if (len == 2)
		return pci_user_write_config_word(pdev, pos, val);
	return pci_user_write_config_byte(pdev, pos, val);
}

/* Where all is the copy's, what @val was does not matter. */
static int vfl_read_chunk(struct pci_dev *pdev, const struct vfl_cfg *cfg,
			  unsigned int pos, unsigned int len, u32 *val)
{
	int ret = 0;

	/* Of most dwords, all is the device's. */
	if (!vfl_cfg_row(cfg, pos)->virt)
		return vfl_hw_read(pdev, pos, len, val);

	if (vfl_cfg_virt(cfg, pos, len) != vfl_cfg_bits(len))
		ret = vfl_hw_read(pdev, pos, len, val);
	if (!ret)
		*val = vfl_cfg_show(cfg, pos, len, *val);
	return ret;
}

int vfl_config_read(struct vfl_device *vfl, u8 *to, unsigned int count,
		    unsigned int pos)
{
	const struct vfl_cfg *cfg = vfl->cfg;
	struct pci_dev *pdev = vfl->pdev;
	unsigned int len;
	u32 val = 0;
	int ret;

	for (; count; pos += len, to += len, count -= len) {
		len = vfl_cfg_chunk(pos, count);
		ret = vfl_read_chunk(pdev, cfg, pos, len, &val);
		if (ret)
			return ret;
		put_unaligned_le32(val, to);
	}
	return 0;
}

static int vfl_hw_change(struct pci_dev *pdev, const struct vfl_hw_write *hw)
{
	u32 old = 0;
	int ret;

	if (!hw->len)
		return 0;

	if (hw->mask != vfl_cfg_bits(hw->len)) {
		ret = vfl_hw_read(pdev, hw->pos, hw->len, &old);
		if (ret)
			return ret;
	}
	return vfl_hw_write(pdev, hw->pos, hw->len,
			    (old & ~hw->mask) | (hw->val & hw->mask));
}

/* All of it or nothing: what the copy says has been acted on. */
static int vfl_write_through(struct vfl_device *vfl, unsigned int pos,
			     unsigned int len, u32 val)
{
	u32 copy = vfl_cfg_copy(vfl->cfg, pos, len);
	u32 mask = vfl_cfg_store(vfl->cfg, pos, len, val);
	struct vfl_hw_write hw = vfl_cfg_narrow(pos, len, mask, val);
	int ret;

	ret = vfl_hw_change(vfl->pdev, &hw);
	if (ret)
		vfl_cfg_set(vfl->cfg, pos, vfl_cfg_bits(len), copy);
	return ret;
}

/* What a wake from D3 restores must not be put back as it was read before that. */
static int vfl_write_awake(struct vfl_device *vfl, unsigned int pos,
			   unsigned int len, u32 val)
{
	const struct vfl_cfg_row *row = vfl_cfg_row(vfl->cfg, pos);

	if (!(row->write & ~row->virt))
		return vfl_write_through(vfl, pos, len, val);

	guard(rwsem_read)(&vfl->memory_lock);
	return vfl_write_through(vfl, pos, len, val);
}

/*
 * Some resets happen without us, by a register of the device's own.  They show
 * in decoding that is off though the user has it on, and in BARs that moved.
 */
static bool vfl_was_reset(struct vfl_device *vfl, u32 new)
{
	u32 virt = vfl_cfg_copy(vfl->cfg, PCI_COMMAND, 2) & new, bar;
	struct pci_dev *pdev = vfl->pdev;
	unsigned int i;
	u16 hw;

	if (pci_user_read_config_word(pdev, PCI_COMMAND, &hw))
		return false;
	if (virt & ~hw & PCI_COMMAND_IO ||
	    (virt & ~hw & PCI_COMMAND_MEMORY && !pdev->no_command_memory))
		return true;

	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		if (vfl->real_bar[i] &&
		    (pci_user_read_config_dword(pdev, PCI_BASE_ADDRESS_0 + 4 * i,
						&bar) ||
		     bar != vfl->real_bar[i]))
			return true;
	return false;
}

static void vfl_restore_bars(struct vfl_device *vfl)
{
	struct pci_dev *pdev = vfl->pdev;
	unsigned int i;

	if (pdev->is_virtfn)
		return;

	pci_info_ratelimited(pdev, "was reset behind our back, restoring BARs\n");
	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		pci_user_write_config_dword(pdev, PCI_BASE_ADDRESS_0 + 4 * i,
					    vfl->real_bar[i]);
	pci_user_write_config_dword(pdev, PCI_ROM_ADDRESS, vfl->real_bar[i]);
}

static int vfl_switch_decoding(struct vfl_device *vfl, unsigned int len, u32 val)
{
	int ret;

	guard(rwsem_write)(&vfl->memory_lock);
	if (!(val & PCI_COMMAND_MEMORY))
		vfl_zap(vfl);

	if (vfl_was_reset(vfl, val))
		vfl_restore_bars(vfl);
	ret = vfl_write_through(vfl, PCI_COMMAND, len, val);
	if (!ret)
		vfl_cfg_set(vfl->cfg, PCI_COMMAND,
			    PCI_COMMAND_MEMORY | PCI_COMMAND_IO, val);
	return ret;
}

/* The device's own bit follows, but it is also ours, to mask INTx with. */
static void vfl_switch_intx(struct vfl_device *vfl)
{
	bool disable = vfl_cfg_copy(vfl->cfg, PCI_COMMAND, 2) &
		       PCI_COMMAND_INTX_DISABLE;

	guard(mutex)(&vfl->igate);
	if (vfl->virq_disabled != disable) {
		WRITE_ONCE(vfl->virq_disabled, disable);
		if (disable)
			vfl_intx_mask(vfl);
		else
			vfl_intx_unmask(vfl);
	}
	vfl_intx_sync(vfl);
}

static int vfl_write_command(struct vfl_device *vfl, unsigned int pos,
			     unsigned int len, u32 val)
{
	int ret;

	if (pos == PCI_COMMAND)
		ret = vfl_switch_decoding(vfl, len, val);
	else
		ret = vfl_write_through(vfl, pos, len, val);
	if (!ret)
		vfl_switch_intx(vfl);
	return ret;
}

static bool vfl_covers(unsigned int pos, unsigned int len, unsigned int byte)
{
	return pos <= byte && byte < pos + len;
}

static int vfl_apply_msi_flags(struct vfl_device *vfl, unsigned int pos, u16 old)
{
	u16 flags = vfl_cfg_copy(vfl->cfg, pos, 2);
	int ret;

	guard(mutex)(&vfl->igate);
	flags = vfl_cfg_msi_flags(flags, vfl->irq_type == VFIO_PCI_MSI_IRQ_INDEX,
				  vfl->cfg->msi_qmax);
	ret = pci_user_write_config_word(vfl->pdev, pos, flags);
	vfl_cfg_set(vfl->cfg, pos, 0xffff, ret ? old : flags);
	return ret;
}

static void vfl_apply_power_state(struct vfl_device *vfl, u32 val)
{
	pci_power_t state = (__force pci_power_t)(val & PCI_PM_CTRL_STATE_MASK);

	guard(rwsem_write)(&vfl->memory_lock);
	if (vfl_is_d3(state))
		vfl_zap(vfl);
	vfl_set_power_state(vfl, state);
}

/* Completion is told by a toggled flag; without it, the user times out. */
static void vfl_transfer_vpd(struct vfl_device *vfl, unsigned int pos)
{
	u16 addr = vfl_cfg_copy(vfl->cfg, pos + PCI_VPD_ADDR, 2);
	__le32 data;

	if (addr & PCI_VPD_ADDR_F) {
		data = cpu_to_le32(vfl_cfg_copy(vfl->cfg, pos + PCI_VPD_DATA, 4));
		if (pci_write_vpd(vfl->pdev, addr & ~PCI_VPD_ADDR_F, 4, &data) != 4)
			return;
	} else {
		data = 0;
		if (pci_read_vpd(vfl->pdev, addr, 4, &data) < 0)
			return;
		vfl_cfg_set(vfl->cfg, pos + PCI_VPD_DATA, ~0U, le32_to_cpu(data));
	}
	vfl_cfg_set(vfl->cfg, pos + PCI_VPD_ADDR, 0xffff, addr ^ PCI_VPD_ADDR_F);
}

/*
 * A reset is by whatever way the PCI core has, which need not be this one.  A read request
 * below the payload size would only make things slow: the user does not see the latter.
 */
static void vfl_apply_exp_devctl(struct vfl_device *vfl, unsigned int pos, u16 old)
{
	u16 new = vfl_cfg_copy(vfl->cfg, pos, 2);
	int size, ret;
	u32 cap;

	if (new & PCI_EXP_DEVCTL_BCR_FLR) {
		vfl_cfg_set(vfl->cfg, pos, PCI_EXP_DEVCTL_BCR_FLR, 0);
		ret = vfl_hw_read(vfl->pdev, pos - PCI_EXP_DEVCTL + PCI_EXP_DEVCAP, 4, &cap);
		if (!ret && cap & PCI_EXP_DEVCAP_FLR)
			vfl_reset(vfl);
	}

	if ((new ^ old) & PCI_EXP_DEVCTL_READRQ) {
		size = 128 << ((new & PCI_EXP_DEVCTL_READRQ) >> 12);
		/* Not in the middle of a reset, when it would read ones. */
		guard(vfl_state)(vfl);
		pcie_set_readrq(vfl->pdev, max(size, pcie_get_mps(vfl->pdev)));
	}
}

static void vfl_apply_af_ctrl(struct vfl_device *vfl, unsigned int pos)
{
	u32 cap;
	int ret;

	if (!(vfl_cfg_copy(vfl->cfg, pos, 1) & PCI_AF_CTRL_FLR))
		return;

	vfl_cfg_set(vfl->cfg, pos, PCI_AF_CTRL_FLR, 0);
	ret = vfl_hw_read(vfl->pdev, pos - PCI_AF_CTRL + PCI_AF_CAP, 1, &cap);
	if (!ret && cap & PCI_AF_CAP_FLR && cap & PCI_AF_CAP_TP)
		vfl_reset(vfl);
}

static int vfl_write_chunk(struct vfl_device *vfl, unsigned int pos,
			   unsigned int len, u32 val)
{
	enum vfl_effect effect = vfl_cfg_row(vfl->cfg, pos)->effect;
	unsigned int dword = pos & ~3;
	u32 old = vfl_cfg_copy(vfl->cfg, dword, 4);
	int ret;

	if (effect == VFL_EFFECT_COMMAND)
		return vfl_write_command(vfl, pos, len, val);

	ret = vfl_write_awake(vfl, pos, len, val);
	if (ret)
		return ret;

	switch (effect) {
	case VFL_EFFECT_BAR:
		vfl_cfg_fix_bar(vfl->cfg, pos);
		break;
	case VFL_EFFECT_MSI_FLAGS:
		if (vfl_covers(pos, len, dword + PCI_MSI_FLAGS))
			ret = vfl_apply_msi_flags(vfl, dword + PCI_MSI_FLAGS, old >> 16);
		break;
	case VFL_EFFECT_PM_CTRL:
		if (pos == dword)
			vfl_apply_power_state(vfl, val);
		break;
	case VFL_EFFECT_VPD_ADDR:
		if (vfl_covers(pos, len, dword + PCI_VPD_ADDR + 1))
			vfl_transfer_vpd(vfl, dword);
		break;
	case VFL_EFFECT_EXP_DEVCTL:
		vfl_apply_exp_devctl(vfl, dword, old);
		break;
	case VFL_EFFECT_AF_CTRL:
		vfl_apply_af_ctrl(vfl, dword);
		break;
	default:
		break;
	}
	return ret;
}

int vfl_config_write(struct vfl_device *vfl, const u8 *from, unsigned int count,
		     unsigned int pos)
{
	unsigned int len;
	int ret;

	guard(mutex)(&vfl->config_lock);
	if (vfl->gone)
		return -ENODEV;
	for (; count; pos += len, from += len, count -= len) {
		len = vfl_cfg_chunk(pos, count);
		ret = vfl_write_chunk(vfl, pos, len,
				      get_unaligned_le32(from) & vfl_cfg_bits(len));
		if (ret)
			return ret;
	}
	return 0;
}
