# SPDX-License-Identifier: GPL-2.0-only
"""Reads the nested KTAP of a boot or of a program, line by line.

A verdict is positive evidence: what was planned and not reported has failed.
"""
import re

_PLAN = re.compile(r"1\.\.(\d+)")
_RESULT = re.compile(r"(not )?ok (\d+) ?(.*)")


class Tally:
    """What a document has said so far: cases, and the programs around them."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.failures = []          # (program, case, diagnostic lines)
        self.skips = []             # (program, case, reason)
        self.program = None
        self.ended = False
        self._planned = self._seen = 0
        self._diagnostics = []
        self._case_failures = 0

    def feed(self, line):
        """Takes one line; returns (program, ok, cases) when a program ends."""
        if line.startswith("    "):
            self._case(line[4:])
            return None
        return self._top(line)

    def _case(self, line):
        if line.startswith("# Subtest: "):
            self.program = line[len("# Subtest: "):]
            self._cases = self._case_failures = 0
            self._diagnostics = []
        elif result := _RESULT.fullmatch(line):
            self._count_case(result)
        elif line.startswith("# ") or line.startswith("    "):
            self._diagnostics.append(line)

    def _count_case(self, result):
        bad, _, rest = result.groups()
        name, _, reason = rest.partition(" # SKIP")
        self._cases += 1
        if bad:
            self._case_failures += 1
            self.fail(self.program, name, self._diagnostics)
        elif " # SKIP" in rest:
            self.skipped += 1
            self.skips.append((self.program, name, reason.strip()))
        else:
            self.passed += 1
        self._diagnostics = []

    def _top(self, line):
        if plan := _PLAN.fullmatch(line):
            self._planned = int(plan[1])
        elif line.startswith("# end: "):
            self.ended = True
        elif result := _RESULT.fullmatch(line):
            return self._count_program(result)
        return None

    def _count_program(self, result):
        bad, _, rest = result.groups()
        self._seen += 1
        # A program may fail without a failed case: by time-out, leak or crash.
        if bad and not self._case_failures:
            self.fail(self.program or rest, "the program itself",
                      self._diagnostics + [rest])
        return rest.partition(" # ")[0], not bad, self._cases

    def fail(self, program, case, diagnostics):
        self.failed += 1
        self.failures.append((program, case, list(diagnostics)))

    def finish(self):
        """No more lines come: whatever is missing has failed."""
        if not self.ended or self._seen != self._planned or not self._planned:
            self.fail(self.program, "the report breaks off",
                      [f"{self._seen} of {self._planned} programs reported"])
