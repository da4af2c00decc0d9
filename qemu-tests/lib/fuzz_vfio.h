/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What threads do by chance to devices that VFIO has; see fuzz.h.
 */
#ifndef LIB_FUZZ_VFIO_H
#define LIB_FUZZ_VFIO_H

#include "fuzz.h"
#include "vfio.h"

#define FUZZ_RIGS	7

/* A device, and what is open of it: by groups and containers, or nodes and iommufds. */
struct rig {
	const char *name;
	struct pci_dev dev;
	bool edu;		/* of which it is known what may be written to it */
	int peer;		/* another one of the group, or itself */
	int pm;			/* offset of the power management capability, or 0 */
	struct fuzz_pool container;
	struct fuzz_pool group;
	struct fuzz_pool device;
};

extern struct rig rigs[FUZZ_RIGS];
extern struct fuzz_pool fuzz_vfio_events;

struct rig *fuzz_vfio_rig(struct fuzz *fuzz);

/* The device's file, as lib/vfio.h wants it; false if it cannot be had. */
bool fuzz_vfio_borrow_device(struct fuzz *fuzz, struct rig *rig, struct vfio *vfio);

/* Rebinding waits for those who use the device, and so is for another process. */
bool fuzz_vfio_rebind(struct fuzz *fuzz);

/* fuzz_vfio_open.c */
void fuzz_vfio_start(void);
void fuzz_vfio_finish(void);
bool fuzz_vfio_open_group(struct fuzz *fuzz);
bool fuzz_vfio_open_node(struct fuzz *fuzz);
bool fuzz_vfio_open_again(struct fuzz *fuzz);
bool fuzz_vfio_open_part(struct fuzz *fuzz);
bool fuzz_vfio_close_device(struct fuzz *fuzz);
bool fuzz_vfio_close_group(struct fuzz *fuzz);
bool fuzz_vfio_close_container(struct fuzz *fuzz);
bool fuzz_vfio_let_go(struct fuzz *fuzz);
bool fuzz_vfio_child(struct fuzz *fuzz);

/* fuzz_vfio_mem.c */
void fuzz_vfio_mem_start(void);
void fuzz_vfio_mem_finish(void);
bool fuzz_vfio_map_bar(struct fuzz *fuzz);
bool fuzz_vfio_map_any(struct fuzz *fuzz);
bool fuzz_vfio_unmap_some(struct fuzz *fuzz);
bool fuzz_vfio_move_map(struct fuzz *fuzz);
bool fuzz_vfio_touch(struct fuzz *fuzz);
bool fuzz_vfio_touch_any(struct fuzz *fuzz);
bool fuzz_vfio_dma_map(struct fuzz *fuzz);
bool fuzz_vfio_dma_unmap(struct fuzz *fuzz);

/* fuzz_vfio_ask.c */
bool fuzz_vfio_info(struct fuzz *fuzz);
bool fuzz_vfio_any_ioctl(struct fuzz *fuzz);
bool fuzz_vfio_config_read(struct fuzz *fuzz);
bool fuzz_vfio_config_write(struct fuzz *fuzz);
bool fuzz_vfio_command(struct fuzz *fuzz);
bool fuzz_vfio_region_read(struct fuzz *fuzz);
bool fuzz_vfio_region_write(struct fuzz *fuzz);
bool fuzz_vfio_power(struct fuzz *fuzz);
bool fuzz_vfio_reset(struct fuzz *fuzz);
bool fuzz_vfio_hot_reset(struct fuzz *fuzz);
bool fuzz_vfio_feature(struct fuzz *fuzz);
bool fuzz_vfio_low_power(struct fuzz *fuzz);
bool fuzz_vfio_attributes(struct fuzz *fuzz);

/* fuzz_vfio_irq.c */
bool fuzz_vfio_irq_on(struct fuzz *fuzz);
bool fuzz_vfio_irq_off(struct fuzz *fuzz);
bool fuzz_vfio_irq_mask(struct fuzz *fuzz);
bool fuzz_vfio_irq_any(struct fuzz *fuzz);
bool fuzz_vfio_signal(struct fuzz *fuzz);
bool fuzz_vfio_hear(struct fuzz *fuzz);
bool fuzz_vfio_new_event(struct fuzz *fuzz);
bool fuzz_vfio_interrupt(struct fuzz *fuzz);
bool fuzz_vfio_ioeventfd(struct fuzz *fuzz);

#endif /* LIB_FUZZ_VFIO_H */
