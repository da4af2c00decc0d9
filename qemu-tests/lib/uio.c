// SPDX-License-Identifier: GPL-2.0-only
/*
 * The user's side of UIO. See uio.h.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ktap.h"
#include "uio.h"

int __uio_number(const struct pci_dev *dev)
{
	int number = -ENODEV, count = 0;
	struct dirent *entry;
	char path[PATH_LEN];
	DIR *dir;

	pci_path(dev, "uio", path, sizeof(path));
	dir = opendir(path);
	if (!dir)
		return -ENODEV;
	while ((entry = readdir(dir)))
		count += sscanf(entry->d_name, "uio%d", &number) == 1;
	closedir(dir);
	return count > 1 ? -E2BIG : number;
}

int uio_number(const struct pci_dev *dev)
{
	return MUST(__uio_number(dev));
}

int __uio_open(const struct pci_dev *dev, int flags)
{
	int fd, number = __uio_number(dev);
	char path[PATH_LEN];

	if (number < 0)
		return number;
	snprintf(path, sizeof(path), "/dev/uio%d", number);
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int uio_open(const struct pci_dev *dev)
{
	return MUST(__uio_open(dev, O_RDWR));
}

/* Attribute @name of the device's uio, such as "maps/map0/size". */
static int uio_attr(const struct pci_dev *dev, char *buf, size_t size, const char *kind,
		    int n, const char *name)
{
	char attr[PATH_LEN];

	snprintf(attr, sizeof(attr), "uio/uio%d/%s%d/%s", __uio_number(dev), kind, n, name);
	return __pci_attr_read(dev, attr, buf, size);
}

static int uio_attr_number(const struct pci_dev *dev, u64 *value, const char *kind, int n,
			   const char *name)
{
	char text[64];
	int ret = uio_attr(dev, text, sizeof(text), kind, n, name);

	*value = ret ? 0 : strtoull(text, NULL, 0);
	return ret;
}

int __uio_map_info(const struct pci_dev *dev, int n, struct uio_map *map)
{
	return uio_attr(dev, map->name, sizeof(map->name), "maps/map", n, "name") ?:
	       uio_attr_number(dev, &map->addr, "maps/map", n, "addr") ?:
	       uio_attr_number(dev, &map->offset, "maps/map", n, "offset") ?:
	       uio_attr_number(dev, &map->size, "maps/map", n, "size");
}

struct uio_map uio_map_info(const struct pci_dev *dev, int n)
{
	struct uio_map map;

	MUST(__uio_map_info(dev, n, &map));
	return map;
}

int __uio_port_info(const struct pci_dev *dev, int n, struct uio_port *port)
{
	return uio_attr(dev, port->name, sizeof(port->name), "portio/port", n, "name") ?:
	       uio_attr(dev, port->type, sizeof(port->type), "portio/port", n, "porttype") ?:
	       uio_attr_number(dev, &port->start, "portio/port", n, "start") ?:
	       uio_attr_number(dev, &port->size, "portio/port", n, "size");
}

/* The kernel's own count of the device's events. */
u32 uio_event_attr(const struct pci_dev *dev)
{
	char attr[PATH_LEN];

	snprintf(attr, sizeof(attr), "uio/uio%d/event", uio_number(dev));
	return pci_attr_number(dev, attr);
}

size_t uio_map_pages(const struct uio_map *map)
{
	return (map->offset + map->size + PAGE_LEN - 1) / PAGE_LEN;
}

void *uio_mmap(int fd, const struct pci_dev *dev, int n)
{
	struct uio_map map = uio_map_info(dev, n);
	char *page = mmap(NULL, uio_map_pages(&map) * PAGE_LEN, PROT_READ | PROT_WRITE,
			  MAP_SHARED, fd, n * PAGE_LEN);

	if (page == MAP_FAILED)
		FAIL("mmap of map %d: %s", n, strerror(errno));
	return page + map.offset;
}

void uio_munmap(void *regs, const struct uio_map *map)
{
	MUST(munmap((char *)regs - map->offset, uio_map_pages(map) * PAGE_LEN));
}

int __uio_read(int fd, u32 *count, int ms)
{
	ssize_t len;

	if (!fd_ready(fd, ms))
		return -ETIMEDOUT;
	len = read(fd, count, sizeof(*count));
	if (len < 0)
		return -errno;
	return len == sizeof(*count) ? 0 : -EBADMSG;
}

u32 uio_read(int fd)
{
	u32 count;

	MUST(__uio_read(fd, &count, SOON_MS));
	return count;
}

/* What poll() reports within @ms; 0 if nothing happened. */
short uio_poll(int fd, int ms)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };

	MUST(poll(&pollfd, 1, ms));
	return pollfd.revents;
}

/* Whether no event comes; a window to look through, nothing waits for it. */
bool uio_quiet(int fd)
{
	return !uio_poll(fd, QUIET_MS);
}

/* Swallow the event that may be there; return the count at which we are. */
u32 uio_sync(int fd, const struct pci_dev *dev)
{
	u32 count;

	if (!__uio_read(fd, &count, 0))
		return count;
	return uio_event_attr(dev);
}

int __uio_irqcontrol(int fd, int value)
{
	return write(fd, &value, sizeof(value)) < 0 ? -errno : 0;
}

void uio_mask(int fd)
{
	MUST(__uio_irqcontrol(fd, 0));
}

void uio_unmask(int fd)
{
	MUST(__uio_irqcontrol(fd, 1));
}
