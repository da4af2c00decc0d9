/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of iommufd and of VFIO's device nodes that tests use. Headers of Debian
 * 12 do not have it: linux/iommufd.h and linux/vfio.h of 6.6 and later do.
 */
#ifndef LIB_IOMMUFD_H
#define LIB_IOMMUFD_H

#include <linux/ioctl.h>

#include "sys.h"

struct vfio_bind {
	u32 argsz;
	u32 flags;
	s32 iommufd;
	u32 out_devid;
	u64 token_uuid_ptr;	/* not before 6.18 */
};

#define VFIO_BIND_FLAG_TOKEN	BIT(0)

struct vfio_attach {
	u32 argsz;
	u32 flags;
	u32 pt_id;
	u32 pasid;		/* not before 6.15 */
};

struct vfio_detach {
	u32 argsz;
	u32 flags;
	u32 pasid;
};

#define VFIO_ATTACH_PASID	BIT(0)
#define VFIO_DETACH_PASID	BIT(0)

struct iommu_alloc {
	u32 size;
	u32 flags;
	u32 out_ioas_id;
};

struct iommu_map {
	u32 size;
	u32 flags;
	u32 ioas_id;
	u32 reserved;
	u64 user_va;
	u64 length;
	u64 iova;
};

struct iommu_unmap {
	u32 size;
	u32 ioas_id;
	u64 iova;
	u64 length;
};

#define IOMMU_MAP_FIXED		BIT(0)
#define IOMMU_MAP_WRITE		BIT(1)
#define IOMMU_MAP_READ		BIT(2)

#define VFIO_BIND_IOMMUFD	_IO(';', 118)
#define VFIO_ATTACH_PT		_IO(';', 119)
#define VFIO_DETACH_PT		_IO(';', 120)
#define IOMMU_ALLOC		_IO(';', 0x81)
#define IOMMU_MAP		_IO(';', 0x85)
#define IOMMU_UNMAP		_IO(';', 0x86)

#endif /* LIB_IOMMUFD_H */
