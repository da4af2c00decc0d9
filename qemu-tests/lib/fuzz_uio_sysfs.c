// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices of uio_generic by way of sysfs, by chance. See fuzz_uio.h.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz_uio.h"
#include "ktap.h"

static int open_attr(const struct unit *unit, const char *name)
{
	char path[PATH_LEN];

	pci_path(&unit->dev, name, path, sizeof(path));
	return open(path, O_RDWR | O_CLOEXEC);
}

/* --- the driver's attributes --- */

bool fuzz_uio_read_attribute(struct fuzz *fuzz)
{
	static const char * const names[] = {
		"intr_mode", "intr_choice", "open_count", "irq_count", "bus_master",
		"iommu", "lockdown", "last_error", "state", "resets", "reset_on_release",
		"vectors", "nr_vectors", "bar0_wc", "bar2_wc",
	};
	char path[PATH_LEN], text[4096];

	snprintf(path, sizeof(path), "uio_generic/%s", fuzz_one_of(fuzz, names));
	return !__pci_attr_read(&fuzz_uio_unit(fuzz)->dev, path, text, sizeof(text));
}

/* What can be set only while the device is closed. */
static bool set_closed(struct fuzz *fuzz, const char *name, const char *text)
{
	struct unit *unit = fuzz_uio_unit(fuzz);

	if (fuzz_percent(fuzz, 50))
		fuzz_drop_all(&unit->files);
	return !__ug_write(&unit->dev, name, text);
}

bool fuzz_uio_mode(struct fuzz *fuzz)
{
	static const char * const modes[] = {
		"msix", "msi", "intx", "none", "auto", "legacy", "msi ", "",
	};

	return set_closed(fuzz, "intr_mode", fuzz_one_of(fuzz, modes));
}

/* To an eventfd that is closed at once: the driver has it then. */
bool fuzz_uio_vector(struct fuzz *fuzz)
{
	int event = MUST(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	char text[32];
	int ret;

	snprintf(text, sizeof(text), "%u %d", fuzz_below(fuzz, 9),
		 fuzz_percent(fuzz, 75) ? event : -(int)fuzz_below(fuzz, 3));
	ret = __ug_write(&fuzz_uio_unit(fuzz)->dev, "vectors", text);
	MUST(close(event));
	return !ret;
}

bool fuzz_uio_nr_vectors(struct fuzz *fuzz)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", fuzz_below(fuzz, 9));
	return set_closed(fuzz, "nr_vectors", text);
}

bool fuzz_uio_switch(struct fuzz *fuzz)
{
	static const char * const names[] = { "bar0_wc", "bar2_wc", "reset_on_release" };
	static const char * const values[] = { "0", "1", "1", "2" };
	const char *name = fuzz_one_of(fuzz, names);

	return set_closed(fuzz, name, fuzz_one_of(fuzz, values));
}

/* --- what the PCI core has --- */

bool fuzz_uio_map_resource(struct fuzz *fuzz)
{
	static const char * const names[] = { "resource0", "resource2", "resource2_wc" };
	struct unit *unit = fuzz_uio_unit(fuzz);
	int fd = open_attr(unit, fuzz_one_of(fuzz, names));
	char *place = fuzz_place(fuzz, unit->edu ? &fuzz_uio_ours : &fuzz_uio_others);
	size_t len = (1 + fuzz_below(fuzz, 8)) * PAGE_LEN;
	bool good;

	if (fd < 0)
		return false;
	good = fuzz_map(place, len, PROT_READ, fd, fuzz_below(fuzz, 3) * PAGE_LEN);
	MUST(close(fd));
	return good;
}

/* testdev has ports as BAR 1, e1000e as BAR 2. */
bool fuzz_uio_port(struct fuzz *fuzz)
{
	int fd = open_attr(fuzz_uio_unit(fuzz),
			   fuzz_percent(fuzz, 50) ? "resource1" : "resource2");
	ssize_t done;
	u32 value;

	if (fd < 0)
		return false;
	done = pread(fd, &value, BIT(fuzz_below(fuzz, 3)), 4 * fuzz_below(fuzz, 9));
	MUST(close(fd));
	return done > 0;
}

