/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOST_LINUX_MODULE_H
#define HOST_LINUX_MODULE_H

#define MODULE_DESCRIPTION(text)	_Static_assert(1, text)
#define MODULE_LICENSE(text)		_Static_assert(1, text)

#endif
