// SPDX-License-Identifier: GPL-2.0-only
/*
 * More MSI-X vectors than the CPUs have: 2048 are asked for. That ends with fewer, or
 * with none and an error, and as many can be had the next time.
 *
 * Machine: vectors
 * Not: arm64
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 200
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/ug.h"
#include "lib/vfio.h"

#define ALL		2048
#define SECONDS		90
#define MSIX		VFIO_PCI_MSIX_IRQ_INDEX
#define EVENTFDS	(VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER)
#define TRIGGER		(VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER)

static s32 events[ALL];

static void make_events(void)
{
	const struct rlimit limit = { ALL + 100, ALL + 100 };
	int i;

	MUST(setrlimit(RLIMIT_NOFILE, &limit));
	for (i = 0; i < ALL; i++)
		events[i] = MUST(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
}

/* How many interrupts the device has, by the names that its driver gives them. */
static int interrupts_of(const struct pci_dev *dev)
{
	FILE *file = fopen("/proc/interrupts", "r");
	char line[1024];
	int count = 0;

	CHECK(file);
	while (fgets(line, sizeof(line), file)) {
		char *name = strrchr(line, '(');

		count += name && !strncmp(name + 1, dev->bdf, strlen(dev->bdf));
	}
	fclose(file);
	return count;
}

/* --- uio_generic: one after the other, to the last --- */

static int arm_all(const struct pci_dev *dev)
{
	char line[32];
	int i, ret = 0;

	for (i = 1; i < ALL; i++) {
		snprintf(line, sizeof(line), "%d %d", i, events[i]);
		ret = __ug_write(dev, "vectors", line);
		if (ret)
			break;
	}
	CHECK_EQ(ret, -ENOSPC);
	return i;
}

static int uio_takes(const struct pci_dev *dev)
{
	int given, fd = uio_open(dev);

	ug_check_mode(dev, "msix");
	given = arm_all(dev);
	CHECK_EQ(interrupts_of(dev), given);
	MUST(close(fd));
	CHECK_EQ(interrupts_of(dev), 0);
	return given;
}

static void by_uio(void)
{
	struct pci_dev dev = ug_bind("msix");
	int i, given;

	make_events();
	ug_write(&dev, "nr_vectors", "2048");
	given = uio_takes(&dev);
	diag("%d of %d", given, ALL);
	CHECK_GE(given, 100);
	for (i = 0; i < stress_rounds(10, 100); i++)
		CHECK_EQ(uio_takes(&dev), given);
}

/* --- VFIO: all or none --- */

static bool vfio_ask(const struct vfio *vfio, int count)
{
	int ret = __vfio_set_irqs(vfio, MSIX, EVENTFDS, 0, count, events,
				  count * sizeof(events[0]));

	/* A positive answer is how many it could be. */
	CHECK(ret == -ENOSPC || (ret >= 0 && ret < count));
	if (ret)
		CHECK_EQ(interrupts_of(&vfio->dev), 0);
	return !ret;
}

/* Each that was given signals its eventfd, and that alone. */
static void check_vectors(const struct vfio *vfio, int count)
{
	u64 value;
	int i;

	vfio_set_irqs(vfio, MSIX, TRIGGER, 0, count, NULL, 0);
	for (i = 0; i < count; i++)
		CHECK_EQ(read(events[i], &value, sizeof(value)), sizeof(value));
	CHECK_EQ(read(events[count], &value, sizeof(value)), -1);
}

static int vfio_takes(const struct vfio *vfio)
{
	int count = ALL;

	while (!vfio_ask(vfio, count))
		count /= 2;
	CHECK(count && count < ALL);
	CHECK_EQ(interrupts_of(&vfio->dev), count);
	check_vectors(vfio, count);
	vfio_irq_off(vfio, MSIX);
	CHECK_EQ(interrupts_of(&vfio->dev), 0);
	return count;
}

static void by_vfio(void)
{
	struct pci_dev dev = pci_dut();
	struct vfio vfio;
	int i, given;

	make_events();
	vfio_bind(&dev, vfio_driver());
	vfio_open(&vfio, &dev);
	CHECK_EQ(vfio_irq_info(&vfio, MSIX).count, ALL);
	given = vfio_takes(&vfio);
	diag("%d of %d", given, ALL);
	for (i = 0; i < stress_rounds(10, 100); i++)
		CHECK_EQ(vfio_takes(&vfio), given);
}

static void cleanup(void)
{
	vfio_cleanup();
	ug_cleanup();
}

static const struct ktap_case cases[] = {
	SLOW_CASE(by_uio, SECONDS),
	SLOW_CASES(by_vfio, VFIO_DRIVERS, SECONDS),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}
