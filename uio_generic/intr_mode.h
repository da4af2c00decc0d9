/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The choice of the interrupt mode.
 *
 * Pure: facts about a device and a wish in, a mode and reasons out.  irq_setup.c
 * gathers the facts and acts; sysfs.c prints the reasons.
 */
#ifndef UIO_GENERIC_INTR_MODE_H
#define UIO_GENERIC_INTR_MODE_H

#include <linux/types.h>

/* In ascending order: the better mode is the greater number. */
enum ug_mode {
	UG_MODE_NONE,
	UG_MODE_INTX,
	UG_MODE_MSI,
	UG_MODE_MSIX,
	UG_NR_MODES,
	/* Wishes without a limit, never a choice: */
	UG_MODE_AUTO = UG_NR_MODES,
	UG_MODE_AUTO_INTX,	/* but INTx before all others if it can be masked */
};

/**
 * struct ug_intr_facts - what a device and its place in the system can do
 * @msix_vectors: size of the MSI-X table, 0 without the capability
 * @msi_vectors: vectors that the MSI capability offers, 0 without it
 * @msi_allowed: neither the system nor a quirk of this device forbids MSI(-X)
 * @intx_pin: the device has an interrupt pin (INTA# to INTD#)
 * @intx_routed: the pin leads to an interrupt controller
 * @intx_maskable: COMMAND.INTX_DISABLE and STATUS.INTERRUPT work (PCI 2.3,
 *	6.2.2 and 6.2.3); where they do not, INTx needs a line of its own
 */
struct ug_intr_facts {
	unsigned int msix_vectors;
	unsigned int msi_vectors;
	bool msi_allowed;
	bool intx_pin;
	bool intx_routed;
	bool intx_maskable;
};

/* Why a mode cannot be had; ug_obstacle_text() says it in words. */
enum ug_obstacle {
	UG_USABLE,
	UG_NO_MSIX_CAP,
	UG_NO_MSI_CAP,
	UG_MSI_FORBIDDEN,
	UG_NO_INTX_PIN,
	UG_INTX_NOT_ROUTED,
};

/**
 * ug_mode_obstacle() - what speaks against one mode
 * @facts: the device
 * @mode: any; nothing speaks against UG_MODE_NONE or a UG_MODE_AUTO*
 *
 * Return: UG_USABLE, or the first obstacle.
 */
enum ug_obstacle ug_mode_obstacle(const struct ug_intr_facts *facts,
				  enum ug_mode mode);

/**
 * ug_mode_choose() - the best usable mode
 * @facts: the device
 * @asked: the best mode that the user wants, or one of UG_MODE_AUTO*
 * @failed: bit M set: mode M was tried and could not be set up
 *
 * Modes are tried downwards from @asked.  UG_MODE_NONE is always usable, so
 * there is always an answer.
 *
 * Return: the mode, never a UG_MODE_AUTO*.
 */
enum ug_mode ug_mode_choose(const struct ug_intr_facts *facts,
			    enum ug_mode asked, unsigned long failed);

/**
 * ug_mode_name() - the word for a mode in parameters and attributes
 * @mode: any mode or wish
 *
 * Return: a string constant.
 */
const char *ug_mode_name(enum ug_mode mode);

/**
 * ug_obstacle_text() - an obstacle in words
 * @obstacle: any
 *
 * Return: a string constant that completes "no MODE: ...".
 */
const char *ug_obstacle_text(enum ug_obstacle obstacle);

#endif
