// SPDX-License-Identifier: GPL-2.0-only
/*
 * Virtual functions while things fail. See fail_vfs.h.
 */
#include <errno.h>
#include <fcntl.h>

#include "fail_vfs.h"
#include "igb.h"
#include "ktap.h"

static struct pci_dev pf;
static void (*check_pf)(void);
static int attr_fd;

void fail_vfs_prepare(const struct pci_dev *dev, const char *name, void (*check)(void))
{
	char path[PATH_LEN];

	pf = *dev;
	check_pf = check;
	pci_path(dev, name, path, sizeof(path));
	attr_fd = MUST(open(path, O_WRONLY | O_CLOEXEC));
}

static int try_make(void)
{
	return fail_put(attr_fd, "1");
}

void fail_vfs_make(void)
{
	MUST(try_make());
}

/* Taking them away cannot fail, but the system call that asks for it can. */
static int try_unmake(void)
{
	int ret = fail_put(attr_fd, "0");

	return ret == -ENOMEM || ret == -EFAULT ? fail_put(attr_fd, "0") : ret;
}

/* Those that are said to have been made are there. */
static void unmake(void)
{
	CHECK_EQ(pci_attr_number(&pf, "sriov_numvfs"), 1);
	igb_vf(0);
	MUST(try_unmake());
}

void fail_vfs_check(void)
{
	struct pci_dev vf;

	CHECK_EQ(pci_attr_number(&pf, "sriov_numvfs"), 0);
	CHECK_EQ(__pci_find(IGB_VENDOR, IGB_VF_DEVICE, 0, &vf), -ENODEV);
	check_pf();
}

const struct fail_step fail_vfs_making = {
	.what = "making a VF", .act = try_make, .undo = unmake, .check = fail_vfs_check,
};

const struct fail_step fail_vfs_unmaking = {
	.what = "unmaking a VF", .prepare = fail_vfs_make, .act = try_unmake,
	.check = fail_vfs_check, .never = true,
};
