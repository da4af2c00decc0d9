// SPDX-License-Identifier: GPL-2.0-only
/*
 * Questions, config space, regions, resets and power, by chance. See fuzz_vfio.h.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "edu.h"
#include "fuzz_vfio.h"
#include "ktap.h"

#define CONFIG_LEN	4096
#define BUF_LEN		512

/* --- ioctls --- */

static void fill(struct fuzz *fuzz, u32 *words, size_t count)
{
	static const u32 usual[] = { 0, 1, 2, 4, 8, 0xffffffff, 0x80000000 };
	size_t i;

	for (i = 0; i < count; i++)
		words[i] = fuzz_percent(fuzz, 60) ? fuzz_one_of(fuzz, usual) :
						    fuzz_below(fuzz, 16);
}

/* All take a length, flags and, but for the first, an index. */
bool fuzz_vfio_info(struct fuzz *fuzz)
{
	static const unsigned long questions[] = {
		VFIO_DEVICE_GET_INFO, VFIO_DEVICE_GET_REGION_INFO, VFIO_DEVICE_GET_IRQ_INFO,
		VFIO_DEVICE_GET_PCI_HOT_RESET_INFO,
	};
	u32 arg[BUF_LEN / 4] = { fuzz_below(fuzz, BUF_LEN), 0, fuzz_below(fuzz, 11) };
	struct vfio vfio;
	int ret;

	if (!fuzz_vfio_borrow_device(fuzz, fuzz_vfio_rig(fuzz), &vfio))
		return false;
	if (fuzz_percent(fuzz, 5))
		fill(fuzz, arg, 4);
	ret = __vfio_ioctl(vfio.device, fuzz_one_of(fuzz, questions), arg);
	fuzz_return(vfio.device);
	return !ret;
}

/* Any number that VFIO has, and any argument. */
bool fuzz_vfio_any_ioctl(struct fuzz *fuzz)
{
	struct rig *rig = fuzz_vfio_rig(fuzz);
	struct fuzz_pool *pools[] = { &rig->device, &rig->device, &rig->group, &rig->container };
	u32 arg[BUF_LEN / 4] = { 0 };
	int ret, fd = fuzz_borrow(fuzz, fuzz_one_of(fuzz, pools));

	fill(fuzz, arg, ARRAY_SIZE(arg));
	if (fuzz_percent(fuzz, 80))
		arg[0] = fuzz_below(fuzz, 128);
	ret = __vfio_ioctl(fd, _IO(';', 100 + fuzz_below(fuzz, 25)),
			   fuzz_percent(fuzz, 95) ? arg : NULL);
	fuzz_return(fd);
	return ret >= 0;
}

bool fuzz_vfio_feature(struct fuzz *fuzz)
{
	static const u32 actions[] = {
		VFIO_DEVICE_FEATURE_GET, VFIO_DEVICE_FEATURE_SET,
		VFIO_DEVICE_FEATURE_PROBE | VFIO_DEVICE_FEATURE_GET,
		VFIO_DEVICE_FEATURE_PROBE | VFIO_DEVICE_FEATURE_SET,
	};
	u32 data[16], flags = fuzz_one_of(fuzz, actions) | fuzz_below(fuzz, 14);
	struct vfio vfio;
	int ret;

	if (!fuzz_vfio_borrow_device(fuzz, fuzz_vfio_rig(fuzz), &vfio))
		return false;
	fill(fuzz, data, ARRAY_SIZE(data));
	ret = __vfio_feature(&vfio, flags, data, fuzz_below(fuzz, sizeof(data)));
	fuzz_return(vfio.device);
	return ret >= 0;
}

/* VFIO_DEVICE_FEATURE_LOW_POWER_*, of 6.6 and later headers. */
bool fuzz_vfio_low_power(struct fuzz *fuzz)
{
	static const u32 features[] = { 3, 4, 5, 5 };
	u32 feature = fuzz_one_of(fuzz, features);
	s32 entry[2] = { -1 };
	struct vfio vfio;
	int ret;

	if (!fuzz_vfio_borrow_device(fuzz, fuzz_vfio_rig(fuzz), &vfio))
		return false;
	if (feature == 4)
		entry[0] = fuzz_borrow(fuzz, &fuzz_vfio_events);
	ret = __vfio_feature(&vfio, VFIO_DEVICE_FEATURE_SET | feature, entry,
			     feature == 4 ? sizeof(entry) : 0);
	fuzz_return(entry[0]);
	fuzz_return(vfio.device);
	return !ret;
}

/* --- config space --- */

static u32 config_offset(struct fuzz *fuzz)
{
	static const u32 lens[] = { 0x40, 0x100, CONFIG_LEN + 16 };

	return fuzz_below(fuzz, fuzz_one_of(fuzz, lens));
}

bool fuzz_vfio_config_read(struct fuzz *fuzz)
{
	u8 buf[BUF_LEN];
	size_t len = 1 + fuzz_below(fuzz, fuzz_percent(fuzz, 70) ? 8 : sizeof(buf));
	struct vfio vfio;
	ssize_t done;

	if (!fuzz_vfio_borrow_device(fuzz, fuzz_vfio_rig(fuzz), &vfio))
		return false;
	done = __vfio_read(&vfio, VFIO_CONFIG, config_offset(fuzz), buf, len);
	fuzz_return(vfio.device);
	return done > 0;
}

