// SPDX-License-Identifier: GPL-2.0-only
/*
 * The choice of the interrupt mode, over devices that exist.
 */
#include <kunit/test.h>
#include <linux/module.h>

#include "../uio_generic/intr_mode.c"

#define INTX_OK		.intx_pin = true, .intx_routed = true, .intx_maskable = true
#define MSI_OK		.msi_allowed = true

struct mode_case {
	const char *name;
	struct ug_intr_facts facts;
	enum ug_mode asked;
	unsigned long failed;
	enum ug_mode want;
};

static const struct mode_case mode_cases[] = {
	{
		"edu", { .msi_vectors = 1, MSI_OK, INTX_OK },
		UG_MODE_AUTO, 0, UG_MODE_MSI,
	}, {
		"edu, INTx asked for", { .msi_vectors = 1, MSI_OK, INTX_OK },
		UG_MODE_INTX, 0, UG_MODE_INTX,
	}, {
		"edu, MSI-X asked for: the next lower", { .msi_vectors = 1, MSI_OK, INTX_OK },
		UG_MODE_MSIX, 0, UG_MODE_MSI,
	}, {
		"edu, no interrupt asked for", { .msi_vectors = 1, MSI_OK, INTX_OK },
		UG_MODE_NONE, 0, UG_MODE_NONE,
	}, {
		"edu, MSI could not be set up", { .msi_vectors = 1, MSI_OK, INTX_OK },
		UG_MODE_AUTO, BIT(UG_MODE_MSI), UG_MODE_INTX,
	}, {
		"edu, nothing could be set up", { .msi_vectors = 1, MSI_OK, INTX_OK },
		UG_MODE_AUTO, BIT(UG_MODE_MSI) | BIT(UG_MODE_INTX), UG_MODE_NONE,
	}, {
		"nvme", { .msix_vectors = 65, MSI_OK, INTX_OK },
		UG_MODE_AUTO, 0, UG_MODE_MSIX,
	}, {
		"nvme with pci=nomsi", { .msix_vectors = 65, INTX_OK },
		UG_MODE_AUTO, 0, UG_MODE_INTX,
	}, {
		"e1000e has all", { .msix_vectors = 5, .msi_vectors = 1, MSI_OK, INTX_OK },
		UG_MODE_AUTO, 0, UG_MODE_MSIX,
	}, {
		"e1000e, MSI asked for", { .msix_vectors = 5, .msi_vectors = 1, MSI_OK, INTX_OK },
		UG_MODE_MSI, 0, UG_MODE_MSI,
	}, {
		"e1000: INTx only", { MSI_OK, INTX_OK },
		UG_MODE_AUTO, 0, UG_MODE_INTX,
	}, {
		"igb VF: MSI-X and no pin", { .msix_vectors = 3, MSI_OK },
		UG_MODE_AUTO, 0, UG_MODE_MSIX,
	}, {
		"igb VF, INTx asked for", { .msix_vectors = 3, MSI_OK },
		UG_MODE_INTX, 0, UG_MODE_NONE,
	}, {
		"X710: INTx that it cannot mask",
		{ .intx_pin = true, .intx_routed = true, MSI_OK },
		UG_MODE_AUTO, 0, UG_MODE_INTX,
	}, {
		"pin not connected", { .intx_pin = true, .intx_maskable = true, MSI_OK },
		UG_MODE_AUTO, 0, UG_MODE_NONE,
	}, {
		"e1000e under a name for which INTx comes first",
		{ .msix_vectors = 5, .msi_vectors = 1, MSI_OK, INTX_OK },
		UG_MODE_AUTO_INTX, 0, UG_MODE_INTX,
	}, {
		"the same, INTx could not be set up",
		{ .msix_vectors = 5, .msi_vectors = 1, MSI_OK, INTX_OK },
		UG_MODE_AUTO_INTX, BIT(UG_MODE_INTX), UG_MODE_MSIX,
	}, {
		"X710 under such a name",
		{ .msix_vectors = 129, .intx_pin = true, .intx_routed = true, MSI_OK },
		UG_MODE_AUTO_INTX, 0, UG_MODE_MSIX,
	}, {
		"igb VF under such a name", { .msix_vectors = 3, MSI_OK },
		UG_MODE_AUTO_INTX, 0, UG_MODE_MSIX,
	}, {
		"pci-testdev: nothing", { MSI_OK },
		UG_MODE_AUTO, 0, UG_MODE_NONE,
	},
};

