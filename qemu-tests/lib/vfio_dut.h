/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The devices of the machine "vfio", by name.
 */
#ifndef LIB_VFIO_DUT_H
#define LIB_VFIO_DUT_H

#include "pci.h"

/*
 * "edu" on the root bus has no reset, "edu1" behind a root port has that of the
 * bus; "pair0" and "pair1" are edus of one group. "igb-vf" is made by the in-tree
 * igb, which a test that names it must list under "Modules:".
 */
#define VFIO_DUTS	"edu edu1 pair0 e1000e nvme xhci testdev igb igb-vf"

/* The device of that name; vfio_dut_release() unmakes a VF. */
struct pci_dev vfio_dut(const char *name);
void vfio_dut_release(void);

#endif /* LIB_VFIO_DUT_H */
