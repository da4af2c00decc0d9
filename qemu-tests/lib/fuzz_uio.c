// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices of uio_generic by way of /dev/uioN, by chance. See fuzz_uio.h.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz_uio.h"
#include "ktap.h"
#include "vfio_dut.h"

/* In @fuzz_uio_ours are edus only, which are written to. */
struct fuzz_arena fuzz_uio_ours, fuzz_uio_others;

struct unit units[FUZZ_UNITS] = {
	{ .name = "edu", .edu = true },
	{ .name = "nvme" },
	{ .name = "edu1", .edu = true, .plugs = true },
	{ .name = "testdev" },
	{ .name = "e1000e" },
};

struct unit *fuzz_uio_unit(struct fuzz *fuzz)
{
	return &units[fuzz_favourite(fuzz, FUZZ_UNITS)];
}

void fuzz_uio_start(void)
{
	int i;

	ug_load("auto");
	for (i = 0; i < FUZZ_UNITS; i++) {
		units[i].dev = vfio_dut(units[i].name);
		pci_bind(&units[i].dev, UG);
	}
	fuzz_arena_init(&fuzz_uio_ours);
	fuzz_arena_init(&fuzz_uio_others);
}

void fuzz_uio_finish(void)
{
	int i;

	fuzz_end_children();
	fuzz_arena_clear(&fuzz_uio_ours);
	fuzz_arena_clear(&fuzz_uio_others);
	for (i = 0; i < FUZZ_UNITS; i++)
		fuzz_drop_all(&units[i].files);
}

/* --- open, read, write --- */

static bool open_unit(struct fuzz *fuzz, struct unit *unit, int flags)
{
	int fd = __uio_open(&unit->dev, flags | O_NONBLOCK);

	if (fd >= 0)
		fuzz_keep(fuzz, &unit->files, fd);
	return fd >= 0;
}

bool fuzz_uio_open(struct fuzz *fuzz)
{
	struct unit *unit = fuzz_uio_unit(fuzz);

	return open_unit(fuzz, unit, fuzz_percent(fuzz, 85) ? O_RDWR : O_RDONLY);
}

/* A device that is closed gives nothing to do: open it, if that is possible now. */
static int borrow_file(struct fuzz *fuzz, struct unit *unit)
{
	struct fuzz aside = *fuzz;
	int fd = fuzz_borrow(fuzz, &unit->files);

	if (fd < 0 && open_unit(&aside, unit, O_RDWR))
		fd = fuzz_borrow(&aside, &unit->files);
	return fd;
}

bool fuzz_uio_close(struct fuzz *fuzz)
{
	return fuzz_drop(fuzz, &fuzz_uio_unit(fuzz)->files);
}

bool fuzz_uio_read(struct fuzz *fuzz)
{
	int fd = borrow_file(fuzz, fuzz_uio_unit(fuzz));
	size_t len = fuzz_percent(fuzz, 90) ? 4 : fuzz_below(fuzz, 9);
	ssize_t done;
	u32 count[2];

	done = read(fd, count, len);
	fuzz_return(fd);
	return done == 4;
}

bool fuzz_uio_poll(struct fuzz *fuzz)
{
	struct pollfd pollfd = {
		.fd = borrow_file(fuzz, fuzz_uio_unit(fuzz)), .events = POLLIN,
	};
	int ready = poll(&pollfd, 1, fuzz_below(fuzz, 3));

	fuzz_return(pollfd.fd);
	return ready == 1 && pollfd.revents & POLLIN;
}

bool fuzz_uio_irqcontrol(struct fuzz *fuzz)
{
	int fd = borrow_file(fuzz, fuzz_uio_unit(fuzz));
	size_t len = fuzz_percent(fuzz, 95) ? 4 : fuzz_below(fuzz, 9);
	s32 value[2] = { fuzz_percent(fuzz, 95) ? (int)fuzz_below(fuzz, 2) : -1 };
	ssize_t done = write(fd, value, len);

	fuzz_return(fd);
	return done == 4;
}

/* --- mappings --- */

