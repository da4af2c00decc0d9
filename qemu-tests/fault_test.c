// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whatever fails while uio_generic is loaded, or a device is bound to it or unbound:
 * an error to the user, nothing left behind, and it works when tried again.
 *
 * Machine: edu
 * Kernel: debug
 * Deadline: 90
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/fail.h"
#include "lib/idle.h"
#include "lib/ktap.h"
#include "lib/ug.h"

#define DRIVER	"/sys/bus/pci/drivers/" UG

static struct pci_dev dev;
static struct idle idle;
static int bind_fd, unbind_fd, module_fd;

/* One system call, since each of them allocates memory. */
static int put_address(int fd)
{
	return pwrite(fd, dev.bdf, strlen(dev.bdf), 0) < 0 ? -errno : 0;
}

static int try_bind(void)
{
	return put_address(bind_fd);
}

/* It cannot fail, but the system call that asks for it can. */
static int try_unbind(void)
{
	int ret = put_address(unbind_fd);

	return ret == -ENOMEM || ret == -EFAULT ? put_address(unbind_fd) : ret;
}

static void bind(void)
{
	MUST(try_bind());
}

static void unbind(void)
{
	MUST(try_unbind());
}

static void check_idle(void)
{
	idle_check(&idle);
}

static void check_bound(void)
{
	CHECK(ug_ready(&dev));
	CHECK(ug_device_is_quiet(&dev));
	MUST(close(uio_open(&dev)));
	unbind();
}

static const struct fail_step binding = {
	.what = "bind", .act = try_bind, .undo = check_bound, .check = check_idle,
};

static const struct fail_step unbinding = {
	.what = "unbind", .prepare = bind, .act = try_unbind, .check = check_idle,
	.never = true,
};

static void start(void)
{
	fail_init();
	dev = pci_dut();
	idle_hold(&dev);
	ug_bind("auto");
	bind_fd = MUST(open(DRIVER "/bind", O_WRONLY | O_CLOEXEC));
	unbind_fd = MUST(open(DRIVER "/unbind", O_WRONLY | O_CLOEXEC));
	unbind();
	idle_note(&idle, &dev);
}

static void bind_without_memory(void)
{
	start();
	CHECK(fail_memory(&binding));
}

static void bind_is_refused(void)
{
	start();
	CHECK(fail_function("pci_enable_device_flags", -EIO, &binding));
	CHECK(fail_function("__uio_register_device", -EBUSY, &binding));
	CHECK(fail_function("internal_create_group", -ENOMEM, &binding));
}

/* It can do with the rest of the device. */
static void bind_does_without(void)
{
	start();
	CHECK(!fail_function("pci_enable_device", -EIO, &binding));
	CHECK(!fail_function("dma_set_mask", -EIO, &binding));
}

static void unbind_without_memory(void)
{
	start();
	fail_memory(&unbinding);
}

static int try_load(void)
{
	return syscall(SYS_finit_module, module_fd, "", 0) ? -errno : 0;
}

static void unload(void)
{
	module_unload(UG);
}

static void check_unloaded(void)
{
	CHECK(!module_loaded(UG));
	CHECK(!file_exists(DRIVER));
}

static const struct fail_step loading = {
	.what = "load", .act = try_load, .undo = unload, .check = check_unloaded,
};

static void load_is_refused(void)
{
	fail_init();
	ug_load("auto");
	unload();
	module_fd = MUST(open("/modules/" UG ".ko", O_RDONLY | O_CLOEXEC));
	CHECK(fail_function("__pci_register_driver", -ENOMEM, &loading));
	CHECK(fail_function("bus_add_driver", -ENOMEM, &loading));
}

static void cleanup(void)
{
	struct pci_dev dut = pci_dut();

	ug_cleanup();
	fail_cleanup();
	if (pci_attr_number(&dut, "enable"))
		idle_release(&dut);
}

static const struct ktap_case cases[] = {
	SLOW_CASE(bind_without_memory, 60),
	SLOW_CASE(bind_is_refused, 60),
	CASE(bind_does_without),
	SLOW_CASE(unbind_without_memory, 60),
	CASE(load_is_refused),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}
