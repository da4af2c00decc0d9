// SPDX-License-Identifier: GPL-2.0-only
/*
 * Any text for the attribute "vectors", any BARs, and any device for the choice of the
 * interrupt mode.
 */
#include <string.h>

#include <linux/kernel.h>

#include "../../uio_generic/bars.c"
#include "../../uio_generic/intr_mode.c"
#include "../../uio_generic/vector_line.c"
#include "fuzz.h"

/* What is understood is what was written, and of other texts nothing is kept. */
static void check_line(const uint8_t *data, size_t size)
{
	unsigned int vector = 12345, again;
	int fd = -12345, fd_again;
	char *text = malloc(size + 1), line[32];

	must(text);
	memcpy(text, data, size);
	text[size] = '\0';
	if (ug_parse_vector(text, &vector, &fd)) {
		must(vector <= UG_MAX_VECTOR && fd >= -1);
		must(strspn(text, "0123456789 -\n") == strlen(text));
		snprintf(line, sizeof(line), "%u %d\n", vector, fd);
		must(ug_parse_vector(line, &again, &fd_again));
		must(again == vector && fd_again == fd);
		must((u64)strtoul(text, NULL, 10) == vector);
	} else {
		must(vector == 12345 && fd == -12345);
	}
	free(text);
}

/* Eighteen of twenty bytes are digits and blanks: of any bytes few would be a line. */
static void check_likely_line(const uint8_t *data, size_t size)
{
	static const char likely[] = "0123456789012345  -\n";
	uint8_t text[16];
	size_t i;

	size = min_t(size_t, size, sizeof(text));
	for (i = 0; i < size; i++)
		text[i] = likely[data[i] % (sizeof(likely) - 1)];
	check_line(text, size);
}

static const struct ug_map *map_of(const struct ug_bar_plan *plan, unsigned int bar)
{
	unsigned int i;

	for (i = 0; i < plan->nr_maps; i++)
		if (plan->map[i].bar == bar)
			return &plan->map[i];
	return NULL;
}

static const struct ug_port *port_of(const struct ug_bar_plan *plan, unsigned int bar)
{
	unsigned int i;

	for (i = 0; i < plan->nr_ports; i++)
		if (plan->port[i].bar == bar)
			return &plan->port[i];
	return NULL;
}

/* Each BAR that there is becomes one thing, and nobody else's. */
static void check_bar(const struct ug_bar_plan *plan, unsigned int nr,
		      const struct ug_bar *bar)
{
	const struct ug_map *map = map_of(plan, nr);
	const struct ug_port *port = port_of(plan, nr);
	bool left_out = plan->left_out & BIT(nr), unassigned = plan->unassigned & BIT(nr);

	must(!!map + !!port + left_out + unassigned ==
	     (bar->kind != UG_BAR_ABSENT && bar->len));
	must(!unassigned || !bar->assigned);
	must(!map || (bar->kind == UG_BAR_MEM && map->addr + map->offs == bar->start &&
		      map->addr % 4096 == 0 && map->offs < 4096 && map->len == bar->len));
	must(!port || (bar->kind == UG_BAR_IO && port->start == bar->start &&
		       port->len == bar->len));
}

static void check_bars(const uint8_t *data, size_t size)
{
	static const enum ug_bar_kind kinds[] = {
		UG_BAR_ABSENT, UG_BAR_IO, UG_BAR_IO, UG_BAR_MEM,
		UG_BAR_MEM, UG_BAR_MEM, UG_BAR_MEM, UG_BAR_MEM,
	};
	struct ug_bar bars[UG_NR_BARS] = { };
	struct ug_bar_plan plan;
	unsigned int i;

	for (i = 0; i < UG_NR_BARS && size >= 8; i++, data += 8, size -= 8) {
		memcpy(&bars[i].start, data, 6);
		bars[i].len = data[6] & 0x3f ? 1ULL << (data[6] & 0x3f) : 0;
		bars[i].kind = kinds[data[7] & 7];
		bars[i].assigned = data[7] >> 5;
	}
	ug_plan_bars(bars, 4096, &plan);
	must(plan.nr_maps <= UG_NR_SLOTS && plan.nr_ports <= UG_NR_SLOTS);
	for (i = 0; i < UG_NR_BARS; i++)
		check_bar(&plan, i, &bars[i]);
	for (i = 1; i < plan.nr_maps; i++)
		must(plan.map[i - 1].bar < plan.map[i].bar);
	for (i = 1; i < plan.nr_ports; i++)
		must(plan.port[i - 1].bar < plan.port[i].bar);
}

/* It can be had, is no better than what was asked for, and nothing better is left. */
static void check_mode(const uint8_t *data, size_t size)
{
	struct ug_intr_facts facts;
	enum ug_mode asked, mode, best;
	unsigned long failed;

	if (size < 4)
		return;
	facts = (struct ug_intr_facts){
		.msix_vectors = data[0] & 0x0f,
		.msi_vectors = data[0] >> 4,
		.msi_allowed = data[1] & 1,
		.intx_pin = data[1] & 2,
		.intx_routed = data[1] & 4,
		.intx_maskable = data[1] & 8,
	};
	asked = data[2] % (UG_MODE_AUTO_INTX + 1);
	failed = data[3] & 0x0e;
	best = asked < UG_NR_MODES ? asked : UG_MODE_MSIX;

	mode = ug_mode_choose(&facts, asked, failed);
	must(mode <= best);
	must(mode == UG_MODE_NONE || !(failed & BIT(mode)));
	must(ug_mode_obstacle(&facts, mode) == UG_USABLE);
	must(ug_mode_name(mode) && ug_obstacle_text(ug_mode_obstacle(&facts, best)));
	if (asked == UG_MODE_AUTO_INTX && mode == UG_MODE_INTX && facts.intx_maskable)
		return;
	for (; best > mode; best--)
		must(failed & BIT(best) || ug_mode_obstacle(&facts, best) != UG_USABLE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_line(data, size);
	check_likely_line(data, size);
	check_bars(data, size);
	check_mode(data, size);
	return 0;
}
