// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device may be unbound or removed at any time, also while it is open, mapped
 * and slept on: everybody wakes up with an error, and it can be had again.
 *
 * Machine: edu edu-port
 * Deadline: 400
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/removal.h"

#define SECONDS		150
#define MOUNT		"/tmp/mount"

struct mounted {
	dev_t node;
	int open;	/* signalled when it is */
};

static void unbind_is_quiet(const struct pci_dev *dev)
{
	pci_unbind(dev);
	CHECK(ug_device_is_quiet(dev));
}

static void unbind_while_in_use(void)
{
	struct pci_dev dev = ug_bind_edu(ktap_variant());
	int i;

	for (i = 0; i < stress_rounds(200, 500); i++) {
		removal_round(&dev, unbind_is_quiet);
		pci_bind(&dev, UG);
	}
}

/* The driver remembers the kind of device, so a new one is bound at once. */
static void remove_while_in_use(void)
{
	struct pci_dev dev = edu_dut();
	int i;

	ug_load(ktap_variant());
	MUST(__pci_new_id(&dev, UG, true));
	for (i = 0; i < stress_rounds(200, 500); i++) {
		removal_round(&dev, pci_remove);
		CHECK(!pci_present(&dev));
		pci_rescan();
		CHECK(pci_driven_by(&dev, UG));
	}
}

static void files_of_the_dead_stay_dead(void)
{
	struct ug old = ug_open_edu("msi");
	struct ug new;

	pci_unbind(&old.dev);
	pci_bind(&old.dev, UG);
	ug_open(&new, &old.dev);
	removal_check_dead(old.fd);
	ug_check_interrupt(&new);
	removal_check_dead(old.fd);
	ug_close(&old);
	CHECK_EQ(ug_open_count(&new.dev), 1);
	ug_check_interrupt(&new);
}

static void many_openers_at_once(void)
{
	struct pci_dev dev = ug_bind_edu(ktap_variant());
	int i, fds[50];

	for (i = 0; i < 50; i++)
		fds[i] = uio_open(&dev);
	CHECK_EQ(ug_open_count(&dev), 50);
	pci_unbind(&dev);
	CHECK(ug_device_is_quiet(&dev));
	for (i = 0; i < 50; i++) {
		removal_check_dead(fds[i]);
		MUST(close(fds[i]));
	}
}

/* In a mount of its own, as a container has, which goes with the last file of it. */
static void read_in_a_mount(void *arg)
{
	struct mounted *mounted = arg;
	u32 count;
	int fd;

	MUST(unshare(CLONE_NEWNS));
	MUST(mount("none", MOUNT, "tmpfs", 0, ""));
	MUST(mknod(MOUNT "/uio", S_IFCHR | 0600, mounted->node));
	fd = MUST(open(MOUNT "/uio", O_RDONLY));
	MUST(umount2(MOUNT, MNT_DETACH));
	event_signal(mounted->open);
	while (read(fd, &count, sizeof(count)) >= 0)
		;
}

static dev_t uio_node(const struct pci_dev *dev)
{
	struct stat file;
	char path[32];

	snprintf(path, sizeof(path), "/dev/uio%d", uio_number(dev));
	MUST(stat(path, &file));
	return file.st_rdev;
}

/* Who is woken by the unbind takes the mount away while mappings are taken back. */
static void mount_that_ends_with_it(void)
{
	struct pci_dev dev = ug_bind_edu("msi");
	struct mounted mounted;
	pid_t pid;
	int i;

	mkdir(MOUNT, 0700);
	for (i = 0; i < stress_rounds(100, 1000); i++) {
		mounted = (struct mounted){ uio_node(&dev), event_new() };
		pid = helper_start(read_in_a_mount, &mounted);
		event_wait(mounted.open);
		close(mounted.open);
		pci_unbind(&dev);
		helper_join(pid);
		pci_bind(&dev, UG);
	}
}

/* A pending interrupt, masked or not, must not reach a driver that has gone. */
static void unbind_with_interrupt_pending(void)
{
	struct ug ug;
	int i;

	ug = ug_open_edu(ktap_variant());
	for (i = 0; i < 20; i++) {
		if (i % 2)
			uio_mask(ug.fd);
		edu_raise(ug.regs, 1);
		pci_unbind(&ug.dev);
		removal_check_dead(ug.fd);
		ug_close(&ug);
		pci_bind(&ug.dev, UG);
		edu_ack(pci_map_bar(&ug.dev, 0));
		ug_open(&ug, &ug.dev);
	}
	ug_check_interrupt(&ug);
}

static void cleanup(void)
{
	u16 vendor, device;
	struct pci_dev dev;

	if (!plan_dut(&vendor, &device) && __pci_find(vendor, device, 0, &dev))
		pci_rescan();
	ug_cleanup();
}

static const struct ktap_case cases[] = {
	SLOW_CASES(unbind_while_in_use, "msi intx", SECONDS),
	SLOW_CASES(remove_while_in_use, "msi intx", SECONDS),
	CASE(files_of_the_dead_stay_dead),
	CASES(many_openers_at_once, "msi intx"),
	SLOW_CASE(mount_that_ends_with_it, 100),
	SLOW_CASES(unbind_with_interrupt_pending, "msi intx", 60),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}
