# SPDX-License-Identifier: GPL-2.0-only
"""What guests of each architecture differ in: QEMU's machine and serial ports."""
import collections

# Console and report are the machine's own two ports, in this order.  The third is
# what QEMU arguments make of the chardev "third"; "report" and "monitor" name the
# devices in the guest.
Arch = collections.namedtuple("Arch", "machine iommu third append report monitor")

ARCHES = {
    # Spinlocks are not fair where Linux knows of a hypervisor (Documentation/testing.rst).
    "amd64": Arch(
        machine=["-machine", "q35", "-cpu", "qemu64,hypervisor=off"],
        iommu=["-device", "intel-iommu,intremap=on"],
        third=["-device", "isa-serial,chardev=third,iobase=0x3e8,irq=10,index=2"],
        append="console=ttyS0,115200 no_timer_check random.trust_cpu=on",
        report="/dev/ttyS1", monitor="/dev/ttyS2"),
    # No port on PCI: it would share its interrupt with devices under test.  The slots'
    # own hot-plug controllers answer late, for which each reset would wait seconds.
    "arm64": Arch(
        machine=["-machine", "virt,gic-version=3,its=on", "-cpu", "neoverse-n1",
                 "-global", "pcie-root-port.hotplug=off",
                 "-global", "edu.dma_mask=0xffffffff"],     # its memory begins at 1 GiB
        iommu=["-machine", "iommu=smmuv3"],
        third=["-device", "virtio-serial-device", "-device", "virtconsole,chardev=third"],
        append="console=ttyAMA0",
        report="/dev/ttyAMA1", monitor="/dev/hvc0"),
}
