// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many interrupts, of which none is lost and none comes twice, while another device
 * on the same CPUs comes and goes.
 *
 * Machine: functions
 * Modules: vfio_pci vfio_iommu_type1
 * Deadline: 300
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "lib/edu.h"
#include "lib/ktap.h"
#include "lib/subject.h"
#include "lib/uio.h"

#define SECONDS	120

/*
 * On one CPU, a wake-up waits until a bind and what it writes to the console are done:
 * an interrupt each tick, for as long as the scheduler leaves both there (5.10 does).
 */
static void stay_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	MUST(sched_setaffinity(0, sizeof(set), &set));
}

/* Its vectors and those of ours are of the same pool. */
static void come_and_go(void *arg)
{
	const struct pci_dev *other = arg;

	stay_on(1);
	for (;;) {
		pci_unbind(other);
		pci_bind(other, subject_wanted()->driver);
	}
}

static pid_t start_other(void)
{
	static struct pci_dev other;

	other = pci_find(EDU_VENDOR, EDU_DEVICE, 8);
	pci_bind(&other, subject_wanted()->driver);
	return helper_start(come_and_go, &other);
}

/* What there were before, which VFIO does not count. */
static u64 so_far(const struct rig *rig)
{
	return subject_is_vfio(rig->subject) ? 0 : uio_event_attr(&rig->dev);
}

static void none_is_lost(void)
{
	int i, wanted = stress_rounds(100000, 1000000);
	u64 before, count = 0;
	struct rig rig;
	pid_t other;

	if (!module_available(subject_wanted()->file))
		skip("there is no %s.ko here", subject_wanted()->file);
	stay_on(0);
	rig_open_edu(&rig);
	other = start_other();
	before = so_far(&rig);
	for (i = 1; i <= wanted; i++) {
		edu_raise(rig.regs, 1);
		count = subject_is_vfio(rig.subject) ? count + rig_read(&rig) :
						       rig_read(&rig) - before;
		rig_serve(&rig);
		CHECK_EQ(count, i);
	}
	MUST(kill(other, SIGKILL));
	CHECK(!fd_ready(rig.fd, QUIET_MS));
	diag("%llu of %d", count, wanted);
}

static const struct ktap_case cases[] = {
	SLOW_CASES(none_is_lost, "uio_generic:msi uio_generic:intx vfio-lite:msi vfio-pci:msi",
		   SECONDS),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), subject_cleanup);
}
