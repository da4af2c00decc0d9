/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A device that goes away under its users: they are asleep in read() and in
 * poll(), and have it mapped.
 */
#ifndef LIB_REMOVAL_H
#define LIB_REMOVAL_H

#include "ug.h"

/* How a device goes away. */
typedef void (*removal_way)(const struct pci_dev *dev);

/*
 * One round: open and map a bound edu, put a reader and a poller to sleep, take
 * the device away, see both wake up with an error and the file dead.
 */
void removal_round(const struct pci_dev *dev, removal_way away);

/* A file whose device is gone: every use is an error, none hangs. */
void removal_check_dead(int fd);

#endif /* LIB_REMOVAL_H */
