# SPDX-License-Identifier: GPL-2.0-only
"""The guest that QEMU runs within the guest: its kernel and its programs."""
import lzma

from host import build

PROGRAMS = {"inner_test": 300, "edu_test": 300}     # and their deadlines
MODULES = ["uio", "uio_generic", "nvme", "e1000e"]
XZ = b"\xfd7zXZ\0"


def _unpack(kernel, target):
    """QEMU starts an unpacked kernel right away, which saves a minute."""
    image = kernel.vmlinuz.read_bytes()
    begin = image.find(XZ)
    if begin < 0:
        raise build.Failed(f"{kernel.vmlinuz}: not compressed by xz")
    target.write_bytes(lzma.LZMADecompressor().decompress(image[begin:]))


def files(kernel):
    """Pairs of a file and of its place in the outer guest."""
    lines = ["machine inner", "dut 1234:11e8"]
    lines += [f"test {name} {deadline}" for name, deadline in PROGRAMS.items()]
    archive = build.initramfs(kernel, "inner", lines, PROGRAMS, MODULES)
    vmlinux = kernel.dir / "vmlinux"
    _unpack(kernel, vmlinux)
    return [(vmlinux, "tests/inner/vmlinux"), (archive, "tests/inner/initramfs")]
