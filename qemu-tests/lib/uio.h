/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The user's side of UIO: /dev/uioN and its maps and ports below sysfs.
 */
#ifndef LIB_UIO_H
#define LIB_UIO_H

#include "pci.h"

#define PAGE_LEN	4096ULL
#define UIO_MAPS	5	/* the UIO core's limit */

struct uio_map {
	char name[64];
	u64 addr;		/* page aligned */
	u64 offset;		/* of the first byte within that page */
	u64 size;
};

struct uio_port {
	char name[64];
	char type[64];
	u64 start;
	u64 size;
};

/* The N of the one /dev/uioN below the device; -ENODEV if there is none. */
int __uio_number(const struct pci_dev *dev);
int uio_number(const struct pci_dev *dev);
int __uio_open(const struct pci_dev *dev, int flags);
int uio_open(const struct pci_dev *dev);

/* What sysfs says of map or port @n; -ENOENT if there is none. */
int __uio_map_info(const struct pci_dev *dev, int n, struct uio_map *map);
struct uio_map uio_map_info(const struct pci_dev *dev, int n);
int __uio_port_info(const struct pci_dev *dev, int n, struct uio_port *port);
u32 uio_event_attr(const struct pci_dev *dev);
size_t uio_map_pages(const struct uio_map *map);

/* All of map @n; the result points to its first byte, not to the page. */
void *uio_mmap(int fd, const struct pci_dev *dev, int n);
void uio_munmap(void *regs, const struct uio_map *map);

/* Events: the count that read() returns, or -errno, -ETIMEDOUT after @ms. */
int __uio_read(int fd, u32 *count, int ms);
u32 uio_read(int fd);
short uio_poll(int fd, int ms);
bool uio_quiet(int fd);
u32 uio_sync(int fd, const struct pci_dev *dev);

/* irqcontrol: a write of 1 unmasks, of 0 masks. */
int __uio_irqcontrol(int fd, int value);
void uio_mask(int fd);
void uio_unmask(int fd);

#endif /* LIB_UIO_H */
