// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registering with the UIO core, whose ends leave two gaps open.
 */
#include <linux/device.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/uio_driver.h>

#include "register.h"
#include "ug.h"
#include "uio_generic.h"

/*
 * uio_unregister_device() gives the number N back before it removes uioN.  Another
 * device that is just registered gets it, finds the name in use, and fails, with
 * a warning (drivers/uio/uio.c of 6.1 and 6.12).
 */
static DEFINE_MUTEX(ug_registering);

int ug_register(struct ug_device *ug)
{
	int ret;

	mutex_lock(&ug_registering);
	ret = __uio_register_device(ug->drv->owner, &ug->pdev->dev, &ug->info);
	mutex_unlock(&ug_registering);
	return ret;
}

/*
 * uio_read() and uio_poll() look whether the device is there before they
 * declare themselves to be waiting.  One that is between the two when
 * uio_unregister_device() wakes all sleepers would miss it and sleep for ever;
 * a last event makes it come back (drivers/uio/uio.c of 6.1 and 7.2).
 */
void ug_unregister(struct ug_device *ug)
{
	struct uio_device *idev = ug->info.uio_dev;

	get_device(&idev->dev);
	mutex_lock(&ug_registering);
	uio_unregister_device(&ug->info);
	mutex_unlock(&ug_registering);
	uio_event_notify(&ug->info);
	put_device(&idev->dev);
}
