// SPDX-License-Identifier: GPL-2.0-only
/*
 * What vfio_lite does and vfio-pci does not: it names who has a device, takes it
 * away at unbind, refuses what it cannot answer for, and maps write-combining.
 *
 * Machine: vfio
 * Needs: vfio_lite
 * Modules: vfio_pci vfio_iommu_type1 igb
 * Deadline: 200
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/igb.h"
#include "lib/ktap.h"
#include "lib/memtype.h"
#include "lib/trace.h"
#include "lib/ug.h"
#include "lib/vfio_dut.h"

#define OURS		"vfio-lite"
#define INTX		VFIO_PCI_INTX_IRQ_INDEX
#define WC_BAR		2		/* of a pci-testdev */
#define TRIES		100		/* to do something within a reset */

static void check_holder(const struct pci_dev *dev, const char *who)
{
	char text[64];

	pci_attr_read(dev, "vfio_lite/holder", text, sizeof(text));
	CHECK_STR(text, who);
}

static void holder_is_named(void)
{
	struct pci_dev dev = vfio_dut("edu");
	char comm[32], who[64];
	struct vfio vfio;

	vfio_open_dut(&vfio, "edu");
	MUST(__file_read("/proc/self/comm", comm, sizeof(comm)));
	snprintf(who, sizeof(who), "%d %s", getpid(), comm);
	check_holder(&dev, who);
	vfio_close(&vfio);
	check_holder(&dev, "");
}

static bool file_is_ours(const struct vfio *vfio)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };

	return __vfio_ioctl(vfio->device, VFIO_DEVICE_GET_INFO, &info) != -ENODEV;
}

static void check_taken_away(const struct vfio *vfio, void *regs)
{
	u32 value;

	CHECK(wait_for(!file_is_ours(vfio), SOON_MS));
	CHECK(!mmio_try_read32(regs, EDU_ID, &value));
	CHECK_EQ(__vfio_read(vfio, 0, EDU_ID, &value, 4), -ENODEV);
	CHECK_EQ(__vfio_read(vfio, VFIO_CONFIG, 0, &value, 4), -ENODEV);
	CHECK_EQ(__vfio_write(vfio, VFIO_CONFIG, PCI_COMMAND, &value, 2), -ENODEV);
	CHECK_EQ(__vfio_irq_on(vfio, INTX, 0, event_new()), -ENODEV);
	CHECK_EQ(__vfio_reset(vfio), -ENODEV);
	CHECK_EQ(__vfio_feature(vfio, VFIO_DEVICE_FEATURE_PROBE |
				VFIO_DEVICE_FEATURE_SET |
				VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY, NULL, 0), -ENODEV);
	CHECK(!pci_bus_master(&vfio->dev));
	CHECK(wait_for(!pci_msi_enabled(&vfio->dev), SOON_MS));
	CHECK(wait_for(pci_intx_disabled(&vfio->dev), SOON_MS));
}

static void intx_is_masked_by_an_event(void)
{
	const int event = event_new(), mask = event_new(), none = -1;
	const u32 flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_MASK;
	struct vfio vfio;
	void *regs = vfio_open_edu(&vfio, "edu");

	vfio_irq_on(&vfio, INTX, 0, event);
	vfio_set_irqs(&vfio, INTX, flags, 0, 1, &mask, sizeof(mask));
	event_signal(mask);
	CHECK(wait_for(pci_intx_disabled(&vfio.dev), SOON_MS));
	edu_raise(regs, 1);
	CHECK(!fd_ready(event, QUIET_MS));
	vfio_irq_action(&vfio, INTX, VFIO_IRQ_SET_ACTION_UNMASK, 0);
	event_wait(event);
	edu_ack(regs);

	vfio_set_irqs(&vfio, INTX, flags, 0, 1, &none, sizeof(none));
	vfio_irq_action(&vfio, INTX, VFIO_IRQ_SET_ACTION_UNMASK, 0);
	event_signal(mask);
	edu_raise(regs, 1);
	event_wait(event);
	edu_ack(regs);
}

