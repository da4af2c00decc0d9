// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opening, closing, forking and rebinding, by chance. See fuzz_vfio.h.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "edu.h"
#include "fuzz_vfio.h"
#include "iommufd.h"
#include "ktap.h"
#include "vfio_dut.h"

#define CLERK_MS	60000

/* The last two are one group. */
struct rig rigs[FUZZ_RIGS] = {
	{ .name = "edu", .edu = true },
	{ .name = "nvme" },
	{ .name = "edu1", .edu = true },
	{ .name = "e1000e" },
	{ .name = "testdev" },
	{ .name = "pair0", .edu = true },
	{ .name = "pair1", .edu = true },
};

struct rig *fuzz_vfio_rig(struct fuzz *fuzz)
{
	return &rigs[fuzz_favourite(fuzz, FUZZ_RIGS)];
}

static bool open_group(struct fuzz *fuzz, struct rig *rig)
{
	struct vfio vfio;

	if (__vfio_open(&vfio, &rig->dev))
		return false;
	fuzz_keep(fuzz, &rig->container, vfio.container);
	fuzz_keep(fuzz, &rig->group, vfio.group);
	fuzz_keep(fuzz, &rig->device, vfio.device);
	return true;
}

static bool open_node(struct fuzz *fuzz, struct rig *rig)
{
	struct vfio vfio;

	if (__vfio_open_cdev(&vfio, &rig->dev))
		return false;
	fuzz_keep(fuzz, &rig->container, vfio.iommufd);
	fuzz_keep(fuzz, &rig->device, vfio.device);
	return true;
}

/* By a group that is open already. */
static bool open_by(struct fuzz *fuzz, struct rig *rig, struct rig *with)
{
	int fd, group = fuzz_borrow(fuzz, &with->group);

	if (group < 0)
		return false;
	fd = __vfio_group_device(group, rig->dev.bdf);
	if (fd >= 0)
		fuzz_keep(fuzz, &rig->device, fd);
	fuzz_return(group);
	return fd >= 0;
}

static bool open_somehow(struct fuzz *fuzz, struct rig *rig)
{
	return open_by(fuzz, rig, rig) || open_by(fuzz, rig, &rigs[rig->peer]) ||
	       (fuzz_percent(fuzz, 40) && open_node(fuzz, rig)) || open_group(fuzz, rig);
}

/* A device that is closed gives nothing to do: open it, if that is possible now. */
bool fuzz_vfio_borrow_device(struct fuzz *fuzz, struct rig *rig, struct vfio *vfio)
{
	struct fuzz aside = *fuzz;
	int fd = fuzz_borrow(fuzz, &rig->device);

	if (fd < 0 && open_somehow(&aside, rig))
		fd = fuzz_borrow(&aside, &rig->device);
	*vfio = (struct vfio){
		.dev = rig->dev, .container = -1, .group = -1, .iommufd = -1, .device = fd,
	};
	return fd >= 0;
}

/* --- the clerk --- */

/* Shared with the clerk. */
struct desk {
	int wanted;		/* number of a rig, from 1 on; 0: the clerk is idle */
	int done;
};

static struct desk *desk;
static int clerk_pipe[2];
static pid_t clerk_pid;

static void be_the_clerk(void *arg)
{
	struct desk *desk = arg;
	char letter;

	close(clerk_pipe[1]);
	while (read(clerk_pipe[0], &letter, 1) == 1) {
		const struct pci_dev *dev = &rigs[desk->wanted - 1].dev;

		pci_unbind(dev);
		pci_bind(dev, vfio_driver());
		desk->done++;
		__atomic_store_n(&desk->wanted, 0, __ATOMIC_RELEASE);
	}
}

