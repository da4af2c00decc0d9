/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's integer types for user space. */
#ifndef HOST_LINUX_TYPES_H
#define HOST_LINUX_TYPES_H

#include <stdbool.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
/* Not uint64_t: the kernel's is long long everywhere, and so are its formats. */
typedef unsigned long long u64;

#endif
