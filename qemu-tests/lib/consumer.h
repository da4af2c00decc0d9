/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of other people's programs share: the driver that the plan
 * names, pairs of NICs, DPDK's testpmd on such a pair.
 *
 * Plan lines: "suite bookworm", "driver vfio-pci", "module vfio_pci_drop_in",
 * "params nointxmask=1", "intr legacy", "nics e1000 vmxnet3".
 */
#ifndef LIB_CONSUMER_H
#define LIB_CONSUMER_H

#include "pci.h"
#include "program.h"

#define PORTS		2
#define PROGRAM_MS	60000		/* a program's start or run, under emulation */

/* A model of which the machine has two, on one wire; their ids are NAME-0, -1. */
struct nic {
	const char *name;
	u16 vendor;
	u16 device;
	const char *kernel_driver;
	const char *no_link_event;	/* why there is none, whatever the driver */
	const char *no_vfio_msix;	/* and why there is none by VFIO and MSI-X */
	const char *no_mapping;		/* why it has no mapping that could go */
};

/* The driver under test, loaded as the plan says; and what runs in the suite. */
const char *consumer_driver(void);
bool consumer_is_vfio(void);

/* How DPDK is to interrupt by VFIO: "msix" or "legacy". */
const char *consumer_vfio_intr(void);
const char *consumer_root(void);
const char *consumer_nics(void);

/* That one, or, for NULL, the first of the plan. */
const struct nic *nic_named(const char *name);

/* The kernel's own driver for it, loaded. */
const char *nic_kernel_driver(const struct nic *nic);
void nic_pair(const struct nic *nic, struct pci_dev pair[PORTS]);
void nic_id(const struct nic *nic, int port, char *id, size_t size);

struct testpmd {
	struct program program;
	const struct nic *nic;
	struct pci_dev port[PORTS];
};

struct testpmd_stats {
	unsigned long long rx;
	unsigned long long tx;
};

/* Bind a pair, start testpmd on it and wait for the prompt. */
void testpmd_start(struct testpmd *testpmd, const struct nic *nic, const char *option);

/* Say @command and wait until @answer is said; the text is then in program.text. */
void testpmd_ask(struct testpmd *testpmd, const char *command, const char *answer);
struct testpmd_stats testpmd_stats(struct testpmd *testpmd, int port);

/* Forward, and see both ports receive and send. */
void testpmd_forward(struct testpmd *testpmd);

/* Until its thread is in the loop, which it may have been told to start just now. */
void testpmd_wait_forwarding(struct testpmd *testpmd);

/* See both ports receive more than they have by now. */
void testpmd_check_alive(struct testpmd *testpmd);
void testpmd_quit(struct testpmd *testpmd);

#endif /* LIB_CONSUMER_H */
