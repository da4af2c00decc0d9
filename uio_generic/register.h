/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registering with the UIO core.
 */
#ifndef UIO_GENERIC_REGISTER_H
#define UIO_GENERIC_REGISTER_H

struct ug_device;

/**
 * ug_register() - make /dev/uioN
 * @ug: device, complete but for @ug->live
 *
 * Context: process, may sleep; device lock held.
 * Return: 0 or a negative errno of the UIO core.
 */
int ug_register(struct ug_device *ug);

/**
 * ug_unregister() - end /dev/uioN, and wake all who sleep on it
 * @ug: device, @ug->live no more
 *
 * Context: process, may sleep; device lock held, @ug->lock not.
 */
void ug_unregister(struct ug_device *ug);

#endif
