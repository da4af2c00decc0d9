// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver under test, and NICs for it. See consumer.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "consumer.h"
#include "debian.h"
#include "ktap.h"

static const struct nic nics[] = {
	{
		.name = "e1000", .vendor = 0x8086, .device = 0x100e, .kernel_driver = "e1000",
		.no_vfio_msix = "DPDK takes MSI-X, which the device has not",
	}, {
		.name = "e1000e", .vendor = 0x8086, .device = 0x10d3, .kernel_driver = "e1000e",
		.no_vfio_msix = "DPDK's e1000e driver gets one interrupt by MSI-X and then none",
	}, {
		.name = "virtio-net-pci", .vendor = 0x1af4, .device = 0x1041,
		.kernel_driver = "virtio-pci",
	}, {
		.name = "vmxnet3", .vendor = 0x15ad, .device = 0x07b0, .kernel_driver = "vmxnet3",
		.no_link_event = "DPDK's vmxnet3 driver reports no link event",
	}, {
		.name = "virtio-net-legacy", .vendor = 0x1af4, .device = 0x1000,
		.kernel_driver = "virtio-pci",
		.no_mapping = "it is worked by I/O ports, which are not mapped",
	},
};

static void copy_word(const char *word, char *copy, size_t size)
{
	snprintf(copy, size, "%s", plan_word(word) ?: "");
}

const char *consumer_nics(void)
{
	static char names[128];

	copy_word("nics", names, sizeof(names));
	return names;
}

const char *consumer_root(void)
{
	char suite[32];

	copy_word("suite", suite, sizeof(suite));
	return debian_root(suite);
}

bool consumer_is_vfio(void)
{
	return !strcmp(plan_word("driver"), "vfio-pci");
}

const char *consumer_vfio_intr(void)
{
	static char intr[16];

	copy_word("intr", intr, sizeof(intr));
	return intr[0] ? intr : "msix";
}

static void keep_loaded(const char *module, const char *params)
{
	int ret = __module_load(module, params);

	if (ret && ret != -EEXIST)
		FAIL("load of %s with \"%s\": %s", module, params, strerror(-ret));
}

const char *consumer_driver(void)
{
	static char driver[64];
	char module[64], params[128];

	copy_word("driver", driver, sizeof(driver));
	copy_word("module", module, sizeof(module));
	copy_word("params", params, sizeof(params));
	if (consumer_is_vfio())
		keep_loaded("vfio_iommu_type1", "");
	keep_loaded(module, params);
	return driver;
}

const struct nic *nic_named(const char *name)
{
	const char *all = consumer_nics();
	char first[64];
	size_t i;

	if (!name) {
		snprintf(first, sizeof(first), "%.*s", (int)strcspn(all, " "), all);
		name = first;
	}
	for (i = 0; i < ARRAY_SIZE(nics); i++)
		if (!strcmp(nics[i].name, name))
			return &nics[i];
	FAIL("no NIC is called \"%s\"", name);
}

const char *nic_kernel_driver(const struct nic *nic)
{
	char module[64], *c;

	snprintf(module, sizeof(module), "%s", nic->kernel_driver);
	for (c = module; *c; c++)
		if (*c == '-')
			*c = '_';
	__module_load(module, "");
	return nic->kernel_driver;
}

void nic_pair(const struct nic *nic, struct pci_dev pair[PORTS])
{
	int i;

	for (i = 0; i < PORTS; i++)
		pair[i] = pci_find(nic->vendor, nic->device, i);
}

void nic_id(const struct nic *nic, int port, char *id, size_t size)
{
	snprintf(id, size, "%s-%d", nic->name, port);
}
