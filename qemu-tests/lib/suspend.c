// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suspend and resume. See suspend.h.
 */
#include "ktap.h"
#include "suspend.h"

#define PM_TEST		"/sys/power/pm_test"
#define PM_DELAY	"/sys/module/suspend/parameters/pm_test_delay"

void sleep_and_wake(void)
{
	if (!file_exists(PM_TEST))
		skip("this kernel cannot rehearse to sleep");
	MUST(__file_write(PM_DELAY, "0"));
	MUST(__file_write(PM_TEST, "platform"));
	MUST(__file_write("/sys/power/state", "freeze"));
}
