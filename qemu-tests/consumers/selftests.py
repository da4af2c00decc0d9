# SPDX-License-Identifier: GPL-2.0-only
"""The kernel's own tools/testing/selftests/vfio, built as it is from Debian's source.

It is that of the newest kernel of the list, by the compiler and the headers of that
suite, and static, since the guest has no libraries.
"""
from host import build, plan

SUITE = "sid"
SOURCE = "linux-source-7.2"
PACKAGES = [SOURCE, "uuid-dev"]
# The programs, the harness, and what their symbolic links lead to.
PATHS = """drivers/dma/idxd/registers.h drivers/dma/ioat/hw.h
    drivers/dma/ioat/registers.h include/linux/pci_ids.h scripts/subarch.include
    tools/arch/x86 tools/include tools/testing/selftests/kselftest.h
    tools/testing/selftests/kselftest_harness.h tools/testing/selftests/lib.mk
    tools/testing/selftests/vfio""".split()
DIRECTORY = build.BUILD / "selftests"
PRELUDE = plan.TESTS / "consumers" / "selftests.h"
PROGRAMS = """vfio_dma_mapping_test vfio_dma_mapping_mmio_test vfio_iommufd_setup_test
    vfio_pci_device_test vfio_pci_device_init_perf_test vfio_pci_driver_test
    vfio_pci_sriov_uapi_test""".split()


def _in_tree(what, log, *command):
    build.run_logged(what, build.LOGS / f"selftests-{log}.log",
                     [build.TREE, "exec", SUITE, "--bind", build.TOP, *command])


def ensure():
    """Fetches, unpacks and builds, as far as it is not done."""
    build.tree("ensure", SUITE, *PACKAGES)
    source, out = DIRECTORY / "source", DIRECTORY / "out"
    if not (source / PATHS[-1]).exists():
        source.mkdir(parents=True, exist_ok=True)
        _in_tree("unpacking the selftests", "unpack",
                 "tar", "-C", source, "-xJf", f"/usr/src/{SOURCE}.tar.xz",
                 "--strip-components=1", *(f"{SOURCE}/{path}" for path in PATHS))
    out.mkdir(exist_ok=True)
    _in_tree("building the selftests", "build",
             "make", "-C", source / PATHS[-1], f"OUTPUT={out}", "KHDR_INCLUDES=",
             f"EXTRA_CFLAGS=-static -include {PRELUDE}")


def files():
    """Pairs of a file and of its place in the guest."""
    return [(DIRECTORY / "out" / name, f"tests/{name}") for name in PROGRAMS]
