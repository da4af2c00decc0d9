// SPDX-License-Identifier: GPL-2.0-only
/*
 * Resets, optional features, and writes that an eventfd triggers. See ask.h.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "answers.h"
#include "ask.h"
#include "iommufd.h"
#include "ktap.h"

#define FEATURES	16

/* --- names --- */

#define UUID	"5b0e6c0e-6d1d-4b1c-9a3e-0a4d6d6f2a11"

/* What may follow the device's name is a token for virtual functions. */
void ask_names(const struct vfio *vfio)
{
	static const char * const tails[] = {
		"", " ", "  ", "x", "\n", " x", " vf_token", " vf_token=", " vf_token=" UUID,
		" vf_token=" UUID " ", " vf_token=" UUID " vf_token=" UUID,
		" vf_token=" UUID "0", " vf_token=" UUID "x", "  vf_token=" UUID,
		" vf_token=5b0e6c0e", " vf_token=zb0e6c0e-6d1d-4b1c-9a3e-0a4d6d6f2a11", "",
	};
	char name[256];
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(tails); i++) {
		snprintf(name, sizeof(name), "%s%s", vfio->dev.bdf, tails[i]);
		fd = __vfio_group_device(vfio->group, name);
		answer("device by name%s: %s", tails[i][0] == '\n' ? " newline" : tails[i],
		       fd < 0 ? answer_result(fd) : "open");
		if (fd >= 0)
			close(fd);
	}
	answer("device by no name: %s", answer_result(__vfio_group_device(vfio->group, "")));
	answer("device by NULL: %s", answer_result(__vfio_group_device(vfio->group, NULL)));
	answer("device by part of the name: %s",
	       answer_result(__vfio_group_device(vfio->group, "0000:00")));
}

/* --- resets --- */

static void ask_hot_reset_info(const struct vfio *vfio, u32 argsz)
{
	struct {
		struct vfio_pci_hot_reset_info info;
		struct vfio_pci_dependent_device devices[32];
	} arg = {
		.info = { .argsz = argsz, .count = 0x5a5a5a5a },
	};
	int ret = __vfio_ioctl(vfio->device, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, &arg);
	u32 i;

	answer("hot reset info argsz %u: %s flags %#x count %u", argsz, answer_result(ret),
	       arg.info.flags, arg.info.count);
	for (i = 0; !ret && i < arg.info.count && i < ARRAY_SIZE(arg.devices); i++)
		answer("hot reset info argsz %u device %u: group %u at %04x:%02x:%02x", argsz,
		       i, arg.devices[i].group_id, arg.devices[i].segment,
		       arg.devices[i].bus, arg.devices[i].devfn);
}

static void ask_hot_reset(const struct vfio *vfio, const char *what, u32 argsz, u32 flags,
			  u32 count, s32 fd)
{
	struct {
		struct vfio_pci_hot_reset reset;
		s32 groups[4];
	} arg = {
		.reset = { .argsz = argsz, .flags = flags, .count = count },
		.groups = { fd, fd, fd, fd },
	};

	answer("hot reset %s argsz %u flags %#x count %#x: %s", what, argsz, flags, count,
	       answer_result(__vfio_ioctl(vfio->device, VFIO_DEVICE_PCI_HOT_RESET, &arg)));
}

static void ask_hot_resets(const struct vfio *vfio)
{
	static const u32 counts[] = { 0, 1, 2, 64, 0x3fffffff, 0x40000000, 0x80000000, ~0 };
	static const u32 sizes[] = { 0, 8, 11, 12, 15, 16, 28 };
	const int file = MUST(open("/plan", O_RDONLY));
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		ask_hot_reset(vfio, "of the group", sizes[i], 0, 1, vfio->group);
	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		ask_hot_reset(vfio, "of the group", 28, 0, counts[i], vfio->group);
		ask_hot_reset(vfio, "of a file", 28, 0, counts[i], file);
		ask_hot_reset(vfio, "of nothing", 28, 0, counts[i], -1);
		ask_hot_reset(vfio, "of a container", 28, 0, counts[i], vfio->container);
		ask_hot_reset(vfio, "of a device", 28, 0, counts[i], vfio->device);
	}
	ask_hot_reset(vfio, "of the group", 28, 1, 1, vfio->group);
	close(file);
}

