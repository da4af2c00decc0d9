// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver while things fail. See fail_driver.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fail_driver.h"
#include "ktap.h"

static struct pci_dev dev;
static int bind_fd, unbind_fd, new_id_fd, remove_id_fd, module_fd;
static char id[32];
static const char *module_params;

static int open_file(const char *driver, const char *name)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), "/sys/bus/pci/drivers/%s/%s", driver, name);
	return MUST(open(path, O_WRONLY | O_CLOEXEC));
}

void fail_bind_prepare(const struct pci_dev *bound, const char *driver)
{
	dev = *bound;
	bind_fd = open_file(driver, "bind");
	unbind_fd = open_file(driver, "unbind");
	new_id_fd = open_file(driver, "new_id");
	remove_id_fd = open_file(driver, "remove_id");
	snprintf(id, sizeof(id), "%04llx %04llx", pci_attr_number(bound, "vendor"),
		 pci_attr_number(bound, "device"));
	fail_unbind();
}

int fail_try_bind(void)
{
	return fail_put(bind_fd, dev.bdf);
}

/* It cannot fail, but the system call that asks for it can. */
static int try_unbind(void)
{
	int ret = fail_put(unbind_fd, dev.bdf);

	return ret == -ENOMEM || ret == -EFAULT ? fail_put(unbind_fd, dev.bdf) : ret;
}

static void bind(void)
{
	MUST(fail_try_bind());
}

void fail_unbind(void)
{
	MUST(try_unbind());
}

/* --- by what kind of device it is --- */

static int try_new_id(void)
{
	return fail_put(new_id_fd, id);
}

/* The ID is known, whether the device, that was then probed, could be bound or not. */
static void remove_id(void)
{
	if (!pci_driven_by(&dev, ""))
		fail_unbind();
	MUST(fail_put(remove_id_fd, id));
}

static void (*check_idle)(void);

static void check_no_id(void)
{
	CHECK_EQ(fail_put(remove_id_fd, id), -ENODEV);
	check_idle();
}

static const struct fail_step adding_id = {
	.what = "new_id", .act = try_new_id, .undo = remove_id, .check = check_no_id,
};

static void bind_by_id(void)
{
	MUST(try_new_id());
	CHECK(!pci_driven_by(&dev, ""));
	remove_id();
}

void fail_new_id(void (*check)(void))
{
	pci_attr_write(&dev, "driver_override", "\n");
	check_idle = check;
	CHECK(fail_memory(&adding_id));
	bind_by_id();
}

void fail_memory_in_unbind(void (*check)(void))
{
	const struct fail_step unbinding = {
		.what = "unbind", .prepare = bind, .act = try_unbind, .check = check,
		.never = true,
	};

	fail_memory(&unbinding);
}

void fail_load_prepare(const char *module, const char *params)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), "/modules/%s.ko", module);
	module_fd = MUST(open(path, O_RDONLY | O_CLOEXEC));
	module_params = params;
}

int fail_try_load(void)
{
	return syscall(SYS_finit_module, module_fd, module_params, 0) ? -errno : 0;
}