bool fuzz_uio_map_file(struct fuzz *fuzz)
{
	struct unit *unit = fuzz_uio_unit(fuzz);
	int fd = borrow_file(fuzz, unit);
	size_t len = fuzz_percent(fuzz, 60) ? (1 + fuzz_below(fuzz, 8)) * PAGE_LEN :
					      fuzz_percent(fuzz, 50) ? EDU_BAR_LEN : FUZZ_PLACE;
	char *place = fuzz_place(fuzz, unit->edu ? &fuzz_uio_ours : &fuzz_uio_others);
	u64 map = fuzz_percent(fuzz, 70) ? 0 : fuzz_below(fuzz, UIO_MAPS + 1);
	bool good = fuzz_map(place, len, unit->edu ? PROT_READ | PROT_WRITE : PROT_READ, fd,
			     map * PAGE_LEN);

	fuzz_return(fd);
	return good;
}

bool fuzz_uio_unmap_some(struct fuzz *fuzz)
{
	return fuzz_unmap(fuzz, fuzz_place(fuzz, fuzz_percent(fuzz, 60) ? &fuzz_uio_ours :
									 &fuzz_uio_others));
}

bool fuzz_uio_move_map(struct fuzz *fuzz)
{
	return fuzz_move(fuzz, fuzz_percent(fuzz, 50) ? &fuzz_uio_ours : &fuzz_uio_others);
}

static char *some_byte(struct fuzz *fuzz)
{
	return fuzz_place(fuzz, &fuzz_uio_others) + fuzz_below(fuzz, 9) * PAGE_LEN +
	       4 * fuzz_below(fuzz, 1024);
}

bool fuzz_uio_touch(struct fuzz *fuzz)
{
	static const u16 registers[] = { EDU_LIVENESS, EDU_FACTORIAL, EDU_IRQ_ACK };
	char *place = fuzz_place(fuzz, &fuzz_uio_ours);
	u32 value;

	if (fuzz_percent(fuzz, 30))
		return fuzz_store(place + fuzz_one_of(fuzz, registers), fuzz_below(fuzz, 16));
	return fuzz_load(fuzz_percent(fuzz, 50) ? place : some_byte(fuzz), &value);
}

/* As a debugger does. */
bool fuzz_uio_peek(struct fuzz *fuzz)
{
	char *at = fuzz_percent(fuzz, 50) ? fuzz_place(fuzz, &fuzz_uio_ours) : some_byte(fuzz);
	int fd = MUST(open("/proc/self/mem", O_RDONLY | O_CLOEXEC));
	u64 value;
	ssize_t done;

	done = pread(fd, &value, 1 + fuzz_below(fuzz, sizeof(value)), (uintptr_t)at);
	MUST(close(fd));
	return done > 0;
}

/* --- the device's own --- */

/*
 * If the device has gone between the two stores, the driver has masked the line,
 * and this sees to it that it stays so.
 */
static bool raise_and_acknowledge(const struct unit *unit, char *regs)
{
	if (!fuzz_store(regs + EDU_IRQ_RAISE, 1))
		return false;
	if (!fuzz_store(regs + EDU_IRQ_ACK, ~0))
		fuzz_uio_mask_intx(unit, true);
	return true;
}

bool fuzz_uio_interrupt(struct fuzz *fuzz)
{
	struct unit *unit = fuzz_uio_unit(fuzz);
	int fd = unit->edu ? __uio_open(&unit->dev, O_RDWR) : -1;
	char *regs;
	bool raised;

	if (fd < 0)
		return false;
	regs = mmap(NULL, PAGE_LEN, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	raised = regs != MAP_FAILED && raise_and_acknowledge(unit, regs);
	if (regs != MAP_FAILED)
		MUST(munmap(regs, PAGE_LEN));
	MUST(close(fd));
	return raised;
}

/* --- children --- */

/* It may sleep until it is killed, or its device goes. */
static void use_and_wait(struct fuzz *fuzz)
{
	int i, fd;
	u32 count;

	for (i = 0; i < 5; i++)
		fuzz_uio_touch(fuzz);
	fuzz_uio_unmap_some(fuzz);
	fd = __uio_open(&fuzz_uio_unit(fuzz)->dev, O_RDWR);
	while (fd >= 0 && read(fd, &count, sizeof(count)) == sizeof(count))
		fuzz_uio_touch(fuzz);
}

bool fuzz_uio_child(struct fuzz *fuzz)
{
	return fuzz_fork(fuzz, use_and_wait);
}

bool fuzz_uio_end_child(struct fuzz *fuzz)
{
	return fuzz_end_child(fuzz);
}
