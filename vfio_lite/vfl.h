/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vfio_lite: what its files share.
 *
 * Read main.c first (bind and unbind), then device.c (open, close, reset) and
 * ioctl.c (what user space asks).  From there each path is one file: rw.c (read and
 * write), behind it config.c (config space), bar.c and rom.c; mmap.c (mappings); intx.c
 * and msi.c (interrupts), behind intrs.c.  By need: cfg_open.c, ioeventfd.c, power.c,
 * hotreset.c, sriov.c, group.c, vga.c and sysfs.c.  cfg_perm.c, cfg_caps.c and region.h
 * are pure and stand for themselves.
 *
 * Lifetime
 *	A struct vfl_device is made by vfio_alloc_device() and freed by the VFIO
 *	core with the last reference to its device.  It is registered from
 *	vfl_probe() to vfl_remove(), which waits until the last file descriptor
 *	is closed.  "While open" is from vfl_open_device(), called for the
 *	first file descriptor, to vfl_close_device(), for the last; the core
 *	orders the two by dev_set->lock.  All calls of user space, and mappings,
 *	which hold the file, lie in between.
 *
 * Lock order
 *	dev_set->lock (core) > PCI device lock (only tried) > config_lock > igate
 *	> mmap_lock > memory_lock > vfl_lock_state() > irqlock
 *	rom_lock > mmap_lock
 *	ioeventfds_lock > memory_lock
 *	PCI device lock > pci_cfg_access_lock() > vfl_lock_state(): in resets by the PCI
 *	core, which has the first two of all devices on a bus before it takes the third
 *	PCI device lock of a PF > vfl_lock_vfs() > its pci_cfg_access_lock(), all of these
 *	of a VF: while VFs are made
 *	vfl_lock_state() > vfl_lock_vfs(), PCI device lock and pci_cfg_access_lock(), which
 *	are only tried then
 *	vfl_devices_lock and the lock of a VF token: none below them
 *
 *	Who unbinds a device has it locked all the time that it waits for the close,
 *	and takes config_lock meanwhile: so the close only tries the device lock.
 *	COMMAND has bits of several locks: memory and I/O enable are memory_lock's, bus
 *	mastering is config_lock's, INTX_DISABLE is irqlock's.  Who has irqlock alone
 *	writes the byte with INTX_DISABLE only, or both in pci_check_and_mask_intx() and
 *	its like, which read and write within one lock of the PCI core's; whoever else
 *	writes both calls vfl_intx_sync() after it, or ends interrupts.
 *	Under vfl_lock_state(), config space is not read by pci_user_read_config_*(), nor
 *	written by its like: they wait for whoever has pci_cfg_access_lock().
 *
 *	User memory is never touched under memory_lock: the fault that this may
 *	cause takes memory_lock below mmap_lock.
 */
#ifndef VFIO_LITE_VFL_H
#define VFIO_LITE_VFL_H

#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/eventfd.h>
#include <linux/ioport.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/uuid.h>
#include <linux/vfio.h>
#include <linux/xarray.h>

#include "cfg_perm.h"
#include "region.h"
#include "vfio_inode.h"

struct virqfd;
struct vm_area_struct;

/**
 * enum vfl_frozen - why INTx may not be switched on in the device
 * @VFL_IN_RESET: COMMAND is saved, and will be restored
 * @VFL_IN_D3: likewise
 * @VFL_SUSPENDED: likewise, by the PCI core
 */
enum vfl_frozen {
	VFL_IN_RESET = BIT(0),
	VFL_IN_D3 = BIT(1),
	VFL_SUSPENDED = BIT(2),
};

/**
 * struct vfl_intx - the interrupt line
 * @trigger: what is signalled, may be NULL; changed under igate, read by the
 *	handler, see vfl_intx_set_trigger()
 * @unmask: eventfd that unmasks, or NULL
 * @mask: eventfd that masks, or NULL
 * @masked: no event until unmasked; where the device cannot mask, the line is
 *	disabled then, once, whoever masks; guarded by irqlock
 * @frozen: COMMAND is not to be written, but in D3 alone to mask; of enum vfl_frozen;
 *	guarded by irqlock
 * @on: whether it may raise INTx after that; guarded by irqlock
 * @name: in /proc/interrupts
 */
struct vfl_intx {
	struct eventfd_ctx *trigger;
	struct virqfd *unmask;
	struct virqfd *mask;
	bool masked;
	u8 frozen;
	bool on;
	char name[32];
};

