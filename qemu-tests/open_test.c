// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device does DMA and interrupts only while somebody has /dev/uioN open:
 * from the first open to the last close, whoever comes and goes in between.
 *
 * Machine: edu
 */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/ug.h"

/* Another process that opens the device, and closes it when told to. */
struct peer {
	struct pci_dev dev;
	int opened;
	int may_close;
	int closed;
};

static void peer_main(void *arg)
{
	struct peer *peer = arg;
	int fd = uio_open(&peer->dev);

	event_signal(peer->opened);
	event_wait(peer->may_close);
	MUST(close(fd));
	event_signal(peer->closed);
}

static pid_t peer_start(struct peer *peer, const struct pci_dev *dev)
{
	pid_t pid;

	*peer = (struct peer){ *dev, event_new(), event_new(), event_new() };
	pid = helper_start(peer_main, peer);
	event_wait(peer->opened);
	return pid;
}

static void peer_stop(struct peer *peer, pid_t pid)
{
	event_signal(peer->may_close);
	event_wait(peer->closed);
	helper_join(pid);
}

static void check_started(const struct pci_dev *dev, int openers)
{
	CHECK_EQ(ug_open_count(dev), openers);
	CHECK(pci_bus_master(dev));
	if (!strcmp(ktap_variant(), "msi"))
		CHECK(pci_msi_enabled(dev));
	else
		CHECK(!pci_intx_disabled(dev));
}

static void check_stopped(const struct pci_dev *dev)
{
	CHECK_EQ(ug_open_count(dev), 0);
	CHECK(ug_device_is_quiet(dev));
}

static void bound_is_quiet(void)
{
	struct pci_dev dev = ug_bind_edu(ktap_variant());

	check_stopped(&dev);
}

/* The last owner may have left bus mastering on. */
static void binding_ends_old_dma(void)
{
	struct pci_dev dev = edu_dut();

	pci_config_write(&dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	ug_bind_edu(ktap_variant());
	check_stopped(&dev);
}

static void first_open_starts(void)
{
	struct ug ug = ug_open_edu(ktap_variant());

	check_started(&ug.dev, 1);
	ug_close(&ug);
	check_stopped(&ug.dev);
}

/* The peer comes first: it must not inherit what we have open. */
static pid_t open_both(struct peer *peer, struct ug *ug)
{
	struct pci_dev dev = ug_bind_edu(ktap_variant());
	pid_t pid = peer_start(peer, &dev);

	ug_open(ug, &dev);
	check_started(&dev, 2);
	return pid;
}

static void other_closes_first(void)
{
	struct peer peer;
	struct ug ug;
	pid_t pid = open_both(&peer, &ug);

	peer_stop(&peer, pid);
	check_started(&ug.dev, 1);
	ug_check_interrupt(&ug);
	ug_close(&ug);
	check_stopped(&ug.dev);
}

static void other_closes_last(void)
{
	struct peer peer;
	struct ug ug;
	pid_t pid = open_both(&peer, &ug);

	ug_close(&ug);
	check_started(&ug.dev, 1);
	peer_stop(&peer, pid);
	check_stopped(&ug.dev);
}

static void killed_opener_counts_as_closed(void)
{
	struct pci_dev dev = ug_bind_edu(ktap_variant());
	struct peer peer;
	pid_t pid = peer_start(&peer, &dev);

	check_started(&dev, 1);
	MUST(kill(pid, SIGKILL));
	CHECK_EQ(waitpid(pid, NULL, 0), pid);
	check_stopped(&dev);
}

static void inherit_main(void *arg)
{
	struct ug *ug = arg;

	edu_check_alive(ug->regs);
}

/* A forked child has the same open file, so its end closes nothing. */
static void fork_is_no_open(void)
{
	struct ug ug = ug_open_edu(ktap_variant());
	pid_t pid = helper_start(inherit_main, &ug);

	helper_join(pid);
	check_started(&ug.dev, 1);
	ug_check_interrupt(&ug);
}

/* A mapping keeps the file, and with it the device, as the file itself does. */
static void mapping_keeps_it_started(void)
{
	struct ug ug = ug_open_edu(ktap_variant());

	MUST(close(ug.fd));
	check_started(&ug.dev, 1);
	edu_check_alive(ug.regs);
	uio_munmap(ug.regs, &ug.map);
	check_stopped(&ug.dev);
}

static void closed_device_raises_in_vain(void)
{
	struct pci_dev dev = ug_bind_edu(ktap_variant());
	void *regs = pci_map_bar(&dev, 0);
	u32 before = uio_event_attr(&dev);

	edu_raise(regs, 1);
	edu_ack(regs);
	CHECK_EQ(uio_event_attr(&dev), before);
	check_stopped(&dev);
}

/* INTx is a level: it may have been there before anybody listened. */
static void open_finds_what_is_pending(void)
{
	struct pci_dev dev = ug_bind_edu(ktap_variant());
	struct ug ug;

	edu_raise(pci_map_bar(&dev, 0), 1);
	ug_open(&ug, &dev);
	uio_read(ug.fd);
	edu_ack(ug.regs);
	uio_unmask(ug.fd);
	ug_check_interrupt(&ug);
}

static void opens_again_and_again(void)
{
	struct ug ug = ug_open_edu(ktap_variant());
	int i;

	for (i = 0; i < 100; i++) {
		ug_check_interrupt(&ug);
		ug_close(&ug);
		check_stopped(&ug.dev);
		ug_open(&ug, &ug.dev);
	}
}

static void unbind_makes_quiet(void)
{
	struct ug ug = ug_open_edu(ktap_variant());
	int other = uio_open(&ug.dev);

	pci_unbind(&ug.dev);
	CHECK(ug_device_is_quiet(&ug.dev));
	MUST(close(other));
	ug_close(&ug);
	CHECK(ug_device_is_quiet(&ug.dev));
}

static const struct ktap_case cases[] = {
	CASES(bound_is_quiet, "msi intx"),
	CASES(binding_ends_old_dma, "msi intx"),
	CASES(first_open_starts, "msi intx"),
	CASES(other_closes_first, "msi intx"),
	CASES(other_closes_last, "msi intx"),
	CASES(killed_opener_counts_as_closed, "msi intx"),
	CASES(fork_is_no_open, "msi intx"),
	CASES(mapping_keeps_it_started, "msi intx"),
	CASES(closed_device_raises_in_vain, "msi intx"),
	CASES(open_finds_what_is_pending, "intx"),
	CASES(opens_again_and_again, "msi intx"),
	CASES(unbind_makes_quiet, "msi intx"),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), ug_cleanup);
}
