# SPDX-License-Identifier: GPL-2.0-only
"""FUZZ_SEED and FUZZ_OPS, which the guest's fuzzers take (qemu-tests/lib/fuzz.h)."""
import os

PER_SECOND = 50     # operations, at the slowest, as in lib/fuzz.c


def _asked():
    return {name: int(os.environ[name]) for name in ("FUZZ_SEED", "FUZZ_OPS")
            if name in os.environ}


def words():
    """What to write before a command that is to do the same."""
    return "".join(f"{name}={value} " for name, value in _asked().items())


def plan_lines():
    """The line of the plan; the number of operations may be left to the program."""
    asked = _asked()
    if not asked:
        return []
    return [" ".join(["fuzz", str(asked.get("FUZZ_SEED", 1)),
                      str(asked.get("FUZZ_OPS", ""))]).strip()]


def prolong(test):
    """A fuzzer has time for as many operations as it is asked to do."""
    if not test.name.endswith("fuzz_test"):
        return test
    return test._replace(deadline=test.deadline +
                         _asked().get("FUZZ_OPS", 0) // PER_SECOND)
