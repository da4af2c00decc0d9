// SPDX-License-Identifier: GPL-2.0-only
/*
 * Virtual functions of a device that a VFIO driver has: who may make them, and the
 * token that users of the physical and of the virtual functions must share.
 *
 * Machine: vfio
 * Needs: vfio_lite
 * Modules: vfio_pci vfio_iommu_type1 igb pci_pf_stub
 * Deadline: 200
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/igb.h"
#include "lib/ktap.h"
#include "lib/vfio_dut.h"

#define TOKEN	"bd8d9d2b-5a5f-4f5a-a211-f591514ba1f3"
#define WRONG	"bd8d9d2b-5a5f-4f5a-a211-f591514ba1f4"

static struct pci_dev bind_pf(const char *params)
{
	struct pci_dev pf = vfio_dut("igb");

	vfio_load(vfio_driver(), params);
	pci_bind(&pf, vfio_driver());
	return pf;
}

/* Why an open was refused: only ours says so. */
static void check_said(int log, const char *why)
{
	CHECK(strcmp(vfio_driver(), "vfio-lite") || kmsg_has(log, why));
}

static bool has_vf(int nth)
{
	struct pci_dev vf;

	return !__pci_find(IGB_VENDOR, IGB_VF_DEVICE, nth, &vf);
}

static const u8 token[16] = {
	0xbd, 0x8d, 0x9d, 0x2b, 0x5a, 0x5f, 0x4f, 0x5a,
	0xa2, 0x11, 0xf5, 0x91, 0x51, 0x4b, 0xa1, 0xf3,
};

static int open_with_token(struct vfio *vfio, const struct pci_dev *dev, const char *token)
{
	char name[128];

	snprintf(name, sizeof(name), "%s vf_token=%s", dev->bdf, token);
	return __vfio_open_as(vfio, dev, name);
}

static void vfs_are_not_made_by_default(void)
{
	struct pci_dev pf = bind_pf("");

	CHECK_EQ(__pci_attr_write(&pf, "sriov_numvfs", "1"), -ENOENT);
	CHECK(!has_vf(0));
}

/*
 * What a VFIO driver makes is for VFIO users, not for the kernel. CVE-2026-53120: the name
 * that sees to it is the kernel's to free, whoever sets another one.
 */
static void vfs_go_to_the_same_driver(void)
{
	struct pci_dev pf = bind_pf("enable_sriov=1"), vf;
	char name[32];

	pci_attr_write(&pf, "sriov_numvfs", "2");
	CHECK(has_vf(1));
	vf = igb_vf(0);
	CHECK(wait_for(pci_driven_by(&vf, vfio_driver()), SOON_MS));
	pci_attr_read(&vf, "driver_override", name, sizeof(name));
	CHECK_STR(name, vfio_driver());
	pci_attr_write(&vf, "driver_override", "another");
	pci_attr_write(&pf, "sriov_numvfs", "0");
	CHECK(!has_vf(0));
	pci_attr_write(&pf, "sriov_numvfs", "1");
	pci_unbind(&pf);
	CHECK(!has_vf(0));
}

static void vf_needs_the_token_of_its_pf(void)
{
	struct pci_dev pf = bind_pf("enable_sriov=1"), vf;
	struct vfio user, owner;
	int log = kmsg_open();

	pci_attr_write(&pf, "sriov_numvfs", "1");
	vf = igb_vf(0);
	CHECK(wait_for(pci_driven_by(&vf, vfio_driver()), SOON_MS));
	CHECK_EQ(__vfio_open(&user, &vf), -EACCES);
	check_said(log, "it takes a VF token");
	CHECK_EQ(open_with_token(&user, &vf, TOKEN), -EACCES);
	check_said(log, "wrong VF token");
	CHECK_EQ(open_with_token(&owner, &pf, TOKEN), 0);
	CHECK_EQ(open_with_token(&user, &vf, WRONG), -EACCES);
	CHECK_EQ(open_with_token(&user, &vf, TOKEN), 0);
	vfio_close(&owner);
	CHECK_EQ(__vfio_open(&owner, &pf), -EACCES);
	CHECK_EQ(open_with_token(&owner, &pf, WRONG), -EACCES);
	CHECK_EQ(open_with_token(&owner, &pf, TOKEN), 0);
	vfio_close(&user);
	vfio_close(&owner);
	CHECK_EQ(__vfio_open(&owner, &pf), 0);
}