/* Nobody listens, so nobody is waited for. */
static void device_is_taken_away(void)
{
	struct pci_dev dev = vfio_dut("edu");
	struct vfio_unbind unbind;
	int log = kmsg_open();
	struct vfio vfio;
	void *regs;

	vfio_unbind_prepare(&unbind, &dev);
	regs = vfio_open_edu(&vfio, "edu");
	vfio_enable_msi(&vfio);
	CHECK(pci_bus_master(&dev));
	vfio_unbind_start(&unbind);
	check_taken_away(&vfio, regs);
	CHECK(kmsg_has(log, "taken away from vfio_lite_test"));
	CHECK(!fd_ready(unbind.done, QUIET_MS));
	pci_unmap_bar(regs, EDU_BAR_LEN);
	vfio_close(&vfio);
	vfio_unbind_finish(&unbind);

	regs = vfio_open_edu(&vfio, "edu");
	edu_check_alive(regs);
}

/*
 * The unbind has the device locked while it waits, so that the close cannot reset it;
 * but the next driver shall not get it as the user left it. A reset takes INTx back. And
 * what we do not mask is masked all the same, when it has been taken away.
 */
static void what_was_given_back_is_reset(void)
{
	struct pci_dev dev = vfio_dut("edu1");
	struct vfio_unbind unbind;
	struct vfio vfio;
	void *regs;

	vfio_load(OURS, "nointxmask=1");
	vfio_unbind_prepare(&unbind, &dev);
	regs = vfio_open_edu(&vfio, "edu1");
	CHECK(!pci_intx_disabled(&dev));
	edu_raise(regs, 1);
	vfio_unbind_start(&unbind);
	check_taken_away(&vfio, regs);
	CHECK(pci_intx_pending(&dev));
	pci_unmap_bar(regs, EDU_BAR_LEN);
	vfio_close(&vfio);
	vfio_unbind_finish(&unbind);
	CHECK(!pci_intx_pending(&dev));
}

/*
 * Who unbinds has it locked, so that its bus cannot be reset either; and the way to that may
 * be barred by somebody who waits for the lock, and so for this close.
 */
static void bus_is_not_looked_at_in_an_unbind(void)
{
	struct pci_dev dev = vfio_dut("edu1");
	int log = kmsg_open();
	struct vfio_unbind unbind;
	struct vfio vfio;

	vfio_load(OURS, "revoke_after=-1");
	vfio_unbind_prepare(&unbind, &dev);
	vfio_open_dut(&vfio, "edu1");
	vfio_unbind_start(&unbind);
	CHECK(wait_for(kmsg_has(log, "waiting for"), SOON_MS));
	trace_start("vfio_lite/vfl_reset");
	vfio_close(&vfio);
	vfio_unbind_finish(&unbind);
	trace_stop();
	CHECK(strstr(trace_text(), "value=2 "));
	CHECK(!strstr(trace_text(), "value=4 "));
}

/* A user who takes requests has the edu, and has been asked for it. */
static void *open_and_ask(const char *params, struct vfio_unbind *unbind, struct vfio *vfio,
			  int request)
{
	struct pci_dev dev = vfio_dut("edu");
	void *regs;

	vfio_load(OURS, params);
	vfio_unbind_prepare(unbind, &dev);
	regs = vfio_open_edu(vfio, "edu");
	vfio_irq_on(vfio, VFIO_PCI_REQ_IRQ_INDEX, 0, request);
	vfio_unbind_start(unbind);
	event_wait(request);
	return regs;
}

static void let_go(struct vfio_unbind *unbind, struct vfio *vfio, void *regs)
{
	pci_unmap_bar(regs, EDU_BAR_LEN);
	vfio_close(vfio);
	vfio_unbind_finish(unbind);
}

static void asked_user_is_given_time(void)
{
	struct vfio_unbind unbind;
	struct vfio vfio;
	void *regs = open_and_ask("", &unbind, &vfio, event_new());

	CHECK(!fd_ready(unbind.done, QUIET_MS));
	edu_check_alive(regs);
	let_go(&unbind, &vfio, regs);
}

static void on_signal(int signo)
{
	(void)signo;
}

/*
 * Who unbinds may be signalled, and asks again at once; that takes no time from the user,
 * who has all of it, and no more.
 */
static void time_is_not_cut_by_a_signal(void)
{
	int request = event_new();
	struct vfio_unbind unbind;
	struct vfio vfio;
	void *regs;
	u64 start;

	signal(SIGUSR1, on_signal);
	start = now_ms();
	regs = open_and_ask("revoke_after=10", &unbind, &vfio, request);
	MUST(kill(unbind.pid, SIGUSR1));
	event_wait(request);
	edu_check_alive(regs);
	/* The core asks every ten seconds. */
	CHECK(wait_for(!file_is_ours(&vfio), 25000));
	CHECK_GE(now_ms() - start, 9900);
	check_taken_away(&vfio, regs);
	let_go(&unbind, &vfio, regs);
}

