// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device that is reset while it is open: readers are told, interrupts, masks
 * and bus mastering are as they were, and what is asked meanwhile is refused.
 * And, where the user wants it, a reset at the last close.
 *
 * Machine: nvme
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/ktap.h"
#include "lib/nvme.h"
#include "lib/ug.h"

#define TRIES	20

struct bench {
	struct ug ug;
	int second;
	struct nvme nvme;
};

static void open_nvme(struct bench *bench, const char *mode)
{
	struct pci_dev dev = ug_bind(mode);

	ug_check_mode(&dev, mode);
	ug_open(&bench->ug, &dev);
	nvme_start(&bench->nvme, bench->ug.regs);
}

static void identify(struct bench *bench)
{
	u32 before;

	uio_sync(bench->ug.fd, &bench->ug.dev);
	before = uio_event_attr(&bench->ug.dev);
	nvme_submit_identify(&bench->nvme);
	CHECK_EQ(uio_read(bench->ug.fd), before + 1);
	nvme_complete(&bench->nvme);
	nvme_check_identity(&bench->nvme);
	uio_unmask(bench->ug.fd);
}

static void reset(const struct pci_dev *dev)
{
	pci_attr_write(dev, "reset", "1");
}

static void reset_main(void *arg)
{
	reset(arg);
}

static void check_ok(const struct pci_dev *dev, int resets)
{
	ug_check_attr(dev, "state", "ok");
	CHECK_EQ(ug_number(dev, "resets"), resets);
}

static void works_on_after_a_reset(void)
{
	struct bench bench;
	int i;

	open_nvme(&bench, ktap_variant());
	for (i = 1; i <= 3; i++) {
		identify(&bench);
		reset(&bench.ug.dev);
		check_ok(&bench.ug.dev, i);
		CHECK(pci_bus_master(&bench.ug.dev));
		ug_check_mode(&bench.ug.dev, ktap_variant());
		nvme_start(&bench.nvme, bench.ug.regs);
	}
	identify(&bench);
}

/* What user space has masked stays so, whatever the reset did to the device. */
static void masked_stays_masked(void)
{
	struct bench bench;
	u32 before;

	open_nvme(&bench, ktap_variant());
	uio_mask(bench.ug.fd);
	reset(&bench.ug.dev);
	nvme_start(&bench.nvme, bench.ug.regs);
	uio_sync(bench.ug.fd, &bench.ug.dev);
	before = uio_event_attr(&bench.ug.dev);
	nvme_submit_identify(&bench.nvme);
	CHECK(wait_for(nvme_completed(&bench.nvme), SOON_MS));
	CHECK(uio_quiet(bench.ug.fd));
	uio_unmask(bench.ug.fd);
	CHECK_EQ(uio_read(bench.ug.fd), before + 1);
	/* QEMU's controller would assert INTx for ever, through every reset. */
	nvme_complete(&bench.nvme);
}

/* Bus mastering was the user's to switch off, and stays off. */
static void no_bus_mastering_stays_none(void)
{
	struct bench bench;
	u32 command;

	open_nvme(&bench, "msix");
	command = pci_config_read(&bench.ug.dev, PCI_COMMAND, 2);
	pci_config_write(&bench.ug.dev, PCI_COMMAND, 2, command & ~PCI_COMMAND_MASTER);
	reset(&bench.ug.dev);
	CHECK(!pci_bus_master(&bench.ug.dev));
}

static void sleeper(void *arg)
{
	u32 count;

	CHECK_EQ(read(*(int *)arg, &count, sizeof(count)), sizeof(count));
}

static int open_state(const struct pci_dev *dev)
{
	char path[PATH_LEN], text[32];
	int fd;

	pci_path(dev, "uio_generic/state", path, sizeof(path));
	fd = MUST(open(path, O_RDONLY));
	CHECK(read(fd, text, sizeof(text)) > 0);
	return fd;
}

static void readers_are_told(void)
{
	struct pollfd state;
	struct bench bench;
	u64 interrupts;
	u32 events;
	pid_t pid;

	open_nvme(&bench, "msix");
	events = uio_sync(bench.ug.fd, &bench.ug.dev);
	interrupts = ug_number(&bench.ug.dev, "irq_count");
	state = (struct pollfd){ open_state(&bench.ug.dev), POLLPRI, 0 };
	CHECK_EQ(poll(&state, 1, 0), 0);
	pid = helper_start(sleeper, &bench.ug.fd);
	helper_wait_blocked(pid, SYS_read);
	reset(&bench.ug.dev);
	helper_join(pid);
	CHECK_EQ(poll(&state, 1, SOON_MS), 1);
	CHECK(state.revents & POLLPRI);
	/* When it goes and when it is back: events, but no interrupts. */
	CHECK_EQ(uio_event_attr(&bench.ug.dev), events + 2);
	CHECK_EQ(ug_number(&bench.ug.dev, "irq_count"), interrupts);
}

static bool is_resetting(const struct pci_dev *dev)
{
	char text[32];

	ug_attr(dev, "state", text, sizeof(text));
	return !strcmp(text, "resetting");
}

/* Whether it was away before and after the questions, so that they count. */
static bool ask_while_away(struct bench *bench, int *control, int *opened)
{
	pid_t pid = helper_start(reset_main, &bench->ug.dev);
	bool away = wait_for(is_resetting(&bench->ug.dev), SOON_MS);

	*control = __uio_irqcontrol(bench->ug.fd, 1);
	*opened = __uio_open(&bench->ug.dev, O_RDWR);
	away = away && is_resetting(&bench->ug.dev);
	helper_join(pid);
	if (*opened >= 0)
		close(*opened);
	return away;
}

