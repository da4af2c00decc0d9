/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Comes before each source of the kernel's tools/testing/selftests/vfio, which is
 * built as it is.
 */
#include <stdlib.h>
#include <unistd.h>

/* Linux 7.2 uses it and does not have it. */
#define calloc_assert(n, size)	calloc(n, size)

/* Some of its programs take no other way to the device than the default. */
extern const char *default_iommu_mode;

static void __attribute__((constructor)) choose_mode(void)
{
	if (access("/dev/iommu", F_OK))
		default_iommu_mode = "vfio_type1v2_iommu";
}
