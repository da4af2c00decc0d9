# SPDX-License-Identifier: GPL-2.0-only
"""Searches a kernel log for what no test may cause."""
import re

BAD = re.compile(
    r"BUG:|WARNING:|Oops|general protection|Call Trace|KASAN|UBSAN|KCSAN|"
    r"Kernel panic|kernel BUG|soft lockup|rcu.*stall|blocked for more than|"
    r"possible (circular|recursive|irq lock)|possible deadlock|"
    r"inconsistent lock|suspicious RCU|sleeping function|"
    r"nobody cared|Disabling IRQ|refcount_t:|unreferenced object|"
    r"Unbalanced enable|Trying to free already-free|ODEBUG|bad: scheduling")
# An MSI that arm64's GIC still had to deliver when its vector was freed: it warns once.
SPARED = re.compile(r"WARNING: .* at drivers/irqchip/irq-gic-v3\.c:\d+ gic_handle_irq")
_BEGIN = re.compile(r"ktap: begin (\S+)")

CONTEXT = 80    # lines of a splat that are worth showing: a stall has two stacks


def complaints(log):
    """Yields (program, lines) for the first complaint within each program."""
    program, seen = "boot", set()
    lines = log.splitlines()
    for number, line in enumerate(lines):
        if begin := _BEGIN.search(line):
            program = begin[1]
        elif BAD.search(line) and not SPARED.search(line) and program not in seen:
            seen.add(program)
            yield program, lines[number:number + CONTEXT]
