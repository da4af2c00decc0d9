/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * uio_generic: what its files share.
 *
 * Read main.c first (bind and unbind, open and close), then irq_setup.c and
 * irq.c (from the interrupt to the reader and back), then maps.c, mmap.c, sysfs.c and
 * tell.c; register.c, state.c, vectors.c, wc.c, iommu.c and sriov.c by need.  bars.c,
 * intr_mode.c and vector_line.c are pure and stand for themselves.
 *
 * Lifetime
 *	A struct ug_device lives from ug_probe() to ug_remove().  File
 *	descriptors may outlive it: the UIO core keeps its own struct
 *	uio_device for them and calls us only between uio_register_device()
 *	and uio_unregister_device(), under its info_lock.  Our attributes are
 *	gone before ug_remove() starts (driver core, dev_groups).
 *
 * Lock order
 *	device lock > ug_registering > uio_device.info_lock (core)
 *	> ug_device.lock > ug_device.irqlock
 *	mmap_lock > uio_device.info_lock
 *
 *	The device lock is held at bind, unbind, reset and error recovery.  Who
 *	holds one of the others, or writes an attribute, may only try for it.
 *
 *	uio_register_device() and uio_unregister_device() take info_lock, so
 *	neither may be called under ug_device.lock.
 *
 *	COMMAND is user space's, too, which writes it by sysfs under none of these.  While
 *	the device is open, we write INTX_DISABLE only, under irqlock: by its byte, see
 *	intx_set(), or by pci_check_and_mask_intx() and its like, which read and write
 *	within one lock of the PCI core's.  All of COMMAND is written under ug_device.lock,
 *	at the first open, at the last close, and when the device goes away or comes back;
 *	and without it at bind, and by ug_flr() under the device lock, when it is closed.
 */
#ifndef UIO_GENERIC_UG_H
#define UIO_GENERIC_UG_H

#include <linux/bits.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/uio_driver.h>
#include <linux/wait.h>
#include <linux/xarray.h>

#include "intr_mode.h"
#include "state.h"
#include "vectors.h"

struct attribute_group;
struct inode;
struct pci_dev;
struct pci_saved_state;
struct uio_generic_driver;

/**
 * struct ug_device - one PCI function bound to uio_generic
 * @info: what the UIO core knows of it; @info.uio_dev is valid for the handler
 *	from the moment that @live is set until after free_irq()
 * @pdev: the function; held by the driver core while bound
 * @drv: the name and policy that it is bound under
 * @lock: see the field
 * @live: registered with the UIO core and not yet on its way out; only then
 *	may it be opened, and interrupts and bus mastering be on
 * @started: interrupts, if there are any, and bus mastering are on
 * @openers: open file descriptions of /dev/uioN, forked ones counted once
 * @facts: what the device can do; constant after ug_probe()
 * @asked: the best interrupt mode that the user wants
 * @mode: the mode in force while started, else UG_MODE_NONE
 * @irq: Linux interrupt number while @mode is not UG_MODE_NONE
 * @intr_error: per mode, the negative errno of the last try; 0 if it went well
 * @nr_vectors: how many MSI-X vectors the first open is to allocate
 * @got_vectors: how many it has
 * @vectors: of type struct ug_vector, those beyond the first that are armed;
 *	empty unless @mode is UG_MODE_MSIX
 * @state: whether the device is there to be used; see state.c
 * @back: woken when @state becomes UG_STATE_OK
 * @asleep: the system is on its way to sleep, sleeps or wakes: it stays away until then
 * @saved_state: config space as at bind, or NULL: there was no memory for it; constant
 *	after ug_probe()
 * @lost: the device was reset, or may have been, and was not given its config space back
 * @was_master: whether bus mastering is to be on when the device comes back: as it was
 *	when the device was last known to be what user space had made of it
 * @resets: how often the device may have lost what was in its registers
 * @told: how many of the events that the core has counted were no interrupts
 * @reset_on_release: reset it at the last close; no lock, read once
 * @failed: what went wrong last, NULL if nothing ever did
 * @error: its negative errno
 * @irqlock: see the field
 * @masked: we have masked @irq.  For INTx that is masked in the device, only
 *	if COMMAND.INTX_DISABLE says so, too: user space may have cleared it
 * @was_masked: whether it was, before the device went away
 * @map_bar: the BAR of each map; constant after ug_probe()
 * @can_wc: bit N set: BAR N may be write-combining; constant after ug_probe()
 * @wc: bit N set: BAR N is mapped write-combining; changes only while closed
 * @inodes: of type struct ug_inode, the files that were opened; see mmap.c
 * @irq_name: the name in /proc/interrupts
 */
