// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFIO drivers, and the ways to open what they drive. See vfio.h.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "iommufd.h"
#include "ktap.h"
#include "vfio.h"

#define TYPE1		"vfio_iommu_type1"
#define NOIOMMU		"/sys/module/vfio/parameters/enable_unsafe_noiommu_mode"
#define DEVICES		"/sys/bus/pci/devices"

/* Name of the driver and of its module. */
static const char * const drivers[][2] = {
	{ "vfio-pci", "vfio_pci" },
	{ "vfio-lite", "vfio_lite" },
};

static const char *module_of(const char *driver)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(drivers); i++)
		if (!strcmp(drivers[i][0], driver))
			return drivers[i][1];
	FAIL("no VFIO driver %s", driver);
}

const char *vfio_driver(void)
{
	const char *colon = strrchr(ktap_variant(), ':');

	return colon ? colon + 1 : ktap_variant();
}

bool vfio_is_in_tree_6_1(void)
{
	return !strcmp(vfio_driver(), "vfio-pci") && kernel_is_before(6, 12);
}

void vfio_skip_in_tree_6_1(const char *what)
{
	if (vfio_is_in_tree_6_1())
		skip("vfio-pci of 6.1 %s", what);
}

void vfio_allow_unsafe(void)
{
	if (!module_loaded(TYPE1))
		module_load(TYPE1, "allow_unsafe_interrupts=1");
}

bool vfio_allow_noiommu(bool allow)
{
	if (!module_loaded(TYPE1))
		module_load(TYPE1, "");
	if (!file_exists(NOIOMMU))
		return false;
	MUST(__file_write(NOIOMMU, allow ? "Y" : "N"));
	return true;
}

void vfio_load(const char *driver, const char *params)
{
	const char *module = module_of(driver);

	if (!module_available(module))
		skip("there is no %s.ko here", module);
	if (!module_loaded(TYPE1))
		module_load(TYPE1, "");
	if (!module_loaded(module))
		module_load(module, params);
}

void vfio_bind(const struct pci_dev *dev, const char *driver)
{
	vfio_load(driver, "");
	pci_bind(dev, driver);
}

static void release(const char *bdf)
{
	struct pci_dev dev;
	char override[64];
	size_t i;

	snprintf(dev.bdf, sizeof(dev.bdf), "%.15s", bdf);
	pci_attr_read(&dev, "driver_override", override, sizeof(override));
	for (i = 0; i < ARRAY_SIZE(drivers); i++) {
		if (pci_driven_by(&dev, drivers[i][0]))
			pci_unbind(&dev);
		if (!strcmp(override, drivers[i][0]))
			pci_attr_write(&dev, "driver_override", "\n");
	}
}

static void release_all(void)
{
	struct dirent *entry;
	DIR *dir = opendir(DEVICES);

	CHECK(dir);
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			release(entry->d_name);
	closedir(dir);
}

void vfio_cleanup(void)
{
	size_t i;

	release_all();
	for (i = 0; i < ARRAY_SIZE(drivers); i++)
		if (module_loaded(drivers[i][1]))
			CHECK(wait_for(!__module_unload(drivers[i][1]), SOON_MS));
}

int __vfio_ioctl(int fd, unsigned long request, void *arg)
{
	int ret = ioctl(fd, request, arg);

	return ret < 0 ? -errno : ret;
}

/* --- group and container --- */

static int group_number(const struct pci_dev *dev)
{
	char path[PATH_LEN], target[PATH_LEN] = "";

	pci_path(dev, "iommu_group", path, sizeof(path));
	MUST(readlink(path, target, sizeof(target) - 1));
	return atoi(basename(target));
}

static int open_path(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static bool is_noiommu(const struct pci_dev *dev)
{
	char name[32];

	return !__pci_attr_read(dev, "iommu_group/name", name, sizeof(name)) &&
		!strcmp(name, "vfio-noiommu");
}

int __vfio_open_group(const struct pci_dev *dev)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), "/dev/vfio/%s%d", is_noiommu(dev) ? "noiommu-" : "",
		 group_number(dev));
	return open_path(path);
}

int __vfio_group_device(int group, const char *name)
{
	return __vfio_ioctl(group, VFIO_GROUP_GET_DEVICE_FD, (void *)name);
}

static int connect_group(struct vfio *vfio)
{
	uintptr_t type = is_noiommu(&vfio->dev) ? VFIO_NOIOMMU_IOMMU : VFIO_TYPE1v2_IOMMU;

	vfio->container = open_path("/dev/vfio/vfio");
	if (vfio->container < 0)
		return vfio->container;
	vfio->group = __vfio_open_group(&vfio->dev);
	if (vfio->group < 0)
		return vfio->group;
	return __vfio_ioctl(vfio->group, VFIO_GROUP_SET_CONTAINER, &vfio->container) ?:
	       __vfio_ioctl(vfio->container, VFIO_SET_IOMMU, (void *)type);
}

static void init(struct vfio *vfio, const struct pci_dev *dev)
{
	*vfio = (struct vfio){
		.dev = *dev, .container = -1, .group = -1, .iommufd = -1, .device = -1,
	};
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		MUST(close(*fd));
	*fd = -1;
}

