/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * MSI-X vectors beyond the first, each for an eventfd.
 */
#ifndef UIO_GENERIC_VECTORS_H
#define UIO_GENERIC_VECTORS_H

struct ug_device;

/**
 * ug_vectors_init() - one vector for /dev/uioN and no other, until asked
 * @ug: device, not yet registered
 *
 * Context: process.
 */
void ug_vectors_init(struct ug_device *ug);

/**
 * ug_vectors_stop() - take all vectors but the first away
 * @ug: device; harmless if it has none
 *
 * When it returns, no eventfd is signalled any more, and none is held.
 *
 * Context: process, may sleep; @ug->lock held, MSI-X still enabled.
 */
void ug_vectors_stop(struct ug_device *ug);

#endif