/*
 * VFs come and go under a lock that their PF's close would wait for, and are reset each
 * for itself: they share a bus with it, but not a set of what is reset together, even if
 * one user shows all groups.
 */
static void bus_with_vfs_is_not_reset(void)
{
	struct pci_dev pf = bind_pf("enable_sriov=1"), vf;
	struct vfio user, owner;
	int groups[2];

	pci_attr_write(&pf, "sriov_numvfs", "1");
	vf = igb_vf(0);
	CHECK(wait_for(pci_driven_by(&vf, vfio_driver()), SOON_MS));
	CHECK_EQ(open_with_token(&owner, &pf, TOKEN), 0);
	CHECK_EQ(open_with_token(&user, &vf, TOKEN), 0);
	groups[0] = owner.group;
	groups[1] = user.group;
	CHECK_EQ(__vfio_hot_reset(&user, groups, 2), -EINVAL);
	CHECK_EQ(__vfio_hot_reset(&owner, groups, 2), -EINVAL);
	CHECK(has_vf(0));
}

/* The owner may set it by the device feature, too. */
static void token_can_be_set(void)
{
	const u32 feature = VFIO_DEVICE_FEATURE_PCI_VF_TOKEN;
	struct pci_dev pf = bind_pf("enable_sriov=1"), vf;
	struct vfio user, owner;

	vfio_open(&owner, &pf);
	CHECK_EQ(__vfio_feature(&owner, feature | VFIO_DEVICE_FEATURE_PROBE |
				VFIO_DEVICE_FEATURE_SET, NULL, 0), 0);
	CHECK_EQ(__vfio_feature(&owner, feature | VFIO_DEVICE_FEATURE_GET, token, 16), -EINVAL);
	CHECK_EQ(__vfio_feature(&owner, feature | VFIO_DEVICE_FEATURE_SET, token, 15), -EINVAL);
	CHECK_EQ(__vfio_feature(&owner, feature | VFIO_DEVICE_FEATURE_SET, token, 16), 0);
	pci_attr_write(&pf, "sriov_numvfs", "1");
	vf = igb_vf(0);
	CHECK(wait_for(pci_driven_by(&vf, vfio_driver()), SOON_MS));
	CHECK_EQ(open_with_token(&user, &vf, WRONG), -EACCES);
	CHECK_EQ(open_with_token(&user, &vf, TOKEN), 0);
	CHECK_EQ(vfio_read(&user, VFIO_CONFIG, PCI_VENDOR_ID, 2), IGB_VENDOR);
	CHECK_EQ(vfio_read(&user, VFIO_CONFIG, PCI_DEVICE_ID, 2), IGB_VF_DEVICE);
}

/* By the device's own node, it is handed over with the iommufd. */
static void node_takes_the_token_too(void)
{
	static const u8 wrong[16];
	struct pci_dev pf = bind_pf("enable_sriov=1"), vf;
	struct vfio user, owner;
	int log = kmsg_open();

	vfio_need_cdev(&pf);
	if (kernel_is_before(6, 18))
		skip("this kernel hands no token over");
	pci_attr_write(&pf, "sriov_numvfs", "1");
	vf = igb_vf(0);
	CHECK(wait_for(pci_driven_by(&vf, vfio_driver()), SOON_MS));
	CHECK_EQ(open_with_token(&owner, &pf, TOKEN), 0);
	MUST(__vfio_open_node(&user, &vf));
	CHECK_EQ(__vfio_bind_iommufd(&user), -EACCES);
	check_said(log, "it takes a VF token");
	CHECK_EQ(__vfio_bind_iommufd_as(&user, wrong), -EACCES);
	check_said(log, "wrong VF token");
	CHECK_EQ(__vfio_bind_iommufd_as(&user, (u8 *)8), -EFAULT);
	CHECK_EQ(__vfio_bind_iommufd_as(&user, token), 0);
	CHECK_EQ(vfio_read(&user, VFIO_CONFIG, PCI_DEVICE_ID, 2), IGB_VF_DEVICE);
	vfio_close(&user);
	vfio_close(&owner);
	/* The token of the PF is set by who opens it first while it has VFs. */
	MUST(__vfio_open_node(&owner, &pf));
	CHECK_EQ(__vfio_bind_iommufd_as(&owner, wrong), 0);
	CHECK_EQ(open_with_token(&user, &vf, TOKEN), -EACCES);
	CHECK_EQ(__vfio_open(&user, &vf), -EACCES);
	vfio_close(&owner);
}