bool fuzz_uio_config(struct fuzz *fuzz)
{
	int fd = open_attr(fuzz_uio_unit(fuzz), "config");
	u8 buf[64];
	ssize_t done;

	if (fd < 0)
		return false;
	done = pread(fd, buf, 1 + fuzz_below(fuzz, sizeof(buf)), fuzz_below(fuzz, 0x1040));
	MUST(close(fd));
	return done > 0;
}

/* One byte, which has nothing that the kernel changes meanwhile but this. */
void fuzz_uio_mask_intx(const struct unit *unit, bool mask)
{
	const u8 bit = PCI_COMMAND_INTX_DISABLE >> 8;
	int fd = open_attr(unit, "config");
	u8 upper;

	if (fd < 0)
		return;
	if (pread(fd, &upper, 1, PCI_COMMAND + 1) == 1) {
		upper = mask ? upper | bit : upper & ~bit;
		if (pwrite(fd, &upper, 1, PCI_COMMAND + 1) != 1)
			diag("%s: no write of config space", unit->name);
	}
	MUST(close(fd));
}

/* As DPDK does it; but not for a device that has no handler any more. */
bool fuzz_uio_rearm(struct fuzz *fuzz)
{
	struct unit *unit = fuzz_uio_unit(fuzz);
	int fd = __uio_open(&unit->dev, O_RDWR);
	bool good;

	if (fd < 0)
		return false;
	fuzz_uio_mask_intx(unit, false);
	good = !__uio_irqcontrol(fd, 1);
	if (!good)
		fuzz_uio_mask_intx(unit, true);
	MUST(close(fd));
	return good;
}

/*
 * The kernel saves the state of a new device when it can be reset by sysfs already, and
 * does not lock it (6.12.118, pci_bus_add_device()): what the reset restores then is what
 * the reset has left.
 */
static pthread_mutex_t reset_or_replug = PTHREAD_MUTEX_INITIALIZER;

bool fuzz_uio_reset(struct fuzz *fuzz)
{
	struct unit *unit = fuzz_uio_unit(fuzz);
	bool good;

	if (unit->plugs)
		pthread_mutex_lock(&reset_or_replug);
	good = !__pci_attr_write(&unit->dev, "reset", "1");
	if (unit->plugs)
		pthread_mutex_unlock(&reset_or_replug);
	return good;
}

/* --- coming and going --- */

bool fuzz_uio_unbind(struct fuzz *fuzz)
{
	return !__pci_driver_write(UG, "unbind", fuzz_uio_unit(fuzz)->dev.bdf);
}

bool fuzz_uio_bind(struct fuzz *fuzz)
{
	return !__pci_driver_write(UG, "bind", fuzz_uio_unit(fuzz)->dev.bdf);
}

bool fuzz_uio_new_id(struct fuzz *fuzz)
{
	return !__pci_driver_write(UG, fuzz_percent(fuzz, 50) ? "new_id" : "remove_id",
				   "1234 11e8");
}

/* The new device has forgotten for whom it is. */
bool fuzz_uio_replug(struct fuzz *fuzz)
{
	struct unit *unit = fuzz_uio_unit(fuzz);
	bool good;

	if (!unit->plugs)
		return false;
	pthread_mutex_lock(&reset_or_replug);
	good = !__pci_attr_write(&unit->dev, "remove", "1");
	good = !__file_write("/sys/bus/pci/rescan", "1") && good;
	good = !__pci_attr_write(&unit->dev, "driver_override", UG) && good;
	__file_write("/sys/bus/pci/drivers_probe", unit->dev.bdf);
	pthread_mutex_unlock(&reset_or_replug);
	return good;
}
