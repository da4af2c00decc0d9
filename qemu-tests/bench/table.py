# SPDX-License-Identifier: GPL-2.0-only
"""The table of a kernel: instructions of ours, of the peer, and their ratio."""
import collections
import subprocess

Cost = collections.namedtuple("Cost", "median p99 samples")

# what is done, ours, the peer; a ratio of 1.00 is as good as the peer.
PAIRS = [
    ("service", "uio_generic:msi", "igb_uio:msi"),
    ("service", "uio_generic:msi", "vfio-pci:msi"),
    ("service", "uio_generic:msi+write", "igb_uio:msi+write"),
    ("service", "uio_generic:intx", "igb_uio:intx"),
    ("service", "dropin:write", "in-tree:config"),
    ("service", "dropin:config", "in-tree:config"),
    ("wake", "uio_generic:msi", "igb_uio:msi"),
    ("wake", "uio_generic:msi", "vfio-pci:msi"),
    ("wake", "uio_generic:msi+write", "igb_uio:msi+write"),
    ("wake", "uio_generic:intx", "igb_uio:intx"),
    ("wake", "dropin:write", "in-tree:config"),
    ("wake", "dropin:config", "in-tree:config"),
    ("bar-aligned", "uio_generic:msi", "igb_uio:msi"),
    ("bar-unaligned", "uio_generic:msi", "igb_uio:msi"),
    ("page", "uio_generic:msi", "igb_uio:msi"),
    ("page", "uio_generic:msi", "in-tree:config"),
    ("open+close", "uio_generic:msi", "igb_uio:msi"),
    ("open+close", "uio_generic:intx", "igb_uio:intx"),
    ("open+close", "dropin:write", "in-tree:config"),
    *((what, "vfio-lite", "vfio-pci") for what in (
        "msi-service", "msi-wake", "intx-service", "intx-wake", "msi-on+off",
        "intx-on+off", "config-read-4-virtual", "config-read-4-real",
        "config-read-256", "config-write-bar", "bar-read-4", "page", "bar-aligned",
        "bar-unaligned", "open+close")),
    *((what, ours, peer) for what in ("bind-64", "unbind-64") for ours, peer in (
        ("uio_generic:msi", "igb_uio:msi"), ("uio_generic:msi", "in-tree:config"),
        ("vfio-lite:msi", "vfio-pci:msi"))),
    *((f"vectors-{what}-{number}", "vfio-lite", "vfio-pci")
      for what in ("on", "off") for number in (1, 64, 2048)),
]
# What is done to 1 and to more at once: the cost of each one should not grow.
SCALES = {"bind": (1, 8, 64), "unbind": (1, 8, 64),
          "vectors-on": (1, 64, 2048), "vectors-off": (1, 64, 2048)}
TITLES = ["what", "ours", "median", "p99", "peer", "median", "p99", "ratio", "repeats"]


class Result:
    """What one boot measured."""

    def __init__(self, said):
        self.costs, self.memory, self.bytes = {}, {}, {}
        for kind, *words in filter(None, said):
            if kind == "count":
                what, subject, *numbers = words
                self.costs[what, subject] = Cost(*map(int, numbers))
            elif kind == "memory":
                what, subject, tables, faults = words
                self.memory[what, subject] = (int(tables), int(faults))
            elif kind == "bytes":
                what, subject, number = words
                self.bytes[what, subject] = int(number)


def spread(results, *keys):
    """By how much medians differ between boots, at most, in parts of a hundred."""
    worst = 0
    for key in keys:
        medians = [result.costs[key].median for result in results]
        worst = max(worst, (max(medians) - min(medians)) / min(medians))
    return "exact" if not worst else f"{worst:.2%}"


def ratio(ours, peer):
    return f"{ours / peer:.4f}" if ours * 100 > peer else f"1/{round(peer / ours)}"


def row(results, what, ours, peer):
    keys = (what, ours), (what, peer)
    left, right = (results[0].costs[key] for key in keys)
    return [what, ours, str(left.median), str(left.p99), peer, str(right.median),
            str(right.p99), ratio(left.median, right.median),
            spread(results, *keys) if len(results) > 1 else "-"]


def measured(results):
    """The in-tree driver has no maps on some kernels, for one."""
    for what, ours, peer in PAIRS:
        if all((what, name) in result.costs
               for name in (ours, peer) for result in results):
            yield row(results, what, ours, peer)


def grid(rows):
    """A simple table of reStructuredText."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    rule = "  ".join("=" * width for width in widths)
    lines = ["  ".join(word.ljust(width) for word, width in zip(row, widths)).rstrip()
             for row in rows]
    return "\n".join([rule, lines[0], rule, *lines[1:], rule])


def memory(result):
    return grid([["what", "driver", "page tables", "faults"]] + [
        [what, subject, f"{tables} KiB", str(faults)]
        for (what, subject), (tables, faults) in result.memory.items()])


def scale_rows(results, what):
    """Each driver's cost of one, for all numbers, and by how much the most is dearer."""
    names = [f"{what}-{number}" for number in SCALES[what]]
    for subject in [subject for name, subject in results[0].costs if name == names[0]]:
        medians = [results[0].costs[name, subject].median for name in names]
        yield [subject, *map(str, medians), f"{medians[2] / medians[1]:.3f}",
               spread(results, *((name, subject) for name in names))
               if len(results) > 1 else "-"]


def scales(results):
    for what, numbers in SCALES.items():
        rows = list(scale_rows(results, what))
        if rows:
            last = f"{numbers[2]} by {numbers[1]}"
            yield grid([[what, *map(str, numbers), last, "repeats"], *rows])


def sizes(results):
    found = results[0].bytes
    return grid([["driver", "bound", "open"]] + [
        [subject, str(found["bound", subject]), str(found["open", subject])]
        for subject in dict.fromkeys(subject for _, subject in found)])


def text_sizes(modules):
    """Bytes of all sections that are loaded, as size of binutils adds them up."""
    rows = [["module", "text", "data", "bss"]]
    for name, path in modules:
        out = subprocess.run(["size", path], check=True, text=True,
                             stdout=subprocess.PIPE)
        rows.append([name, *out.stdout.splitlines()[1].split()[:3]])
    return grid(rows)


def render(kernel, results, modules):
    parts = [f"{kernel.name} ({kernel.release})"]
    if rows := list(measured(results)):
        parts.append(grid([TITLES, *rows]))
    if results[0].memory:
        parts.append(memory(results[0]))
    parts += scales(results)
    if results[0].bytes:
        parts += [sizes(results), text_sizes(modules)]
    return "\n\n".join(parts) + "\n"
