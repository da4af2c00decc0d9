/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the CPU caches a page of a device: uncached, or write-combining.
 */
#ifndef LIB_MEMTYPE_H
#define LIB_MEMTYPE_H

#include "sys.h"

#define MEMTYPE_WC	"write-combining"

/*
 * What the kernel's own list has for the page at a physical address; "" for nothing,
 * which is uncached. The case is skipped where there is no list.
 */
const char *memtype(u64 addr);

#endif /* LIB_MEMTYPE_H */
