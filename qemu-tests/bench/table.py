# SPDX-License-Identifier: GPL-2.0-only
"""The table of a kernel: instructions of ours, of the peer, and their ratio."""
import collections

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
]
TITLES = ["what", "ours", "median", "p99", "peer", "median", "p99", "ratio", "repeats"]


class Result:
    """What one boot measured."""

    def __init__(self, said):
        self.costs, self.memory = {}, {}
        for kind, *words in filter(None, said):
            if kind == "count":
                what, subject, *numbers = words
                self.costs[what, subject] = Cost(*map(int, numbers))
            elif kind == "memory":
                what, subject, tables, faults = words
                self.memory[what, subject] = (int(tables), int(faults))


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


def render(kernel, results):
    text = f"{kernel.name} ({kernel.release})\n\n{grid([TITLES, *measured(results)])}\n"
    if results[0].memory:
        text += f"\n{memory(results[0])}\n"
    return text