static void device_without_vfs_takes_no_token(void)
{
	struct pci_dev dev = vfio_dut("edu");
	struct vfio vfio;

	vfio_load(vfio_driver(), "");
	pci_bind(&dev, vfio_driver());
	vfio_need_cdev(&dev);
	if (kernel_is_before(6, 18))
		skip("this kernel hands no token over");
	MUST(__vfio_open_node(&vfio, &dev));
	CHECK_EQ(__vfio_bind_iommufd_as(&vfio, token), -EINVAL);
	CHECK_EQ(__vfio_bind_iommufd(&vfio), 0);
}

/*
 * A PF that a UIO driver has: the number of VFs cannot change under a user of VFIO.
 * Only an unbind waits for them.
 */
static void vf_in_use_keeps_them_all(void)
{
	struct pci_dev pf = vfio_dut("igb"), vf;
	struct vfio_unbind unbind;
	int log = kmsg_open();
	struct vfio user;

	module_load("uio_generic", "");
	pci_bind(&pf, "uio_generic");
	pci_attr_write(&pf, "sriov_numvfs", "1");
	vf = igb_vf(0);
	vfio_bind(&vf, vfio_driver());
	vfio_open(&user, &vf);
	CHECK_EQ(__pci_attr_write(&pf, "sriov_numvfs", "0"), -EBUSY);
	CHECK(pci_driven_by(&vf, vfio_driver()));
	vfio_close(&user);
	pci_attr_write(&pf, "sriov_numvfs", "0");
	CHECK(!has_vf(0));

	pci_attr_write(&pf, "sriov_numvfs", "1");
	vf = igb_vf(0);
	vfio_bind(&vf, vfio_driver());
	vfio_unbind_prepare(&unbind, &pf);
	vfio_open(&user, &vf);
	vfio_unbind_start(&unbind);
	CHECK(wait_for(kmsg_has(log, "is in use through VFIO: waiting"), SOON_MS));
	vfio_close(&user);
	vfio_unbind_finish(&unbind);
	CHECK(!has_vf(0));
}

/* Any other driver than VFIO's lets go of a VF at once, though its DMA is claimed, too. */
static void vf_of_a_uio_driver_comes_and_goes(void)
{
	struct pci_dev pf = vfio_dut("igb"), vf;
	int log = kmsg_open();

	module_load("uio_generic", "");
	pci_bind(&pf, "uio_generic");
	pci_attr_write(&pf, "sriov_numvfs", "1");
	vf = igb_vf(0);
	pci_bind(&vf, "uio_generic");
	pci_attr_write(&pf, "sriov_numvfs", "0");
	CHECK(!has_vf(0));
	pci_attr_write(&pf, "sriov_numvfs", "1");
	vf = igb_vf(0);
	pci_bind(&vf, "uio_generic");
	pci_unbind(&pf);
	CHECK(!has_vf(0));
	CHECK(!kmsg_has(log, "is in use through VFIO"));
}

static void token_is_all_that_may_be_said(void)
{
	static const char * const words[] = { "nonsense=1", "vf_token=1", "vf_token" };
	struct pci_dev dev = vfio_dut("edu");
	int log = kmsg_open();
	struct vfio vfio;
	char name[64];
	size_t i;

	vfio_bind(&dev, vfio_driver());
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		snprintf(name, sizeof(name), "%s %s", dev.bdf, words[i]);
		CHECK_EQ(__vfio_open_as(&vfio, &dev, name), -EINVAL);
		check_said(log, "only vf_token=UUID may follow its name");
	}
}

