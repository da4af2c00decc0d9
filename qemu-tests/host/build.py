# SPDX-License-Identifier: GPL-2.0-only
"""Builds what a boot needs: modules for one kernel, guest programs, initramfs."""
import functools
import lzma
import os
import pathlib
import re
import shlex
import shutil
import subprocess

from . import arch, plan

TOP = plan.TESTS.parent
BUILD = TOP / "build"
LOGS = BUILD / "logs"
TREE = plan.TESTS / "tree"
MAKE_VARIABLES = ["TEST_MODULES=m", "DROP_IN=uio_pci_generic vfio-pci"]
MODULE_SOURCES = ["Kbuild", "Makefile", "dkms.conf", "include", "uio_generic", "vfio_lite",
                  "kunit", "qemu-tests/fixture"]


# Ours is compared with the kernel's own of that name: both go into the guest.
GUEST_NAMES = {"vfio-pci.ko": "vfio_pci_drop_in"}


class Failed(Exception):
    """A step before the tests went wrong; the text says which and why."""


def run_logged(what, log, command, **options):
    """Runs a command with its output in a log; shows the tail if it fails."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as out:
        done = subprocess.run(command, stdout=out, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, **options)
    if done.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
        raise Failed(f"{what} failed, log: {log}\n{tail}")


def tree(*arguments):
    """Asks qemu-tests/tree, whose progress goes to our stderr."""
    done = subprocess.run([TREE, *arguments], stdout=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, text=True)
    if done.returncode:
        raise Failed(f"qemu-tests/tree {' '.join(arguments)} failed")
    return done.stdout


class Kernel:
    """One line of the list of kernels, fetched and ready to build against."""

    make_variables = MAKE_VARIABLES
    printers = []       # programs that add to the report when the tests are over

    def __init__(self, name):
        self.name = name
        words = shlex.split(tree("kernel", name))
        facts = dict(word.split("=", 1) for word in words)
        self.suite, self.release = facts["suite"], facts["release"]
        self.arch, self.cross = facts["arch"], facts["cross"]
        if self.cross:
            self.make_variables = [*MAKE_VARIABLES, f"ARCH={self.arch}",
                                   f"CROSS_COMPILE={self.cross}"]
        self.vmlinuz = pathlib.Path(facts["vmlinuz"])
        self.modules = pathlib.Path(facts["modules"])
        self.headers = facts["headers"]
        # One that looks for faults takes its time.
        config = pathlib.Path(facts["config"]).read_text()
        self.slow = "CONFIG_KASAN=y\n" in config or "CONFIG_KCSAN=y\n" in config
        self.guest = BUILD / (f"guest-{self.arch}" if self.cross else "guest")
        self.dir = BUILD / name
        self.source = self.dir / "src"

    def in_tree(self, what, log, *command):
        run_logged(what, log, [TREE, "exec", self.suite, "--bind", TOP, *command])

    @functools.cached_property
    def stock(self):
        """The kernel's own modules: name -> (path, names it needs first)."""
        found = {}
        for line in (self.modules / "modules.dep").read_text().splitlines():
            path, _, needs = line.partition(":")
            # modules.dep lists the nearest first, and insmod wants it last.
            found[_module_name(path)] = (
                self.modules / path,
                [_module_name(need) for need in reversed(needs.split())])
        return found

    @functools.cached_property
    def ours(self):
        """The modules built from this project: name -> (path, needs)."""
        found = {}
        for path in sorted(self.source.rglob("*.ko")):
            needs = re.search(rb"\0depends=([^\0]*)", path.read_bytes())[1]
            name = GUEST_NAMES.get(path.name, _module_name(path))
            found[name] = (path, needs.decode().split(",") if needs else [])
        return found

    def build_modules(self):
        """Builds in a copy, since kbuild writes beside the sources."""
        copy_sources(self.source)
        log = LOGS / f"build-{self.name}.log"
        self.in_tree(f"building the modules for {self.name}", log,
                     "make", "-C", self.headers, f"M={self.source}",
                     *self.make_variables, f"-j{os.cpu_count()}", "W=1", "modules")
        # Another pahole may have come since the kernel was built, for which there is no use.
        if found := re.findall(r".*\bwarning: (?!pahole ).*", log.read_text(), re.I):
            # The next build is from scratch, and so says it again.
            shutil.rmtree(self.source)
            raise Failed(f"the build for {self.name} warns, log: {log}\n" + "\n".join(found))
        for module in [*self.source.glob("vfio_lite/*.ko"), *self.source.glob("uio_*/*.ko")]:
            if b"\0alias=" in module.read_bytes():
                raise Failed(f"{module.name} has an alias, by which it would be loaded unasked")

    def install_command(self):
        """A program, in KTAP, that installs what was built and removes it again."""
        return [TREE, "exec", self.suite, "--bind", TOP, "--bind", self.modules, "env", "-C",
                self.source, plan.TESTS / "install", self.release, self.modules, self.headers,
                *(word for word in self.make_variables if not word.startswith("DROP_IN")),
                "W=1", f"-j{os.cpu_count()}"]

    def resolve(self, names):
        """Names with all that they need, each after its needs."""
        order = []

        def visit(name):
            if name in order:
                return
            if name not in self.ours and name not in self.stock:
                return          # built in, or this kernel does not have it
            for need in {**self.stock, **self.ours}[name][1]:
                visit(need)
            order.append(name)

        for name in names:
            visit(name)
        return order

    def module_bytes(self, name):
        path = {**self.stock, **self.ours}[name][0]
        data = path.read_bytes()
        return lzma.decompress(data) if path.suffix == ".xz" else data


