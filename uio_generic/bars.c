// SPDX-License-Identifier: GPL-2.0-only
/*
 * The BAR plan (pure): see bars.h for what it promises.
 */
#include <linux/bits.h>
#include <linux/types.h>

#include "bars.h"

static bool ug_plan_map(struct ug_bar_plan *plan, unsigned int bar,
			const struct ug_bar *b, u64 page_size)
{
	if (plan->nr_maps == UG_NR_SLOTS)
		return false;

	plan->map[plan->nr_maps++] = (struct ug_map) {
		.bar = bar,
		.addr = b->start & ~(page_size - 1),
		.offs = b->start & (page_size - 1),
		.len = b->len,
	};
	return true;
}

static bool ug_plan_port(struct ug_bar_plan *plan, unsigned int bar,
			 const struct ug_bar *b)
{
	if (plan->nr_ports == UG_NR_SLOTS)
		return false;

	plan->port[plan->nr_ports++] = (struct ug_port) {
		.bar = bar,
		.start = b->start,
		.len = b->len,
	};
	return true;
}

void ug_plan_bars(const struct ug_bar bars[UG_NR_BARS], u64 page_size,
		  struct ug_bar_plan *plan)
{
	unsigned int bar;

	*plan = (struct ug_bar_plan) { };

	for (bar = 0; bar < UG_NR_BARS; bar++) {
		const struct ug_bar *b = &bars[bar];
		bool fits;

		if (b->kind == UG_BAR_ABSENT || !b->len)
			continue;

		if (!b->assigned) {
			plan->unassigned |= BIT(bar);
			continue;
		}

		fits = b->kind == UG_BAR_MEM ?
			ug_plan_map(plan, bar, b, page_size) :
			ug_plan_port(plan, bar, b);
		if (!fits)
			plan->left_out |= BIT(bar);
	}
}
