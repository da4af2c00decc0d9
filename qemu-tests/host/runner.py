# SPDX-License-Identifier: GPL-2.0-only
"""Runs tests in one boot, judges what came of it, and adds up all boots."""
import collections
import concurrent.futures
import subprocess
import threading
import time

from . import boot, build, fuzz, klog, ktap, plan

START = time.monotonic()
PRINT = threading.Lock()
SHORT = 8       # lines of a failure, when it is said again at the end


def say(text):
    with PRINT:
        print(f"[{time.monotonic() - START:4.0f} s] {text}", flush=True)


class Report:
    """Adds up all boots; the one place that prints failures."""

    def __init__(self):
        self.sums = {}              # kernel -> Counter
        self.failures = []          # said once more, in short, where people look

    def add(self, where, tally, log=None, again=""):
        self.sums.setdefault(where.partition("/")[0], collections.Counter()).update(
            passed=tally.passed, failed=tally.failed, skipped=tally.skipped)
        for program, case, reason in tally.skips:
            say(f"{where}: skipped {program}: {case}: {reason}")
        for program, case, lines in tally.failures:
            self._failed(where, f"{program}: {case}", lines,
                         [f"repeat: {again.format(test=program)}"] +
                         ([f"kernel log: {log}"] if log else []))

    def broken(self, kernel, why):
        """Not one of the kernel's tests could be run: one failure."""
        self.sums.setdefault(kernel, collections.Counter()).update(failed=1)
        self._failed(kernel, why)

    def _failed(self, where, what, lines=(), after=()):
        head = f"{where}: FAILED {what}"
        say("\n".join([head, *(f"      {line}" for line in [*lines, *after])]))
        self.failures += [head, *(f"      {line}" for line in lines[:SHORT])]

    def close(self):
        say("done")
        print("\n".join(self.failures), end="\n" * bool(self.failures))
        total = sum(self.sums.values(), collections.Counter())
        rows = {**self.sums, "": total} if len(self.sums) > 1 else {"": total}
        for name, count in rows.items():
            print(f"{name}: " * bool(name) + f"{count['passed']} passed, "
                  f"{count['failed']} failed, {count['skipped']} skipped")
        return 1 if total["failed"] or not total["passed"] else 0


def check_log(tally, machine_boot):
    """What the kernel complained of, and how the boot ended."""
    log = machine_boot.log.read_text(errors="replace") \
        if machine_boot.log.exists() else ""      # QEMU did not even start
    for program, lines in klog.complaints(log):
        tally.fail(program, "the kernel log has a complaint", lines)
    if machine_boot.timed_out:
        tally.fail(tally.program, f"no end within {machine_boot.deadline} s",
                   log.splitlines()[-15:])
    elif not tally.ended:
        tally.fail(tally.program, "the machine went down",
                   machine_boot.errors.read_text().splitlines()[-5:] +
                   log.splitlines()[-25:])
    tally.finish()


def prepare(kernel, machine, tests, stress=False):
    """Packs an initramfs for these tests; returns the boot and its tally."""
    # As patience() in lib/sys.c.
    slower = (4 if kernel.slow else 1) * (10 if stress else 1)
    tests = [fuzz.prolong(test) for test in tests]
    lines = [f"machine {machine.name}", f"dut {machine.device}", *fuzz.plan_lines()]
    lines += ["stress yes"] if stress else []
    lines += [f"test {test.name} {slower * test.deadline}" for test in tests]
    lines += [f"print {name}" for name in kernel.printers]
    modules = ["uio", *kernel.ours] + [name for test in tests for name in test.modules]
    archive = build.initramfs(kernel, machine.name, lines,
                              [test.name for test in tests] + kernel.printers, modules,
                              [(plan.TESTS / name, f"tests/{name}")
                               for test in tests for name in test.files])
    deadline = slower * sum(test.deadline for test in tests)
    return boot.Boot(kernel, machine, archive, deadline), ktap.Tally()


def run_boot(kernel, machine, tests, stress, report):
    where = f"{kernel.name}/{machine.name}"
    machine_boot, tally = prepare(kernel, machine, tests, stress)
    say(f"{where}: booting {kernel.release}")
    for line in machine_boot.lines():
        if ended := tally.feed(line):
            program, good, cases = ended
            say(f"{where}: {program}: {'ok' if good else 'NOT OK'}, {cases} cases")
    check_log(tally, machine_boot)
    report.add(where, tally, machine_boot.log,
               f"{fuzz.words()}qemu-tests/run --kernel {kernel.name} "
               f"--machine {machine.name} {'--stress ' if stress else ''}{{test}}")
    return machine_boot


def _wanted(test, kernel, machine, stress):
    """Whether a test is for this machine, this kernel and what was built for it."""
    names = {kernel.name, kernel.name.partition("-")[0]}
    spared = {*test.spared, *([] if stress else test.stressed)}
    return machine.name in test.machines and set(test.needs) <= set(kernel.ours) and \
        (not test.kernels or names & set(test.kernels)) and not names & spared


def run_boots(kernel, machines, tests, jobs, report, stress=False):
    """All tests that ask for this kernel, a boot for each machine; returns these."""
    boots = []
    for machine in machines:
        chosen = [test for test in tests if _wanted(test, kernel, machine, stress)]
        if chosen:
            boots.append((kernel, machine, chosen, stress, report))
    # The longest first, so that none is left alone at the end.
    boots.sort(key=lambda job: -sum(test.deadline for test in job[2]))
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        return [future.result()
                for future in [pool.submit(run_boot, *job) for job in boots]]


def _run_program(where, name, command, report, again):
    """A program on this host that reports its cases in KTAP."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.STDOUT, timeout=600)
    except subprocess.TimeoutExpired as late:
        report.broken(where.partition("/")[0], f"{name}: no end within {late.timeout:.0f} s")
        return
    tally = ktap.Tally()
    for line in ["1..1", f"    # Subtest: {name}"] + \
            [f"    {line}" for line in done.stdout.splitlines()] + \
            [f"{'not ' if done.returncode else ''}ok 1 {name}", "# end: 1"]:
        tally.feed(line)
    tally.finish()
    bad = done.returncode or tally.failed
    say(f"{where}: {name}: {'NOT OK' if bad else 'ok'}, {tally.passed + tally.failed} cases")
    report.add(where, tally, again=again)


def run_install(kernel, report):
    """What modules_install gives, below a directory of its own."""
    _run_program(f"{kernel.name}/host", "install", kernel.install_command(), report,
                 f"qemu-tests/run --kernel {kernel.name} install")


def run_host(report):
    """The pure tests under ASan and UBSan."""
    for program in build.build_pure():
        _run_program("host", program.name, [program], report, f"build/pure/{program.name}")