/* With no time to give, the asked one loses it, too. */
static void time_ends(void)
{
	struct vfio_unbind unbind;
	struct vfio vfio;
	void *regs = open_and_ask("revoke_after=0", &unbind, &vfio, event_new());

	check_taken_away(&vfio, regs);
	let_go(&unbind, &vfio, regs);
}

/* The register with the address, at the start of an e1000e's ports: a user may not be asked. */
static u32 port(const struct pci_dev *dev)
{
	char path[PATH_LEN];
	u32 value;
	int fd;

	pci_path(dev, "resource2", path, sizeof(path));
	fd = MUST(open(path, O_RDONLY));
	CHECK_EQ(pread(fd, &value, sizeof(value), 0), sizeof(value));
	close(fd);
	return value;
}

/* Ports go on being decoded when memory is out of reach. */
static void doorbell_is_taken_away(void)
{
	struct pci_dev dev = vfio_dut("e1000e");
	const int bell = event_new();
	struct vfio_unbind unbind;
	struct vfio vfio;

	vfio_load(OURS, "revoke_after=0");
	vfio_unbind_prepare(&unbind, &dev);
	vfio_open_dut(&vfio, "e1000e");
	vfio_command(&vfio, 0, PCI_COMMAND_IO);
	MUST(__vfio_ioeventfd(&vfio, 2, 0, 4, 0x38, bell));
	event_signal(bell);
	CHECK_EQ(port(&dev), 0x38);
	vfio_write(&vfio, 2, 0, 4, 0);
	vfio_unbind_start(&unbind);
	CHECK(wait_for(!file_is_ours(&vfio), SOON_MS));
	event_signal(bell);
	CHECK_EQ(port(&dev), 0);
	vfio_close(&vfio);
	vfio_unbind_finish(&unbind);
}

static void nothing_is_taken_on_request(void)
{
	struct pci_dev dev = vfio_dut("edu");
	int log = kmsg_open();
	struct vfio_unbind unbind;
	struct vfio vfio;
	void *regs;

	vfio_load(OURS, "revoke_after=-1");
	vfio_unbind_prepare(&unbind, &dev);
	regs = vfio_open_edu(&vfio, "edu");
	vfio_unbind_start(&unbind);
	CHECK(wait_for(kmsg_has(log, "takes no requests"), SOON_MS));
	CHECK(!fd_ready(unbind.done, QUIET_MS));
	edu_check_alive(regs);
	pci_unmap_bar(regs, EDU_BAR_LEN);
	vfio_close(&vfio);
	vfio_unbind_finish(&unbind);
}

/* CVE-2024-27437: the line is ours alone, and masking it must stay in balance. */
static void line_can_be_had_alone(void)
{
	int event = event_new(), i;
	struct vfio vfio;
	void *regs;

	vfio_load(OURS, "nointxmask=1");
	regs = vfio_open_edu(&vfio, "edu1");
	for (i = 0; i < 20; i++) {
		vfio_command(&vfio, 0, PCI_COMMAND_INTX_DISABLE);
		vfio_irq_on(&vfio, INTX, 0, event);
		edu_raise(regs, 1);
		CHECK(!fd_ready(event, QUIET_MS / 10));
		vfio_command(&vfio, PCI_COMMAND_INTX_DISABLE, 0);
		event_wait(event);
		edu_ack(regs);
		vfio_irq_action(&vfio, INTX, VFIO_IRQ_SET_ACTION_UNMASK, 0);
		edu_raise(regs, 2);
		event_wait(event);
		edu_ack(regs);
		vfio_irq_off(&vfio, INTX);
	}
}

/* Whether the device was in reset all the time, so that it counts. */
static bool unmask_in_reset(const struct vfio *vfio, void *regs, int event, int unmask)
{
	struct vfio_resetter resetter;
	bool within;

	edu_raise(regs, 1);
	event_wait(event);
	edu_ack(regs);
	vfio_reset_start(&resetter, vfio);
	within = vfio_reset_under_way(&resetter);
	event_signal(unmask);
	within = within && vfio_reset_under_way(&resetter);
	vfio_reset_finish(&resetter);
	return within;
}

