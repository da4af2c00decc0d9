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
static int bind_fd, unbind_fd, module_fd;
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
