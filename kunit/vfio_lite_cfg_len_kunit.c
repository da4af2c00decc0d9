// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long each capability is, and which ones a user gets to see.
 */
#include <kunit/test.h>
#include <linux/module.h>

#include "../vfio_lite/cfg_perm.c"
#include "../vfio_lite/cfg_caps.c"
#include "vfio_lite_cfg_kunit.h"

#define FILL	0x5a	/* what the device says wherever nothing is set */

/*
 * struct len_case - a capability, alone in its list
 * @id: its ID
 * @reg: dwords of it that tell the length; a position of 0 ends them
 * @want: its length in bytes; 0: it is hidden
 */
struct len_case {
	const char *name;
	u16 id;
	struct {
		u16 pos;
		u32 val;
	} reg[3];
	unsigned int want;
};

/* The upper half of the first dword is flags. */
static const struct len_case len_cases[] = {
	{ "power management", PCI_CAP_ID_PM, { }, 8 },
	{ "AGP", PCI_CAP_ID_AGP, { }, 12 },
	{ "VPD", PCI_CAP_ID_VPD, { }, 8 },
	{ "MSI", PCI_CAP_ID_MSI, { { 2, 0x0000 } }, 10 },
	{ "MSI, 64-bit", PCI_CAP_ID_MSI, { { 2, 0x0080 } }, 14 },
	{ "MSI, mask bits", PCI_CAP_ID_MSI, { { 2, 0x0100 } }, 20 },
	{ "MSI, both", PCI_CAP_ID_MSI, { { 2, 0x0180 } }, 24 },
	{ "PCI-X", PCI_CAP_ID_PCIX, { { 2, 0x0000 } }, 8 },
	{ "PCI-X 266", PCI_CAP_ID_PCIX, { { 2, 0x1000 } }, 24 },
	{ "PCI-X 533", PCI_CAP_ID_PCIX, { { 2, 0x2000 } }, 24 },
	{ "HyperTransport slave", PCI_CAP_ID_HT, { { 2, 0x0000 } }, 28 },
	{ "HyperTransport host", PCI_CAP_ID_HT, { { 2, 0x2000 } }, 24 },
	{ "HyperTransport MSI mapping", PCI_CAP_ID_HT, { { 2, 0xa803 } }, 24 },
	{ "vendor-specific", PCI_CAP_ID_VNDR, { { 2, 0xaa14 } }, 20 },
	{ "vendor-specific, header alone", PCI_CAP_ID_VNDR, { { 2, 0xaa02 } }, 2 },
	{ "vendor-specific, 3 bytes", PCI_CAP_ID_VNDR, { { 2, 0xaa03 } }, 3 },
	{ "vendor-specific, 1 byte", PCI_CAP_ID_VNDR, { { 2, 0xaa01 } }, 0 },
	{ "vendor-specific, no byte", PCI_CAP_ID_VNDR, { { 2, 0xaa00 } }, 0 },
	{ "vendor-specific, to the end", PCI_CAP_ID_VNDR, { { 2, 0xaac0 } }, 0xc0 },
	{ "vendor-specific, too long", PCI_CAP_ID_VNDR, { { 2, 0xaaff } }, 0xc0 },
	{ "PCI Express 1", PCI_CAP_ID_EXP, { { 2, 0x0001 } }, 20 },
	{ "PCI Express 1, legacy", PCI_CAP_ID_EXP, { { 2, 0x0011 } }, 20 },
	{ "PCI Express 1, integrated", PCI_CAP_ID_EXP, { { 2, 0x0091 } }, 12 },
	{ "PCI Express 2", PCI_CAP_ID_EXP, { { 2, 0x0002 } }, 52 },
	{ "PCI Express 2, integrated", PCI_CAP_ID_EXP, { { 2, 0x0092 } }, 44 },
	{ "MSI-X", PCI_CAP_ID_MSIX, { }, 12 },
	{ "SATA", PCI_CAP_ID_SATA, { { 4, 0x5a5a5a54 } }, 8 },
	{ "SATA, registers inline", PCI_CAP_ID_SATA, { { 4, 0x5a5a5a5f } }, 16 },
	{ "advanced features", PCI_CAP_ID_AF, { }, 6 },
	{ "null", 0 },
	{ "slot", PCI_CAP_ID_SLOTID },
	{ "CompactPCI", PCI_CAP_ID_CHSWP },
	{ "debug port", PCI_CAP_ID_DBG },
	{ "CompactPCI resources", PCI_CAP_ID_CCRC },
	{ "hot-plug controller", PCI_CAP_ID_SHPC },
	{ "bridge's subsystem", PCI_CAP_ID_SSVID },
	{ "AGP 8x", PCI_CAP_ID_AGP3 },
	{ "secure device", PCI_CAP_ID_SECDEV },
	{ "enhanced allocation", PCI_CAP_ID_EA },
	{ "the first ID that is not assigned", 0x16 },
	{ "the last ID", 0xff },
};

