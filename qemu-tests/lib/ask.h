/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Everything that can be asked of a VFIO PCI device, as lines of a text of answers
 * (answers.h). A question leaves the device as it was found; none depends on time.
 */
#ifndef LIB_ASK_H
#define LIB_ASK_H

#include "vfio.h"

void ask_info(const struct vfio *vfio);
void ask_config(const struct vfio *vfio);
void ask_regions(const struct vfio *vfio);
void ask_mmap(const struct vfio *vfio);
void ask_irqs(const struct vfio *vfio);
void ask_resets(const struct vfio *vfio);
void ask_features(const struct vfio *vfio);
void ask_ioeventfds(const struct vfio *vfio);
void ask_pasids(const struct vfio *vfio);

/*
 * All of them, into the file @path unless it is there: bound to @driver, opened anew for
 * each chapter, unbound. @open is vfio_open() or vfio_open_cdev().
 */
typedef void (*ask_opener)(struct vfio *vfio, const struct pci_dev *dev);

void ask_everything(const char *path, const struct pci_dev *dev, const char *driver,
		    ask_opener open);

/* By what names the group gives out the device. */
void ask_names(const struct vfio *vfio);

/* What is left of it all once nobody has it open, or drives it. */
void ask_config_left(const struct pci_dev *dev, const char *when);

/* Does the register change by itself? */
bool ask_is_counter(const struct vfio *vfio, u32 index, u64 offset);

/* What config space looks like, as the driver shows it and as it is. */
void ask_config_dump(const struct vfio *vfio, const char *when);

#endif /* LIB_ASK_H */
