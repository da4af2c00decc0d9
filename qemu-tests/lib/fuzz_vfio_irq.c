// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts and eventfds, by chance. See fuzz_vfio.h.
 */
#include <sys/eventfd.h>
#include <unistd.h>

#include "edu.h"
#include "fuzz_vfio.h"
#include "ktap.h"

#define INTX	VFIO_PCI_INTX_IRQ_INDEX

struct fuzz_pool fuzz_vfio_events;

/* --- the setting-up --- */

bool fuzz_vfio_irq_on(struct fuzz *fuzz)
{
	int ret, event = fuzz_borrow(fuzz, &fuzz_vfio_events);
	struct vfio vfio;

	if (!fuzz_vfio_borrow_device(fuzz, fuzz_vfio_rig(fuzz), &vfio)) {
		fuzz_return(event);
		return false;
	}
	ret = __vfio_irq_on(&vfio, fuzz_below(fuzz, VFIO_PCI_NUM_IRQS),
			    fuzz_percent(fuzz, 60) ? 0 : fuzz_below(fuzz, 5),
			    fuzz_percent(fuzz, 85) ? event : -1);
	fuzz_return(vfio.device);
	fuzz_return(event);
	return !ret;
}

bool fuzz_vfio_irq_off(struct fuzz *fuzz)
{
	struct vfio vfio;
	int ret;

	if (!fuzz_vfio_borrow_device(fuzz, fuzz_vfio_rig(fuzz), &vfio))
		return false;
	ret = __vfio_irq_off(&vfio, fuzz_below(fuzz, VFIO_PCI_NUM_IRQS));
	fuzz_return(vfio.device);
	return !ret;
}

bool fuzz_vfio_irq_mask(struct fuzz *fuzz)
{
	static const u32 actions[] = {
		VFIO_IRQ_SET_ACTION_MASK, VFIO_IRQ_SET_ACTION_UNMASK,
		VFIO_IRQ_SET_ACTION_UNMASK, VFIO_IRQ_SET_ACTION_TRIGGER,
	};
	struct vfio vfio;
	int ret;

	if (!fuzz_vfio_borrow_device(fuzz, fuzz_vfio_rig(fuzz), &vfio))
		return false;
	ret = __vfio_irq_action(&vfio, INTX, fuzz_one_of(fuzz, actions), 0);
	fuzz_return(vfio.device);
	return !ret;
}

/* What may lie behind the head of a request: eventfds, and what is none. */
static void fill(struct fuzz *fuzz, u32 flags, s32 *data, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		data[i] = fuzz_borrow(fuzz, &fuzz_vfio_events);
		if (!(flags & VFIO_IRQ_SET_DATA_EVENTFD))
			continue;
		if (fuzz_percent(fuzz, 20)) {
			fuzz_return(data[i]);
			data[i] = -1 - (int)fuzz_below(fuzz, 2);
		}
	}
}

/* Every form: each kind of data and action, few vectors from few on. */
bool fuzz_vfio_irq_any(struct fuzz *fuzz)
{
	static const u32 kinds[] = {
		VFIO_IRQ_SET_DATA_NONE, VFIO_IRQ_SET_DATA_BOOL, VFIO_IRQ_SET_DATA_EVENTFD,
		VFIO_IRQ_SET_DATA_EVENTFD, VFIO_IRQ_SET_DATA_EVENTFD,
	};
	u32 flags = fuzz_one_of(fuzz, kinds) | BIT(3 + fuzz_below(fuzz, 3));
	u32 i, count = fuzz_percent(fuzz, 60) ? 1 : fuzz_below(fuzz, 5);
	size_t len = flags & VFIO_IRQ_SET_DATA_NONE ? 0 : count * sizeof(s32);
	s32 data[4];
	struct vfio vfio;
	int ret;

	if (!fuzz_vfio_borrow_device(fuzz, fuzz_vfio_rig(fuzz), &vfio))
		return false;
	fill(fuzz, flags, data, count);
	ret = __vfio_set_irqs(&vfio, fuzz_below(fuzz, 7), flags,
			      fuzz_percent(fuzz, 70) ? 0 : fuzz_below(fuzz, 4), count, data,
			      fuzz_percent(fuzz, 95) ? len : len / 2);
	for (i = 0; i < count; i++)
		fuzz_return(data[i]);
	fuzz_return(vfio.device);
	return !ret;
}

