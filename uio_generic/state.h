/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether the device is there to be used, and what takes it away for a while.
 */
#ifndef UIO_GENERIC_STATE_H
#define UIO_GENERIC_STATE_H

#include <linux/pm.h>

struct pci_error_handlers;
struct ug_device;

enum ug_state {
	UG_STATE_OK,
	UG_STATE_RESETTING,	/* somebody asked for that */
	UG_STATE_SUSPENDED,	/* with the system */
	UG_STATE_ERROR,		/* cut off by the bus, which will try a reset */
	UG_STATE_FAILED,	/* which did not help */
};

extern const struct pci_error_handlers ug_err_handlers;
extern const struct dev_pm_ops ug_pm_ops;

/**
 * ug_state_init() - remember config space for a reset that loses it
 * @ug: device, enabled, interrupts and bus mastering off
 *
 * Context: process.
 */
void ug_state_init(struct ug_device *ug);

/**
 * ug_state_exit() - undo ug_state_init()
 * @ug: device, which nobody has open any more
 *
 * Context: process.
 */
void ug_state_exit(struct ug_device *ug);

/**
 * ug_state_error() - whether the device is there to be opened
 * @ug: device
 *
 * Context: process; @ug->lock held.
 * Return: 0; -EAGAIN if it will come back, -EIO if it may not.
 */
int ug_state_error(const struct ug_device *ug);

/**
 * ug_lock_settled() - take @ug->lock when no reset is going on
 * @ug: device
 *
 * What the last close undoes, a reset would restore.  Who resets the device
 * takes none of the locks that the caller may hold, but for @ug->lock.
 *
 * Context: process, may sleep; info_lock may be held.
 */
void ug_lock_settled(struct ug_device *ug);

/**
 * ug_reset_closed() - what reset_on_release asks for
 * @ug: device, just closed by the last who had it open
 *
 * Context: process, may sleep for as long as the device takes; info_lock held,
 * so that nobody opens it meanwhile.
 */
void ug_reset_closed(struct ug_device *ug);

#endif
