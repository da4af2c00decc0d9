/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an input of vfio_lite_cfg_fuzz.c is made of: a struct input_head, as many
 * accesses as it says, and config space, zero where there are no bytes left.
 */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <linux/types.h>

#define INPUT_EXTENDED	0x01	/* 4096 bytes, not 256 */
#define INPUT_VF	0x02
#define INPUT_COMMAND	0x04	/* has memory enable */
#define INPUT_INTX	0x08
#define INPUT_FICKLE	0x10	/* may answer otherwise when asked again */
#define INPUT_MSI	0x20	/* is set up */

#define INPUT_WRITE	0x80

/*
 * struct input_head - what a device is but for its config space
 * @flags: INPUT_EXTENDED and others
 * @nr: of accesses
 * @bar: BARs and the ROM: log2 of the size in the lower six bits, 0 for none
 */
struct input_head {
	u8 flags;
	u8 nr;
	u8 bar[7];
};

/*
 * struct input_access - one of the user's
 * @pos: little-endian, modulo the size of config space
 * @len: lower four bits, plus 1: bytes; INPUT_WRITE
 * @val: is repeated as often as it takes
 */
struct input_access {
	u8 pos[2];
	u8 len;
	u8 unused;
	u8 val[4];
};

#endif