/* What a reset leaves of what a user has set up in config space. */
void ask_resets(const struct vfio *vfio)
{
	static const u32 sizes[] = { 0, 8, 11, 12, 16, 23, 24, 36, 48, 396 };
	size_t i;

	vfio_command(vfio, 0, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	vfio_write(vfio, VFIO_CONFIG, PCI_INTERRUPT_LINE, 1, 0x42);
	vfio_write(vfio, VFIO_CONFIG, PCI_BASE_ADDRESS_0, 4, 0x12340000);
	answer("reset: %s", answer_result(__vfio_reset(vfio)));
	ask_config_dump(vfio, "after reset");
	vfio_command(vfio, 0, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		ask_hot_reset_info(vfio, sizes[i]);
	ask_hot_resets(vfio);
	ask_config_dump(vfio, "after hot reset");
}

/* --- features --- */

static void ask_feature(const struct vfio *vfio, u32 feature, u32 flags, u32 argsz)
{
	struct {
		struct vfio_device_feature feature;
		u8 data[256];
	} arg = {
		.feature = { .argsz = argsz, .flags = feature | flags },
		.data = { 1, 2, 3, 4, 5, 6, 7, 8, 9 },
	};

	answer("feature %u flags %#x argsz %u: %s", feature, flags, argsz,
	       answer_result(__vfio_ioctl(vfio->device, VFIO_DEVICE_FEATURE, &arg)));
	answer("feature %u data %s", feature, answer_hex(arg.data, 24));
}

static void ask_power(const struct vfio *vfio, u32 entry)
{
	u32 value = 0;

	answer("low power %u again: %s", entry,
	       answer_result(__vfio_feature(vfio, entry | VFIO_DEVICE_FEATURE_SET, NULL, 0)));
	answer("low power %u enter: %s", entry,
	       answer_result(__vfio_feature(vfio, entry | VFIO_DEVICE_FEATURE_SET, NULL, 0)));
	answer("low power %u BAR: %s", entry, answer_result(__vfio_read(vfio, 0, 0, &value, 4)));
	answer("low power %u config: %s %08x", entry,
	       answer_result(__vfio_read(vfio, VFIO_CONFIG, 0, &value, 4)), value);
	answer("low power %u leave: %s", entry,
	       answer_result(__vfio_feature(vfio, VFIO_DEVICE_FEATURE_LOW_POWER_EXIT |
					    VFIO_DEVICE_FEATURE_SET, NULL, 0)));
	answer("low power %u leave twice: %s", entry,
	       answer_result(__vfio_feature(vfio, VFIO_DEVICE_FEATURE_LOW_POWER_EXIT |
					    VFIO_DEVICE_FEATURE_SET, NULL, 0)));
}

void ask_features(const struct vfio *vfio)
{
	static const u32 flags[] = {
		0, VFIO_DEVICE_FEATURE_GET, VFIO_DEVICE_FEATURE_SET,
		VFIO_DEVICE_FEATURE_PROBE, VFIO_DEVICE_FEATURE_PROBE | VFIO_DEVICE_FEATURE_GET,
		VFIO_DEVICE_FEATURE_PROBE | VFIO_DEVICE_FEATURE_SET,
		VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_SET,
		VFIO_DEVICE_FEATURE_PROBE | VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_SET,
		VFIO_DEVICE_FEATURE_PROBE | BIT(19), BIT(31) | VFIO_DEVICE_FEATURE_GET,
	};
	static const u32 sizes[] = { 0, 4, 7, 8, 12, 23, 24, 64 };
	size_t i, j;
	u32 feature;

	for (feature = 0; feature < FEATURES; feature++)
		for (i = 0; i < ARRAY_SIZE(flags); i++)
			for (j = 0; j < ARRAY_SIZE(sizes); j++)
				ask_feature(vfio, feature, flags[i], sizes[j]);
	ask_feature(vfio, 0xffff, VFIO_DEVICE_FEATURE_PROBE, 8);
	ask_power(vfio, VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY);
	ask_power(vfio, VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP);
}

/* --- ioeventfds --- */

/* To an address space of one process of many, which takes a device that knows of them. */
void ask_pasids(const struct vfio *vfio)
{
	struct vfio_attach attach = {
		.argsz = sizeof(attach), .flags = VFIO_ATTACH_PASID, .pasid = 1,
	};
	struct vfio_detach detach = {
		.argsz = sizeof(detach), .flags = VFIO_DETACH_PASID, .pasid = 1,
	};

	if (vfio->iommufd < 0)
		return;
	attach.pt_id = vfio->ioas;
	answer("attach pasid 1: %s",
	       answer_result(__vfio_ioctl(vfio->device, VFIO_ATTACH_PT, &attach)));
	answer("detach pasid 1: %s",
	       answer_result(__vfio_ioctl(vfio->device, VFIO_DETACH_PT, &detach)));
}

static void ask_ioeventfd(const struct vfio *vfio, u32 index, u64 offset, u32 flags, s32 fd,
			  const char *what)
{
	answer("ioeventfd region %u offset %#llx flags %#x %s: %s", index, offset, flags, what,
	       answer_result(__vfio_ioeventfd(vfio, index, offset, flags, 0, fd)));
}

/* Twice the same, then away with it, and once more. */
static void ask_ioeventfd_life(const struct vfio *vfio, u32 index, u64 offset, u32 flags)
{
	int event = event_new();

	ask_ioeventfd(vfio, index, offset, flags, -1, "unknown");
	ask_ioeventfd(vfio, index, offset, flags, event, "event");
	ask_ioeventfd(vfio, index, offset, flags, event, "event again");
	ask_ioeventfd(vfio, index, offset, flags, -1, "off");
	ask_ioeventfd(vfio, index, offset, flags, -1, "off again");
	close(event);
}

static void ask_bad_ioeventfds(const struct vfio *vfio)
{
	static const u32 sizes[] = { 0, 8, 28, 31, 32, 36, 40 };
	struct vfio_device_ioeventfd arg = { .flags = 4, .fd = event_new() };
	const int file = MUST(open("/plan", O_RDONLY));
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		arg.argsz = sizes[i];
		answer("ioeventfd argsz %u: %s", sizes[i],
		       answer_result(__vfio_ioctl(vfio->device, VFIO_DEVICE_IOEVENTFD, &arg)));
		arg.argsz = sizeof(arg);
		ask_ioeventfd(vfio, 0, 0, 4, -1, "off");
	}
	ask_ioeventfd(vfio, 0, 0, 4, file, "file");
	ask_ioeventfd(vfio, 0, 0, 4, 9999, "9999");
	ask_ioeventfd(vfio, 0, 0, 4, -2, "-2");
	close(arg.fd);
	close(file);
}

void ask_ioeventfds(const struct vfio *vfio)
{
	static const u32 flags[] = { 0, 1, 2, 3, 4, 5, 6, 8, 9, 12, 15, 16, BIT(31) };
	struct vfio_region_info *info;
	u32 index;
	size_t i;
	u64 size;

	for (index = 0; index <= VFIO_PCI_NUM_REGIONS; index++) {
		size = __vfio_region_info(vfio, index, &info) ? 0 : info->size;
		for (i = 0; i < ARRAY_SIZE(flags); i++)
			ask_ioeventfd_life(vfio, index, 0, flags[i]);
		ask_ioeventfd_life(vfio, index, 1, 4);
		ask_ioeventfd_life(vfio, index, 2, 2);
		ask_ioeventfd_life(vfio, index, size - 4, 4);
		ask_ioeventfd_life(vfio, index, size - 2, 4);
		ask_ioeventfd_life(vfio, index, size, 4);
		ask_ioeventfd_life(vfio, index, BIT_ULL(39), 4);
	}
	ask_bad_ioeventfds(vfio);
}
