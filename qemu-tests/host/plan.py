# SPDX-License-Identifier: GPL-2.0-only
"""What there is to run: tests and the machines that they ask for."""
import collections
import pathlib
import re
import shlex

TESTS = pathlib.Path(__file__).resolve().parent.parent
Machine = collections.namedtuple("Machine", "name device qemu iommu", defaults=[False])
Test = collections.namedtuple("Test", "name machines deadline needs kernels spared stressed "
                              "modules files")


def words(line):
    """Splits a line as the shell does; {5..c} stands for each of these digits."""
    found = re.search(r"\{([0-9a-f])\.\.([0-9a-f])\}", line)
    if not found:
        return shlex.split(line)
    digits = range(int(found[1], 16), int(found[2], 16) + 1)
    return [word for digit in digits
            for word in words(line.replace(found[0], f"{digit:x}", 1))]


def machines():
    """The list of machines, by name."""
    found = {}
    for line in (TESTS / "machines").read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line[0].isspace():
            found[name].qemu.extend(words(line))
        else:
            name, device, *rest = line.split()
            found[name] = Machine(name, device, [], "iommu" in rest)
    return found


def _tag(head, name, default):
    match = re.search(rf"^ \* {name}: (.*)$", head, re.M)
    return match[1].split() if match else default


def _order(source):
    """Fuzzers come last: the kernel keeps memory types of what they map and move."""
    return "_fuzz_" in source.name, source.name


def tests():
    """All test programs, by name; each states its machines in its own file."""
    found = {}
    for source in sorted(TESTS.glob("*_test.c"), key=_order):
        head = source.read_text().partition("*/")[0]
        found[source.stem] = Test(
            name=source.stem,
            machines=_tag(head, "Machine", []),
            deadline=int(_tag(head, "Deadline", ["60"])[0]),
            needs=_tag(head, "Needs", []),
            kernels=_tag(head, "Kernel", []),
            spared=_tag(head, "Not", []),
            stressed=_tag(head, "Stress", []),      # as spared, but for --stress
            modules=_tag(head, "Modules", []),
            files=_tag(head, "Files", []))
    unknown = {name for test in found.values() for name in test.machines} - set(machines())
    if unknown:
        raise SystemExit(f"tests ask for machines that are not listed: {unknown}")
    return found


def kernels(image=""):
    """Names of the kernels on the list, or only of those from this image package."""
    lines = (TESTS / "kernels").read_text().splitlines()
    rows = [line.split() for line in lines if line and line[0] not in "# "]
    return [row[0] for row in rows if image in ("", row[2])]
