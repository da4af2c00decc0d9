// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whatever fails while a device of uio_generic is opened, used and closed: an error to
 * the user, nothing left behind, and it works when tried again. Where there is another
 * interrupt mode to fall back to, an open may go well by that.
 *
 * Machine: igb
 * Kernel: debug
 * Deadline: 90
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/fail.h"
#include "lib/idle.h"
#include "lib/igb.h"
#include "lib/ktap.h"
#include "lib/ug.h"

#define MODES	"msix msi intx"

static struct pci_dev dev;
static struct uio_map map;
static char node[32], line[32];
static int fd, attr_fd, event_fd;
static void *regs;

static void start(const char *mode)
{
	fail_init();
	dev = pci_dut();
	idle_hold(&dev);
	/* By the attribute, it is a demand. */
	ug_bind("auto");
	ug_set_mode(&dev, mode);
	ug_check_mode(&dev, mode);
	map = uio_map_info(&dev, 0);
	snprintf(node, sizeof(node), "/dev/uio%d", uio_number(&dev));
	MUST(close(uio_open(&dev)));
	idle_note(&dev);
}

static void start_open(const char *mode)
{
	start(mode);
	fd = uio_open(&dev);
}

static void open_attr(const char *name)
{
	char path[PATH_LEN];

	pci_path(&dev, name, path, sizeof(path));
	attr_fd = MUST(open(path, O_WRONLY | O_CLOEXEC));
}

/* --- open and close --- */

static int try_open(void)
{
	fd = open(node, O_RDWR | O_CLOEXEC);
	return fd < 0 ? -errno : 0;
}

static int try_close(void)
{
	return close(fd) ? -errno : 0;
}

static void open_node(void)
{
	MUST(try_open());
}

/* What the driver says is what the device has, be it the mode that was asked or not. */
static void check_open(void)
{
	char mode[16];

	ug_attr(&dev, "intr_mode", mode, sizeof(mode));
	CHECK_EQ(pci_msix_enabled(&dev), !strcmp(mode, "msix"));
	CHECK_EQ(pci_msi_enabled(&dev), !strcmp(mode, "msi"));
	CHECK(pci_bus_master(&dev));
	CHECK_EQ(ug_open_count(&dev), 1);
	MUST(try_close());
}

static void check_closed(void)
{
	CHECK_EQ(ug_open_count(&dev), 0);
	CHECK(ug_device_is_quiet(&dev));
	idle_check();
}

static const struct fail_step opening = {
	.what = "open", .act = try_open, .undo = check_open, .check = check_closed,
};

static const struct fail_step closing = {
	.what = "close", .prepare = open_node, .act = try_close, .check = check_closed,
	.never = true,
};

static void open_without_memory(void)
{
	start(ktap_variant());
	fail_spare(FAIL_SPARE_PROC);
	CHECK(fail_memory(&opening));
}

static void open_without_interrupt(void)
{
	start(ktap_variant());
	CHECK(fail_function("request_threaded_irq", -EBUSY, &opening));
	ug_check_mode(&dev, ktap_variant());
	if (strcmp(ktap_variant(), "intx"))
		CHECK(!fail_function("pci_alloc_irq_vectors_affinity", -ENOSPC, &opening));
}

static void close_without_memory(void)
{
	start(ktap_variant());
	fail_memory(&closing);
}

/* What it has begun to write may still come, after the close. */
static void close_with_dma_pending(void)
{
	int log = kmsg_open();

	start(ktap_variant());
	open_node();
	fail_begin("pci_wait_for_pending_transaction", 0, 0);
	MUST(try_close());
	fail_end();
	CHECK(kmsg_has(log, "DMA still pending"));
	check_closed();
}

/* The user learns of it by an attribute, since close() has no error to give. */
static void close_without_reset(void)
{
	start("none");
	ug_write(&dev, "reset_on_release", "1");
	open_node();
	fail_begin("pcie_reset_flr", -ENOTTY, 1);
	MUST(try_close());
	fail_end();
	ug_check_last_error(&dev, "reset: error -25");
	CHECK_EQ(ug_number(&dev, "resets"), 0);
	open_node();
	MUST(try_close());
	CHECK_EQ(ug_number(&dev, "resets"), 1);
}

