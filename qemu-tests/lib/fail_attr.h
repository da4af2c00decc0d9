/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attributes as what is to survive faults (fail.h): each is read and written by one
 * system call on a file that is open before. A directory of sysfs at a time.
 */
#ifndef LIB_FAIL_ATTR_H
#define LIB_FAIL_ATTR_H

#include "fail.h"
#include "pci.h"

/*
 * struct fail_value - what an attribute can be set to
 * @name: file in the directory
 * @text: as it is then read, and not as it is before; NULL: it is not set
 */
struct fail_value {
	const char *name;
	const char *text;
};

/* It is about @dir from now on; @check is as in struct fail_step, after each try. */
void fail_attr_prepare(const char *dir, void (*check)(void));

/* The same of a directory, such as "uio_generic", below that of @dev. */
void fail_attr_prepare_dev(const struct pci_dev *dev, const char *dir, void (*check)(void));

/* All that can be read: it says the same after each failure. Returns how many. */
int fail_attr_reads(void);

/*
 * All that can be written, with what @values says, which must list each: it has either
 * value, and is as before at last. Returns how many were set.
 */
int fail_attr_writes(const struct fail_value *values, int count);

/* As fail_function(), with the read of one. */
int fail_attr_read_function(const char *name, const char *function, int error);

#endif /* LIB_FAIL_ATTR_H */
