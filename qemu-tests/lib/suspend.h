/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's own rehearsal of suspend (pm_test): all the way but for switching off.
 */
#ifndef LIB_SUSPEND_H
#define LIB_SUSPEND_H

/* Go to sleep and wake again; skips where the kernel cannot rehearse it. */
void sleep_and_wake(void);

#endif /* LIB_SUSPEND_H */
