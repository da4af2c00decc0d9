# SPDX-License-Identifier: GPL-2.0-only
"""Where one interrupt spends its instructions, function by function.

QEMU logs each instruction's address.  An address that is the first of a function
was called, or jumped to; any other change of function is a return.
"""
import bisect
import re

from host import build

LOGGED = re.compile(r"\[[0-9a-f]+/([0-9a-f]+)/")
USER_END = 1 << 47


class Symbols:
    """Addresses of functions; those of modules hold until the next load."""

    def __init__(self):
        self._kernel, self._module = {}, {}
        self._names, self._sorted = {}, []

    def add(self, where, address, name):
        names = self._kernel if where == "kernel" else self._module
        names.setdefault(int(address, 16), name)
        self._sorted = []

    def forget_modules(self):
        self._module, self._sorted = {}, []

    def find(self, address):
        """The start and the name of the function that an address is in."""
        if address < USER_END:
            return 0, "(user space)"
        if not self._sorted:
            self._names = {**self._kernel, **self._module}
            self._sorted = sorted(self._names)
        start = self._sorted[bisect.bisect_right(self._sorted, address) - 1]
        return start, self._names[start]


class Node:
    """One call of a function."""

    def __init__(self, start, name, parent):
        self.start, self.name, self.parent = start, name, parent
        self.own, self.calls = 0, []

    def total(self):
        return self.own + sum(call.total() for call in self.calls)

    def lines(self, depth=0):
        yield f"{self.total():7} {self.own:6}  {'  ' * depth}{self.name}"
        for call in self.calls:
            yield from call.lines(depth + 1)


def call_tree(addresses, symbols):
    root = here = Node(0, "(user space)", None)
    for address in addresses:
        start, name = symbols.find(address)
        if start != here.start or address == start and here.own:
            above = here
            while address != start and above and above.start != start:
                above = above.parent
            if address == start or not above:
                above = Node(start, name, here)
                here.calls.append(above)
            here = above
        here.own += 1
    return root


def sections(path, begin, end):
    """The logged addresses between the two marks, one list for each interrupt."""
    current, last = None, None
    with path.open(errors="replace") as log:
        for line in log:
            if not (found := LOGGED.search(line)):
                continue
            address = int(found[1], 16)
            if address == begin:
                current = []
            elif address == end and current is not None:
                yield current
                current = None
            # What was about to run when an interrupt came is logged again.
            if current is not None and address != last:
                current.append(address)
            last = address


def _marks(said):
    for line in said:
        if line[:1] == ["hops"]:
            return int(line[2], 16), int(line[3], 16)
    raise build.Failed("the guest did not get as far as tracing, see build/logs")


def _render(kernel, said, traced, subjects):
    symbols = Symbols()
    for line in said:
        if line[:1] in (["kernel"], ["module"]):
            symbols.add(*line)
        elif line[:1] == ["hops"]:
            tree = call_tree(next(traced), symbols)
            if line[1] in subjects or "all" in subjects:
                yield f"{line[1]} on {kernel.name} ({kernel.release})\n"
                yield from ["  total    own  function", *tree.lines(), ""]
            symbols.forget_modules()


def trace(kernel, subjects, machine, run_boot, report):
    """Boots once and renders the call trees of these subjects."""
    path = build.LOGS / f"{kernel.name}-hops.log"
    path.unlink(missing_ok=True)
    machine = machine._replace(qemu=[*machine.qemu, "-D", path])
    said = run_boot(kernel, machine, ["hop_bench"], report)
    return "\n".join(_render(kernel, said, sections(path, *_marks(said)), subjects))
