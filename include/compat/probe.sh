#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: probe.sh KERNEL-SOURCE-OR-HEADERS
#
# Prints a -DHAVE_... for each fact that holds in the headers built against.
# Headers are asked and not version numbers: distributions and longterm
# kernels backport interfaces.  One line a fact; the comment names the mainline
# release that made it true.
set -eu

include=$1/include/linux

# member STRUCT NAME HEADER: the definition of STRUCT in HEADER has a member NAME
member() {
	sed -n "/^struct $1 {/,/^}/p" "$include/$3" | grep -qw "$2"
}

# have MACRO TEST...: print -DHAVE_MACRO if the test succeeds
have() {
	macro=$1
	shift
	if "$@"; then
		printf ' -DHAVE_%s' "$macro"
	fi
}

have PCI_DRIVER_DEV_GROUPS	member pci_driver dev_groups pci.h		# 5.14
have UIO_INFO_MMAP_PREPARE	member uio_info mmap_prepare uio_driver.h	# 7.0
