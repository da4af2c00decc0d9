// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFIO_DEVICE_SET_IRQS in every form, with nothing enabled and with each kind of
 * interrupt enabled. See ask.h.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "answers.h"
#include "ask.h"
#include "ktap.h"

#define INDEXES		(VFIO_PCI_NUM_IRQS + 2)
#define MAX_VECTORS	16

static const char * const irq_names[INDEXES] = {
	"INTx", "MSI", "MSI-X", "ERR", "REQ", "5", "6"
};

/* What is enabled while questions are asked; NONE asks with nothing enabled. */
#define NONE	-1

static struct {
	int enabled;
	u32 vectors;		/* of what is enabled, or about to be */
	int event[MAX_VECTORS];
} state;

static u32 irq_count(const struct vfio *vfio, int index)
{
	struct vfio_irq_info info;

	return __vfio_irq_info(vfio, index, &info) ? 0 : info.count;
}

static void all_off(const struct vfio *vfio)
{
	int index;

	for (index = 0; index <= VFIO_PCI_MSIX_IRQ_INDEX; index++)
		__vfio_irq_off(vfio, index);
	for (index = VFIO_PCI_ERR_IRQ_INDEX; index <= VFIO_PCI_REQ_IRQ_INDEX; index++)
		__vfio_irq_on(vfio, index, 0, -1);
}

static int enable(const struct vfio *vfio)
{
	if (state.enabled == NONE)
		return 0;
	return __vfio_set_irqs(vfio, state.enabled,
			       VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER, 0,
			       state.vectors, state.event, state.vectors * sizeof(int));
}

/* How often each eventfd was signalled, as digits; reading forgets it. */
static const char *events(void)
{
	static char text[MAX_VECTORS + 1];
	u64 count;
	int i;

	for (i = 0; i < MAX_VECTORS; i++) {
		count = 0;
		if (fd_ready(state.event[i], 0))
			CHECK_EQ(read(state.event[i], &count, sizeof(count)), sizeof(count));
		text[i] = count < 10 ? '0' + count : '+';
	}
	return text;
}

/* After a success the state is made anew, so that no answer depends on the last. */
static void ask(const struct vfio *vfio, const char *what, const void *arg)
{
	int ret = __vfio_ioctl(vfio->device, VFIO_DEVICE_SET_IRQS, (void *)arg);

	answer("with %s set %s: %s events %s",
	       state.enabled == NONE ? "none" : irq_names[state.enabled], what,
	       answer_result(ret), events());
	if (ret)
		return;
	all_off(vfio);
	enable(vfio);
	events();
}

struct request {
	struct vfio_irq_set set;
	u8 data[4096];
};

static void ask_request(const struct vfio *vfio, struct request *request, const char *data)
{
	const struct vfio_irq_set *set = &request->set;
	char what[128];

	snprintf(what, sizeof(what), "%s flags %#x start %#x count %#x argsz %u %s",
		 irq_names[set->index], set->flags, set->start, set->count, set->argsz, data);
	ask(vfio, what, request);
}

/* How many bytes of data belong to @count vectors. */
static u32 data_len(u32 flags, u32 count)
{
	u32 width = flags & VFIO_IRQ_SET_DATA_EVENTFD ? 4 :
		    flags & VFIO_IRQ_SET_DATA_BOOL ? 1 : 0;

	return count > MAX_VECTORS * 8 ? width : width * count;
}

static void fill(struct request *request, u32 index, u32 flags, u32 start, u32 count)
{
	memset(request, 0, sizeof(*request));
	request->set = (struct vfio_irq_set){
		.argsz = sizeof(request->set) + data_len(flags, count),
		.flags = flags, .index = index, .start = start, .count = count,
	};
}

static void fill_events(struct request *request, int event)
{
	int i, fds[MAX_VECTORS * 8];

	for (i = 0; i < MAX_VECTORS * 8; i++)
		fds[i] = event == -2 ? state.event[i % MAX_VECTORS] : event;
	memcpy(request->data, fds, sizeof(fds));
}

