// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings die with the device: whoever touches a BAR after unbind, removal or
 * hot-unplug gets SIGBUS, and not whatever lies at that address by then.
 *
 * Machine: edu edu-port
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/ug.h"

static bool is_gone(void *regs)
{
	u32 id;

	return !mmio_try_read32(regs, EDU_ID, &id);
}

static void mapping_dies_at_unbind(void)
{
	struct ug ug = ug_open_edu("none");

	CHECK(!is_gone(ug.regs));
	pci_unbind(&ug.dev);
	CHECK(is_gone(ug.regs));
}

static void mapping_dies_at_removal(void)
{
	struct ug ug = ug_open_edu("none");

	pci_remove(&ug.dev);
	pci_rescan();
	CHECK(pci_present(&ug.dev));
	CHECK(is_gone(ug.regs));
}

/* What was never touched has no page table entry that could be taken away. */
static void untouched_mapping_is_dead_too(void)
{
	struct ug ug = ug_open_edu("none");
	u8 *other = uio_mmap(ug.fd, &ug.dev, 0);

	pci_unbind(&ug.dev);
	CHECK(is_gone(other));
	CHECK(is_gone(other + ug.map.size - PAGE_LEN));
}

static void mapping_outlives_its_file_but_not_the_device(void)
{
	struct ug ug = ug_open_edu("none");

	MUST(close(ug.fd));
	CHECK(!is_gone(ug.regs));
	pci_unbind(&ug.dev);
	CHECK(is_gone(ug.regs));
}

static void rebinding_revives_nothing(void)
{
	struct ug ug = ug_open_edu("none"), again;

	pci_unbind(&ug.dev);
	pci_bind(&ug.dev, UG);
	ug_open(&again, &ug.dev);
	CHECK(!is_gone(again.regs));
	CHECK(is_gone(ug.regs));
}

/* A container has a device node, and thus an inode, of its own. */
static void every_device_node_is_covered(void)
{
	struct ug ug = ug_open_edu("none");
	const char *path = "/tmp/another-uio";
	struct stat st;
	void *regs;
	int fd;

	MUST(fstat(ug.fd, &st));
	unlink(path);
	MUST(mknod(path, S_IFCHR | 0600, st.st_rdev));
	fd = MUST(open(path, O_RDWR));
	regs = uio_mmap(fd, &ug.dev, 0);
	CHECK(!is_gone(regs));
	CHECK_EQ(ug_open_count(&ug.dev), 2);

	pci_unbind(&ug.dev);
	CHECK(is_gone(ug.regs));
	CHECK(is_gone(regs));
}

static int touched, unbound;

static void child_sees_it_gone(void *regs)
{
	CHECK(!is_gone(regs));
	event_signal(touched);
	event_wait(unbound);
	CHECK(is_gone(regs));
}

static void forks_are_covered(void)
{
	struct ug ug = ug_open_edu("none");
	pid_t child;

	touched = event_new();
	unbound = event_new();
	child = helper_start(child_sees_it_gone, ug.regs);
	event_wait(touched);
	pci_unbind(&ug.dev);
	event_signal(unbound);
	helper_join(child);
}

/* Parts of a mapping keep showing what they showed. */
static void parts_stay_right(void)
{
	struct ug ug = ug_open_edu("none");
	u8 *regs = uio_mmap(ug.fd, &ug.dev, 0);
	void *moved;

	mmio_write32(regs, EDU_LIVENESS, 0x1234);
	MUST(munmap(regs + PAGE_LEN, PAGE_LEN));
	moved = mremap(regs, PAGE_LEN, PAGE_LEN, MREMAP_MAYMOVE | MREMAP_FIXED,
		       regs + PAGE_LEN);
	CHECK(moved == regs + PAGE_LEN);
	CHECK_EQ(mmio_read32(moved, EDU_LIVENESS), (u32)~0x1234);

	/* The device's buffer, the first touch of what was split off. */
	mmio_write32(ug.regs, EDU_LIVENESS, 0x5678);
	CHECK_EQ(mmio_read32(moved, EDU_LIVENESS), (u32)~0x5678);
	pci_unbind(&ug.dev);
	CHECK(is_gone(moved));
	CHECK(is_gone(regs + 2 * PAGE_LEN));
}

/* DPDK and SPDK map resourceN of sysfs, and handle the SIGBUS. */
static void sysfs_mapping_dies_too(void)
{
	struct pci_dev dev = ug_bind_edu("none");
	void *regs = pci_map_bar(&dev, 0);

	if (kernel_is_before(5, 12))
		skip("before 5.12 a kernel does not revoke mappings of resourceN");
	CHECK(!is_gone(regs));
	pci_unbind(&dev);
	CHECK(is_gone(regs));
	CHECK(!is_gone(pci_map_bar(&dev, 0)));
}

static const struct ktap_case cases[] = {
	CASE(mapping_dies_at_unbind),
	CASE(mapping_dies_at_removal),
	CASE(untouched_mapping_is_dead_too),
	CASE(mapping_outlives_its_file_but_not_the_device),
	CASE(rebinding_revives_nothing),
	CASE(every_device_node_is_covered),
	CASE(forks_are_covered),
	CASE(parts_stay_right),
	CASE(sysfs_mapping_dies_too),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), ug_cleanup);
}
