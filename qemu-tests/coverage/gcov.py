# SPDX-License-Identifier: GPL-2.0-only
"""From what the boots printed to one report, by gcc's own tools and gcovr."""
import collections
import json
import re
import shutil

from host import build
from host.runner import say

SUITE = "trixie"        # whose compiler builds for the debug kernel
DIR = build.BUILD / "coverage"
SOURCE = DIR / "src"
BOOTS = DIR / "boots"
SUM = DIR / "sum"
PLACES = ("uio_generic", "vfio_lite", "include")
FUNCTION = re.compile(r"(?=[a-z]).*?(\w+)\(")
STAMP = slice(4, 12)    # of a .gcno or .gcda: which compiler, and which compilation

# A line of the drivers that was compiled.
Line = collections.namedtuple("Line", "file function text count branches")


def keep_counts(report):
    """Writes what one boot has counted into a directory of its own."""
    target = BOOTS / str(len(list(BOOTS.glob("*"))) + 1)
    for line in report.read_bytes().splitlines():
        if line.startswith(b"gcda "):
            _, path, data = line.decode().split()
            copy = target / path.removeprefix(f"{SOURCE}/")
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(bytes.fromhex(data))


def _notes():
    """The compiler's notes, by the name that their counts have in a boot."""
    for place in PLACES:
        for path in (SOURCE / place).rglob("*.gcno"):
            if not path.name.endswith(".mod.gcno"):
                yield path.relative_to(SOURCE).with_suffix(".gcda"), path


def _drop_strangers(boot, notes):
    """What is not the drivers', and what was counted before the last change."""
    for path in list(boot.rglob("*.gcda")):
        name = path.relative_to(boot)
        if name not in notes:
            path.unlink()
        elif path.read_bytes()[STAMP] != notes[name].read_bytes()[STAMP]:
            say(f"{path} is of another build, left out")
            path.unlink()


def merge(kernel):
    """Adds all boots up, beside the compiler's notes."""
    log = build.LOGS / "gcov-merge.log"
    notes = dict(_notes())
    shutil.rmtree(SUM, ignore_errors=True)
    SUM.mkdir(parents=True)
    for boot in sorted(BOOTS.glob("*")):
        _drop_strangers(boot, notes)
        kernel.in_tree("adding a boot's counts", log, "gcov-tool", "merge", boot, SUM,
                       "-o", DIR / "new")
        shutil.rmtree(SUM)
        (DIR / "new").rename(SUM)
    for name, path in notes.items():
        (SUM / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, (SUM / name).with_suffix(".gcno"))


def report(kernel):
    """Leaves index.html and coverage.txt; returns all lines of the drivers."""
    gcovr = ["gcovr", "--root", SOURCE]
    log = build.LOGS / "gcovr.log"
    json_file, texts = DIR / "coverage.json", [DIR / "lines.txt", DIR / "branches.txt"]
    for old in [*DIR.glob("*.html"), *DIR.glob("*.css")]:
        old.unlink()
    kernel.in_tree("gcovr", log, *gcovr, SUM, "--json", json_file, "--txt", texts[0],
                   "--html-details", DIR / "index.html",
                   "--html-title", "Lines and branches that the tests reach")
    kernel.in_tree("gcovr", log, *gcovr, "--add-tracefile", json_file,
                   "--txt-metric", "branch", "--txt", texts[1])
    (DIR / "coverage.txt").write_text("".join(text.read_text() for text in texts))
    found = json.loads(json_file.read_text())["files"]
    return [line for file in found for line in _lines(file)]


def _functions(source):
    """The function that each line is in; gcov does not know of those that are inlined."""
    name = "-"
    for line in source:
        if (begin := FUNCTION.match(line)) and not line.endswith(";"):
            name = begin[1]
        yield name


def _lines(file):
    source = (SOURCE / file["file"]).read_text().splitlines()
    functions = list(_functions(source))
    for line in file["lines"]:
        at = line["line_number"] - 1
        yield Line(file["file"], functions[at], source[at].strip(), line["count"],
                   [branch["count"] for branch in line["branches"]])
