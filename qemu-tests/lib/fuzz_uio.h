/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What threads do by chance to devices that uio_generic has; see fuzz.h.
 */
#ifndef LIB_FUZZ_UIO_H
#define LIB_FUZZ_UIO_H

#include "fuzz.h"
#include "ug.h"

#define FUZZ_UNITS	5

/* A device, and the files that are open of it. */
struct unit {
	const char *name;
	struct pci_dev dev;
	bool edu;		/* of which it is known what may be written to it */
	bool plugs;		/* is behind a port of its own, and may be removed */
	struct fuzz_pool files;
};

extern struct unit units[FUZZ_UNITS];

void fuzz_uio_start(void);
void fuzz_uio_finish(void);

/* fuzz_uio.c: the device file */
bool fuzz_uio_open(struct fuzz *fuzz);
bool fuzz_uio_close(struct fuzz *fuzz);
bool fuzz_uio_read(struct fuzz *fuzz);
bool fuzz_uio_poll(struct fuzz *fuzz);
bool fuzz_uio_irqcontrol(struct fuzz *fuzz);
bool fuzz_uio_map_file(struct fuzz *fuzz);
bool fuzz_uio_unmap_some(struct fuzz *fuzz);
bool fuzz_uio_move_map(struct fuzz *fuzz);
bool fuzz_uio_touch(struct fuzz *fuzz);
bool fuzz_uio_peek(struct fuzz *fuzz);
bool fuzz_uio_interrupt(struct fuzz *fuzz);
bool fuzz_uio_child(struct fuzz *fuzz);
bool fuzz_uio_end_child(struct fuzz *fuzz);

/* fuzz_uio_sysfs.c: what there is of it in sysfs */
bool fuzz_uio_read_attribute(struct fuzz *fuzz);
bool fuzz_uio_mode(struct fuzz *fuzz);
bool fuzz_uio_vector(struct fuzz *fuzz);
bool fuzz_uio_nr_vectors(struct fuzz *fuzz);
bool fuzz_uio_switch(struct fuzz *fuzz);
bool fuzz_uio_map_resource(struct fuzz *fuzz);
bool fuzz_uio_port(struct fuzz *fuzz);
bool fuzz_uio_config(struct fuzz *fuzz);
bool fuzz_uio_rearm(struct fuzz *fuzz);
bool fuzz_uio_reset(struct fuzz *fuzz);
bool fuzz_uio_unbind(struct fuzz *fuzz);
bool fuzz_uio_bind(struct fuzz *fuzz);
bool fuzz_uio_new_id(struct fuzz *fuzz);
bool fuzz_uio_replug(struct fuzz *fuzz);

/* For both of them. */
extern struct fuzz_arena fuzz_uio_ours, fuzz_uio_others;
struct unit *fuzz_uio_unit(struct fuzz *fuzz);
void fuzz_uio_mask_intx(const struct unit *unit, bool mask);

#endif /* LIB_FUZZ_UIO_H */
