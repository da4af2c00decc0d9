/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual functions of an igb as what is to survive faults (fail.h): each step is one
 * write to an attribute of the physical function, which is bound and has none.
 */
#ifndef LIB_FAIL_VFS_H
#define LIB_FAIL_VFS_H

#include "fail.h"
#include "pci.h"

/*
 * Those of @pf, by way of its attribute @name; @check as in struct fail_step, while there
 * are none.
 */
void fail_vfs_prepare(const struct pci_dev *pf, const char *name, void (*check)(void));

/* One is made; and none are left of it, which must go well, whatever fails. */
extern const struct fail_step fail_vfs_making, fail_vfs_unmaking;

/* One is made, without a fault. */
void fail_vfs_make(void);

/* There are none, and @check. */
void fail_vfs_check(void);

#endif /* LIB_FAIL_VFS_H */
