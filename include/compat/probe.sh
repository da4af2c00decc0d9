#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: probe.sh KERNEL-SOURCE-OR-HEADERS
#
# Prints a -DHAVE_... for each fact that holds in the headers built against.
# Headers are asked and not version numbers: distributions and longterm
# kernels backport interfaces.  One line a fact; the comment names the supported
# kernels in which it holds.
set -eu

include=$1/include/linux

# Or what is not found would be taken for what this kernel does not have.
for header in pci.h mm.h module.h uio_driver.h eventfd.h iommu.h; do
	[ -r "$include/$header" ] || {
		echo "probe.sh: no $include/$header" >&2
		exit 1
	}
done

# member STRUCT NAME HEADER: the definition of STRUCT in HEADER has a member NAME
member() {
	sed -n "/^struct $1 {/,/^}/p" "$include/$3" | grep -qw "$2"
}

# line REGEX HEADER: a line of HEADER matches
line() {
	grep -Eq "$1" "$include/$2"
}

# vfio_core: all that vfio_lite needs of the VFIO core; the first is of 6.0, the next two were
# also backported to 6.1.y, and iommufd is as it came in 6.2 or as it is since 6.6
vfio_core() {
	line ' vfio_alloc_device\(' vfio.h &&
		line ' vfio_virqfd_flush_thread\(' vfio.h &&
		line ' vfio_file_is_group\(' vfio.h &&
		{ ! member vfio_device_ops bind_iommufd vfio.h ||
			member vfio_device_ops detach_ioas vfio.h; }
}

# have MACRO TEST...: print -DHAVE_MACRO if the test succeeds
have() {
	macro=$1
	shift
	if "$@" 2>/dev/null; then
		printf ' -DHAVE_%s' "$macro"
	fi
}

have ASSIGN_STR_ONE	line '__assign_str\(dst\)' ../trace/stages/stage6_event_callback.h	# 6.12 7.2
have DEVICE_DRIVER_OVERRIDE	line 'int device_set_driver_override\(' device.h	# 6.12 7.2
have EVENTFD_SIGNAL_COUNT	line 'eventfd_signal\(struct eventfd_ctx \*ctx, __u64 n\)' eventfd.h	# 5.10 6.1
have EXPORT_LICENSE_WORD	line '__EXPORT_SYMBOL\(sym, "GPL"' export.h	# 6.12 7.2
have HUGE_PFNMAP	line 'huge_fault\)\(struct vm_fault \*vmf, unsigned int' mm.h	# 6.12 7.2
have IOMMU_DMA_OWNER	line ' iommu_group_dma_owner_claimed\(' iommu.h	# 6.1 6.12 7.2
have IRQ_BYPASS_EVENTFD	member irq_bypass_producer eventfd irqbypass.h	# 7.2
have MODULE_NS_STRING	line 'MODULE_INFO\(import_ns, ns\)' module.h	# 7.2
have PCI_DEV_TRYLOCK	line ' pci_dev_trylock\(' pci.h		# 6.1 6.12 7.2
have PCI_DRIVER_DEV_GROUPS	member pci_driver dev_groups pci.h	# 6.1 6.12 7.2
have PCI_ERROR_REPORTING	line ' pci_enable_pcie_error_reporting\(' aer.h	# 5.10 6.1
have PCI_MSIX_ALLOC_DYN	line ' pci_msix_can_alloc_dyn\(' pci.h	# 6.12 7.2
have PCI_RESET_FLR	line ' pcie_reset_flr\(' pci.h		# 6.1 6.12 7.2
have PFN_T		line 'vmf_insert_pfn_pmd\(.*pfn_t' huge_mm.h	# 5.10 6.1 6.12
have UIO_INFO_MMAP_PREPARE	member uio_info mmap_prepare uio_driver.h	# 7.2
have UNALIGNED	test -e "$include/unaligned.h"		# 6.12 7.2
have VFIO_BIND_IOMMUFD	member vfio_device_ops bind_iommufd vfio.h	# 6.12 7.2
have VFIO_DEVICE_INODE	member vfio_device inode vfio.h		# 6.12 7.2
have VFIO_FREE_DEVICE	line 'void vfio_free_device\(' vfio.h	# 6.1
have VFIO_MATCH_TOKEN	member vfio_device_ops match_token_uuid vfio.h	# 7.2
have VFIO_CORE		vfio_core				# 6.1 6.12 7.2
have VFIO_PASID_ATTACH	member vfio_device_ops pasid_attach_ioas vfio.h	# 7.2
have VFIO_REGION_INFO_CAPS	member vfio_device_ops get_region_info_caps vfio.h	# 7.2
have VM_FLAGS_SET	line 'inline void vm_flags_set\(' mm.h		# 6.12 7.2
