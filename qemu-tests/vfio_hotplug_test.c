// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hot-plug: the machine takes a device out of its slot while a user has it open.
 * The user is asked for it; once it has let go, a new one can be had.
 *
 * Machine: vfio
 * Needs: vfio_lite
 * Not: arm64
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 300
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/qmp.h"
#include "lib/vfio_dut.h"

#define SLOT	"rp0"
#define ID	"edu1"

static struct qmp qmp;

/* The one behind the port is the second of the edus, by address. */
static bool slot_is_full(void)
{
	struct pci_dev dev;

	return !__pci_find(EDU_VENDOR, EDU_DEVICE, 3, &dev);
}

/*
 * A driver is said to have a device from the beginning of its probe on, and its
 * group can be opened before the device is in it.
 */
static bool can_be_opened(const struct pci_dev *dev)
{
	struct vfio vfio;

	if (__vfio_open(&vfio, dev))
		return false;
	vfio_close(&vfio);
	return true;
}

static void plug(void)
{
	struct pci_dev dev;

	qmp_device_add(&qmp, "edu", ID, SLOT);
	CHECK(wait_for(slot_is_full(), 2 * SOON_MS));
	/* It shows up in sysfs some time before it can be bound. */
	dev = vfio_dut(ID);
	CHECK(wait_for(!__pci_bind(&dev, vfio_driver()), SOON_MS));
	CHECK(wait_for(can_be_opened(&dev), SOON_MS));
}

static void ask_for_removal(void)
{
	qmp_command(&qmp, "device_del", "{\"id\":\"" ID "\"}");
}

static void await_removal(void)
{
	MUST(__qmp_wait_event(&qmp, "DEVICE_DELETED", ID, 2 * SOON_MS));
	CHECK(!slot_is_full());
}

static void user_is_asked_and_lets_go(void)
{
	struct vfio vfio;
	void *regs;
	int i, request;

	qmp_open(&qmp);
	for (i = 0; i < stress_rounds(20, 500); i++) {
		request = event_new();
		regs = vfio_open_edu(&vfio, ID);
		vfio_irq_on(&vfio, VFIO_PCI_REQ_IRQ_INDEX, 0, request);
		vfio_irq_on(&vfio, VFIO_PCI_INTX_IRQ_INDEX, 0, event_new());
		edu_raise(regs, 1);
		ask_for_removal();
		event_wait(request);
		edu_check_alive(regs);
		pci_unmap_bar(regs, EDU_BAR_LEN);
		vfio_close(&vfio);
		await_removal();
		plug();
	}
}

/* A user that is killed lets go of everything. */
static void holder(void *arg)
{
	struct vfio vfio;
	void *regs = vfio_open_edu(&vfio, ID);

	vfio_irq_on(&vfio, VFIO_PCI_MSI_IRQ_INDEX, 0, event_new());
	event_signal(*(int *)arg);
	for (;;)
		mmio_read32(regs, EDU_ID);
}

static void killed_user_lets_go(void)
{
	int status, ready = event_new();
	pid_t pid;

	qmp_open(&qmp);
	vfio_load(vfio_driver(), "");
	pid = helper_start(holder, &ready);
	event_wait(ready);
	ask_for_removal();
	MUST(kill(pid, SIGKILL));
	CHECK(wait_for(waitpid(pid, &status, WNOHANG) == pid, SOON_MS));
	await_removal();
	plug();
}

static void cleanup(void)
{
	if (!slot_is_full() && !__qmp_open(&qmp))
		__qmp_command(&qmp, "device_add",
			      "{\"driver\":\"edu\",\"id\":\"" ID "\",\"bus\":\"" SLOT "\"}");
	CHECK(wait_for(slot_is_full(), 2 * SOON_MS));
	vfio_cleanup();
}

static const struct ktap_case cases[] = {
	SLOW_CASES(user_is_asked_and_lets_go, VFIO_DRIVERS, 100),
	CASES(killed_user_lets_go, VFIO_DRIVERS),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}
