# SPDX-License-Identifier: GPL-2.0-only
"""Holds a report against the list of lines that no test reaches."""
import collections
import pathlib

LIST = pathlib.Path(__file__).parent / "uncovered"
LEAST = 95      # per cent of a module's lines


def _listed():
    """How often each line is listed: they go by their text, which may repeat.

    Two counters: lines that are never reached, and those that are by chance.
    """
    lines = [line.strip() for line in LIST.read_text().splitlines()
             if line.startswith("\t")]
    return (collections.Counter(line for line in lines if not line.startswith("~")),
            collections.Counter(line[1:].strip() for line in lines
                                if line.startswith("~")))


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
    never, by_chance = _listed()
    unknown = unreached - never - by_chance
    stale = never - unreached
    _print_difference(f"Not reached, and not in {LIST.name}", unknown)
    _print_difference(f"In {LIST.name}, but reached, or not there", stale)
    return not unknown and not stale


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