/* In-tree, the reset puts the mask back, and no interrupt comes any more. */
static void unmask_during_reset_is_kept(void)
{
	int event = event_new(), unmask = event_new(), i;
	struct vfio vfio;
	void *regs = vfio_open_edu(&vfio, "edu1");

	vfio_irq_on(&vfio, INTX, 0, event);
	vfio_set_irqs(&vfio, INTX, VFIO_IRQ_SET_DATA_EVENTFD |
		      VFIO_IRQ_SET_ACTION_UNMASK, 0, 1, &unmask, sizeof(unmask));
	for (i = 0; i < TRIES && !unmask_in_reset(&vfio, regs, event, unmask); i++)
		;
	CHECK(i < TRIES);
	CHECK(!pci_intx_disabled(&vfio.dev));
	edu_raise(regs, 1);
	event_wait(event);
	edu_ack(regs);
}

/* Likewise what is asked in D3, from which config space is restored. */
static void unmask_in_d3_is_kept(void)
{
	int event = event_new(), unmask = event_new();
	struct vfio vfio;
	u32 at;

	vfio_open_dut(&vfio, "e1000e");
	at = vfio_find_cap(&vfio, PCI_CAP_ID_PM) + PCI_PM_CTRL;
	CHECK(!(vfio_read(&vfio, VFIO_CONFIG, at, 2) & PCI_PM_CTRL_NO_SOFT_RESET));
	vfio_irq_on(&vfio, INTX, 0, event);
	vfio_set_irqs(&vfio, INTX, VFIO_IRQ_SET_DATA_EVENTFD |
		      VFIO_IRQ_SET_ACTION_UNMASK, 0, 1, &unmask, sizeof(unmask));
	vfio_irq_action(&vfio, INTX, VFIO_IRQ_SET_ACTION_MASK, 0);
	CHECK(pci_intx_disabled(&vfio.dev));
	vfio_write(&vfio, VFIO_CONFIG, at, 2, 3);
	event_signal(unmask);
	vfio_write(&vfio, VFIO_CONFIG, at, 2, 0);
	CHECK(!pci_intx_disabled(&vfio.dev));
	vfio_irq_action(&vfio, INTX, VFIO_IRQ_SET_ACTION_MASK, 0);
	CHECK(pci_intx_disabled(&vfio.dev));
}

/* The token of a PF that is the other driver's cannot be asked for. */
static void vf_of_another_drivers_pf_is_refused(void)
{
	struct pci_dev pf = vfio_dut("igb"), vf;
	int log = kmsg_open();

	vfio_load("vfio-pci", "enable_sriov=1");
	pci_bind(&pf, "vfio-pci");
	pci_attr_write(&pf, "sriov_numvfs", "1");
	vf = igb_vf(0);
	CHECK(wait_for(pci_driven_by(&vf, "vfio-pci"), SOON_MS));
	pci_unbind(&vf);
	vfio_load(OURS, "");
	CHECK(__pci_bind(&vf, OURS));
	CHECK(pci_driven_by(&vf, ""));
	CHECK(kmsg_has(log, "VF token cannot be checked"));
}

/*
 * vfio-pci takes every device of a set for one of its own; so ours must not be in its
 * set, though they share a bus, and neither resets it.
 */
static void bus_is_shared_with_vfio_pci(void)
{
	struct pci_dev dev = vfio_dut("pair0"), other = vfio_dut("pair1");
	struct vfio ours, theirs;

	vfio_bind(&dev, OURS);
	vfio_load("vfio-pci", "");
	pci_bind(&other, "vfio-pci");
	vfio_open(&ours, &dev);
	vfio_open_also(&theirs, &other, &ours);
	CHECK(__vfio_hot_reset(&theirs, &ours.group, 1) < 0);
	CHECK(__vfio_hot_reset(&ours, &ours.group, 1) < 0);
	MUST(close(theirs.device));
	vfio_close(&ours);
	vfio_open(&ours, &dev);
	CHECK_EQ(vfio_read(&ours, VFIO_CONFIG, PCI_VENDOR_ID, 2), EDU_VENDOR);
}

/*
 * The core refuses the open without a word. Who is in the way is named when the
 * second of the two is bound, whichever it is.
 */