bool fuzz_vfio_config_write(struct fuzz *fuzz)
{
	static const u32 values[] = { 0, 0xffffffff, 0x5a5a5a5a, 0xa5a5a5a5 };
	u32 value[4] = { fuzz_percent(fuzz, 50) ? fuzz_one_of(fuzz, values) :
						 fuzz_below(fuzz, 0x10000) };
	size_t len = fuzz_percent(fuzz, 90) ? BIT(fuzz_below(fuzz, 3)) :
					     1 + fuzz_below(fuzz, sizeof(value));
	struct vfio vfio;
	ssize_t done;

	if (!fuzz_vfio_borrow_device(fuzz, fuzz_vfio_rig(fuzz), &vfio))
		return false;
	done = __vfio_write(&vfio, VFIO_CONFIG, config_offset(fuzz), value, len);
	fuzz_return(vfio.device);
	return done > 0;
}

/* More often than not, the device can be used afterwards. */
bool fuzz_vfio_command(struct fuzz *fuzz)
{
	static const u16 commands[] = {
		PCI_COMMAND_MEMORY, PCI_COMMAND_MEMORY, PCI_COMMAND_MEMORY,
		PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, PCI_COMMAND_MEMORY |
		PCI_COMMAND_INTX_DISABLE, PCI_COMMAND_INTX_DISABLE, 0,
	};
	u16 command = fuzz_one_of(fuzz, commands);
	struct vfio vfio;
	ssize_t done;

	if (!fuzz_vfio_borrow_device(fuzz, fuzz_vfio_rig(fuzz), &vfio))
		return false;
	done = __vfio_write(&vfio, VFIO_CONFIG, PCI_COMMAND, &command, sizeof(command));
	fuzz_return(vfio.device);
	return done > 0;
}

bool fuzz_vfio_power(struct fuzz *fuzz)
{
	static const u8 states[] = { 0, 0, 1, 2, 3, 3 };
	struct rig *rig = fuzz_vfio_rig(fuzz);
	u8 state = fuzz_one_of(fuzz, states);
	struct vfio vfio;
	ssize_t done;

	if (!rig->pm || !fuzz_vfio_borrow_device(fuzz, rig, &vfio))
		return false;
	done = __vfio_write(&vfio, VFIO_CONFIG, rig->pm + PCI_PM_CTRL, &state, 1);
	fuzz_return(vfio.device);
	return done > 0;
}

/* --- regions --- */

static u64 region_offset(struct fuzz *fuzz)
{
	static const u64 ends[] = {
		0, 0x40, 0x100, 0x1000, 0x2000, 0x4000, 0x20000, 0x40000, EDU_BAR_LEN,
		1ULL << 39, 1ULL << 40,
	};

	return fuzz_one_of(fuzz, ends) + fuzz_below(fuzz, 32) - 16;
}

bool fuzz_vfio_region_read(struct fuzz *fuzz)
{
	int index = fuzz_percent(fuzz, 50) ? 0 : fuzz_below(fuzz, 16);
	size_t len = 1 + fuzz_below(fuzz, 24);
	struct vfio vfio;
	u8 buf[24];
	ssize_t done;

	if (!fuzz_vfio_borrow_device(fuzz, fuzz_vfio_rig(fuzz), &vfio))
		return false;
	done = __vfio_read(&vfio, index, region_offset(fuzz), buf, len);
	fuzz_return(vfio.device);
	return done > 0;
}

/* Not where an edu starts DMA or raises an interrupt, which ends below 0x100. */
bool fuzz_vfio_region_write(struct fuzz *fuzz)
{
	struct rig *rig = fuzz_vfio_rig(fuzz);
	u64 offset = region_offset(fuzz);
	size_t len = 1 + fuzz_below(fuzz, 24);
	struct vfio vfio;
	u8 buf[24] = { 0 };
	ssize_t done;

	if (!rig->edu || !fuzz_vfio_borrow_device(fuzz, rig, &vfio))
		return false;
	if (offset < 0x200) {
		offset = EDU_LIVENESS;
		len = 4;
	}
	done = __vfio_write(&vfio, 0, offset, buf, len);
	fuzz_return(vfio.device);
	return done > 0;
}

/* --- resets --- */

bool fuzz_vfio_reset(struct fuzz *fuzz)
{
	struct vfio vfio;
	int ret;

	if (!fuzz_vfio_borrow_device(fuzz, fuzz_vfio_rig(fuzz), &vfio))
		return false;
	ret = __vfio_reset(&vfio);
	fuzz_return(vfio.device);
	return !ret;
}

/* By the right group, or none, or others as well. */
bool fuzz_vfio_hot_reset(struct fuzz *fuzz)
{
	struct rig *rig = fuzz_vfio_rig(fuzz);
	int i, ret, groups[3], count = fuzz_percent(fuzz, 60) ? 1 : fuzz_below(fuzz, 4);
	struct vfio vfio;

	if (!fuzz_vfio_borrow_device(fuzz, rig, &vfio))
		return false;
	for (i = 0; i < count; i++)
		groups[i] = fuzz_borrow(fuzz, i ? &fuzz_vfio_rig(fuzz)->group : &rig->group);
	ret = __vfio_hot_reset(&vfio, groups, count);
	for (i = 0; i < count; i++)
		fuzz_return(groups[i]);
	fuzz_return(vfio.device);
	return !ret;
}

/* --- sysfs --- */

bool fuzz_vfio_attributes(struct fuzz *fuzz)
{
	static const char * const names[] = { "holder", "intr_mode", "bar0_wc", "bar2_wc" };
	struct rig *rig = fuzz_vfio_rig(fuzz);
	char path[PATH_LEN], text[128];

	snprintf(path, sizeof(path), "vfio_lite/%s", fuzz_one_of(fuzz, names));
	if (fuzz_percent(fuzz, 20))
		return !__pci_attr_write(&rig->dev, path, fuzz_percent(fuzz, 50) ? "1" : "0");
	return !__pci_attr_read(&rig->dev, path, text, sizeof(text));
}