static const struct len_case ext_len_cases[] = {
	{ "error reporting", PCI_EXT_CAP_ID_ERR, { }, 0x2c },
	{ "VC", PCI_EXT_CAP_ID_VC, { { 4, 0x5a5a5a58 }, { 8, 0x5a5a5a01 } }, 28 },
	{ "VC, three more channels", PCI_EXT_CAP_ID_VC,
	  { { 4, 0x5a5a5a5b }, { 8, 0x5a5a5a01 } }, 64 },
	{ "VC, 32 phases", PCI_EXT_CAP_ID_VC,
	  { { 4, 0x5a5a5a58 }, { 8, 0x5a5a5a02 } }, 48 },
	{ "VC, 64 phases", PCI_EXT_CAP_ID_VC9,
	  { { 4, 0x5a5a5a58 }, { 8, 0x5a5a5a04 } }, 64 },
	{ "VC, 128 phases and seven more channels", PCI_EXT_CAP_ID_MFVC,
	  { { 4, 0x5a5a5a5f }, { 8, 0x5a5a5a0e } }, 176 },
	{ "serial number", PCI_EXT_CAP_ID_DSN, { }, 12 },
	{ "power budgeting", PCI_EXT_CAP_ID_PWR, { }, 16 },
	{ "vendor-specific", PCI_EXT_CAP_ID_VNDR, { { 4, 0x01811234 } }, 0x18 },
	{ "vendor-specific, header alone", PCI_EXT_CAP_ID_VNDR,
	  { { 4, 0x00411234 } }, 4 },
	{ "vendor-specific, 3 bytes", PCI_EXT_CAP_ID_VNDR, { { 4, 0x00311234 } }, 0 },
	{ "vendor-specific, too long", PCI_EXT_CAP_ID_VNDR, { { 4, 0xfff11234 } },
	  0xf00 },
	{ "ACS", PCI_EXT_CAP_ID_ACS, { { 4, 0x5a5a085f } }, 8 },
	{ "ACS, 8 egress bits", PCI_EXT_CAP_ID_ACS, { { 4, 0x5a5a087f } }, 12 },
	{ "ACS, 33 egress bits", PCI_EXT_CAP_ID_ACS, { { 4, 0x5a5a217f } }, 16 },
	{ "ACS, 256 egress bits", PCI_EXT_CAP_ID_ACS, { { 4, 0x5a5a007f } }, 40 },
	{ "ARI", PCI_EXT_CAP_ID_ARI, { }, 8 },
	{ "ATS", PCI_EXT_CAP_ID_ATS, { }, 8 },
	{ "SR-IOV", PCI_EXT_CAP_ID_SRIOV, { }, 64 },
	{ "multicast", PCI_EXT_CAP_ID_MCAST, { }, 40 },
	{ "page requests", PCI_EXT_CAP_ID_PRI, { }, 16 },
	{ "resizable BAR", PCI_EXT_CAP_ID_REBAR, { { 8, 0x5a5a5a3a } }, 12 },
	{ "six resizable BARs", PCI_EXT_CAP_ID_REBAR, { { 8, 0x5a5a5ada } }, 52 },
	{ "no resizable BAR", PCI_EXT_CAP_ID_REBAR, { { 8, 0x5a5a5a1a } }, 4 },
	{ "DPA", PCI_EXT_CAP_ID_DPA, { { 4, 0x5a5a5a40 } }, 17 },
	{ "DPA, 31 more states", PCI_EXT_CAP_ID_DPA, { { 4, 0x5a5a5a5f } }, 48 },
	{ "TPH, no table", PCI_EXT_CAP_ID_TPH, { { 4, 0x5a5a5801 } }, 12 },
	{ "TPH, table in MSI-X", PCI_EXT_CAP_ID_TPH, { { 4, 0x58035c01 } }, 12 },
	{ "TPH, table of one", PCI_EXT_CAP_ID_TPH, { { 4, 0x58005a01 } }, 14 },
	{ "TPH, table of four", PCI_EXT_CAP_ID_TPH, { { 4, 0x58035a01 } }, 20 },
	{ "TPH, too long", PCI_EXT_CAP_ID_TPH, { { 4, 0x5fff5a01 } }, 0xf00 },
	{ "LTR", PCI_EXT_CAP_ID_LTR, { }, 8 },
	{ "DVSEC", PCI_EXT_CAP_ID_DVSEC, { { 4, 0x02411234 } }, 0x24 },
	{ "DVSEC, no byte", PCI_EXT_CAP_ID_DVSEC, { { 4, 0x00011234 } }, 0 },
	{ "null", 0 },
	{ "root complex links", PCI_EXT_CAP_ID_RCLD },
	{ "root complex internal link", PCI_EXT_CAP_ID_RCILC },
	{ "root complex event collector", PCI_EXT_CAP_ID_RCEC },
	{ "root complex register block", PCI_EXT_CAP_ID_RCRB },
	{ "configuration access", PCI_EXT_CAP_ID_CAC },
	{ "multi-root IOV", PCI_EXT_CAP_ID_MRIOV },
	{ "reserved for AMD", PCI_EXT_CAP_ID_AMD_XXX },
	{ "secondary PCIe", PCI_EXT_CAP_ID_SECPCI },
	{ "protocol multiplexing", PCI_EXT_CAP_ID_PMUX },
	{ "PASID", PCI_EXT_CAP_ID_PASID },
	{ "downstream port containment", PCI_EXT_CAP_ID_DPC },
	{ "L1 substates", PCI_EXT_CAP_ID_L1SS },
	{ "precision time", PCI_EXT_CAP_ID_PTM },
	{ "data link feature", PCI_EXT_CAP_ID_DLF },
	{ "data object exchange", PCI_EXT_CAP_ID_DOE },
	{ "an ID whose low byte is a capability's", 0x0103 },
	{ "the last ID", 0xffff },
};

