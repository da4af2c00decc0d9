// SPDX-License-Identifier: GPL-2.0-only
/*
 * A kernel that is locked down takes away what DPDK needs: the bind says so, and
 * an attribute; and what it says is true. There is no way back, and modules
 * without a signature cannot be loaded any more: a machine of its own, and one
 * case.
 *
 * Machine: edu-locked
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/ug.h"

#define LOCKDOWN	"/sys/kernel/security/lockdown"

static void lock_down(void)
{
	mount("securityfs", "/sys/kernel/security", "securityfs", 0, NULL);
	if (!file_exists(LOCKDOWN))
		skip("this kernel cannot be locked down");
	MUST(__file_write(LOCKDOWN, "integrity"));
}

static void check_config_cannot_be_written(const struct pci_dev *dev)
{
	char path[PATH_LEN], byte = 0;
	int fd;

	pci_path(dev, "config", path, sizeof(path));
	fd = open(path, O_RDWR);
	CHECK(fd < 0 || pwrite(fd, &byte, 1, PCI_INTERRUPT_LINE) < 0);
	CHECK_EQ(errno, EPERM);
}

static void what_will_not_work_is_told(void)
{
	struct pci_dev dev = edu_dut();
	int log = kmsg_open();
	struct ug ug;

	ug_load("msi");
	lock_down();
	pci_bind(&dev, UG);
	CHECK(kmsg_has(log, "the kernel is locked down: resourceN"));
	CHECK_EQ(ug_number(&dev, "lockdown"), 1);
	check_config_cannot_be_written(&dev);
	CHECK(!__pci_map_bar(&dev, 0));
	CHECK_EQ(errno, EPERM);

	ug_open(&ug, &dev);
	edu_check_alive(ug.regs);
	ug_check_interrupt(&ug);
}

static const struct ktap_case cases[] = {
	CASE(what_will_not_work_is_told),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), ug_cleanup);
}
