// SPDX-License-Identifier: GPL-2.0-only
/*
 * What one of many MSI-X vectors costs: to have 1, 64 and 2048 of them signal an
 * eventfd each, and to let go of them.  All of them once before that: of what the
 * kernel keeps for an interrupt, some is made for the first driver that has it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/count.h"
#include "lib/ktap.h"
#include "lib/ug.h"
#include "lib/vfio.h"

#define MANY		2048
#define SERIES		5		/* of all of them; many more of fewer */
#define EVENTFDS	(VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER)

static struct count on, off;
static s32 events[MANY];

static void make_events(void)
{
	const struct rlimit limit = { MANY + 100, MANY + 100 };
	int i;

	MUST(setrlimit(RLIMIT_NOFILE, &limit));
	for (i = 0; i < MANY; i++)
		events[i] = MUST(eventfd(0, EFD_CLOEXEC));
}

static int start(int number)
{
	count_start(&on);
	count_start(&off);
	return number == MANY ? SERIES : 20 * SERIES;
}

static void report(int number)
{
	char what[32];

	snprintf(what, sizeof(what), "vectors-on-%d", number);
	count_report(&on, what);
	snprintf(what, sizeof(what), "vectors-off-%d", number);
	count_report(&off, what);
}

static void vfio_vectors(const struct vfio *vfio, int number)
{
	u64 begin;
	int i, times = start(number);

	for (i = 0; i < times; i++) {
		begin = count_now();
		vfio_set_irqs(vfio, VFIO_PCI_MSIX_IRQ_INDEX, EVENTFDS, 0, number, events,
			      number * sizeof(events[0]));
		count_add(&on, (count_now() - begin) / number);
		begin = count_now();
		vfio_irq_off(vfio, VFIO_PCI_MSIX_IRQ_INDEX);
		count_add(&off, (count_now() - begin) / number);
	}
	report(number);
}

static void by_vfio(void)
{
	struct pci_dev dev = pci_dut();
	struct vfio vfio;

	make_events();
	vfio_allow_unsafe();
	vfio_bind(&dev, vfio_driver());
	vfio_open(&vfio, &dev);
	CHECK_EQ(vfio_irq_info(&vfio, VFIO_PCI_MSIX_IRQ_INDEX).count, MANY);
	vfio_vectors(&vfio, MANY);
	vfio_vectors(&vfio, 1);
	vfio_vectors(&vfio, 64);
	vfio_vectors(&vfio, MANY);
}

/* Vector 0 is that of /dev/uioN, and comes with the open. */
static void arm(int attribute, int number)
{
	char line[32];
	int i, len;

	for (i = 1; i < number; i++) {
		len = snprintf(line, sizeof(line), "%d %d", i, events[i]);
		CHECK_EQ(pwrite(attribute, line, len, 0), len);
	}
}

static void uio_vectors(const struct pci_dev *dev, int attribute, int number)
{
	char text[16];
	u64 begin;
	int i, fd, times = start(number);

	snprintf(text, sizeof(text), "%d", number);
	ug_write(dev, "nr_vectors", text);
	for (i = 0; i < times; i++) {
		begin = count_now();
		fd = uio_open(dev);
		arm(attribute, number);
		count_add(&on, (count_now() - begin) / number);
		begin = count_now();
		MUST(close(fd));
		count_add(&off, (count_now() - begin) / number);
	}
	report(number);
}

static void by_uio(void)
{
	struct pci_dev dev = ug_bind("msix");
	char path[PATH_LEN];
	int attribute;

	make_events();
	pci_path(&dev, "uio_generic/vectors", path, sizeof(path));
	attribute = MUST(open(path, O_WRONLY | O_CLOEXEC));
	uio_vectors(&dev, attribute, MANY);
	uio_vectors(&dev, attribute, 1);
	uio_vectors(&dev, attribute, 64);
	uio_vectors(&dev, attribute, MANY);
}

static void cleanup(void)
{
	vfio_cleanup();
	ug_cleanup();
}

static const struct ktap_case cases[] = {
	SLOW_CASES(by_vfio, VFIO_DRIVERS, 600),
	SLOW_CASES(by_uio, UG, 600),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}