bool fuzz_vfio_ioeventfd(struct fuzz *fuzz)
{
	static const u32 offsets[] = { EDU_LIVENESS, EDU_IRQ_ACK, 0x1000, EDU_BAR_LEN - 4 };
	int ret, event = fuzz_percent(fuzz, 60) ? fuzz_borrow(fuzz, &fuzz_vfio_events) : -1;
	struct rig *rig = fuzz_vfio_rig(fuzz);
	struct vfio vfio;

	if (!rig->edu || !fuzz_vfio_borrow_device(fuzz, rig, &vfio)) {
		fuzz_return(event);
		return false;
	}
	ret = __vfio_ioeventfd(&vfio, 0, fuzz_one_of(fuzz, offsets), 4,
			       fuzz_below(fuzz, 2), event);
	fuzz_return(vfio.device);
	fuzz_return(event);
	return !ret;
}

/* --- eventfds --- */

bool fuzz_vfio_new_event(struct fuzz *fuzz)
{
	fuzz_keep(fuzz, &fuzz_vfio_events, MUST(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)));
	return true;
}

bool fuzz_vfio_signal(struct fuzz *fuzz)
{
	int event = fuzz_borrow(fuzz, &fuzz_vfio_events);
	const u64 one = 1;
	ssize_t len = write(event, &one, sizeof(one));

	fuzz_return(event);
	return len == sizeof(one);
}

bool fuzz_vfio_hear(struct fuzz *fuzz)
{
	int event = fuzz_borrow(fuzz, &fuzz_vfio_events);
	u64 count;
	ssize_t len = read(event, &count, sizeof(count));

	fuzz_return(event);
	return len == sizeof(count);
}

/* --- the device's own --- */

static bool write_register(const struct vfio *vfio, u64 offset, u32 value)
{
	return __vfio_write(vfio, 0, offset, &value, sizeof(value)) == sizeof(value);
}

static bool acknowledge_open(struct fuzz *fuzz, struct rig *rig)
{
	const u16 command = PCI_COMMAND_MEMORY;
	struct vfio vfio;
	bool done;

	if (!fuzz_vfio_borrow_device(fuzz, rig, &vfio))
		return false;
	__vfio_write(&vfio, VFIO_CONFIG, PCI_COMMAND, &command, sizeof(command));
	done = write_register(&vfio, EDU_IRQ_ACK, ~0);
	fuzz_return(vfio.device);
	return done;
}

static bool acknowledge_closed(struct rig *rig)
{
	void *regs = __pci_map_bar(&rig->dev, 0);
	bool done;

	if (!regs)
		return false;
	done = fuzz_store(mmio_at(regs, EDU_IRQ_ACK), ~0);
	pci_unmap_bar(regs, EDU_BAR_LEN);
	return done;
}

/*
 * Somebody has put the device out of reach between the two writes. A line that
 * stays up is the end of it, once no handler is there: so it is masked behind the
 * driver's back until the device can be had.
 */
static void calm_down(struct fuzz *fuzz, struct rig *rig)
{
	const u32 upper = pci_config_read(&rig->dev, PCI_COMMAND + 1, 1);

	pci_config_write(&rig->dev, PCI_COMMAND + 1, 1,
			 upper | PCI_COMMAND_INTX_DISABLE >> 8);
	CHECK(wait_for(acknowledge_open(fuzz, rig) || acknowledge_closed(rig), 3 * SOON_MS));
}

bool fuzz_vfio_interrupt(struct fuzz *fuzz)
{
	struct rig *rig = fuzz_vfio_rig(fuzz);
	struct vfio vfio;
	bool raised, calm;

	if (!rig->edu || !fuzz_vfio_borrow_device(fuzz, rig, &vfio))
		return false;
	raised = write_register(&vfio, EDU_IRQ_RAISE, 1);
	calm = !raised || write_register(&vfio, EDU_IRQ_ACK, ~0);
	fuzz_return(vfio.device);
	if (!calm)
		calm_down(fuzz, rig);
	return raised;
}