static void blocker_of_the_group_is_named(void)
{
	struct pci_dev dev = vfio_dut("pair0"), other = vfio_dut("pair1");
	struct vfio vfio;
	char text[128];
	int log;

	snprintf(text, sizeof(text), "while %s, of the same IOMMU group, is bound to " UG,
		 other.bdf);
	ug_load("none");
	pci_bind(&other, UG);
	log = kmsg_open();
	vfio_bind(&dev, OURS);
	CHECK(kmsg_has(log, text));
	CHECK_EQ(__vfio_open(&vfio, &dev), -EPERM);

	pci_unbind(&other);
	vfio_open(&vfio, &dev);
	vfio_close(&vfio);
	CHECK(!kmsg_has(log, "cannot be opened"));
	pci_bind(&other, UG);
	CHECK(kmsg_has(log, text));

	pci_unbind(&other);
	pci_bind(&other, OURS);
	CHECK(!kmsg_has(log, "cannot be opened"));
	vfio_open(&vfio, &dev);
}

/* A device that no method can reset is opened; so is one that the user has left none. */
static void missing_reset_is_told(void)
{
	const char *text = "cannot be reset by itself";
	struct pci_dev dev = vfio_dut("edu1");
	int log = kmsg_open();
	struct vfio vfio;

	vfio_bind(&dev, OURS);
	vfio_open(&vfio, &dev);
	CHECK(!kmsg_has(log, text));
	vfio_close(&vfio);

	pci_attr_write(&dev, "reset_method", "\n");
	vfio_open(&vfio, &dev);
	pci_attr_write(&dev, "reset_method", "default");
	CHECK(kmsg_has(log, text));
	vfio_close(&vfio);

	vfio_open_dut(&vfio, "edu");
	CHECK(kmsg_has(log, text));
}

static void prefetchable_bar_combines_on_request(void)
{
	struct pci_dev dev = vfio_dut("testdev");
	u64 addr = pci_resource(&dev, WC_BAR).start;
	struct vfio vfio;
	void *mem;

	vfio_open_dut(&vfio, "testdev");
	CHECK(strcmp(memtype(addr), MEMTYPE_WC));
	CHECK_EQ(__pci_attr_write(&dev, "vfio_lite/bar2_wc", "1"), -EBUSY);
	vfio_close(&vfio);

	pci_attr_write(&dev, "vfio_lite/bar2_wc", "1");
	vfio_open_dut(&vfio, "testdev");
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	mem = __vfio_mmap(&vfio, WC_BAR, 0, PAGE_LEN, PROT_READ | PROT_WRITE);
	CHECK(mem);
	mmio_write32(mem, 0, 1);
	CHECK_STR(memtype(addr), MEMTYPE_WC);
	vfio_write(&vfio, WC_BAR, 8, 4, 1);
}

static void register_bar_does_not_combine(void)
{
	struct pci_dev dev = vfio_dut("edu");

	vfio_bind(&dev, OURS);
	CHECK_EQ(__pci_attr_write(&dev, "vfio_lite/bar0_wc", "1"), -EOPNOTSUPP);
	CHECK_EQ(__pci_attr_write(&dev, "vfio_lite/bar0_wc", "perhaps"), -EINVAL);
	CHECK_EQ(pci_attr_number(&dev, "vfio_lite/bar0_wc"), 0);
	CHECK_EQ(__pci_attr_write(&dev, "vfio_lite/bar1_wc", "0"), -ENOENT);
}

static void cleanup(void)
{
	vfio_cleanup();
	vfio_dut_release();
	if (module_loaded(UG))
		module_unload(UG);
}

static const struct ktap_case cases[] = {
	CASES(holder_is_named, OURS),
	CASES(intx_is_masked_by_an_event, OURS),
	CASES(device_is_taken_away, OURS),
	CASES(asked_user_is_given_time, OURS),
	CASES(bus_is_not_looked_at_in_an_unbind, OURS),
	CASES(doorbell_is_taken_away, OURS),
	SLOW_CASES(time_is_not_cut_by_a_signal, OURS, 60),
	CASES(time_ends, OURS),
	CASES(nothing_is_taken_on_request, OURS),
	CASES(line_can_be_had_alone, OURS),
	CASES(vf_of_another_drivers_pf_is_refused, OURS),
	CASES(bus_is_shared_with_vfio_pci, OURS),
	CASES(unmask_during_reset_is_kept, OURS),
	CASES(unmask_in_d3_is_kept, OURS),
	CASES(what_was_given_back_is_reset, OURS),
	CASES(blocker_of_the_group_is_named, OURS),
	CASES(missing_reset_is_told, OURS),
	CASES(prefetchable_bar_combines_on_request, OURS),
	CASES(register_bar_does_not_combine, OURS),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}
