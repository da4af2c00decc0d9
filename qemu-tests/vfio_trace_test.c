// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tracepoints of vfio_lite tell of resets, sleep, touched and revoked mappings.
 *
 * Machine: vfio
 * Needs: vfio_lite
 * Modules: vfio_iommu_type1
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/vfio_dut.h"

#define TRACING		"/sys/kernel/tracing/"
#define EVENTS		TRACING "events/vfio_lite/enable"
#define NVME_VERSION	8

static char trace[65536];

static void read_trace(void)
{
	int fd = MUST(open(TRACING "trace", O_RDONLY));
	size_t len = 0;
	ssize_t more;

	while ((more = MUST(read(fd, trace + len, sizeof(trace) - 1 - len))) > 0)
		len += more;
	trace[len] = '\0';
	close(fd);
}

/* The event is in the trace, after those that were asked for before. */
static void expect(const struct pci_dev *dev, const char *event, const char *values)
{
	static const char *at = trace;
	char text[128];

	snprintf(text, sizeof(text), "%s: %s%s", event, dev->bdf, values);
	at = strstr(at, text);
	if (!at)
		FAIL("no \"%s\", or not in its place, in:\n%s", text, trace);
}

static void live_a_life(void)
{
	struct vfio vfio;
	int pm;

	vfio_open_dut(&vfio, "nvme");
	vfio_command(&vfio, 0, PCI_COMMAND_MEMORY);
	mmio_read32(vfio_map_bar(&vfio, 0), NVME_VERSION);
	pm = vfio_find_cap(&vfio, PCI_CAP_ID_PM) + PCI_PM_CTRL;
	vfio_write(&vfio, VFIO_CONFIG, pm, 2, 3);
	vfio_write(&vfio, VFIO_CONFIG, pm, 2, 0);
	MUST(__vfio_reset(&vfio));
	vfio_close(&vfio);
}

static void a_life_is_told(void)
{
	struct pci_dev dev = vfio_dut("nvme");

	if (!file_exists(TRACING "trace"))
		skip("this kernel has no tracing");
	vfio_load(vfio_driver(), "");
	MUST(close(MUST(open(TRACING "trace", O_WRONLY | O_TRUNC))));
	MUST(__file_write(EVENTS, "1"));
	live_a_life();
	MUST(__file_write(EVENTS, "0"));
	read_trace();
	expect(&dev, "vfl_reset", " value=0 ret=0\n");
	expect(&dev, "vfl_fault", " BAR0+0x0 ");
	expect(&dev, "vfl_zap", "\n");
	expect(&dev, "vfl_power", " value=3 ret=0\n");
	expect(&dev, "vfl_power", " value=0 ret=0\n");
	expect(&dev, "vfl_reset", " value=1 ret=0\n");
}

static const struct ktap_case cases[] = {
	CASES(a_life_is_told, "vfio-lite"),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), vfio_cleanup);
}