static struct space *new_space(struct kunit *test, unsigned int list)
{
	struct space *space = kunit_kzalloc(test, sizeof(*space), GFP_KERNEL);

	if (!space)
		return NULL;
	memset(space->bytes, FILL, sizeof(space->bytes));
	space->size = sizeof(space->bytes);
	space_put(space, PCI_STATUS, 2, PCI_STATUS_CAP_LIST);
	space_put(space, PCI_CAPABILITY_LIST, 1, list);
	return space;
}

static void put_regs(struct space *space, unsigned int pos, const struct len_case *c)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(c->reg) && c->reg[i].pos; i++)
		space_put(space, pos + c->reg[i].pos, c->reg[i].pos % 4 ? 2 : 4,
			  c->reg[i].val);
}

/*
 * What a capability covers is in the copy; what it does not is not.  Its header
 * may be zero there but for the ID, since it is the last of its list.
 */
static unsigned int covered(const struct vfl_cfg *cfg, unsigned int pos,
			    unsigned int header)
{
	unsigned int end = pos < PCI_CFG_SPACE_SIZE ? PCI_CFG_SPACE_SIZE : cfg->size;

	while (end > pos && !vfl_cfg_copy(cfg, end - 1, 1))
		end--;
	return end == pos ? 0 : max(end - pos, header);
}

static struct vfl_cfg *build(struct kunit *test, struct space *space)
{
	struct vfl_cfg *cfg = new_cfg(test, space->size);
	const struct vfl_cfg_facts facts = {
		.read = space_read,
		.hw = space,
		.size = space->size,
	};

	if (cfg)
		vfl_cfg_build(cfg, &facts);
	return cfg;
}

static void len_of_caps(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(len_cases); i++) {
		const struct len_case *c = &len_cases[i];
		struct space *space = new_space(test, 0x40);
		struct vfl_cfg *cfg;

		KUNIT_ASSERT_NOT_NULL(test, space);
		space_put(space, 0x40, 2, c->id);
		put_regs(space, 0x40, c);
		/* No list of extended ones, for those that lead to it. */
		space_put(space, 0x100, 4, 0);
		cfg = build(test, space);
		KUNIT_ASSERT_NOT_NULL(test, cfg);
		KUNIT_EXPECT_EQ_MSG(test, covered(cfg, 0x40, 2), c->want, "%s",
				    c->name);
		KUNIT_EXPECT_EQ_MSG(test, user_read(cfg, space, PCI_CAPABILITY_LIST, 1),
				    c->want ? 0x40U : 0U, "%s", c->name);
		KUNIT_EXPECT_EQ_MSG(test, space->bad_reads, 0U, "%s", c->name);
	}
}

/* The first of the list: if it is hidden, its anchor is all zero. */
static void len_of_ext_caps(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ext_len_cases); i++) {
		const struct len_case *c = &ext_len_cases[i];
		struct space *space = new_space(test, 0xa0);
		struct vfl_cfg *cfg;

		KUNIT_ASSERT_NOT_NULL(test, space);
		space_put(space, 0xa0, 4, PCI_CAP_ID_EXP | 2 << 16);
		space_put(space, 0x100, 4, c->id | 1 << 16);
		put_regs(space, 0x100, c);
		cfg = build(test, space);
		KUNIT_ASSERT_NOT_NULL(test, cfg);
		KUNIT_EXPECT_EQ_MSG(test, covered(cfg, 0x100, 4), c->want, "%s",
				    c->name);
		KUNIT_EXPECT_EQ_MSG(test, user_read(cfg, space, 0x100, 2),
				    c->want ? c->id : 0U, "%s", c->name);
		KUNIT_EXPECT_EQ_MSG(test, space->bad_reads, 0U, "%s", c->name);
	}
}

static struct kunit_case len_tests[] = {
	KUNIT_CASE(len_of_caps),
	KUNIT_CASE(len_of_ext_caps),
	{ }
};

static struct kunit_suite len_suite = {
	.name = "vfio_lite_cfg_len",
	.test_cases = len_tests,
};

kunit_test_suite(len_suite);

MODULE_DESCRIPTION("KUnit tests of vfio_lite's capability lengths");
MODULE_LICENSE("GPL");