void vfio_close(struct vfio *vfio)
{
	close_fd(&vfio->device);
	close_fd(&vfio->group);
	close_fd(&vfio->container);
	close_fd(&vfio->iommufd);
}

int __vfio_open_as(struct vfio *vfio, const struct pci_dev *dev, const char *name)
{
	int ret;

	init(vfio, dev);
	ret = connect_group(vfio);
	if (!ret) {
		vfio->device = __vfio_group_device(vfio->group, name);
		ret = vfio->device < 0 ? vfio->device : 0;
	}
	if (ret)
		vfio_close(vfio);
	return ret;
}

int __vfio_open(struct vfio *vfio, const struct pci_dev *dev)
{
	return __vfio_open_as(vfio, dev, dev->bdf);
}

void vfio_open(struct vfio *vfio, const struct pci_dev *dev)
{
	int ret = __vfio_open(vfio, dev);

	if (ret)
		FAIL("open of %s: %s", dev->bdf, strerror(-ret));
}

void vfio_open_also(struct vfio *vfio, const struct pci_dev *dev,
		    const struct vfio *other)
{
	init(vfio, dev);
	vfio->device = MUST(__vfio_group_device(other->group, dev->bdf));
}

static const struct vfio *same_group(const struct vfio *vfios, int count,
				     const struct pci_dev *dev)
{
	int i, number = group_number(dev);

	for (i = 0; i < count; i++)
		if (vfios[i].group >= 0 && group_number(&vfios[i].dev) == number)
			return &vfios[i];
	return NULL;
}

void vfio_open_all(struct vfio *vfios, const struct pci_dev *devs, int count)
{
	const struct vfio *other;
	int i;

	for (i = 0; i < count; i++) {
		other = same_group(vfios, i, &devs[i]);
		if (other)
			vfio_open_also(&vfios[i], &devs[i], other);
		else
			vfio_open(&vfios[i], &devs[i]);
	}
}

/* --- the device's own node --- */

static bool cdev_path(const struct pci_dev *dev, char *path, size_t size)
{
	char name[PATH_LEN];
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	pci_path(dev, "vfio-dev", name, sizeof(name));
	dir = opendir(name);
	while (dir && !found && (entry = readdir(dir))) {
		snprintf(path, size, "/dev/vfio/devices/%.32s", entry->d_name);
		found = entry->d_name[0] != '.' && file_exists(path);
	}
	if (dir)
		closedir(dir);
	return found;
}

bool vfio_has_cdev(const struct pci_dev *dev)
{
	char path[PATH_LEN];

	return cdev_path(dev, path, sizeof(path));
}

int __vfio_open_node(struct vfio *vfio, const struct pci_dev *dev)
{
	char path[PATH_LEN];

	init(vfio, dev);
	if (!cdev_path(dev, path, sizeof(path)))
		return -ENOENT;
	vfio->device = open_path(path);
	if (vfio->device < 0)
		return vfio->device;
	vfio->iommufd = open_path("/dev/iommu");
	return vfio->iommufd < 0 ? vfio->iommufd : 0;
}

int __vfio_bind_iommufd_as(const struct vfio *vfio, const u8 *token)
{
	struct vfio_bind bind = {
		.argsz = sizeof(bind),
		.flags = token ? VFIO_BIND_FLAG_TOKEN : 0,
		.iommufd = vfio->iommufd,
		.token_uuid_ptr = (uintptr_t)token,
	};

	return __vfio_ioctl(vfio->device, VFIO_BIND_IOMMUFD, &bind);
}

int __vfio_bind_iommufd(const struct vfio *vfio)
{
	return __vfio_bind_iommufd_as(vfio, NULL);
}

/* Attach to a fresh address space of the iommufd. */
static int attach(struct vfio *vfio)
{
	struct iommu_alloc alloc = { .size = sizeof(alloc) };
	struct vfio_attach attach = { .argsz = sizeof(attach) };
	int ret = __vfio_ioctl(vfio->iommufd, IOMMU_ALLOC, &alloc);

	if (ret)
		return ret;
	vfio->ioas = alloc.out_ioas_id;
	attach.pt_id = vfio->ioas;
	return __vfio_ioctl(vfio->device, VFIO_ATTACH_PT, &attach);
}

int __vfio_open_cdev(struct vfio *vfio, const struct pci_dev *dev)
{
	int ret = __vfio_open_node(vfio, dev) ?: __vfio_bind_iommufd(vfio) ?: attach(vfio);

	if (ret)
		vfio_close(vfio);
	return ret;
}

void vfio_need_cdev(const struct pci_dev *dev)
{
	if (!module_loaded("iommufd") && module_available("iommufd"))
		module_load("iommufd", "");
	if (!vfio_has_cdev(dev))
		skip("this kernel has no device node of VFIO");
}

void vfio_open_cdev(struct vfio *vfio, const struct pci_dev *dev)
{
	int ret;

	vfio_need_cdev(dev);
	ret = __vfio_open_cdev(vfio, dev);
	if (ret)
		FAIL("open of the node of %s: %s", dev->bdf, strerror(-ret));
}
