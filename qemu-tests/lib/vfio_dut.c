// SPDX-License-Identifier: GPL-2.0-only
/*
 * The devices of the machine "vfio". See vfio_dut.h.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arch.h"
#include "igb.h"
#include "ktap.h"
#include "vfio_dut.h"

static const struct {
	const char *name;
	u16 vendor;
	u16 device;
	int nth;		/* in the order of addresses */
} duts[] = {
	{ "edu", EDU_VENDOR, EDU_DEVICE, 0 },
	{ "edu1", EDU_VENDOR, EDU_DEVICE, 1 },
	{ "pair0", EDU_VENDOR, EDU_DEVICE, 2 },
	{ "pair1", EDU_VENDOR, EDU_DEVICE, 3 },
	{ "e1000e", 0x8086, 0x10d3, 0 },
	{ "nvme", 0x1b36, 0x0010, 0 },
	{ "xhci", 0x1b36, 0x000d, 0 },
	{ "testdev", 0x1b36, 0x0005, 0 },
	{ "ohci", 0x106b, 0x003f, 0 },
	{ "ohci1", 0x106b, 0x003f, 1 },
	{ "igb", IGB_VENDOR, IGB_PF_DEVICE, 0 },
};

struct pci_dev vfio_dut(const char *name)
{
	struct pci_dev pf;
	size_t i;

	if (!strcmp(name, "igb-vf")) {
		if (!module_loaded("igb"))
			igb_start(&pf, 1);
		return igb_vf(0);
	}
	if (ARCH_NO_PAIR[0] && !strcmp(name, "pair1"))
		skip("%s", ARCH_NO_PAIR);
	for (i = 0; i < ARRAY_SIZE(duts); i++)
		if (!strcmp(duts[i].name, name))
			return pci_find(duts[i].vendor, duts[i].device, duts[i].nth);
	FAIL("no device \"%s\"", name);
}

void vfio_dut_release(void)
{
	if (module_loaded("igb"))
		igb_stop();
}

void vfio_open_dut(struct vfio *vfio, const char *name)
{
	struct pci_dev dev = vfio_dut(name);

	vfio_bind(&dev, vfio_driver());
	vfio_open(vfio, &dev);
}

void *vfio_open_edu(struct vfio *vfio, const char *name)
{
	void *regs;

	vfio_open_dut(vfio, name);
	vfio_command(vfio, 0, PCI_COMMAND_MEMORY);
	regs = vfio_map_bar(vfio, 0);
	edu_ack(regs);
	return regs;
}

static void unbind_when_told(void *arg)
{
	struct vfio_unbind *unbind = arg;

	event_wait(unbind->go);
	pci_unbind(&unbind->dev);
	event_signal(unbind->done);
}

void vfio_unbind_prepare(struct vfio_unbind *unbind, const struct pci_dev *dev)
{
	unbind->dev = *dev;
	unbind->go = event_new();
	unbind->done = event_new();
	unbind->pid = helper_start(unbind_when_told, unbind);
}

void vfio_unbind_start(struct vfio_unbind *unbind)
{
	event_signal(unbind->go);
}

void vfio_unbind_finish(struct vfio_unbind *unbind)
{
	event_wait(unbind->done);
	helper_join(unbind->pid);
	CHECK(pci_driven_by(&unbind->dev, ""));
}

static void reset_and_tell(void *arg)
{
	struct vfio_resetter *resetter = arg;

	MUST(__vfio_reset(&resetter->vfio));
	event_signal(resetter->done);
}

static void close_and_tell(void *arg)
{
	struct vfio_resetter *resetter = arg;

	event_wait(resetter->go);
	MUST(close(resetter->vfio.device));
	event_signal(resetter->done);
}

static void start(struct vfio_resetter *resetter, const struct vfio *vfio,
		  void (*fn)(void *))
{
	resetter->vfio = *vfio;
	resetter->go = event_new();
	resetter->done = event_new();
	resetter->pid = helper_start(fn, resetter);
}

void vfio_reset_start(struct vfio_resetter *resetter, const struct vfio *vfio)
{
	start(resetter, vfio, reset_and_tell);
}

void vfio_close_start(struct vfio_resetter *resetter, const struct vfio *vfio)
{
	start(resetter, vfio, close_and_tell);
	MUST(close(vfio->device));
	event_signal(resetter->go);
}

/* The state is saved before this function of the kernel is called, and restored after. */
static bool is_being_reset(pid_t pid)
{
	char path[PATH_LEN], stack[4096];

	snprintf(path, sizeof(path), "/proc/%d/stack", pid);
	return !__file_read(path, stack, sizeof(stack)) &&
		strstr(stack, "__pci_reset_function_locked");
}

bool vfio_reset_under_way(const struct vfio_resetter *resetter)
{
	wait_for(is_being_reset(resetter->pid) || fd_ready(resetter->done, 0), SOON_MS);
	return is_being_reset(resetter->pid);
}

void vfio_reset_finish(struct vfio_resetter *resetter)
{
	event_wait(resetter->done);
	helper_join(resetter->pid);
	MUST(close(resetter->go));
	MUST(close(resetter->done));
}
