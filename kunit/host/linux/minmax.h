/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOST_LINUX_MINMAX_H
#define HOST_LINUX_MINMAX_H

#define min_t(type, x, y) ({						\
	type min_x = (x);						\
	type min_y = (y);						\
									\
	min_x < min_y ? min_x : min_y;					\
})

/* Unlike the kernel's, these do not complain of types that differ. */
#define min(x, y) ({							\
	__auto_type minimum_x = (x);					\
	__auto_type minimum_y = (y);					\
									\
	minimum_x < minimum_y ? minimum_x : minimum_y;			\
})

#define max(x, y) ({							\
	__auto_type maximum_x = (x);					\
	__auto_type maximum_y = (y);					\
									\
	maximum_x > maximum_y ? maximum_x : maximum_y;			\
})

#endif
