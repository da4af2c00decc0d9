/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An Intel 82576 with virtual functions: enough to get some and to make one of
 * them interrupt (data sheet, chapters 7.8 and 9).
 */
#ifndef LIB_IGB_H
#define LIB_IGB_H

#include "mmio.h"
#include "pci.h"

#define IGB_VENDOR	0x8086
#define IGB_PF_DEVICE	0x10c9
#define IGB_VF_DEVICE	0x10ca
#define IGB_TRIGGER	0x1520	/* register that igb_trigger() writes */

/* Let the in-tree igb drive the physical function, and switch @count VFs on. */
void igb_start(struct pci_dev *pf, int count);
void igb_set_vfs(const struct pci_dev *pf, int count);
void igb_stop(void);
struct pci_dev igb_vf(int nth);

/*
 * The physical function in the hands of a test: let MSI-X vectors through, each a
 * bit, and pull the trigger of some.
 */
void igb_enable_vectors(void *regs, u32 vectors);
void igb_trigger(void *regs, u32 vectors);

/* MSI-X vector 0 of a VF: let it through, and pull its trigger. */
void igb_vf_enable_vector(void *regs);
void igb_vf_trigger(void *regs);

#endif /* LIB_IGB_H */
