/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOST_LINUX_BITS_H
#define HOST_LINUX_BITS_H

#define BIT(n)	(1UL << (n))

#endif