struct ug_device {
	struct uio_info info;
	struct pci_dev *pdev;
	const struct uio_generic_driver *drv;
	/* Guards live to error, but for facts; and wc and inodes. */
	struct mutex lock;
	bool live;
	bool started;
	unsigned int openers;
	struct ug_intr_facts facts;
	enum ug_mode asked;
	enum ug_mode mode;
	int irq;
	int intr_error[UG_NR_MODES];
	unsigned int nr_vectors;
	unsigned int got_vectors;
	struct xarray vectors;
	enum ug_state state;
	wait_queue_head_t back;
	bool asleep;
	struct pci_saved_state *saved_state;
	bool lost;
	bool was_master;
	unsigned int resets;
	unsigned int told;
	bool reset_on_release;
	const char *failed;
	int error;
	/*
	 * Guards masked to was_masked; taken by a hard interrupt handler:
	 * interrupts off.
	 */
	spinlock_t irqlock;
	bool masked;
	bool was_masked;
	u8 map_bar[MAX_UIO_MAPS];
	u8 can_wc;
	u8 wc;
	struct list_head inodes;
	char irq_name[32];
};

static inline struct ug_device *to_ug(struct uio_info *info)
{
	return container_of(info, struct ug_device, info);
}

/* maps.c */

/**
 * ug_maps_init() - fill in the maps and ports of @ug->info from the BARs
 * @ug: device, enabled, not yet registered
 *
 * Context: process.
 */
void ug_maps_init(struct ug_device *ug);

/**
 * ug_bar_is_assigned() - whether the PCI core found room for a BAR
 * @pdev: device
 * @bar: BAR number, of one that may not be there at all
 *
 * Context: process.
 * Return: false where the BAR's address means nothing.
 */
bool ug_bar_is_assigned(const struct pci_dev *pdev, unsigned int bar);

/* irq_setup.c, and then irq.c */

/**
 * ug_irq_init() - gather the facts and keep INTx quiet until the first open
 * @ug: device, enabled, not yet registered
 *
 * Context: process, may sleep.
 */
void ug_irq_init(struct ug_device *ug);

/**
 * ug_irq_start() - set up the best interrupt that can be had, unmasked
 * @ug: device; @ug->mode is UG_MODE_NONE
 *
 * Tries the modes downwards from @ug->asked and leaves the errors of those
 * that failed in @ug->intr_error.
 *
 * Context: process, may sleep; @ug->lock held.
 * Return: 0, or the errno of the best mode's failure.  Also 0 where there is nothing to set
 * up, or only a line that is not shared and nobody insists: then @ug->mode is UG_MODE_NONE.
 */
int ug_irq_start(struct ug_device *ug);

/**
 * ug_irq_stop() - undo ug_irq_start(); harmless if nothing was set up
 * @ug: device
 *
 * When it returns, the handler does not run and will not run again.
 *
 * Context: process, may sleep; @ug->lock held.
 */
void ug_irq_stop(struct ug_device *ug);

/**
 * ug_irq_mask() - no event from now on
 * @ug: device
 *
 * When it returns, none comes until ug_irq_unmask().  May be repeated.
 *
 * Context: process, may sleep; @ug->lock held.
 * Return: 0, or -EIO where there is no interrupt.
 */
int ug_irq_mask(struct ug_device *ug);

/**
 * ug_irq_unmask() - events again
 * @ug: device
 *
 * What came while masked is delivered, once.  May be repeated.
 *
 * Context: process, may sleep; @ug->lock held.
 * Return: 0, or -EIO where there is no interrupt, or no device any more.
 */
int ug_irq_unmask(struct ug_device *ug);

/**
 * ug_irq_note() - note whether INTx is masked, while the device says so
 * @ug: device, open
 *
 * Context: process; @ug->lock held.
 */
void ug_irq_note(struct ug_device *ug);

/**
 * ug_irq_hold() - mask, whatever user space wants, while the device is away
 * @ug: device
 *
 * Context: process, may sleep; @ug->lock held.
 */
void ug_irq_hold(struct ug_device *ug);

/**
 * ug_irq_unhold() - mask or unmask as user space had it before ug_irq_hold()
 * @ug: device, with its config space restored
 *
 * Context: process, may sleep; @ug->lock held.
 */
void ug_irq_unhold(struct ug_device *ug);

/**
 * ug_silence_intx() - see to it that a closed device asserts no INTx
 * @ug: device
 *
 * Context: process; @ug->lock held, or not yet needed.
 */
void ug_silence_intx(struct ug_device *ug);

/* mmap.c */

/**
 * ug_mmap() - describe a mapping of one BAR, uncached or write-combining
 * @info: the device; the core has checked that map desc->pgoff exists and is
 *	large enough
 * @desc: the mapping to be
 *
 * Context: process; info_lock and mmap_lock held.
 * Return: 0, or -EINVAL for a private mapping.
 */
int ug_mmap(struct uio_info *info, struct vm_area_desc *desc);

