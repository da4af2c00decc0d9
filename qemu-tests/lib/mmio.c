// SPDX-License-Identifier: GPL-2.0-only
/*
 * Access to registers whose device may have gone. See mmio.h.
 */
#include <setjmp.h>
#include <signal.h>

#include "ktap.h"
#include "mmio.h"

static __thread sigjmp_buf back;

static void bus_error(int number)
{
	siglongjmp(back, number);
}

static void catch_bus_errors(void)
{
	struct sigaction action = { .sa_handler = bus_error };

	MUST(sigaction(SIGBUS, &action, NULL));
}

bool mmio_try_read32(void *regs, size_t offset, u32 *value)
{
	catch_bus_errors();
	if (sigsetjmp(back, 1))
		return false;
	*value = mmio_read32(regs, offset);
	return true;
}

bool mmio_try_write32(void *regs, size_t offset, u32 value)
{
	catch_bus_errors();
	if (sigsetjmp(back, 1))
		return false;
	mmio_write32(regs, offset, value);
	return true;
}