/* Who has the PF has what such a VF does in hand. */
static void vf_of_another_driver_is_told(void)
{
	struct pci_dev pf = bind_pf("enable_sriov=1"), vf;
	int log = kmsg_open();

	pci_attr_write(&pf, "sriov_numvfs", "1");
	vf = igb_vf(0);
	CHECK(wait_for(pci_driven_by(&vf, vfio_driver()), SOON_MS));
	module_load("uio_generic", "");
	pci_bind(&vf, "uio_generic");
	CHECK(kmsg_has(log, "is bound to uio_generic"));
	pci_unbind(&vf);
	module_unload("uio_generic");
}

/* Somebody may have them, who was never asked for a token. */
static void pf_that_has_vfs_is_refused(void)
{
	struct pci_dev pf = vfio_dut("igb");
	int log = kmsg_open();

	module_load("pci_pf_stub", "");
	pci_bind(&pf, "pci-pf-stub");
	pci_attr_write(&pf, "sriov_numvfs", "1");
	pci_unbind(&pf);
	CHECK(has_vf(0));
	vfio_load(vfio_driver(), "");
	CHECK_EQ(__pci_bind(&pf, vfio_driver()), -ENODEV);
	check_said(log, "has VFs already, not bound; write 0 to sriov_numvfs first");
	pci_bind(&pf, "pci-pf-stub");
	pci_attr_write(&pf, "sriov_numvfs", "0");
	pci_bind(&pf, vfio_driver());
}

/* Where a kernel driver has the PF there is no token, and none may be given. */
static void vf_of_a_kernel_driver_has_no_token(void)
{
	struct pci_dev vf = vfio_dut("igb-vf");
	int log = kmsg_open();
	struct vfio vfio;

	vfio_bind(&vf, vfio_driver());
	CHECK_EQ(open_with_token(&vfio, &vf, TOKEN), -EINVAL);
	check_said(log, "a VF token, where there is none to be given");
	vfio_open(&vfio, &vf);
	CHECK(vfio_has_reset(&vfio));
	CHECK_EQ(vfio_irq_info(&vfio, VFIO_PCI_INTX_IRQ_INDEX).count, 0);
	CHECK_EQ(vfio_read(&vfio, VFIO_CONFIG, PCI_VENDOR_ID, 2), IGB_VENDOR);
	CHECK_EQ(pci_config_read(&vf, PCI_VENDOR_ID, 2), 0xffff);
}

/* It has no ports, so that the bit for them tells nothing of a reset. */
static void vf_is_not_thought_reset(void)
{
	struct pci_dev vf = vfio_dut("igb-vf");
	int log = kmsg_open();
	struct vfio vfio;

	vfio_bind(&vf, vfio_driver());
	vfio_open(&vfio, &vf);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY | PCI_COMMAND_IO);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY | PCI_COMMAND_IO);
	CHECK(!kmsg_has(log, "behind our back"));
	CHECK(vfio_read(&vfio, VFIO_CONFIG, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY);
}

