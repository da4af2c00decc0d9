/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOST_LINUX_ALIGN_H
#define HOST_LINUX_ALIGN_H

#define IS_ALIGNED(x, a)	(!((x) & ((__typeof__(x))(a) - 1)))

#define ALIGN(x, a) ({							\
	__typeof__(x) align_less = (__typeof__(x))(a) - 1;		\
									\
	((x) + align_less) & ~align_less;				\
})

#endif