/**
 * ug_mmap_open() - remember a file, whose mappings ug_mmap_revoke() must find
 * @ug: device
 * @inode: what was opened
 *
 * Context: process, may sleep; @ug->lock held.
 * Return: 0 or -ENOMEM.
 */
int ug_mmap_open(struct ug_device *ug, struct inode *inode);

/**
 * ug_mmap_release() - undo one ug_mmap_open()
 * @ug: device
 * @inode: the same
 *
 * A mapping holds its file open, so the last release comes after the last
 * mapping of the file is gone.
 *
 * Context: process, may sleep; @ug->lock held.
 */
void ug_mmap_release(struct ug_device *ug, struct inode *inode);

/**
 * ug_mmap_revoke() - take all user mappings of the BARs back, for good
 * @ug: device; unregistered from the UIO core, so that no fault can map again
 *
 * Covers /dev/uioN, however many device nodes, forks and openers there are,
 * and, where the kernel can, sysfs' resourceN.
 *
 * Context: process, may sleep.
 */
void ug_mmap_revoke(struct ug_device *ug);

/* wc.c */

/**
 * ug_is_wc() - whether a BAR is to be mapped write-combining
 * @ug: device
 * @bar: BAR number
 *
 * Context: any; does not change while the device is open.
 * Return: what the attribute barN_wc says.
 */
static inline bool ug_is_wc(const struct ug_device *ug, unsigned int bar)
{
	return READ_ONCE(ug->wc) & BIT(bar);
}

/**
 * ug_wc_init() - find out which BARs may be write-combining
 * @ug: device, enabled, not yet registered
 *
 * Context: process.
 */
void ug_wc_init(struct ug_device *ug);

/**
 * ug_wc_exit() - give back what barN_wc has reserved
 * @ug: device, whose attributes and mappings are gone
 *
 * Context: process, may sleep.
 */
void ug_wc_exit(struct ug_device *ug);

/* iommu.c */

/* What happens to an address that the device is given to write to. */
enum ug_iommu {
	UG_IOMMU_ABSENT,	/* it is the physical address: no IOMMU */
	UG_IOMMU_IDENTITY,	/* likewise: the IOMMU lets it through as it is */
	UG_IOMMU_TRANSLATES,	/* it is looked up in tables that are not ours */
};

/**
 * ug_iommu_of() - which of these holds for a device
 * @pdev: a device that has been probed, so that its domain does not change
 *
 * Context: process.
 * Return: what the domain does that its group is attached to.
 */
enum ug_iommu ug_iommu_of(struct pci_dev *pdev);

/**
 * ug_iommu_check() - say so if user-space DMA cannot work
 * @pdev: the device to be bound
 *
 * Context: process.
 * Return: 0, or -EPERM if the IOMMU translates and the module parameter
 * refuse_translated is set.
 */
int ug_iommu_check(struct pci_dev *pdev);

/* sriov.c */

/**
 * ug_sriov_configure() - make virtual functions, or take them away
 * @pdev: a bound device
 * @nr: how many are wanted; 0 takes them away
 *
 * Does not wait for a user of VFIO, as pci_disable_sriov() would with the device
 * lock held. Who begins to use a VF after the look at all of them is waited for.
 *
 * Context: process, device lock held, may sleep.
 * Return: @nr; -EBUSY, told in the kernel log, while a VF is in use through VFIO;
 * what pci_sriov_configure_simple() returns.
 */
int ug_sriov_configure(struct pci_dev *pdev, int nr);

/**
 * ug_sriov_exit() - take all virtual functions away, at unbind
 * @pdev: a bound device
 *
 * They are of no use without their PF. Waits for users of VFIO, who are asked to
 * let go, and names the VF.
 *
 * Context: process, device lock held, may sleep.
 */
void ug_sriov_exit(struct pci_dev *pdev);

/* tell.c */

/**
 * ug_note_error() - remember for the attribute last_error what went wrong
 * @ug: device
 * @what: a string constant, what was tried
 * @err: negative errno; 0 if all went well, and then nothing is remembered
 *
 * Context: process; @ug->lock held.
 * Return: @err.
 */
int ug_note_error(struct ug_device *ug, const char *what, int err);

/**
 * ug_lockdown_check() - say once what a locked down kernel does not allow
 * @pdev: the device to be bound
 *
 * Context: process.
 */
void ug_lockdown_check(struct pci_dev *pdev);

/* sysfs.c */

extern const struct attribute_group *ug_groups[];

/**
 * ug_parse_mode() - understand a word for an interrupt mode
 * @word: of intr_mode, parameter or attribute; may end in a newline
 * @drv: whose "auto" is meant
 *
 * Return: an enum ug_mode, or -EINVAL.
 */
int ug_parse_mode(const char *word, const struct uio_generic_driver *drv);

#endif
