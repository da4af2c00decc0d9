/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The drivers that bench/ compares: ours under its names, and those that it
 * replaces.  A peer's module lies in /modules as peer_NAME.ko, since ours of the
 * same name is there, too.  Only one of a name can be loaded at a time.  Those of
 * VFIO need a machine with an IOMMU.
 */
#ifndef LIB_SUBJECT_H
#define LIB_SUBJECT_H

#include "pci.h"

enum rearm {
	REARM_NONE,		/* MSI needs none */
	REARM_WRITE,		/* write(1) to /dev/uioN */
	REARM_CONFIG,		/* COMMAND.INTX_DISABLE off: reads and writes one byte */
};

struct subject {
	const char *name;	/* the variant of a case that means it */
	const char *file;	/* .ko in /modules */
	const char *driver;	/* name of the driver, and of the module once loaded */
	const char *params;
	enum rearm rearm;
};

/* An open device. */
struct rig {
	const struct subject *subject;
	struct pci_dev dev;
	int fd;			/* /dev/uioN, or an eventfd */
	size_t event;		/* bytes that a read() of it returns */
	int config;		/* the device's config space */
	void *regs;		/* of an edu */
};

/* The subject that ktap_variant() names. */
const struct subject *subject_wanted(void);

bool subject_is_vfio(const struct subject *subject);

/* Load its module, and bind @dev; subject_cleanup() undoes all of it. */
void subject_load(const struct subject *subject);
void subject_bind(const struct subject *subject, const struct pci_dev *dev);
void subject_cleanup(void);

/* The machine's edu, bound, open, calm and armed. */
void rig_open_edu(struct rig *rig);

/*
 * One interrupt by hand: wait for it; tell device and driver that it is served. What
 * is read is the number of all of them so far, or, with VFIO, of those since the last.
 */
u64 rig_read(const struct rig *rig);
void rig_serve(const struct rig *rig);

#endif /* LIB_SUBJECT_H */