static void clerk_start(void)
{
	desk = mmap(NULL, sizeof(*desk), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(desk != MAP_FAILED);
	MUST(pipe2(clerk_pipe, O_CLOEXEC));
	clerk_pid = helper_start(be_the_clerk, desk);
}

static bool clerk_is_idle(void)
{
	return !__atomic_load_n(&desk->wanted, __ATOMIC_ACQUIRE);
}

static void clerk_finish(void)
{
	if (!wait_for(clerk_is_idle(), CLERK_MS))
		FAIL("%s is not unbound though nobody uses it", rigs[desk->wanted - 1].name);
	MUST(close(clerk_pipe[1]));
	helper_join(clerk_pid);
	diag("%d times unbound and bound", desk->done);
}

bool fuzz_vfio_rebind(struct fuzz *fuzz)
{
	int idle = 0, rig = 1 + fuzz_favourite(fuzz, FUZZ_RIGS);

	if (!__atomic_compare_exchange_n(&desk->wanted, &idle, rig, false,
					 __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		return false;
	CHECK_EQ(write(clerk_pipe[1], "", 1), 1);
	return true;
}

/* --- the whole --- */

static void init_rig(struct rig *rig)
{
	rig->dev = vfio_dut(rig->name);
	rig->peer = rig - rigs;
	rig->pm = pci_find_cap(&rig->dev, PCI_CAP_ID_PM);
	vfio_bind(&rig->dev, vfio_driver());
}

void fuzz_vfio_start(void)
{
	int i;

	if (!module_loaded("iommufd") && module_available("iommufd"))
		module_load("iommufd", "");
	vfio_load(vfio_driver(), "revoke_after=0 wc_regions=1");
	for (i = 0; i < FUZZ_RIGS; i++)
		init_rig(&rigs[i]);
	rigs[FUZZ_RIGS - 2].peer = FUZZ_RIGS - 1;
	rigs[FUZZ_RIGS - 1].peer = FUZZ_RIGS - 2;
	fuzz_vfio_mem_start();
	clerk_start();
}

static void close_rig(struct rig *rig)
{
	fuzz_drop_all(&rig->container);
	fuzz_drop_all(&rig->device);
	fuzz_drop_all(&rig->group);
}

void fuzz_vfio_finish(void)
{
	int i;

	fuzz_end_children();
	fuzz_vfio_mem_finish();
	for (i = 0; i < FUZZ_RIGS; i++)
		close_rig(&rigs[i]);
	clerk_finish();
	fuzz_drop_all(&fuzz_vfio_events);
}

/* --- operations --- */

/*
 * A group can be opened again, or its device's node, when nobody has the device:
 * mappings count.  So it is closed before, more often than not.
 */
static struct rig *rig_to_open(struct fuzz *fuzz)
{
	struct rig *rig = fuzz_vfio_rig(fuzz);

	if (fuzz_percent(fuzz, 60)) {
		close_rig(rig);
		fuzz_vfio_mem_finish();
	}
	return rig;
}

bool fuzz_vfio_open_group(struct fuzz *fuzz)
{
	return open_group(fuzz, rig_to_open(fuzz));
}

bool fuzz_vfio_open_node(struct fuzz *fuzz)
{
	return open_node(fuzz, rig_to_open(fuzz));
}

/* A file of its own, or that of the group's other device. */
bool fuzz_vfio_open_again(struct fuzz *fuzz)
{
	struct rig *rig = fuzz_vfio_rig(fuzz);

	return open_by(fuzz, fuzz_percent(fuzz, 25) ? &rigs[rig->peer] : rig, rig);
}

/* The steps of opening, out of order. */
bool fuzz_vfio_open_part(struct fuzz *fuzz)
{
	static const unsigned long steps[] = {
		VFIO_GROUP_SET_CONTAINER, VFIO_GROUP_UNSET_CONTAINER, VFIO_GROUP_GET_STATUS,
		VFIO_SET_IOMMU, VFIO_CHECK_EXTENSION, VFIO_GET_API_VERSION, VFIO_ATTACH_PT,
		VFIO_DETACH_PT, VFIO_BIND_IOMMUFD, IOMMU_ALLOC,
	};
	struct rig *rig = fuzz_vfio_rig(fuzz);
	struct fuzz_pool *pools[] = { &rig->container, &rig->group, &rig->device };
	int fd = fuzz_borrow(fuzz, fuzz_one_of(fuzz, pools));
	int other = fuzz_borrow(fuzz, &rigs[rig->peer].container);
	u32 arg[8] = { other, 0, other };
	int ret;

	/* The first word is a length for some, the third a number that iommufd gave. */
	if (fuzz_percent(fuzz, 50))
		arg[0] = fuzz_below(fuzz, sizeof(arg));
	if (fuzz_percent(fuzz, 50))
		arg[2] = 1 + fuzz_below(fuzz, 4);
	ret = __vfio_ioctl(fd, fuzz_one_of(fuzz, steps), arg);
	fuzz_return(fd);
	fuzz_return(other);
	return ret >= 0;
}

bool fuzz_vfio_close_device(struct fuzz *fuzz)
{
	return fuzz_drop(fuzz, &fuzz_vfio_rig(fuzz)->device);
}

bool fuzz_vfio_close_group(struct fuzz *fuzz)
{
	return fuzz_drop(fuzz, &fuzz_vfio_rig(fuzz)->group);
}

bool fuzz_vfio_close_container(struct fuzz *fuzz)
{
	return fuzz_drop(fuzz, &fuzz_vfio_rig(fuzz)->container);
}

/* What somebody wants to have unbound is given back, down to the last mapping. */
bool fuzz_vfio_let_go(struct fuzz *fuzz)
{
	int wanted = __atomic_load_n(&desk->wanted, __ATOMIC_ACQUIRE);

	if (!wanted || fuzz_percent(fuzz, 50))
		return false;
	close_rig(&rigs[wanted - 1]);
	fuzz_vfio_mem_finish();
	fuzz_end_children();
	return true;
}

static void use_what_is_there(struct fuzz *fuzz)
{
	int i;

	for (i = 0; i < 5; i++)
		fuzz_vfio_touch(fuzz);
	fuzz_vfio_region_read(fuzz);
	fuzz_vfio_unmap_some(fuzz);
	fuzz_vfio_irq_off(fuzz);
}

bool fuzz_vfio_child(struct fuzz *fuzz)
{
	return fuzz_fork(fuzz, use_what_is_there);
}
