/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Devices whose capability lists nobody should have made, or hardly anybody.
 */
#ifndef KUNIT_VFIO_LITE_ODD_DEVICES_H
#define KUNIT_VFIO_LITE_ODD_DEVICES_H

#include "vfio_lite_devices.h"

#define CAP(pos, id, next)	{ pos, (id) | (next) << 8 }
#define FLAGS(pos, id, next, flags) { pos, (id) | (next) << 8 | (u32)(flags) << 16 }
#define EXPRESS(pos, next)	FLAGS(pos, PCI_CAP_ID_EXP, next, 2)
#define EXT(pos, id, next)	{ pos, (id) | 1 << 16 | (u32)(next) << 20 }

#define PM	PCI_CAP_ID_PM
#define MSI	PCI_CAP_ID_MSI
#define VNDR	PCI_CAP_ID_VNDR
#define EXP	PCI_CAP_ID_EXP
#define MSIX	PCI_CAP_ID_MSIX
#define DBG	PCI_CAP_ID_DBG		/* is hidden */
#define DSN	PCI_EXT_CAP_ID_DSN
#define ARI	PCI_EXT_CAP_ID_ARI
#define PASID	PCI_EXT_CAP_ID_PASID	/* is hidden */
#define DPC	PCI_EXT_CAP_ID_DPC	/* so is this */

/* A name, whether it has 4096 bytes, its list's start, what is seen, its words. */
#define ODD(title, is_ext, first, want, want_ext, ...)			\
{									\
	.name = title,							\
	.words = (const struct word[]){ __VA_ARGS__, { END } },		\
	.start = first,							\
	.ext_caps = is_ext,						\
	.caps = want,							\
	.ext = want_ext,						\
}

#define SEE(...)	{ __VA_ARGS__ }
#define NONE		SEE()

