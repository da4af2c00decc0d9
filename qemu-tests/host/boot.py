# SPDX-License-Identifier: GPL-2.0-only
"""Boots one kernel on one machine and listens to its report port."""
import os
import selectors
import subprocess
import tempfile
import time

from . import arch, build

START_UP = 120      # seconds for firmware, kernel and power-off, on a busy host


def kernel_line(name):
    """The command line of a kernel of this architecture.

    IPv6 joins a multicast group some time after a link is up, for which igb goes
    through its VFs: one that is being made or unmade then is a null pointer to it.
    """
    return f"{arch.ARCHES[name].append} loglevel=7 panic=-1 ipv6.disable=1"


def command(kernel, machine, archive, log, monitor, interactive=False):
    """The QEMU command line; a person can run it by hand as it is."""
    # Why one thread: see "One host thread" in Documentation/testing.rst.
    accel = os.environ.get("QEMU_ACCEL", "tcg,thread=single")
    memory = "1G" if kernel.slow else "512M"
    emulated = arch.ARCHES[kernel.arch]
    # QEMU must not outlive whoever watches its deadline.
    line = ["setpriv", "--pdeathsig", "KILL", build.tree("qemu", kernel.arch).strip(),
            "-nodefaults", "-display", "none", "-no-reboot",
            "-accel", accel, *emulated.machine, "-smp", "2", "-m", memory,
            "-kernel", kernel.vmlinuz, "-initrd", archive,
            "-append", kernel_line(kernel.arch)]
    if interactive:
        line += ["-chardev", "stdio,id=console,signal=off,mux=on",
                 "-serial", "chardev:console", "-serial", "null"]
    else:
        line += ["-serial", f"file:{log}",
                 "-chardev", "stdio,id=report,signal=off", "-serial", "chardev:report"]
    # The guest's third port is the monitor of the QEMU that it runs in.
    line += ["-chardev", f"socket,id=monitor,path={monitor},server=on,wait=off",
             "-mon", "chardev=monitor,mode=control",
             "-chardev", f"socket,id=third,path={monitor}", *emulated.third]
    line += emulated.iommu if machine.iommu else []
    return [str(word) for word in line + machine.qemu]


class Boot:
    """A running QEMU; iterate over lines() until it is over."""

    def __init__(self, kernel, machine, archive, deadline):
        self.log = build.LOGS / f"{kernel.name}-{machine.name}.log"
        self.errors = build.LOGS / f"{kernel.name}-{machine.name}.qemu"
        self.report = build.LOGS / f"{kernel.name}-{machine.name}.ktap"
        self.deadline = START_UP + deadline
        self.timed_out = False
        self._machine = (kernel, machine, archive)

    def lines(self):
        self.log.unlink(missing_ok=True)
        with tempfile.TemporaryDirectory() as directory, \
                self.errors.open("w") as errors, self.report.open("wb") as report:
            line = command(*self._machine, self.log, f"{directory}/monitor")
            with subprocess.Popen(line, stdin=subprocess.DEVNULL, stderr=errors,
                                  stdout=subprocess.PIPE) as qemu:
                try:
                    yield from self._listen(qemu.stdout, report)
                finally:
                    qemu.kill()

    def _listen(self, pipe, report):
        end = time.monotonic() + self.deadline
        pending = b""
        selector = selectors.DefaultSelector()
        selector.register(pipe, selectors.EVENT_READ)
        while selector.select(max(0, end - time.monotonic())):
            data = os.read(pipe.fileno(), 65536)
            if not data:
                return
            report.write(data)
            *whole, pending = (pending + data).split(b"\n")
            for line in whole:
                yield line.decode(errors="replace").rstrip("\r")
        self.timed_out = True