/**
 * struct vfl_window - where a BAR's bytes are, or the ROM's
 * @io: the first one, or an ERR_PTR() that says why we cannot have them
 * @len: in bytes; 0: there is none
 * @hole: those that are not the user's
 * @max_width: of an access, in bytes
 * @mem: in memory, which may be disabled
 * @mappable: by user space
 * @has_alias: there is a second region of it, see VFL_NUM_REGIONS
 * @wc: mapped write-combining, by us and the user alike; with @has_alias it changes,
 *	and @io with it, guarded by memory_lock
 * @maps: mappings of the user's, counted with @has_alias only; while there is one, @wc
 *	stays
 */
struct vfl_window {
	void __iomem *io;
	u64 len;
	struct vfl_hole hole;
	unsigned int max_width;
	bool mem;
	bool mappable;
	bool has_alias;
	bool wc;
	atomic_t maps;
};

/**
 * struct vfl_vf_token - the secret that users of a PF and of its VFs share
 * @lock: see the field
 * @uuid: the secret
 * @users: VFs that are open
 */
struct vfl_vf_token {
	/* Guards the other two. */
	struct mutex lock;
	uuid_t uuid;
	unsigned int users;
};

/**
 * struct vfl_device - one PCI function bound to vfio_lite
 * @vdev: what the VFIO core knows of it
 * @pdev: the function; held by the driver core while bound
 * @inode: of mappings, on kernels where the core has none
 * @nointxmask: of the driver's parameters, as they were at bind
 * @disable_idle_d3: likewise
 * @revoke_after: likewise
 * @wc_regions: likewise
 * @needs_pm_restore: forgets its state in D3; constant after probe
 * @msix_count: MSI-X vectors that the device offers; constant while open, with the next
 *	three
 * @msix_bar: BAR with the MSI-X table, or -1
 * @msix_table: where in it
 * @dyn_msix: MSI-X vectors can be added while others are in use
 * @needs_reset: was in use and could not be reset since; guarded by dev_set->lock
 * @told_reset: the PCI core's number of the way to reset it, as the log was told last; 0:
 *	none; guarded by dev_set->lock
 * @wc: bit per BAR, to be mapped write-combining from the next open on; guarded
 *	by dev_set->lock
 * @cfg: config space as the user sees it, NULL while not open; @cfg->copy guarded by config_lock,
 *	@cfg->msi_qmax by igate, the rest constant
 * @real_bar: BARs and ROM as the device has to have them
 * @saved_state: config space at open, for close
 * @reset_works: the function can be reset
 * @msi_count: MSI vectors that the device offers
 * @pci_2_3: the device can mask INTx and say whether it is pending
 * @nointx: INTx is hidden, and always masked
 * @bar: the BARs
 * @page_rest: per BAR below page size, what keeps others out of the page, or NULL
 * @holder_pid: who opened the device, for messages; 0: nobody
 * @holder_comm: its name
 * @asked_at: when it was first asked to give the device back, in jiffies; only for who
 *	unbinds, with the device locked
 * @config_lock: see the field
 * @gone: taken away, see vfl_quiesce(), until the next bind; set under
 *	config_lock, igate and memory_lock, so that each of them keeps it as it is
 * @memory_lock: see the field
 * @pm_engaged: the user said that the device may be suspended
 * @pm_wake: signalled when it resumes by itself, or NULL
 * @pm_save: config space before D3, where it is lost there; NULL in D0; under
 *	vfl_lock_state()
 * @sriov_active: has VFs, which need it in D0
 * @rom_lock: see the field
 * @rom_decoded: by vfl_rom_read(); changed under rom_lock, memory_lock and
 *	vfl_lock_state()
 * @igate: see the field
 * @irq_type: VFIO_PCI_*_IRQ_INDEX in use, or VFIO_PCI_NUM_IRQS
 * @virq_disabled: the user has set INTX_DISABLE; read by the INTx handler
 * @intx: the interrupt line, while @irq_type says so
 * @vectors: of type struct vfl_vector, of MSI or MSI-X, by vector number
 * @err_trigger: signalled when the device reports an error; see intrs.c
 * @req_trigger: signalled when the device shall be given back
 * @pm_line_off: the line is disabled on account of runtime suspend
 * @irqlock: see the field
 * @ioeventfds_lock: see the field
 * @ioeventfds: of type struct vfl_ioeventfd
 * @nr_ioeventfds: their number
 * @vf_token: of a PF
 * @token: that of the PF, or NULL where there are no VFs or another driver has it;
 *	constant after vfl_probe()
 * @pf: of a VF, if it is bound to us, too; it stays bound as long as we are
 * @state_busy: see the field
 * @devices_item: while registered, in a list of group.c
 */
