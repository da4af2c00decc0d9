// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading and unloading the module that gives a device faults.
 */
#include <stdio.h>

#include "fixture.h"
#include "ug.h"

#define FIXTURE	"ug_fixture"

void fixture_load(const struct pci_dev *dev, const char *more)
{
	char params[128];

	snprintf(params, sizeof(params), "broken_intx=%s %s", dev->bdf, more);
	module_load(FIXTURE, params);
}

void fixture_unload(void)
{
	if (module_loaded(FIXTURE))
		module_unload(FIXTURE);
}

void fixture_cleanup(void)
{
	ug_cleanup();
	fixture_unload();
}
