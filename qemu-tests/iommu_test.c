// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where an IOMMU translates, physical addresses lead nowhere: the bind says so,
 * or is refused; with an identity domain they work.
 *
 * Machine: edu-iommu
 */
#include <stdio.h>
#include <string.h>

#include "lib/arch.h"
#include "lib/dma.h"
#include "lib/ktap.h"
#include "lib/ug.h"

#define PARAMETER	"/sys/module/uio_generic/parameters/refuse_translated"

static void check_iommu(const struct pci_dev *dev, const char *state)
{
	char text[64];

	ug_attr(dev, "iommu", text, sizeof(text));
	CHECK_STR(text, state);
}

static void translation_is_told(void)
{
	int log = kmsg_open();
	struct pci_dev dev = ug_bind_edu("none");

	check_iommu(&dev, "translates");
	CHECK(kmsg_has(log, "iommu_group/type"));
}

static void translation_can_be_refused(void)
{
	struct pci_dev dev = edu_dut();

	module_load(UG, "refuse_translated=1");
	CHECK(__pci_bind(&dev, UG));
	CHECK(pci_driven_by(&dev, ""));
	MUST(__file_write(PARAMETER, "0"));
	pci_bind(&dev, UG);
}

/* There and back through the device's buffer; true if the text has come back. */
static bool dma_works(struct ug *ug)
{
	struct dma_page page = dma_page(EDU_DMA_LIMIT);

	snprintf(page.mem, 64, "sent");
	__edu_dma(ug->regs, page.phys, EDU_BUFFER, 64, 0);
	snprintf(page.mem, 64, "overwritten");
	__edu_dma(ug->regs, EDU_BUFFER, page.phys, 64, EDU_DMA_TO_RAM);
	return !strcmp(page.mem, "sent");
}

static void physical_addresses_fault(void)
{
	int log = kmsg_open();
	struct ug ug = ug_open_edu("none");

	CHECK(!dma_works(&ug));
	CHECK(kmsg_has(log, ARCH_IOMMU));
}

static void identity_domain_lets_them_through(void)
{
	struct pci_dev dev = edu_dut();
	struct ug ug;

	if (__pci_attr_write(&dev, "iommu_group/type", "identity"))
		skip("this kernel cannot make a group's domain an identity one");
	ug = ug_open_edu("none");
	check_iommu(&dev, "identity");
	CHECK(dma_works(&ug));
}

static const struct ktap_case cases[] = {
	CASE(translation_is_told),
	CASE(translation_can_be_refused),
	CASE(physical_addresses_fault),
	CASE(identity_domain_lets_them_through),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), ug_cleanup);
}