struct vfl_device {
	struct vfio_device vdev;
	struct pci_dev *pdev;
	struct vfio_compat_inode inode;
	bool nointxmask;
	bool disable_idle_d3;
	int revoke_after;
	bool wc_regions;
	bool needs_pm_restore;
	unsigned int msix_count;
	int msix_bar;
	struct vfl_hole msix_table;
	bool dyn_msix;
	bool needs_reset;
	u8 told_reset;
	u8 wc;

	/* Constant while open, but for what struct vfl_window says of @bar. */
	struct vfl_cfg *cfg;
	u32 real_bar[PCI_STD_NUM_BARS + 1];
	struct pci_saved_state *saved_state;
	bool reset_works;
	unsigned int msi_count;
	bool pci_2_3;
	bool nointx;
	struct vfl_window bar[PCI_STD_NUM_BARS];
	struct resource *page_rest[PCI_STD_NUM_BARS];
	pid_t holder_pid;
	char holder_comm[TASK_COMM_LEN];

	unsigned long asked_at;

	/* Serialises writes of config space, and with them cfg->copy; close and quiesce. */
	struct mutex config_lock;
	bool gone;

	/*
	 * Held for write while memory cannot be accessed or this changes:
	 * COMMAND's memory enable bit, power state, reset; guards these, pm_engaged,
	 * pm_wake and sriov_active.  Held for read to access memory.
	 */
	struct rw_semaphore memory_lock;
	bool pm_engaged;
	struct eventfd_ctx *pm_wake;
	struct pci_saved_state *pm_save;
	bool sriov_active;

	/* Held while the expansion ROM is decoded. */
	struct mutex rom_lock;
	bool rom_decoded;

	/* Serialises the set-up of interrupts; guards irq_type to pm_line_off. */
	struct mutex igate;
	unsigned int irq_type;
	bool virq_disabled;
	struct vfl_intx intx;
	struct xarray vectors;
	struct eventfd_ctx __rcu *err_trigger;
	struct eventfd_ctx __rcu *req_trigger;
	bool pm_line_off;
	/* Guards the flags of intx and the mask in the device; taken by the handler. */
	spinlock_t irqlock;

	/* Guards ioeventfds and nr_ioeventfds. */
	struct mutex ioeventfds_lock;
	struct list_head ioeventfds;
	unsigned int nr_ioeventfds;

	struct vfl_vf_token vf_token;
	struct vfl_vf_token *token;
	struct vfl_device *pf;
	/* Bit 0 is a lock, see vfl_lock_state(), and so is bit 1, see vfl_lock_vfs(). */
	unsigned long state_busy;
	struct list_head devices_item;
};

static inline struct vfl_device *to_vfl(struct vfio_device *vdev)
{
	return container_of(vdev, struct vfl_device, vdev);
}

/* Region N + VFIO_PCI_NUM_REGIONS is region N, a BAR, mapped write-combining. */
#define VFL_NUM_REGIONS		(VFIO_PCI_NUM_REGIONS + PCI_STD_NUM_BARS)

/*
 * What such a region is to the user, in VFIO_REGION_INFO_CAP_TYPE, with the number of
 * the BAR as subtype: the type of a vendor that does not exist.
 */
#define VFL_REGION_TYPE_WC	(VFIO_REGION_TYPE_PCI_VENDOR_TYPE | 0xffff)

static inline unsigned int vfl_region_bar(unsigned int region)
{
	return region < VFIO_PCI_NUM_REGIONS ? region : region - VFIO_PCI_NUM_REGIONS;
}

/* The BAR that a region shows, by itself or as its alias; NULL: none. */
static inline struct vfl_window *vfl_region_window(struct vfl_device *vfl,
						   unsigned int region)
{
	unsigned int bar = vfl_region_bar(region);

	if (bar >= PCI_STD_NUM_BARS || region >= VFL_NUM_REGIONS ||
	    (region != bar && !vfl->bar[bar].has_alias))
		return NULL;
	return &vfl->bar[bar];
}

/* The PCI core maps the MSI-X table for itself: its type would be that of our mapping. */
static inline bool vfl_may_combine(struct vfl_device *vfl, unsigned int bar)
{
	return bar != vfl->msix_bar &&
		pci_resource_flags(vfl->pdev, bar) & IORESOURCE_PREFETCH;
}

/* Deep enough that memory is out of reach, and the state may be lost. */
static inline bool vfl_is_d3(pci_power_t state)
{
	return (__force int)state >= (__force int)PCI_D3hot;
}

/* device.c */

