/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a test sees of the architecture that it runs on.
 */
#ifndef LIB_ARCH_H
#define LIB_ARCH_H

#ifdef __x86_64__
#define ARCH_IOMMU	"DMAR"			/* in the log: who reports a fault */
#define ARCH_PORT	"port_x86"		/* UIO's type of I/O ports */
#define ARCH_EDU_BITS	28			/* of an edu's addresses; see host/arch.py */
#define ARCH_NO_PAIR	""			/* why two devices cannot be one IOMMU group */
#define ARCH_ROUTES	""			/* why INTx of a device always leads somewhere */
#else
#define ARCH_IOMMU	"arm-smmu-v3"
#define ARCH_PORT	"port_other"
#define ARCH_EDU_BITS	32
#define ARCH_NO_PAIR	"the SMMU's driver takes one device only behind a conventional bridge"
#define ARCH_ROUTES	"the kernel looks the interrupt line up at each bind here"
#endif

#endif /* LIB_ARCH_H */
