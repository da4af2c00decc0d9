// SPDX-License-Identifier: GPL-2.0-only
/*
 * Virtual functions: the in-tree igb keeps the physical function, uio_generic
 * drives its VFs. A VF has no INTx, and MSI-X needs nothing from it.
 *
 * Machine: igb
 * Modules: igb
 */
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/igb.h"
#include "lib/ktap.h"
#include "lib/ug.h"

#define VFS	2
#define MANY	200

static struct pci_dev start_and_bind(struct pci_dev *pf)
{
	struct pci_dev vf;

	igb_start(pf, VFS);
	ug_load("auto");
	vf = igb_vf(0);
	pci_bind(&vf, UG);
	return vf;
}

static void open_vf(struct ug *ug, const struct pci_dev *vf)
{
	ug_open(ug, vf);
	igb_vf_enable_vector(ug->regs);
	uio_sync(ug->fd, vf);
}

static void trigger(struct ug *ug)
{
	u32 before = uio_event_attr(&ug->dev);

	igb_vf_trigger(ug->regs);
	CHECK_EQ(uio_read(ug->fd), before + 1);
}

static void mode_is_msix(void)
{
	struct pci_dev pf, vf = start_and_bind(&pf);

	ug_check_mode(&vf, "msix");
	ug_check_choice(&vf, "msix: chosen");
	ug_check_choice(&vf, "intx: no interrupt pin");
	CHECK_EQ(__ug_set_mode(&vf, "intx"), -EOPNOTSUPP);
	ug_check_mode(&vf, "msix");
}

static void counts_exactly(void)
{
	struct pci_dev pf, vf = start_and_bind(&pf);
	struct ug ug;
	int i;

	open_vf(&ug, &vf);
	CHECK(pci_msix_enabled(&vf));
	for (i = 0; i < MANY; i++)
		trigger(&ug);
	CHECK(uio_quiet(ug.fd));
}

static void masked_waits_for_unmask(void)
{
	struct pci_dev pf, vf = start_and_bind(&pf);
	struct ug ug;

	open_vf(&ug, &vf);
	uio_mask(ug.fd);
	igb_vf_trigger(ug.regs);
	CHECK(uio_quiet(ug.fd));
	uio_unmask(ug.fd);
	uio_read(ug.fd);
	CHECK(uio_quiet(ug.fd));
	trigger(&ug);
}

static void each_vf_has_its_own_events(void)
{
	struct pci_dev pf, first = start_and_bind(&pf), second = igb_vf(1);
	struct ug ours, other;

	pci_bind(&second, UG);
	open_vf(&ours, &first);
	open_vf(&other, &second);
	trigger(&ours);
	CHECK(uio_quiet(other.fd));
	trigger(&other);
	CHECK(uio_quiet(ours.fd));
	ug_close(&other);
	CHECK(ug_device_is_quiet(&second));
	trigger(&ours);
}

static void reader_main(void *arg)
{
	int *fd = arg;
	u32 count;

	CHECK_EQ(read(*fd, &count, sizeof(count)), -1);
	CHECK_EQ(errno, EIO);
}

/* The owner of the PF takes the VFs away; it asks nobody. */
static void vf_goes_away_while_in_use(void)
{
	struct pci_dev pf, vf = start_and_bind(&pf);
	struct ug ug;
	pid_t pid;

	open_vf(&ug, &vf);
	trigger(&ug);
	pid = helper_start(reader_main, &ug.fd);
	helper_wait_blocked(pid, SYS_read);
	igb_set_vfs(&pf, 0);
	helper_join(pid);
	CHECK(!pci_present(&vf));
	ug_close(&ug);
}

static void cleanup(void)
{
	igb_stop();
	ug_cleanup();
}

static const struct ktap_case cases[] = {
	CASE(mode_is_msix),
	CASE(counts_exactly),
	CASE(masked_waits_for_unmask),
	CASE(each_vf_has_its_own_events),
	CASE(vf_goes_away_while_in_use),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), cleanup);
}