/**
 * vfl_open_device() - make the device ready for its first user
 * @vdev: the device
 *
 * It is in a known state then: reset where that is possible, no bus mastering,
 * no interrupts.
 *
 * Context: process, may sleep; dev_set->lock held by the core.
 * Return: 0; -EAGAIN if the device is locked by somebody; another errno.
 */
int vfl_open_device(struct vfio_device *vdev);

/**
 * vfl_not_opened() - say why an open fails
 * @vfl: device
 * @error: a negative errno; 0: nothing is said
 * @why: cause and, where there is one, remedy
 *
 * Return: @error.
 */
int vfl_not_opened(struct vfl_device *vfl, int error, const char *why);

/**
 * vfl_close_device() - undo vfl_open_device() when the last user is gone
 * @vdev: the device
 *
 * Context: process, may sleep; dev_set->lock held by the core.
 */
void vfl_close_device(struct vfio_device *vdev);

/**
 * vfl_reset_at_unbind() - what vfl_close_device() could not do
 * @vfl: device, unregistered
 *
 * Who unbinds the device and waits for its last user has it locked, so that the
 * close could not reset it.
 *
 * Context: process, may sleep; device lock held by the caller.
 */
void vfl_reset_at_unbind(struct vfl_device *vfl);

/**
 * vfl_reset() - reset the function, on behalf of the user
 * @vfl: device, open
 *
 * Context: process, may sleep; takes memory_lock.
 * Return: 0; -ENOTTY if there is no way to reset it; -EAGAIN if it is locked by
 * somebody; -ENODEV if it was taken away; another errno of the PCI core.
 */
int vfl_reset(struct vfl_device *vfl);

/**
 * vfl_quiesce() - take the device away from a user who still has it open
 * @vfl: device, open or closed just now
 *
 * No interrupts, DMA or access to BARs any more; all that is asked of the file
 * is answered with -ENODEV.  May be repeated.
 *
 * Context: process, may sleep; takes config_lock, igate, memory_lock.
 */
void vfl_quiesce(struct vfl_device *vfl);

/**
 * vfl_memory_enabled() - can BARs in memory be accessed
 * @vfl: device, open
 *
 * A VF's memory is switched by its PF.
 *
 * Context: memory_lock held.
 * Return: whether they can.
 */