/* --- what an open device is used for --- */

static int try_map(void)
{
	regs = mmap(NULL, map.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (regs == MAP_FAILED)
		return -errno;
	mmio_read32(regs, 0);
	return 0;
}

static void unmap(void)
{
	MUST(munmap(regs, map.size));
}

static int try_mask(void)
{
	const s32 off = 0;

	return write(fd, &off, sizeof(off)) < 0 ? -errno : 0;
}

static void trigger(void)
{
	igb_trigger(regs, BIT(0));
	CHECK(fd_ready(fd, SOON_MS));
}

/* An event that could not be handed over is still there. */
static int try_read(void)
{
	u32 count;

	return read(fd, &count, sizeof(count)) < 0 ? -errno : 0;
}

static void check_started(void)
{
	CHECK(pci_msix_enabled(&dev));
	CHECK_EQ(ug_open_count(&dev), 1);
}

static const struct fail_step mapping = {
	.what = "mmap", .act = try_map, .undo = unmap, .check = check_started,
};

static const struct fail_step masking = {
	.what = "write", .act = try_mask, .check = check_started,
};

static const struct fail_step reading = {
	.what = "read", .prepare = trigger, .act = try_read, .check = check_started,
};

static void use_without_memory(void)
{
	start_open("msix");
	CHECK(fail_memory(&mapping));
	CHECK(fail_memory(&masking));
	MUST(try_map());
	uio_unmask(fd);
	igb_enable_vectors(regs, BIT(0));
	CHECK(fail_memory(&reading));
}

/* --- attributes --- */

static int try_vector(void)
{
	return fail_put(attr_fd, line);
}

static void disarm_vector(void)
{
	ug_check_attr(&dev, "vectors", "1 0");
	MUST(fail_put(attr_fd, "1 -1"));
}

static void check_disarmed(void)
{
	ug_check_attr(&dev, "vectors", "");
	CHECK(pci_msix_enabled(&dev));
}

static const struct fail_step arming = {
	.what = "vector", .act = try_vector, .undo = disarm_vector, .check = check_disarmed,
};

static void vector_without_memory(void)
{
	start_open("msix");
	event_fd = MUST(eventfd(0, EFD_CLOEXEC));
	snprintf(line, sizeof(line), "1 %d", event_fd);
	open_attr("uio_generic/vectors");
	if (try_vector() == -ENOSPC)
		skip("this kernel has all MSI-X vectors allocated at once");
	disarm_vector();
	CHECK(fail_function("eventfd_ctx_fdget", -EBADF, &arming));
	CHECK(fail_function("__xa_insert", -ENOMEM, &arming));
	CHECK(fail_function("request_threaded_irq", -EBUSY, &arming));
	fail_spare(FAIL_SPARE_PROC);
	CHECK(fail_memory(&arming));
	MUST(try_close());
	check_closed();
}

static int put_1(void)
{
	return fail_put(attr_fd, "1");
}

static void check_state(void)
{
	ug_check_attr(&dev, "state", "ok");
	check_started();
}

static const struct fail_step resetting = {
	.what = "reset", .act = put_1, .check = check_state,
};

static void reset_fails(void)
{
	start_open("msix");
	open_attr("reset");
	CHECK(fail_memory(&resetting));
	CHECK(fail_function("__pci_reset_function_locked", -ENOTTY, &resetting));
	MUST(try_close());
	check_closed();
}

static void cleanup(void)
{
	struct pci_dev dut = pci_dut();

	ug_cleanup();
	fail_cleanup();
	idle_release(&dut);
}

static const struct ktap_case cases[] = {
	CASES(open_without_memory, MODES " none"),
	CASES(open_without_interrupt, MODES),
	CASES(close_without_memory, MODES),
	CASES(close_with_dma_pending, "msix"),
	CASE(close_without_reset),
	CASE(use_without_memory),
	CASE(vector_without_memory),
	CASE(reset_fails),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}
