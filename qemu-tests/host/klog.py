# SPDX-License-Identifier: GPL-2.0-only
"""Searches a kernel log for what no test may cause."""
import re

BAD = re.compile(
    r"BUG:|WARNING:|Oops|general protection|Call Trace|KASAN|UBSAN|"
    r"Kernel panic|kernel BUG|soft lockup|rcu.*stall|blocked for more than|"
    r"possible (circular|recursive|irq lock)|possible deadlock|"
    r"inconsistent lock|suspicious RCU|sleeping function|"
    r"nobody cared|Busy inodes|Disabling IRQ|refcount_t:|unreferenced object|"
    r"Unbalanced enable|Trying to free already-free|ODEBUG|bad: scheduling")
# An MSI that arm64's GIC still had to deliver when its vector was freed: it warns once.
# And VFs that go when their PF is unbound: 7.2 wants a lock held, but not who removes the
# PF, who has it, and whom a driver cannot tell from who unbinds it. So warns vfio-pci, too.
SPARED = re.compile(r"WARNING: .* at drivers/irqchip/irq-gic-v3\.c:\d+ gic_handle_irq|"
                    r"WARNING: drivers/pci/remove\.c:\d+ at pci_stop_and_remove_bus_device\+")
_END = re.compile(r"---\[ end trace ")
# Of the kernel's races, which are many, those in which one of our modules has a part: it
# touches the memory, or has somebody copy or compare it.
_KCSAN = re.compile(r"BUG: KCSAN: ")
_ACCESS = re.compile(r"\] (read|write|race at unknown origin).* by ")
_RULE = re.compile(r"\] ={66}$")
_OURS = re.compile(r"\[(uio_generic|igb_uio|uio_pci_generic|vfio_lite|vfio_pci_drop_in)\]")
_BEGIN = re.compile(r"ktap: begin (\S+)")

CONTEXT = 80    # lines of a splat that are worth showing: a stall has two stacks


def _is_ours(report):
    return any(_OURS.search(line) for number, line in enumerate(report)
               if any(map(_ACCESS.search, report[max(number - 2, 0):number])))


def _without_foreign_races(lines):
    """All lines but for reports of KCSAN, each between two rules, that are not of ours."""
    kept, report = [], None
    for line in lines:
        if report is None:
            if _KCSAN.search(line):
                report = [line]
            else:
                kept.append(line)
            continue
        report.append(line)
        if _RULE.search(line):
            kept += report if _is_ours(report) else []
            report = None
    return kept + (report or [])


def complaints(log):
    """Yields (program, lines) for the first complaint within each program."""
    program, seen, sparing = "boot", set(), False
    lines = _without_foreign_races(log.splitlines())
    for number, line in enumerate(lines):
        if begin := _BEGIN.search(line):
            program, sparing = begin[1], False
        elif SPARED.search(line) or sparing:
            sparing = not _END.search(line)
        elif BAD.search(line) and program not in seen:
            seen.add(program)
            yield program, lines[number:number + CONTEXT]