def _module_name(path):
    return pathlib.Path(path).name.partition(".ko")[0].replace("-", "_")


def copy_sources(target, afresh=False):
    """Copies what changed and drops what is gone, so that make sees as much.

    Afresh means that the copy may have been changed, too.
    """
    wanted = set()
    for name in MODULE_SOURCES:
        top = TOP / name
        files = [top] if top.is_file() else top.rglob("*")
        for path in files:
            if path.is_file():
                wanted.add(path.relative_to(TOP))
    for path in wanted:
        copy = target / path
        if not copy.exists() or copy.stat().st_mtime < (TOP / path).stat().st_mtime or \
                afresh and copy.read_bytes() != (TOP / path).read_bytes():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(TOP / path, copy)
    for copy in list(target.rglob("*.[chS]")):
        if copy.relative_to(target) not in wanted and not copy.name.endswith(".mod.c"):
            copy.unlink()
            copy.with_suffix(".gcno").unlink(missing_ok=True)   # or gcovr looks for it


def build_guest(kernel=None):
    """The guest's programs: by the host's compiler, or for another architecture."""
    command = ["make", "-C", plan.TESTS, f"-j{os.cpu_count()}", "guest"]
    what, log = "building the guest's programs", LOGS / "build-guest.log"
    if kernel and kernel.cross:
        kernel.in_tree(what, log, *command, f"guest={kernel.guest}",
                       f"CC={kernel.cross}gcc", f"AR={kernel.cross}ar")
    else:
        run_logged(what, log, command)


def build_pure():
    """The pure files' tests as user-space programs; returns their paths."""
    run_logged("building the pure tests", LOGS / "build-pure.log",
               ["make", "-C", plan.TESTS, f"-j{os.cpu_count()}", "pure"])
    return [BUILD / "pure" / source.stem
            for source in sorted((TOP / "kunit").rglob("*.c"))
            if source.stem.endswith(("_kunit", "_fuzz"))]


def initramfs(kernel, name, lines, programs, modules, files=()):
    """Packs /init, /plan, /modules and /tests; returns the archive's path."""
    root = kernel.dir / f"initramfs-{name}"
    shutil.rmtree(root, ignore_errors=True)
    for directory in ("bin", "dev", "modules", "proc", "run", "sys", "tests", "tmp"):
        (root / directory).mkdir(parents=True)
    shutil.copy2(kernel.guest / "init", root / "init")
    for program in programs:
        shutil.copy2(kernel.guest / program, root / "tests" / program)
    for source, target in files:
        (root / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, root / target)
    ports = arch.ARCHES[kernel.arch]
    lines = [f"report {ports.report}", f"monitor {ports.monitor}", *lines]
    (root / "plan").write_text("\n".join(lines) + "\n")
    _pack_modules(kernel, root / "modules", modules)
    archive = kernel.dir / f"initramfs-{name}.cpio"
    kernel.in_tree("packing the initramfs", LOGS / f"initramfs-{kernel.name}-{name}.log",
                   "sh", "-c", 'cd "$1" && find . | cpio -o -H newc -R 0:0 >"$2"',
                   "sh", root, archive)
    return archive


def _pack_modules(kernel, directory, names):
    order = []
    for name in kernel.resolve(names):
        (directory / f"{name}.ko").write_bytes(kernel.module_bytes(name))
        needs = [need for need in kernel.resolve([name]) if need != name]
        order.append(f"{name}: {' '.join(needs)}")
    (directory / "order").write_text("\n".join(order) + "\n")
