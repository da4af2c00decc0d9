// SPDX-License-Identifier: GPL-2.0-only
/*
 * The choice of the interrupt mode (pure): see intr_mode.h.
 */
#include <linux/bits.h>
#include <linux/types.h>

#include "intr_mode.h"

static const char * const ug_mode_names[] = {
	[UG_MODE_NONE]	= "none",
	[UG_MODE_INTX]	= "intx",
	[UG_MODE_MSI]	= "msi",
	[UG_MODE_MSIX]	= "msix",
	[UG_MODE_AUTO]	= "auto",
	[UG_MODE_AUTO_INTX] = "auto",
};

static const char * const ug_obstacle_texts[] = {
	[UG_USABLE]		= "usable",
	[UG_NO_MSIX_CAP]	= "no MSI-X capability",
	[UG_NO_MSI_CAP]		= "no MSI capability",
	[UG_MSI_FORBIDDEN]	= "MSI is switched off for this device or system",
	[UG_NO_INTX_PIN]	= "no interrupt pin",
	[UG_INTX_NOT_ROUTED]	= "interrupt pin not connected",
};

enum ug_obstacle ug_mode_obstacle(const struct ug_intr_facts *facts,
				  enum ug_mode mode)
{
	switch (mode) {
	case UG_MODE_MSIX:
		if (!facts->msix_vectors)
			return UG_NO_MSIX_CAP;
		return facts->msi_allowed ? UG_USABLE : UG_MSI_FORBIDDEN;
	case UG_MODE_MSI:
		if (!facts->msi_vectors)
			return UG_NO_MSI_CAP;
		return facts->msi_allowed ? UG_USABLE : UG_MSI_FORBIDDEN;
	case UG_MODE_INTX:
		if (!facts->intx_pin)
			return UG_NO_INTX_PIN;
		return facts->intx_routed ? UG_USABLE : UG_INTX_NOT_ROUTED;
	default:
		return UG_USABLE;
	}
}

static bool ug_mode_usable(const struct ug_intr_facts *facts,
			   enum ug_mode mode, unsigned long failed)
{
	return !(failed & BIT(mode)) &&
		ug_mode_obstacle(facts, mode) == UG_USABLE;
}

enum ug_mode ug_mode_choose(const struct ug_intr_facts *facts,
			    enum ug_mode asked, unsigned long failed)
{
	enum ug_mode mode = asked < UG_NR_MODES ? asked : UG_MODE_MSIX;

	if (asked == UG_MODE_AUTO_INTX && facts->intx_maskable &&
	    ug_mode_usable(facts, UG_MODE_INTX, failed))
		return UG_MODE_INTX;

	while (mode != UG_MODE_NONE && !ug_mode_usable(facts, mode, failed))
		mode--;
	return mode;
}

const char *ug_mode_name(enum ug_mode mode)
{
	return ug_mode_names[mode];
}

const char *ug_obstacle_text(enum ug_obstacle obstacle)
{
	return ug_obstacle_texts[obstacle];
}
