/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of vfio_lite's config space have in common.
 */
#ifndef KUNIT_VFIO_LITE_CFG_KUNIT_H
#define KUNIT_VFIO_LITE_CFG_KUNIT_H

#include <kunit/test.h>
#include <linux/string.h>

#include "vfio_lite_space.h"

/* A struct vfl_cfg as vfl_cfg_build() wants it; all of it is gap. */
static inline struct vfl_cfg *new_cfg(struct kunit *test, unsigned int size)
{
	struct vfl_cfg *cfg = kunit_kzalloc(test, sizeof(*cfg) + size, GFP_KERNEL);

	if (!cfg)
		return NULL;
	cfg->size = size;
	cfg->command_memory = true;
	/* Not behind the copy, so that KASAN or ASan see who leaves either. */
	cfg->row = kunit_kzalloc(test, size / 4, GFP_KERNEL);
	return cfg->row ? cfg : NULL;
}

#endif
