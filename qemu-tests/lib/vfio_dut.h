/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The devices of the machine "vfio", by name.
 */
#ifndef LIB_VFIO_DUT_H
#define LIB_VFIO_DUT_H

#include "edu.h"
#include "vfio.h"

/*
 * "edu" on the root bus has no reset, "edu1" behind a root port has that of the
 * bus; "pair0" and "pair1" are edus of one group. "igb-vf" is made by the in-tree
 * igb, which a test that names it must list under "Modules:".
 */
#define VFIO_DUTS	"edu edu1 pair0 e1000e nvme xhci testdev ohci ohci1 "	\
			"igb igb-vf"

/* The device of that name; vfio_dut_release() unmakes a VF. */
struct pci_dev vfio_dut(const char *name);
void vfio_dut_release(void);

/* Bind it to vfio_driver() and open it; an edu with memory decoded, and its registers. */
void vfio_open_dut(struct vfio *vfio, const char *name);
void *vfio_open_edu(struct vfio *vfio, const char *name);

/*
 * An unbind that is done by another process, since it waits for all who use the
 * device. Prepare it before the device is opened: a child has what its parent had.
 */
struct vfio_unbind {
	struct pci_dev dev;
	int go;
	int done;
	pid_t pid;
};

void vfio_unbind_prepare(struct vfio_unbind *unbind, const struct pci_dev *dev);
void vfio_unbind_start(struct vfio_unbind *unbind);
void vfio_unbind_finish(struct vfio_unbind *unbind);

/*
 * A reset that is done by another process, or a last close, which resets as well.
 * vfio_reset_under_way() waits until the PCI core resets the device, with its state saved
 * and not yet restored, and tells whether that is so: false if the reset was over before
 * anybody could see it.
 */
struct vfio_resetter {
	struct vfio vfio;
	int go;
	int done;
	pid_t pid;
};

void vfio_reset_start(struct vfio_resetter *resetter, const struct vfio *vfio);
void vfio_close_start(struct vfio_resetter *resetter, const struct vfio *vfio);
bool vfio_reset_under_way(const struct vfio_resetter *resetter);
void vfio_reset_finish(struct vfio_resetter *resetter);

#endif /* LIB_VFIO_DUT_H */