static inline bool vfl_memory_enabled(struct vfl_device *vfl)
{
	lockdep_assert_held(&vfl->memory_lock);

	return !vfl->gone && !vfl_is_d3(vfl->pdev->current_state) &&
		(vfl->pdev->no_command_memory ||
		 vfl_cfg_copy(vfl->cfg, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY);
}

/**
 * vfl_lock_state() - have the saved state of the device, and what it is saved from
 * @vfl: device
 *
 * The PCI core has one saved state for a device, and whoever saves or loads last wins;
 * on 6.1, it is good for one restore, too.  A close that restores in the midst of a
 * reset by root's write to sysfs would leave BARs as the reset has left them, for good;
 * whoever writes a register then that he has read before would spoil that one.
 *
 * Recovery from errors resets without it: it neither saves nor restores.
 *
 * Context: process, may sleep, for as long as a reset takes.
 */
void vfl_lock_state(struct vfl_device *vfl);
void vfl_unlock_state(struct vfl_device *vfl);
DEFINE_GUARD(vfl_state, struct vfl_device *, vfl_lock_state(_T), vfl_unlock_state(_T))

/**
 * vfl_lock_vfs() - neither make VFs nor restore the state of their PF
 * @vfl: device
 *
 * The PCI core restores the SR-IOV capability, too, and to what it was before, if
 * VFs are just being made: they would be gone in the middle of it.
 *
 * Context: process, may sleep, up to some seconds while VFs are made.
 */
void vfl_lock_vfs(struct vfl_device *vfl);
void vfl_unlock_vfs(struct vfl_device *vfl);
DEFINE_GUARD(vfl_vfs, struct vfl_device *, vfl_lock_vfs(_T), vfl_unlock_vfs(_T))

/**
 * vfl_switch_memory_on() - have memory decoded, for a moment
 * @vfl: device
 *
 * Context: process; vfl_lock_state() held, and memory_lock for write, but in a close.
 * Return: what vfl_switch_memory_back() takes.
 */
u8 vfl_switch_memory_on(struct vfl_device *vfl);
void vfl_switch_memory_back(struct vfl_device *vfl, u8 cmd);

u8 vfl_force_memory(struct vfl_device *vfl);
u8 vfl_force_table(struct vfl_device *vfl);
void vfl_unforce_memory(struct vfl_device *vfl, u8 cmd);

/*
 * guard(vfl_memory)(vfl): memory is decoded, whatever the user wants.
 *
 * Context: process, may sleep; takes memory_lock for write, and vfl_lock_state().
 */
DEFINE_LOCK_GUARD_1(vfl_memory, struct vfl_device,
		    _T->cmd = vfl_force_memory(_T->lock),
		    vfl_unforce_memory(_T->lock, _T->cmd), u8 cmd)

/* guard(vfl_table)(vfl): likewise, and the device is in D0, if it has an MSI-X table. */
DEFINE_LOCK_GUARD_1(vfl_table, struct vfl_device,
		    _T->cmd = vfl_force_table(_T->lock),
		    vfl_unforce_memory(_T->lock, _T->cmd), u8 cmd)

/* hotreset.c */

/**
 * vfl_hot_reset_info() - VFIO_DEVICE_GET_PCI_HOT_RESET_INFO
 * @vfl: device, open
 * @arg: see include/uapi/linux/vfio.h
 *
 * Return: 0 or a negative errno; -ENOSPC if there are more devices than room.
 */
int vfl_hot_reset_info(struct vfl_device *vfl,
		       struct vfio_pci_hot_reset_info __user *arg);

/**
 * vfl_hot_reset() - VFIO_DEVICE_PCI_HOT_RESET
 * @vfl: device, open
 * @arg: see include/uapi/linux/vfio.h
 *
 * Return: 0 or a negative errno.
 */
int vfl_hot_reset(struct vfl_device *vfl, struct vfio_pci_hot_reset __user *arg);

/**
 * vfl_reset_set_if_unused() - reset the bus or slot after its last user
 * @dev_set: devices that only can be reset together
 *
 * Does nothing if one of them is open, if all of them were reset since they
 * were open, or if there are others on the bus.
 *
 * Context: process, may sleep; dev_set->lock held.
 */
void vfl_reset_set_if_unused(struct vfio_device_set *dev_set);

/**
 * vfl_assign_set() - say to the core what is reset together
 * @vfl: device, not yet registered
 *
 * Return: 0 or -ENOMEM.
 */
int vfl_assign_set(struct vfl_device *vfl);

/* ioctl.c */

long vfl_ioctl(struct vfio_device *vdev, unsigned int cmd, unsigned long arg);
int vfl_region_info(struct vfio_device *vdev, struct vfio_region_info *info,
		    struct vfio_info_cap *caps);
int vfl_feature(struct vfio_device *vdev, u32 flags, void __user *arg,
		size_t argsz);
/* rw.c */

/* Behind what a bounce buffer has to hold: registers are moved to and from it as 64 bits. */
#define VFL_BOUNCE_SLACK	7

ssize_t vfl_read(struct vfio_device *vdev, char __user *buf, size_t count,
		 loff_t *ppos);
ssize_t vfl_write(struct vfio_device *vdev, const char __user *buf,
		  size_t count, loff_t *ppos);

/**
 * vfl_user_rw() - read from, or write to, a region
 * @vfl: device, open
 * @win: a BAR or the ROM; NULL: config space
 * @ubuf: where to or from; not written to if @write
 * @count: bytes, not 0
 * @pos: first byte
 * @write: direction
 *
 * Context: process, may sleep; as vfl_bar_rw(), vfl_config_read() or vfl_config_write().
 * Return: how many bytes, of a BAR up to its end; -EINVAL behind it; of config space
 * @count, -EFAULT if that is not all inside; -EFAULT for a bad @ubuf; -EINTR if the
 * caller is being killed; or what the function returns that does it.
 */
ssize_t vfl_user_rw(struct vfl_device *vfl, const struct vfl_window *win,
		    char __user *ubuf, size_t count, u64 pos, bool write);

/* cfg_open.c */

/**
 * vfl_config_open() - find out what is in config space, and who may change it
 * @vfl: device, enabled
 *
 * Return: 0, -ENOMEM, or the errno of a failed read.
 */
int vfl_config_open(struct vfl_device *vfl);

/**
 * vfl_config_close() - undo vfl_config_open()
 * @vfl: device
 */
void vfl_config_close(struct vfl_device *vfl);

/* config.c */

/**
 * vfl_config_read() - read from config space
 * @vfl: device, open
 * @to: with room for @count bytes and VFL_BOUNCE_SLACK more, which are spoilt
 * @count: bytes, all inside
 * @pos: first byte
 *
 * Context: process, may sleep.
 * Return: 0, or the errno of a failed access.
 */
int vfl_config_read(struct vfl_device *vfl, u8 *to, unsigned int count,
		    unsigned int pos);

/**
 * vfl_config_write() - write to config space
 * @vfl: device, open
 * @from: @count bytes, and VFL_BOUNCE_SLACK that do not matter
 * @count: bytes, all inside
 * @pos: first byte
 *
 * Context: process, may sleep; takes config_lock, igate, memory_lock.
 * Return: 0; -ENODEV if the device was taken away; the errno of a failed access.
 */
int vfl_config_write(struct vfl_device *vfl, const u8 *from, unsigned int count,
		     unsigned int pos);

/* bar.c */

/**
 * vfl_bars_open() - request and map the BARs
 * @vfl: device, enabled
 *
 * A BAR that cannot be had is no reason to fail: its user is told.
 */
void vfl_bars_open(struct vfl_device *vfl);

/**
 * vfl_bars_close() - undo vfl_bars_open()
 * @vfl: device
 */
void vfl_bars_close(struct vfl_device *vfl);

/**
 * vfl_bar_set_wc() - have a BAR write-combining, or uncached again
 * @vfl: device, open
 * @win: the BAR, one that has an alias
 * @wc: which
 *
 * Context: process, may sleep; memory_lock held for write.
 * Return: 0; -EBUSY if the user has mapped it as the other, or somebody else has it;
 * -ENOMEM, also later, if it could not be mapped again.
 */
int vfl_bar_set_wc(struct vfl_device *vfl, struct vfl_window *win, bool wc);

/**
 * vfl_bar_rw() - read from, or write to, a BAR
 * @vfl: device, open
 * @win: the BAR
 * @buf: @count bytes, and VFL_BOUNCE_SLACK that do not matter, or are spoilt
 * @count: bytes, all inside
 * @pos: first byte
 * @write: direction
 *
 * Context: process, may sleep; takes memory_lock.
 * Return: 0; -EIO if memory is disabled; -EBUSY if somebody else has the BAR; -ENOMEM
 * if it could not be mapped.
 */
int vfl_bar_rw(struct vfl_device *vfl, const struct vfl_window *win, u8 *buf,
	       size_t count, u64 pos, bool write);

/**
 * vfl_io_write() - one access to a BAR
 * @io: where
 * @len: 1, 2, 4 or 8 bytes
 * @val: what, in CPU byte order
 *
 * Context: any; memory_lock held.
 */
void vfl_io_write(void __iomem *io, unsigned int len, u64 val);

/* rom.c */

/**
 * vfl_rom_read() - read from the expansion ROM
 * @vfl: device, open
 * @buf: where to
 * @count: bytes, not 0
 * @pos: first byte
 *
 * Context: process, may sleep; takes rom_lock, memory_lock and vfl_lock_state().
 * Return: as vfl_user_rw(); -EIO if memory is disabled; -ENOMEM if it cannot be mapped.
 */
ssize_t vfl_rom_read(struct vfl_device *vfl, char __user *buf, size_t count,
		     u64 pos);

/**
 * vfl_rom_len() - size of the expansion ROM's region
 * @vfl: device, open
 *
 * Context: process, may sleep; takes rom_lock, memory_lock and vfl_lock_state().
 * Return: bytes, 0 if there is nothing in it to be read.
 */
u64 vfl_rom_len(struct vfl_device *vfl);

/* ioeventfd.c */

/**
 * vfl_ioeventfd() - VFIO_DEVICE_IOEVENTFD
 * @vfl: device, open
 * @arg: see include/uapi/linux/vfio.h
 *
 * Return: 0 or a negative errno.
 */
int vfl_ioeventfd(struct vfl_device *vfl,
		  struct vfio_device_ioeventfd __user *arg);

/**
 * vfl_ioeventfds_close() - remove all of them
 * @vfl: device, with no user left
 */
void vfl_ioeventfds_close(struct vfl_device *vfl);

/* mmap.c */

int vfl_mmap(struct vfio_device *vdev, struct vm_area_struct *vma);

/**
 * vfl_zap() - take back all user mappings of BARs
 * @vfl: device, open
 *
 * The next touch of each faults.
 *
 * Context: process, may sleep; memory_lock held for write, so that the fault
 * waits.
 */
void vfl_zap(struct vfl_device *vfl);

/* intrs.c */

/**
 * vfl_set_irqs() - VFIO_DEVICE_SET_IRQS, its header checked by the core
 * @vfl: device, open
 * @hdr: index, start, count, and flags: one action, one kind of data
 * @data: @hdr->count bools or eventfds, or NULL
 *
 * Context: process, may sleep; takes igate.
 * Return: 0; -ENOTTY for what this kind of interrupt cannot; -EINVAL for what
 * it cannot now; a positive number of vectors if that is all there are; another
 * errno.
 */
int vfl_set_irqs(struct vfl_device *vfl, const struct vfio_irq_set *hdr,
		 const void *data);

/**
 * vfl_intrs_disable() - switch INTx, MSI or MSI-X off
 * @vfl: device, open
 *
 * Context: process, may sleep; igate held; takes memory_lock.
 */
void vfl_intrs_disable(struct vfl_device *vfl);

/**
 * vfl_intrs_close() - switch all interrupts off, and forget the user's eventfds
 * @vfl: device, with no user left
 */
void vfl_intrs_close(struct vfl_device *vfl);

/**
 * vfl_signal() - tell the user, if somebody listens
 * @trigger: err_trigger or req_trigger of a device
 *
 * Context: any.
 * Return: whether somebody does.
 */
bool vfl_signal(struct eventfd_ctx __rcu **trigger);

/* The eventfd that the user names; NULL: none; or an ERR_PTR() */
static inline struct eventfd_ctx *vfl_eventfd(s32 fd)
{
	return fd >= 0 ? eventfd_ctx_fdget(fd) : NULL;
}

/* Does VFIO_IRQ_SET_DATA_NONE or _BOOL mean the @i-th interrupt? */
static inline bool vfl_irq_meant(const struct vfio_irq_set *hdr,
				 const void *data, unsigned int i)
{
	return hdr->flags & VFIO_IRQ_SET_DATA_NONE ||
		(hdr->flags & VFIO_IRQ_SET_DATA_BOOL && ((const u8 *)data)[i]);
}

/* intx.c */

int vfl_intx_trigger(struct vfl_device *vfl, const struct vfio_irq_set *hdr,
		     const void *data);
int vfl_intx_set_mask(struct vfl_device *vfl, const struct vfio_irq_set *hdr,
		      const void *data, bool mask);

/**
 * vfl_intx_disable() - give the interrupt line back
 * @vfl: device, with INTx in use
 *
 * Context: process, may sleep; igate held.
 */
void vfl_intx_disable(struct vfl_device *vfl);

/**
 * vfl_intx_mask() - no INTx from now on, if it is in use
 * @vfl: device, open
 *
 * Context: any; igate held, or by an eventfd that vfl_intx_disable() ends; takes irqlock.
 */
void vfl_intx_mask(struct vfl_device *vfl);

/**
 * vfl_intx_unmask() - INTx again, if it is in use, unless the user has it disabled
 * @vfl: device, open
 *
 * Context: process; igate held.
 */
void vfl_intx_unmask(struct vfl_device *vfl);

/**
 * vfl_intx_sync() - mask INTx in the device, or not, as it has to be
 * @vfl: device, open
 *
 * After what may have changed it: a write of COMMAND, between whose read and write the
 * mask was taken off or put on; a reset; the end of MSI.
 *
 * Context: process; igate held; takes irqlock.
 */
void vfl_intx_sync(struct vfl_device *vfl);

/**
 * vfl_intx_freeze() - leave COMMAND alone while it is saved somewhere
 * @vfl: device
 * @why: until vfl_intx_thaw() for the same reason
 *
 * In a reset, in D3 or suspended, it will be restored after.  A mask that changes
 * meanwhile would be lost; if it was taken off, there would be no interrupt ever again.
 *
 * Context: process; takes irqlock.
 */
void vfl_intx_freeze(struct vfl_device *vfl, enum vfl_frozen why);

/**
 * vfl_intx_thaw() - mask or unmask the device as was asked meanwhile
 * @vfl: device
 * @why: what is over
 *
 * Context: process; takes irqlock.
 */
void vfl_intx_thaw(struct vfl_device *vfl, enum vfl_frozen why);

/* msi.c */

/**
 * vfl_msi_probe() - find out what MSI-X the device has
 * @vfl: device, not yet registered, or just being opened
 *
 * At bind for the attributes, and at each open after its reset, which may be what makes
 * it answer.  If it does not, what was found before stays.
 *
 * Context: process; no reset goes on.
 */
void vfl_msi_probe(struct vfl_device *vfl);

int vfl_msi_trigger(struct vfl_device *vfl, const struct vfio_irq_set *hdr,
		    const void *data);

/**
 * vfl_msi_disable() - free all vectors of MSI or MSI-X
 * @vfl: device, with one of them in use
 *
 * Context: process, may sleep; igate held; takes memory_lock.
 */
void vfl_msi_disable(struct vfl_device *vfl);

/* power.c */

extern const struct dev_pm_ops vfl_pm_ops;

/**
 * vfl_power_probe() - wake the device, and find out whether D3 costs it its state
 * @vfl: device, not yet registered
 */
void vfl_power_probe(struct vfl_device *vfl);

/**
 * vfl_set_power_state() - change the power state; what D3 destroys is restored
 * @vfl: device
 * @state: PCI_D0 to PCI_D3hot
 *
 * Context: process, may sleep; memory_lock held for write, but for PCI_D0 while
 * nobody uses the device; takes vfl_lock_state().
 * Return: 0, -EBUSY for a PF whose VFs need it, or an errno of the PCI core.
 */
int vfl_set_power_state(struct vfl_device *vfl, pci_power_t state);

/**
 * vfl_wake_for_reset() - have what D3 destroyed back before it is saved for a reset
 * @vfl: device
 *
 * Context: process, may sleep; vfl_lock_state() held.
 */
void vfl_wake_for_reset(struct vfl_device *vfl);

/**
 * vfl_wake() - bring the device to D0
 * @vfl: device
 *
 * Context: process, may sleep; vfl_lock_state() held, and memory_lock for write, but for
 * resets by the PCI core.
 */
void vfl_wake(struct vfl_device *vfl);

/**
 * vfl_note_wake() - the device may be in D0, by whatever brought it there
 * @vfl: device
 *
 * Context: process; vfl_lock_state() held.
 */
void vfl_note_wake(struct vfl_device *vfl);

int vfl_low_power(struct vfl_device *vfl, u32 flags, size_t argsz, bool enter);
int vfl_low_power_with_wakeup(struct vfl_device *vfl, u32 flags, void __user *arg,
			      size_t argsz);

/**
 * vfl_low_power_end() - take back the user's leave to suspend
 * @vfl: device
 *
 * Context: process, may sleep; takes memory_lock.
 */
void vfl_low_power_end(struct vfl_device *vfl);

/* sriov.c */

/**
 * vfl_sriov_init() - find the PF of a VF, get ready for VFs of a PF
 * @vfl: device, not yet registered
 *
 * Return: 0; -EBUSY for a PF that has VFs already; -EPERM for a VF whose PF is
 * bound to another VFIO driver.
 */
int vfl_sriov_init(struct vfl_device *vfl);

/**
 * vfl_sriov_configure() - switch VFs on or off
 * @vfl: a PF
 * @nr: how many, 0 for none
 *
 * Context: process, may sleep; device lock held by the caller.
 * Return: @nr or a negative errno.
 */
int vfl_sriov_configure(struct vfl_device *vfl, int nr);

/**
 * vfl_sriov_event() - keep the kernel's drivers from VFs of a PF in user space
 * @action: BUS_NOTIFY_*
 * @pdev: what it is about, perhaps no VF
 */
void vfl_sriov_event(unsigned long action, struct pci_dev *pdev);

void vfl_sriov_count_user(struct vfl_device *vfl, int change);
int vfl_match(struct vfio_device *vdev, char *buf);
int vfl_match_token(struct vfio_device *vdev, const uuid_t *uuid);
int vfl_set_vf_token(struct vfl_device *vfl, u32 flags, void __user *arg,
		     size_t argsz);

/* group.c */

/**
 * vfl_find() - a device that is bound to us
 * @pdev: the function
 *
 * Context: process, may sleep; whoever calls keeps it bound, if it is a PF by one of
 * its VFs.
 * Return: the device, or NULL.
 */
struct vfl_device *vfl_find(struct pci_dev *pdev);

/**
 * vfl_group_join() - say which drivers keep users from the IOMMU group
 * @vfl: device, registered
 */
void vfl_group_join(struct vfl_device *vfl);

/**
 * vfl_group_leave() - undo vfl_group_join()
 * @vfl: device
 */
void vfl_group_leave(struct vfl_device *vfl);

/**
 * vfl_group_event() - say it of a driver that was bound just now
 * @action: BUS_NOTIFY_*
 * @other: what it is about, of any group
 */
void vfl_group_event(unsigned long action, struct pci_dev *other);

/* vga.c */

/**
 * vfl_vga_init() - take a display from the host, and part in its arbitration
 * @vfl: device, not yet registered
 *
 * Does nothing to others than VGA devices.
 *
 * Return: 0 or a negative errno.
 */
int vfl_vga_init(struct vfl_device *vfl);
void vfl_vga_exit(struct vfl_device *vfl);

/* sysfs.c */

extern const struct attribute_group *vfl_groups[];

#endif