static const struct device odd_devices[] = {
	ODD("a pointer, but no list by STATUS", false, 0, NONE, NONE,
	    { 0x34, 0x40 }, CAP(0x40, PM, 0)),
	ODD("a list that is empty", false, 0, NONE, NONE, { 0x04, 0x00100000 }),
	ODD("a pointer into the header", false, 0x3c, NONE, NONE,
	    CAP(0x3c, PM, 0x40), CAP(0x40, PM, 0)),
	ODD("next is in the header", false, 0x40, SEE({ 0x40, PM }), NONE,
	    CAP(0x40, PM, 0x10), { 0x10, 0x00000001 }),
	ODD("reserved low bits of pointers", false, 0x43,
	    SEE({ 0x40, PM }, { 0x50, MSI }), NONE,
	    CAP(0x40, PM, 0x51), CAP(0x50, MSI, 0x03)),
	ODD("a circle of one", false, 0x40, SEE({ 0x40, PM }), NONE,
	    CAP(0x40, PM, 0x40)),
	ODD("a circle of two", false, 0x40, SEE({ 0x40, PM }, { 0x50, MSI }), NONE,
	    CAP(0x40, PM, 0x50), CAP(0x50, MSI, 0x40)),
	ODD("a circle behind the first", false, 0x40,
	    SEE({ 0x40, PM }, { 0x50, MSI }, { 0x60, MSIX }), NONE,
	    CAP(0x40, PM, 0x50), CAP(0x50, MSI, 0x60),
	    CAP(0x60, MSIX, 0x50)),
	ODD("a circle of hidden ones", false, 0x40, NONE, NONE,
	    CAP(0x40, DBG, 0x50), CAP(0x50, DBG, 0x40)),
	ODD("the first is hidden", false, 0x40, SEE({ 0x50, PM }), NONE,
	    CAP(0x40, DBG, 0x50), CAP(0x50, PM, 0)),
	ODD("two in the middle are hidden", false, 0x40,
	    SEE({ 0x40, PM }, { 0x70, MSI }), NONE,
	    CAP(0x40, PM, 0x50), CAP(0x50, DBG, 0x60),
	    CAP(0x60, 0xff, 0x70), CAP(0x70, MSI, 0)),
	ODD("the last is hidden", false, 0x40, SEE({ 0x40, PM }), NONE,
	    CAP(0x40, PM, 0x50), CAP(0x50, DBG, 0)),
	ODD("all are hidden", false, 0x40, NONE, NONE,
	    CAP(0x40, DBG, 0x50), CAP(0x50, 0, 0)),
	ODD("downwards", false, 0xf0, SEE({ 0xf0, PM }, { 0x40, MSI }), NONE,
	    CAP(0xf0, PM, 0x40), CAP(0x40, MSI, 0)),
	ODD("two of a kind", false, 0x40, SEE({ 0x40, MSI }, { 0x60, MSI }), NONE,
	    CAP(0x40, MSI, 0x60), CAP(0x60, MSI, 0)),
	ODD("one within another", false, 0x40, SEE({ 0x40, MSIX }, { 0x44, PM }), NONE,
	    CAP(0x40, MSIX, 0x44), CAP(0x44, PM, 0)),
	ODD("one upon the header of another", false, 0x50, SEE({ 0x50, PM }, { 0x60, MSIX }),
	    NONE, CAP(0x50, PM, 0x4c), CAP(0x4c, MSI, 0x60), CAP(0x60, MSIX, 0)),
	ODD("vendor-specific, upon the header of another", false, 0x50,
	    SEE({ 0x50, PM }, { 0x4c, VNDR }), NONE,
	    CAP(0x50, PM, 0x4c), FLAGS(0x4c, VNDR, 0, 0x20)),
	ODD("vendor-specific, of no length or one byte", false, 0x40, NONE, NONE,
	    FLAGS(0x40, VNDR, 0x50, 0), FLAGS(0x50, VNDR, 0, 1)),
	ODD("vendor-specific, longer than config space", false, 0xc0,
	    SEE({ 0xc0, VNDR }), NONE, FLAGS(0xc0, VNDR, 0, 0xff)),
	ODD("at the end of config space, just fitting", false, 0xf8,
	    SEE({ 0xf8, PM }), NONE, CAP(0xf8, PM, 0)),
	ODD("power management without its control register", false, 0xfc, NONE, NONE,
	    CAP(0xfc, PM, 0)),
	ODD("VPD without its data register", false, 0x40, SEE({ 0x40, PM }), NONE,
	    CAP(0x40, PM, 0xfc), CAP(0xfc, PCI_CAP_ID_VPD, 0)),
	ODD("the same with extended config space", true, 0x40, SEE({ 0x40, EXP }), NONE,
	    EXPRESS(0x40, 0xfc), CAP(0xfc, PCI_CAP_ID_VPD, 0)),
	ODD("advanced features without their control register", false, 0xfc, NONE, NONE,
	    CAP(0xfc, PCI_CAP_ID_AF, 0)),
	ODD("PCI Express without Device Control", true, 0xf8,
	    NONE, SEE({ 0x100, DSN }),
	    EXPRESS(0xf8, 0), EXT(0x100, DSN, 0)),
	ODD("PCI Express without all of its link", true, 0xd0,
	    NONE, SEE({ 0x100, DSN }),
	    EXPRESS(0xd0, 0), EXT(0x100, DSN, 0)),
	ODD("what it leads to is not for raw access", true, 0xd0, NONE,
	    SEE({ 0x100, 0 }, { 0x140, DSN }), EXPRESS(0xd0, 0),
	    EXT(0x100, PASID, 0x140), EXT(0x140, DSN, 0)),
	ODD("PCI Express without a link, just fitting", true, 0xd4,
	    SEE({ 0xd4, EXP }), SEE({ 0x100, DSN }),
	    FLAGS(0xd4, EXP, 0, 0x92), EXT(0x100, DSN, 0)),
	ODD("a conventional device of 4096 bytes: as it is", true, 0x40,
	    SEE({ 0x40, PM }), SEE({ 0x100, PASID }),
	    CAP(0x40, PM, 0), EXT(0x100, PASID, 0)),
	ODD("PCI Express of 256 bytes", false, 0x40, SEE({ 0x40, EXP }), NONE,
	    EXPRESS(0x40, 0)),
	ODD("PCI-X 2.0", true, 0x40, SEE({ 0x40, PCI_CAP_ID_PCIX }),
	    SEE({ 0x100, DSN }),
	    FLAGS(0x40, PCI_CAP_ID_PCIX, 0, 0x2000), EXT(0x100, DSN, 0)),
	ODD("PCI-X 1.0: extended config space as it is", true, 0x40,
	    SEE({ 0x40, PCI_CAP_ID_PCIX }), SEE({ 0x100, DSN }),
	    FLAGS(0x40, PCI_CAP_ID_PCIX, 0, 0), EXT(0x100, DSN, 0)),
	ODD("the first extended one is hidden", true, 0x40, SEE({ 0x40, EXP }),
	    SEE({ 0x100, 0 }, { 0x140, DSN }), EXPRESS(0x40, 0),
	    EXT(0x100, PASID, 0x140), EXT(0x140, DSN, 0)),
	ODD("the first and others are hidden", true, 0x40, SEE({ 0x40, EXP }),
	    SEE({ 0x100, 0 }, { 0x140, DSN }), EXPRESS(0x40, 0),
	    EXT(0x100, PASID, 0x120), EXT(0x120, DPC, 0x140),
	    EXT(0x140, DSN, 0x160), EXT(0x160, 0xffff, 0)),
	ODD("an extended one in the middle is hidden", true, 0x40, SEE({ 0x40, EXP }),
	    SEE({ 0x100, DSN }, { 0x140, ARI }), EXPRESS(0x40, 0),
	    EXT(0x100, DSN, 0x120), EXT(0x120, PASID, 0x140), EXT(0x140, ARI, 0)),
	ODD("no extended one is left", true, 0x40, SEE({ 0x40, EXP }), NONE,
	    EXPRESS(0x40, 0), EXT(0x100, PASID, 0x140),
	    EXT(0x140, DPC, 0)),
	ODD("an extended circle", true, 0x40, SEE({ 0x40, EXP }),
	    SEE({ 0x100, DSN }, { 0x140, ARI }), EXPRESS(0x40, 0),
	    EXT(0x100, DSN, 0x140), EXT(0x140, ARI, 0x100)),
	ODD("an extended circle of a hidden one", true, 0x40, SEE({ 0x40, EXP }), NONE,
	    EXPRESS(0x40, 0), EXT(0x100, PASID, 0x100)),
	ODD("next of an extended one is a conventional one", true, 0x40,
	    SEE({ 0x40, EXP }), SEE({ 0x100, DSN }), EXPRESS(0x40, 0),
	    EXT(0x100, DSN, 0x40)),
	ODD("reserved low bits of extended pointers", true, 0x40, SEE({ 0x40, EXP }),
	    SEE({ 0x100, DSN }, { 0x140, ARI }), EXPRESS(0x40, 0),
	    EXT(0x100, DSN, 0x143), EXT(0x140, ARI, 3)),
	ODD("the last dword of all", true, 0x40, SEE({ 0x40, EXP }),
	    SEE({ 0x100, DSN }, { 0xffc, PCI_EXT_CAP_ID_SRIOV }),
	    EXPRESS(0x40, 0), EXT(0x100, DSN, 0xffc),
	    EXT(0xffc, PCI_EXT_CAP_ID_SRIOV, 0)),
	ODD("extended config space that cannot be reached", true, 0x40,
	    SEE({ 0x40, EXP }), NONE, EXPRESS(0x40, 0),
	    { 0x100, 0xffffffff }),
};

#endif
