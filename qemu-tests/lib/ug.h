/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * uio_generic as its users meet it: load, bind, open; and an edu device that is
 * open and can be made to interrupt.
 */
#ifndef LIB_UG_H
#define LIB_UG_H

#include "edu.h"
#include "pci.h"
#include "uio.h"

#define UG	"uio_generic"

struct ug {
	struct pci_dev dev;
	int fd;			/* /dev/uioN */
	struct uio_map map;	/* map 0 */
	void *regs;		/* all of it */
};

/* Load the module with intr_mode=@mode. */
void ug_load(const char *mode);

/* Undo all that a case may have done to the device under test and the module. */
void ug_cleanup(void);

/* The attributes in the directory uio_generic/ of the device. */
void ug_attr(const struct pci_dev *dev, const char *name, char *buf, size_t size);
u64 ug_number(const struct pci_dev *dev, const char *name);
int __ug_write(const struct pci_dev *dev, const char *name, const char *text);
void ug_write(const struct pci_dev *dev, const char *name, const char *text);
void ug_check_attr(const struct pci_dev *dev, const char *name, const char *text);
void ug_check_last_error(const struct pci_dev *dev, const char *text);
void ug_check_mode(const struct pci_dev *dev, const char *mode);
int __ug_set_mode(const struct pci_dev *dev, const char *mode);
void ug_set_mode(const struct pci_dev *dev, const char *mode);
void ug_check_choice(const struct pci_dev *dev, const char *line);
int ug_open_count(const struct pci_dev *dev);

/* Whether binding is complete; the driver's attributes are the last to come. */
bool ug_ready(const struct pci_dev *dev);

/* Load with @mode and bind the device under test; ug_bind_edu(): an edu only. */
struct pci_dev ug_bind(const char *mode);
struct pci_dev ug_bind_edu(const char *mode);

/* Open and map a bound device, and the reverse. */
void ug_open(struct ug *ug, const struct pci_dev *dev);
void ug_close(struct ug *ug);

/* All of it at once: an edu that is open, with no interrupt pending. */
struct ug ug_open_edu(const char *mode);

/* Raise one interrupt, see it counted once, acknowledge it, arm the next one. */
void ug_check_interrupt(struct ug *ug);

/* Is the device silent towards the system: no DMA, no interrupt of any kind? */
bool ug_device_is_quiet(const struct pci_dev *dev);

#endif /* LIB_UG_H */
