/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How much of the kernel's heap (kmalloc and slab caches) something takes, by the
 * kernel's own events, one for each object.  For a quiet machine, as the one that
 * bench/ counts on: whatever else happens meanwhile counts as well.
 */
#ifndef LIB_HEAP_H
#define LIB_HEAP_H

/* Begin to watch; what then was allocated and is still held, in bytes. */
void heap_start(void);
long heap_stop(void);

#endif /* LIB_HEAP_H */
