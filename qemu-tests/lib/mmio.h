/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Access to a device's registers through a mapping: one load or store each, of
 * exactly the width that is asked for, in program order.
 */
#ifndef LIB_MMIO_H
#define LIB_MMIO_H

#include "sys.h"

static inline void *mmio_at(void *regs, size_t offset)
{
	return (char *)regs + offset;
}

static inline u8 mmio_read8(void *regs, size_t offset)
{
	return __atomic_load_n((u8 *)mmio_at(regs, offset), __ATOMIC_ACQUIRE);
}

static inline u32 mmio_read32(void *regs, size_t offset)
{
	return __atomic_load_n((u32 *)mmio_at(regs, offset), __ATOMIC_ACQUIRE);
}

static inline u64 mmio_read64(void *regs, size_t offset)
{
	return __atomic_load_n((u64 *)mmio_at(regs, offset), __ATOMIC_ACQUIRE);
}

static inline void mmio_write8(void *regs, size_t offset, u8 value)
{
	__atomic_store_n((u8 *)mmio_at(regs, offset), value, __ATOMIC_RELEASE);
}

static inline void mmio_write32(void *regs, size_t offset, u32 value)
{
	__atomic_store_n((u32 *)mmio_at(regs, offset), value, __ATOMIC_RELEASE);
}

static inline void mmio_write64(void *regs, size_t offset, u64 value)
{
	__atomic_store_n((u64 *)mmio_at(regs, offset), value, __ATOMIC_RELEASE);
}

/* A register that may be gone: false if that gave a bus error. */
bool mmio_try_read32(void *regs, size_t offset, u32 *value);
bool mmio_try_write32(void *regs, size_t offset, u32 value);

#endif /* LIB_MMIO_H */