/* A VF always decodes, but a user may want to think that it does not. */
static void decoding_of_a_vf_is_made_up(void)
{
	struct pci_dev vf = vfio_dut("igb-vf");
	struct vfio vfio;
	u32 value;
	u8 *regs;

	vfio_bind(&vf, vfio_driver());
	vfio_open(&vfio, &vf);
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	CHECK(vfio_read(&vfio, VFIO_CONFIG, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY);
	regs = vfio_map_bar(&vfio, 0);
	CHECK(mmio_try_read32(regs, 0, &value));
	vfio_command(&vfio, PCI_COMMAND_MEMORY, 0);
	CHECK(!(vfio_read(&vfio, VFIO_CONFIG, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY));
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	CHECK(mmio_try_read32(regs, 0, &value));
}

static int came_through;	/* event: an open did */

/*
 * The device is locked while VFs are made, and cannot be reset, nor opened, just then.
 * In-tree, a close restores config space all the same, and may leave it without VFs.
 */
static void make_and_unmake(void *arg)
{
	const bool ours = !strcmp(vfio_driver(), "vfio-lite");
	int i, ret;

	for (i = 0; i < stress_rounds(10, 100); i++) {
		while (fd_ready(came_through, 0))
			event_wait(came_through);
		ret = __pci_attr_write(arg, "sriov_numvfs", "2");
		CHECK(!ret || (ret == -EIO && !ours));
		pci_attr_write(arg, "sriov_numvfs", "0");
		/* On a slow kernel, no open meets the moment in which it is not locked. */
		event_wait(came_through);
	}
}

static void made_while_it_is_closed(void)
{
	struct pci_dev pf = bind_pf("enable_sriov=1");
	int ret, closes = 0;
	struct vfio owner;

	came_through = event_new();
	helper_start(make_and_unmake, &pf);
	while (helpers_left()) {
		ret = __vfio_open(&owner, &pf);
		CHECK(!ret || ret == -EAGAIN);
		if (ret)
			continue;
		vfio_close(&owner);
		closes++;
		event_signal(came_through);
	}
	diag("%d closes", closes);
	CHECK(!has_vf(0));
	pci_attr_write(&pf, "sriov_numvfs", "2");
	vfio_open(&owner, &pf);
	CHECK_EQ(vfio_read(&owner, VFIO_CONFIG, PCI_VENDOR_ID, 2), IGB_VENDOR);
	vfio_close(&owner);
	CHECK(has_vf(1));
}

/* It must not sleep deeper than they do, by their user's will and nobody else's. */
static void pf_with_vfs_stays_awake(void)
{
	struct pci_dev pf = bind_pf("enable_sriov=1");
	struct vfio owner;
	int pm;

	pci_attr_write(&pf, "sriov_numvfs", "1");
	vfio_open(&owner, &pf);
	pm = vfio_find_cap(&owner, PCI_CAP_ID_PM) + PCI_PM_CTRL;
	vfio_write(&owner, VFIO_CONFIG, pm, 2, 3);
	CHECK_EQ(vfio_read(&owner, VFIO_CONFIG, pm, 2) & 3, 0);
	pci_attr_write(&pf, "sriov_numvfs", "0");
	vfio_write(&owner, VFIO_CONFIG, pm, 2, 3);
	CHECK_EQ(vfio_read(&owner, VFIO_CONFIG, pm, 2) & 3, 3);
	vfio_close(&owner);
}

static void cleanup(void)
{
	struct pci_dev pf = vfio_dut("igb");

	__pci_attr_write(&pf, "sriov_numvfs", "0");
	pci_attr_write(&pf, "driver_override", "\n");
	if (module_loaded("uio_generic"))
		module_unload("uio_generic");
	if (module_loaded("pci_pf_stub"))
		module_unload("pci_pf_stub");
	vfio_cleanup();
	vfio_dut_release();
}

static const struct ktap_case cases[] = {
	CASES(vfs_are_not_made_by_default, VFIO_DRIVERS),
	CASES(vfs_go_to_the_same_driver, VFIO_DRIVERS),
	CASES(vf_needs_the_token_of_its_pf, VFIO_DRIVERS),
	CASES(bus_with_vfs_is_not_reset, VFIO_DRIVERS),
	CASES(token_can_be_set, VFIO_DRIVERS),
	CASES(node_takes_the_token_too, VFIO_DRIVERS),
	CASES(device_without_vfs_takes_no_token, VFIO_DRIVERS),
	CASES(vf_in_use_keeps_them_all, VFIO_DRIVERS),
	CASE(vf_of_a_uio_driver_comes_and_goes),
	CASES(token_is_all_that_may_be_said, VFIO_DRIVERS),
	CASES(pf_that_has_vfs_is_refused, VFIO_DRIVERS),
	CASES(vf_of_another_driver_is_told, "vfio-lite"),
	CASES(vf_of_a_kernel_driver_has_no_token, VFIO_DRIVERS),
	CASES(vf_is_not_thought_reset, VFIO_DRIVERS),
	CASES(decoding_of_a_vf_is_made_up, VFIO_DRIVERS),
	SLOW_CASES(made_while_it_is_closed, VFIO_DRIVERS, 60),
	CASES(pf_with_vfs_stays_awake, VFIO_DRIVERS),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}
