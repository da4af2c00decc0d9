/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine's own monitor, on the third serial port: a guest that may plug
 * and unplug its devices.
 */
#ifndef LIB_QMP_H
#define LIB_QMP_H

#include "sys.h"

struct qmp {
	int fd;
	int serial;		/* of the last command */
	size_t len;		/* of what was received and not yet taken */
	char buf[16384];
};

/* -ENODEV if this machine has no monitor; the other verbs need one. */
int __qmp_open(struct qmp *qmp);
void qmp_open(struct qmp *qmp);
void qmp_close(struct qmp *qmp);

/* Send @command with its @arguments (JSON) and wait for the answer to it. */
int __qmp_command(struct qmp *qmp, const char *command, const char *arguments);
void qmp_command(struct qmp *qmp, const char *command, const char *arguments);

/* A line for the human monitor, whose answer is not looked at. */
void qmp_tell(struct qmp *qmp, const char *line);

/* Wait for an event that concerns the device. */
int __qmp_wait_event(struct qmp *qmp, const char *event, const char *device, int ms);

/* Unplug: ask, then wait until the guest has let go. Plug: as on the command line. */
void qmp_device_del(struct qmp *qmp, const char *id);
void qmp_device_add(struct qmp *qmp, const char *driver, const char *id, const char *bus);

#endif /* LIB_QMP_H */
