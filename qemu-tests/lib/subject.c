// SPDX-License-Identifier: GPL-2.0-only
/*
 * The drivers that bench/ compares. See subject.h.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "edu.h"
#include "ktap.h"
#include "subject.h"
#include "uio.h"
#include "vfio.h"

static const struct subject subjects[] = {
	{ "uio_generic:msi", "uio_generic", "uio_generic", "intr_mode=msi", REARM_NONE },
	{ "uio_generic:msi+write", "uio_generic", "uio_generic", "intr_mode=msi",
		REARM_WRITE },
	{ "uio_generic:intx", "uio_generic", "uio_generic", "intr_mode=intx",
		REARM_WRITE },
	{ "dropin:write", "uio_pci_generic", "uio_pci_generic", "", REARM_WRITE },
	{ "dropin:config", "uio_pci_generic", "uio_pci_generic", "", REARM_CONFIG },
	{ "igb_uio:msi", "peer_igb_uio", "igb_uio", "intr_mode=msi", REARM_NONE },
	{ "igb_uio:msi+write", "peer_igb_uio", "igb_uio", "intr_mode=msi", REARM_WRITE },
	{ "igb_uio:intx", "peer_igb_uio", "igb_uio", "intr_mode=legacy", REARM_WRITE },
	{ "in-tree:config", "peer_uio_pci_generic", "uio_pci_generic", "", REARM_CONFIG },
	{ "vfio-pci:msi", "vfio_pci", "vfio-pci", "", REARM_NONE },
	{ "vfio-lite:msi", "vfio_lite", "vfio-lite", "", REARM_NONE },
};

const struct subject *subject_wanted(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(subjects); i++)
		if (!strcmp(subjects[i].name, ktap_variant()))
			return &subjects[i];
	FAIL("no subject %s", ktap_variant());
}

bool subject_is_vfio(const struct subject *subject)
{
	return !strncmp(subject->driver, "vfio", 4);
}

/* Not every machine remaps interrupts, which those on one CPU do not miss. */
void subject_load(const struct subject *subject)
{
	if (subject_is_vfio(subject))
		vfio_allow_unsafe();
	module_load(subject->file, subject->params);
}

void subject_bind(const struct subject *subject, const struct pci_dev *dev)
{
	subject_load(subject);
	pci_bind(dev, subject->driver);
}

static void unload(const char *module)
{
	if (module_loaded(module))
		CHECK(wait_for(!__module_unload(module), SOON_MS));
}

/* A drop-in uses uio_generic, which therefore goes last. */
void subject_cleanup(void)
{
	unload("uio_pci_generic");
	unload("igb_uio");
	unload("uio_generic");
	unload("vfio_pci");
	unload("vfio_lite");
}

static int open_config(const struct pci_dev *dev)
{
	char path[PATH_LEN];

	pci_path(dev, "config", path, sizeof(path));
	return MUST(open(path, O_RDWR | O_CLOEXEC));
}

static void open_uio(struct rig *rig)
{
	subject_bind(rig->subject, &rig->dev);
	rig->fd = uio_open(&rig->dev);
	rig->event = sizeof(u32);
	rig->config = open_config(&rig->dev);
	rig->regs = pci_map_bar(&rig->dev, 0);
}

static void open_vfio(struct rig *rig)
{
	struct vfio vfio;

	subject_bind(rig->subject, &rig->dev);
	vfio_open(&vfio, &rig->dev);
	rig->fd = vfio_enable_msi(&vfio);
	rig->regs = vfio_map_bar(&vfio, 0);
	rig->event = sizeof(u64);
}

/* Not every driver starts with its interrupt unmasked, and none pending. */
static void calm_down(struct rig *rig)
{
	rig_serve(rig);
	if (fd_ready(rig->fd, 0))
		rig_read(rig);
}

void rig_open_edu(struct rig *rig)
{
	rig->subject = subject_wanted();
	rig->dev = edu_dut();
	if (subject_is_vfio(rig->subject))
		open_vfio(rig);
	else
		open_uio(rig);
	calm_down(rig);
}

u64 rig_read(const struct rig *rig)
{
	u64 count = 0;

	CHECK_EQ(read(rig->fd, &count, rig->event), rig->event);
	return count;
}

/* As DPDK does for drivers of the name uio_pci_generic. */
static void enable_intx(int config)
{
	u8 command;

	CHECK_EQ(pread(config, &command, 1, PCI_COMMAND + 1), 1);
	command &= ~(PCI_COMMAND_INTX_DISABLE >> 8);
	CHECK_EQ(pwrite(config, &command, 1, PCI_COMMAND + 1), 1);
}

static void rearm(const struct rig *rig)
{
	const u32 on = 1;

	if (rig->subject->rearm == REARM_WRITE)
		CHECK_EQ(write(rig->fd, &on, sizeof(on)), sizeof(on));
	else if (rig->subject->rearm == REARM_CONFIG)
		enable_intx(rig->config);
}

void rig_serve(const struct rig *rig)
{
	edu_ack(rig->regs);
	rearm(rig);
}
