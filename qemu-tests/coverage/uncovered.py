# SPDX-License-Identifier: GPL-2.0-only
"""Holds a report against the list of lines that no test reaches."""
import collections
import pathlib

LIST = pathlib.Path(__file__).parent / "uncovered"
LEAST = 95      # per cent of a module's lines


def _listed():
    """How often each line is listed: they go by their text, which may repeat."""
    lines = LIST.read_text().splitlines()
    return collections.Counter(line.strip() for line in lines if line.startswith("\t"))


def _name(line):
    return f"{line.file} {line.function}: {line.text}"


def _print_difference(title, names):
    if names:
        print(f"{title}:")
    for name in sorted(names.elements()):
        print(f"\t{name}")


def check(lines):
    """Prints what is not as listed; returns whether all is."""
    unreached = collections.Counter(_name(line) for line in lines if not line.count)
    listed = _listed()
    _print_difference(f"Not reached, and not in {LIST.name}", unreached - listed)
    _print_difference(f"In {LIST.name}, but reached, or not there", listed - unreached)
    return unreached == listed


def _share(part, whole):
    return 100 * part / whole if whole else 100


def sum_up(lines):
    """Prints a line for each module; returns whether enough is reached."""
    enough = True
    for module in ("uio_generic", "vfio_lite"):
        mine = [line for line in lines if line.file.startswith(f"{module}/")]
        branches = [count for line in mine for count in line.branches]
        reached = sum(line.count > 0 for line in mine)
        taken = sum(count > 0 for count in branches)
        enough = enough and _share(reached, len(mine)) >= LEAST
        print(f"{module}: {_share(reached, len(mine)):.1f}% of {len(mine)} lines, "
              f"{_share(taken, len(branches)):.1f}% of {len(branches)} branches")
    return enough
