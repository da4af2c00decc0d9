/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The BAR plan: which of a PCI function's BARs become UIO maps and ports.
 *
 * Pure: integers in, integers out.  maps.c fills struct ug_bar from the
 * device's resources and copies the plan into struct uio_info.
 */
#ifndef UIO_GENERIC_BARS_H
#define UIO_GENERIC_BARS_H

#include <linux/types.h>

#define UG_NR_BARS	6	/* PCI_STD_NUM_BARS: BAR0 to BAR5 */
#define UG_NR_SLOTS	5	/* MAX_UIO_MAPS and MAX_UIO_PORT_REGIONS */

enum ug_bar_kind {
	UG_BAR_ABSENT,		/* not implemented, or upper half of a 64-bit one */
	UG_BAR_MEM,
	UG_BAR_IO,
};

/**
 * struct ug_bar - what the PCI core knows of one BAR
 * @start: bus-independent (CPU) address or port number of the first byte
 * @len: length in bytes; 0 where the BAR is not implemented
 * @kind: memory, I/O or absent; width and prefetchability do not matter here
 * @assigned: false where the PCI core found no room for it
 */
struct ug_bar {
	u64 start;
	u64 len;
	enum ug_bar_kind kind;
	bool assigned;
};

/**
 * struct ug_map - one memory BAR as a UIO map
 * @bar: BAR number
 * @addr: address of the page that the BAR starts in
 * @offs: where in that page the BAR starts; not 0 only below page size
 * @len: the BAR's own length, not rounded
 */
struct ug_map {
	unsigned int bar;
	u64 addr;
	u64 offs;
	u64 len;
};

/**
 * struct ug_port - one I/O BAR as a UIO port region
 * @bar: BAR number
 * @start: first port
 * @len: number of ports
 */
struct ug_port {
	unsigned int bar;
	u64 start;
	u64 len;
};

/**
 * struct ug_bar_plan - what UIO will show of a device's BARs
 * @nr_maps: how many of @map are used
 * @nr_ports: how many of @port are used
 * @map: memory BARs in ascending order
 * @port: I/O BARs in ascending order
 * @left_out: bit N set: BAR N exists and is assigned, but UIO has no slot for it
 * @unassigned: bit N set: BAR N exists, but has no address
 */
struct ug_bar_plan {
	unsigned int nr_maps;
	unsigned int nr_ports;
	struct ug_map map[UG_NR_SLOTS];
	struct ug_port port[UG_NR_SLOTS];
	u8 left_out;
	u8 unassigned;
};

/**
 * ug_plan_bars() - decide what each BAR becomes
 * @bars: the device's six standard BARs
 * @page_size: the CPU's page size in bytes, a power of two
 * @plan: where the answer goes; overwritten whole
 *
 * BARs keep their order, so map N is the Nth memory BAR and not BAR N: the
 * name of the map tells the number.  Whatever is not assigned or does not fit
 * is named in the two bit masks, so that the caller can say so.
 *
 * Context: any; no locks, cannot fail.
 */
void ug_plan_bars(const struct ug_bar bars[UG_NR_BARS], u64 page_size,
		  struct ug_bar_plan *plan);

#endif
