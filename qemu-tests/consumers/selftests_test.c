// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's own tools/testing/selftests/vfio, of Linux 7.2: each program on each
 * device.
 *
 * Machine: vfio
 * Kernel: 6.1 6.12 7.2 debug debug-7.2
 * Deadline: 1500
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "lib/consumer.h"
#include "lib/ktap.h"
#include "lib/vfio_dut.h"

#define SECONDS		240
#define DEVICES		"edu edu1 e1000e nvme igb"
#define HUGE_PAGES	"4"
#define MAX_OPTIONS	64

static struct program program;
static struct pci_dev dev;

/* Fixtures' variants are called by the way to the device, then by what they vary. */
static const char * const ways[] = {
	"iommufd", "iommufd_compat_type1", "iommufd_compat_type1v2",
};

static const char * const tokens[] = { "_same_uuid", "_diff_uuid", "_null_uuid" };

static const char * const varied[] = {
	"", "_anonymous", "_anonymous_hugetlb_2mb", "_anonymous_hugetlb_1gb",
	"_same_uuid", "_diff_uuid", "_null_uuid",
};

struct options {
	int words;
	const char *argv[MAX_OPTIONS];
};

static void add(struct options *options, const char *option, const char *value)
{
	options->argv[options->words++] = option;
	options->argv[options->words++] = value;
}

static void leave_out(struct options *options, const char *way, const char * const *names,
		      size_t count)
{
	char *name;
	size_t i;

	for (i = 0; i < count; i++) {
		MUST(asprintf(&name, "%s%s", way, names[i]));
		add(options, "-V", name);
	}
}

/*
 * What this kernel cannot, whatever the device's driver: all by iommufd where there
 * is none; before 7.2, a token for a device's own node, and EOVERFLOW from type1.
 */
static void leave_out_what_is_missing(struct options *options)
{
	size_t i;

	if (!file_exists("/dev/iommu"))
		for (i = 0; i < ARRAY_SIZE(ways); i++)
			leave_out(options, ways[i], varied, ARRAY_SIZE(varied));
	else if (kernel_is_before(7, 2))
		leave_out(options, ways[0], tokens, ARRAY_SIZE(tokens));
	if (kernel_is_before(7, 2))
		add(options, "-T", "overflow");
}

static void prepare(void)
{
	const char *driver = consumer_driver();

	if (module_available("iommufd") && !module_loaded("iommufd"))
		module_load("iommufd", "");
	MUST(__file_write("/proc/sys/vm/nr_hugepages", HUGE_PAGES));
	dev = vfio_dut(ktap_variant());
	pci_bind(&dev, driver);
}

static void run(const char *name)
{
	struct options options = { .words = 1 };
	char path[PATH_LEN];
	int status;

	prepare();
	snprintf(path, sizeof(path), "/tests/%s", name);
	options.argv[0] = path;
	leave_out_what_is_missing(&options);
	options.argv[options.words] = dev.bdf;
	program_start(&program, "/", options.argv);
	status = program_end(&program, SECONDS * 1000);
	if (WIFEXITED(status) && WEXITSTATUS(status) == KTAP_SKIP)
		skip("%s skips itself", name);
	if (status || !strstr(program.text, "# Totals: pass:"))
		FAIL("%s: wait status %#x", name, status);
}

static void dma_mapping(void)
{
	run("vfio_dma_mapping_test");
}

static void dma_mapping_mmio(void)
{
	run("vfio_dma_mapping_mmio_test");
}

static void iommufd_setup(void)
{
	prepare();
	if (!vfio_has_cdev(&dev))
		skip("this kernel has no device node of VFIO");
	run("vfio_iommufd_setup_test");
}

static void pci_device(void)
{
	run("vfio_pci_device_test");
}

static void pci_device_init_perf(void)
{
	run("vfio_pci_device_init_perf_test");
}

/* Has drivers for two kinds of devices, neither of which QEMU has. */
static void pci_driver(void)
{
	run("vfio_pci_driver_test");
}

static void pci_sriov_uapi(void)
{
	run("vfio_pci_sriov_uapi_test");
}

static void cleanup(void)
{
	struct pci_dev device = vfio_dut(ktap_variant());

	if (!pci_driven_by(&device, ""))
		pci_unbind(&device);
}

int main(void)
{
	static const struct ktap_case cases[] = {
		SLOW_CASES(dma_mapping, DEVICES, SECONDS),
		SLOW_CASES(dma_mapping_mmio, DEVICES, SECONDS),
		SLOW_CASES(iommufd_setup, DEVICES, SECONDS),
		SLOW_CASES(pci_device, DEVICES, SECONDS),
		SLOW_CASES(pci_device_init_perf, DEVICES, SECONDS),
		SLOW_CASES(pci_driver, "edu", SECONDS),
		SLOW_CASES(pci_sriov_uapi, "igb", SECONDS),
	};

	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}