static void refused_while_away(void)
{
	int control = 0, opened = 0, i;
	struct bench bench;

	open_nvme(&bench, ktap_variant());
	for (i = 0; i < TRIES && !ask_while_away(&bench, &control, &opened); i++)
		;
	CHECK(i < TRIES);
	CHECK_EQ(control, -EIO);
	CHECK_EQ(opened, -EAGAIN);
	uio_unmask(bench.ug.fd);
}

static int go;

static void reset_when_told(void *arg)
{
	event_wait(go);
	reset(arg);
}

/*
 * Opens it, perhaps twice, and has it reset by who has no copy of the files; returns
 * whether that was seen.
 */
static bool open_and_reset(struct bench *bench, bool also, pid_t *resetter)
{
	struct pci_dev dev = pci_dut();

	go = event_new();
	*resetter = helper_start(reset_when_told, &dev);
	open_nvme(bench, ktap_variant());
	bench->second = also ? uio_open(&bench->ug.dev) : -1;
	event_signal(go);
	return wait_for(is_resetting(&bench->ug.dev), SOON_MS);
}

/* Whether that was within the reset; if not, all is as before. */
static bool closed(struct bench *bench)
{
	pid_t pid;
	bool away = open_and_reset(bench, false, &pid);

	ug_close(&bench->ug);
	helper_join(pid);
	CHECK(ug_device_is_quiet(&bench->ug.dev));
	if (!away)
		ug_cleanup();
	return away;
}

/* The reset must not bring back what the last close has switched off. */
static void closed_while_away(void)
{
	struct bench bench;
	int i;

	for (i = 0; i < TRIES && !closed(&bench); i++)
		;
	CHECK(i < TRIES);
	check_ok(&bench.ug.dev, 1);
	ug_open(&bench.ug, &bench.ug.dev);
	nvme_start(&bench.nvme, bench.ug.regs);
	identify(&bench);
}

static bool one_of_two_closed(struct bench *bench)
{
	pid_t pid;
	bool away = open_and_reset(bench, true, &pid);

	close(bench->second);
	away = away && is_resetting(&bench->ug.dev);
	helper_join(pid);
	CHECK(pci_bus_master(&bench->ug.dev));
	ug_close(&bench->ug);
	if (!away)
		ug_cleanup();
	return away;
}

/* Who is not the last has nothing to wait for. */
static void one_of_two_closed_while_away(void)
{
	struct bench bench;
	int i;

	for (i = 0; i < TRIES && !one_of_two_closed(&bench); i++)
		;
	CHECK(i < TRIES);
}

static bool unbound(struct bench *bench)
{
	pid_t pid;
	bool away = open_and_reset(bench, false, &pid);

	pci_unbind(&bench->ug.dev);
	helper_join(pid);
	CHECK(ug_device_is_quiet(&bench->ug.dev));
	ug_close(&bench->ug);
	if (!away)
		ug_cleanup();
	return away;
}

static void unbound_while_away(void)
{
	struct bench bench;
	int i;

	for (i = 0; i < TRIES && !unbound(&bench); i++)
		;
	CHECK(i < TRIES);
}

static void closed_devices_are_reset_too(void)
{
	struct pci_dev dev = ug_bind("msix");

	reset(&dev);
	check_ok(&dev, 1);
	CHECK(ug_device_is_quiet(&dev));
}

/* CC.EN: that the controller was started is lost by a reset, and not before. */
static bool is_started(const struct pci_dev *dev)
{
	struct pci_resource res = pci_resource(dev, 0);
	void *regs = pci_map_bar(dev, 0);
	bool started = mmio_read32(regs, 0x14) & 1;

	pci_unmap_bar(regs, pci_resource_len(&res));
	return started;
}

static void last_close_resets_if_wanted(void)
{
	struct bench bench;
	int other;

	open_nvme(&bench, "msix");
	ug_close(&bench.ug);
	CHECK(is_started(&bench.ug.dev));

	CHECK_EQ(__ug_write(&bench.ug.dev, "reset_on_release", "maybe"), -EINVAL);
	CHECK_EQ(ug_number(&bench.ug.dev, "reset_on_release"), 0);
	ug_write(&bench.ug.dev, "reset_on_release", "1");
	CHECK_EQ(ug_number(&bench.ug.dev, "reset_on_release"), 1);
	ug_open(&bench.ug, &bench.ug.dev);
	other = uio_open(&bench.ug.dev);
	MUST(close(other));
	CHECK(is_started(&bench.ug.dev));
	ug_close(&bench.ug);
	CHECK(!is_started(&bench.ug.dev));
	CHECK(ug_device_is_quiet(&bench.ug.dev));
	check_ok(&bench.ug.dev, 1);

	ug_open(&bench.ug, &bench.ug.dev);
	nvme_start(&bench.nvme, bench.ug.regs);
	identify(&bench);
	ug_write(&bench.ug.dev, "reset_on_release", "0");
	ug_close(&bench.ug);
	CHECK(is_started(&bench.ug.dev));
}

#define MODES	"msix intx"

static const struct ktap_case cases[] = {
	CASES(works_on_after_a_reset, MODES),
	CASES(masked_stays_masked, MODES),
	CASE(no_bus_mastering_stays_none),
	CASE(readers_are_told),
	CASES(refused_while_away, MODES),
	CASES(closed_while_away, MODES),
	CASES(one_of_two_closed_while_away, "msix"),
	CASES(unbound_while_away, MODES),
	CASE(closed_devices_are_reset_too),
	CASE(last_close_resets_if_wanted),
};

int main(void)
{
	return ktap_run(cases, ARRAY_SIZE(cases), ug_cleanup);
}
