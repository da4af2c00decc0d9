/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copies of a register's bytes, with lengths that the compiler knows.
 *
 * Where it does not, memcpy() is a call, and copies from and to user space look up
 * whose memory the kernel's side is: a large part of what an access costs.
 */
#ifndef VFIO_LITE_COPY_H
#define VFIO_LITE_COPY_H

#include <linux/string.h>
#include <linux/types.h>
#include <linux/uaccess.h>

/**
 * vfl_copy_register() - copy the bytes of one register
 * @to: where to
 * @from: where from
 * @len: 1, 2, 4 or 8, in bytes
 */
static inline void vfl_copy_register(void *to, const void *from, unsigned int len)
{
	switch (len) {
	case 8:
		memcpy(to, from, 8);
		break;
	case 4:
		memcpy(to, from, 4);
		break;
	case 2:
		memcpy(to, from, 2);
		break;
	default:
		memcpy(to, from, 1);
		break;
	}
}

/**
 * vfl_to_user() - copy_to_user(), at its best for a register
 * @to: where to
 * @from: where from
 * @len: any, in bytes
 *
 * Context: process, may sleep.
 * Return: the bytes that could not be copied.
 */
static inline unsigned long vfl_to_user(void __user *to, const void *from,
					unsigned long len)
{
	switch (len) {
	case 8:
		return copy_to_user(to, from, 8);
	case 4:
		return copy_to_user(to, from, 4);
	case 2:
		return copy_to_user(to, from, 2);
	case 1:
		return copy_to_user(to, from, 1);
	default:
		return copy_to_user(to, from, len);
	}
}

/**
 * vfl_from_user() - copy_from_user(), at its best for a register
 * @to: where to
 * @from: where from
 * @len: any, in bytes
 *
 * Context: process, may sleep.
 * Return: the bytes that could not be copied.
 */
static inline unsigned long vfl_from_user(void *to, const void __user *from,
					  unsigned long len)
{
	switch (len) {
	case 8:
		return copy_from_user(to, from, 8);
	case 4:
		return copy_from_user(to, from, 4);
	case 2:
		return copy_from_user(to, from, 2);
	case 1:
		return copy_from_user(to, from, 1);
	default:
		return copy_from_user(to, from, len);
	}
}

#endif