static void mode_table(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mode_cases); i++) {
		const struct mode_case *c = &mode_cases[i];

		KUNIT_EXPECT_EQ_MSG(test, ug_mode_choose(&c->facts, c->asked, c->failed),
				    c->want, "%s", c->name);
	}
}

static struct ug_intr_facts facts_from_bits(unsigned int bits)
{
	return (struct ug_intr_facts) {
		.msix_vectors = bits & BIT(0) ? 2048 : 0,
		.msi_vectors = bits & BIT(1) ? 32 : 0,
		.msi_allowed = bits & BIT(2),
		.intx_pin = bits & BIT(3),
		.intx_routed = bits & BIT(4),
		.intx_maskable = bits & BIT(5),
	};
}

/* All facts, wishes and failures: what must hold whatever they are. */
static void mode_exhaustive(struct kunit *test)
{
	unsigned int bits, failed;
	int asked, better;

	for (bits = 0; bits < 64; bits++)
		for (asked = UG_MODE_NONE; asked <= UG_MODE_AUTO_INTX; asked++)
			for (failed = 0; failed < BIT(UG_NR_MODES); failed++) {
				const struct ug_intr_facts facts = facts_from_bits(bits);
				int mode = ug_mode_choose(&facts, asked, failed);

				KUNIT_ASSERT_LE(test, mode, asked);
				KUNIT_ASSERT_GE(test, mode, (int)UG_MODE_NONE);
				KUNIT_ASSERT_LT(test, mode, (int)UG_MODE_AUTO);
				KUNIT_ASSERT_EQ(test, (int)ug_mode_obstacle(&facts, mode),
						(int)UG_USABLE);

				/* Nothing better was to be had, or wanted. */
				if (asked == UG_MODE_AUTO_INTX && mode == UG_MODE_INTX &&
				    facts.intx_maskable)
					continue;
				for (better = mode + 1;
				     better <= asked && better < UG_NR_MODES; better++)
					KUNIT_ASSERT_TRUE(test, failed & BIT(better) ||
							  ug_mode_obstacle(&facts, better));
			}
}

/* The obstacle named is the one to remove first. */
static void mode_obstacles(struct kunit *test)
{
	const struct ug_intr_facts bare = { };
	const struct ug_intr_facts forbidden = {
		.msix_vectors = 4, .msi_vectors = 4, .intx_pin = true,
	};

	KUNIT_EXPECT_EQ(test, ug_mode_obstacle(&bare, UG_MODE_MSIX), UG_NO_MSIX_CAP);
	KUNIT_EXPECT_EQ(test, ug_mode_obstacle(&bare, UG_MODE_MSI), UG_NO_MSI_CAP);
	KUNIT_EXPECT_EQ(test, ug_mode_obstacle(&bare, UG_MODE_INTX), UG_NO_INTX_PIN);
	KUNIT_EXPECT_EQ(test, ug_mode_obstacle(&bare, UG_MODE_NONE), UG_USABLE);
	KUNIT_EXPECT_EQ(test, ug_mode_obstacle(&forbidden, UG_MODE_MSIX),
			UG_MSI_FORBIDDEN);
	KUNIT_EXPECT_EQ(test, ug_mode_obstacle(&forbidden, UG_MODE_MSI),
			UG_MSI_FORBIDDEN);
	KUNIT_EXPECT_EQ(test, ug_mode_obstacle(&forbidden, UG_MODE_INTX),
			UG_INTX_NOT_ROUTED);
}

static void mode_words(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, ug_mode_name(UG_MODE_AUTO), "auto");
	KUNIT_EXPECT_STREQ(test, ug_mode_name(UG_MODE_MSIX), "msix");
	KUNIT_EXPECT_STREQ(test, ug_mode_name(UG_MODE_MSI), "msi");
	KUNIT_EXPECT_STREQ(test, ug_mode_name(UG_MODE_INTX), "intx");
	KUNIT_EXPECT_STREQ(test, ug_mode_name(UG_MODE_NONE), "none");
	KUNIT_EXPECT_STREQ(test, ug_obstacle_text(UG_NO_INTX_PIN), "no interrupt pin");
}

static struct kunit_case mode_tests[] = {
	KUNIT_CASE(mode_table),
	KUNIT_CASE(mode_exhaustive),
	KUNIT_CASE(mode_obstacles),
	KUNIT_CASE(mode_words),
	{ }
};

static struct kunit_suite mode_suite = {
	.name = "uio_generic_intr_mode",
	.test_cases = mode_tests,
};

kunit_test_suite(mode_suite);

MODULE_DESCRIPTION("KUnit tests of uio_generic's interrupt choice");
MODULE_LICENSE("GPL");