/* The data that each kind of request can come with. */
static void ask_data(const struct vfio *vfio, struct request *request)
{
	static int file = -1;

	if (file < 0)
		file = MUST(open("/plan", O_RDONLY | O_CLOEXEC));
	if (request->set.flags & VFIO_IRQ_SET_DATA_EVENTFD) {
		fill_events(request, -2);
		ask_request(vfio, request, "eventfds");
		fill_events(request, -1);
		ask_request(vfio, request, "-1");
		fill_events(request, -3);
		ask_request(vfio, request, "-3");
		fill_events(request, file);
		ask_request(vfio, request, "file");
		fill_events(request, 9999);
		ask_request(vfio, request, "9999");
	} else if (request->set.flags & VFIO_IRQ_SET_DATA_BOOL) {
		memset(request->data, 1, sizeof(request->data));
		ask_request(vfio, request, "true");
		memset(request->data, 0, sizeof(request->data));
		ask_request(vfio, request, "false");
	} else {
		ask_request(vfio, request, "");
	}
}

static void ask_ranges(const struct vfio *vfio, u32 index, u32 flags)
{
	const u32 all = irq_count(vfio, index);
	const u32 ranges[][2] = {
		{ 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 }, { 0, 2 }, { 2, 2 }, { 0, all },
		{ 0, all + 1 }, { all, 1 }, { all, 0 }, { all - 1, 1 }, { all - 1, 2 },
		{ 0xffffffff, 1 }, { 1, 0xffffffff }, { 0, 0xffffffff }, { 0x80000000, 0x80000000 },
		{ 0, 0x80000000 }, { 0, 0x40000000 }, { 0x7fffffff, 1 },
	};
	struct request request;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		fill(&request, index, flags, ranges[i][0], ranges[i][1]);
		ask_data(vfio, &request);
	}
}

static void ask_forms(const struct vfio *vfio)
{
	u32 index, data, action;

	for (index = 0; index < INDEXES; index++)
		for (data = 0; data < 8; data++)
			for (action = 0; action < 8; action++) {
				/* None, one, or two of a kind, but not all of them. */
				if (data == 7 || action == 7)
					continue;
				if ((data & (data - 1) || action & (action - 1)) && index > 0)
					continue;
				ask_ranges(vfio, index, data | action << 3);
			}
}

/* Sizes that do not fit, and flags that there are not. */
static void ask_sizes(const struct vfio *vfio)
{
	static const u32 sizes[] = { 0, 4, 19, 20, 21, 23, 24, 27, 28, 4096, 0xffffffff };
	const u32 flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER;
	struct request request;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		fill(&request, VFIO_PCI_REQ_IRQ_INDEX, flags, 0, 1);
		fill_events(&request, -2);
		request.set.argsz = sizes[i];
		ask_request(vfio, &request, "eventfds");
	}
	for (i = 6; i < 32; i++) {
		fill(&request, VFIO_PCI_REQ_IRQ_INDEX, flags | BIT(i), 0, 1);
		fill_events(&request, -2);
		ask_request(vfio, &request, "eventfds");
	}
}

static void ask_with(const struct vfio *vfio, int index)
{
	state.enabled = index;
	state.vectors = index == NONE ? 0 : irq_count(vfio, index);
	if (state.vectors > 3)
		state.vectors = 3;
	answer("enable %s: %s", index == NONE ? "none" : irq_names[index],
	       answer_result(enable(vfio)));
	if (index == VFIO_PCI_ERR_IRQ_INDEX || index == VFIO_PCI_REQ_IRQ_INDEX)
		ask_ranges(vfio, index, VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER);
	else
		ask_forms(vfio);
	all_off(vfio);
}

void ask_irqs(const struct vfio *vfio)
{
	int i;

	for (i = 0; i < MAX_VECTORS; i++)
		state.event[i] = MUST(eventfd(0, EFD_CLOEXEC));
	for (i = NONE; i <= VFIO_PCI_REQ_IRQ_INDEX; i++)
		if (i == NONE || irq_count(vfio, i))
			ask_with(vfio, i);
	ask_sizes(vfio);
	all_off(vfio);
	for (i = 0; i < MAX_VECTORS; i++)
		MUST(close(state.event[i]));
}
