"""Run all suites of tests, two at a time, and print a summary of each.

Run: ``python -m tests.suites [--at-once 2] [suite …]``.  Each suite is a pytest process of its own; its
output is shown when it has ended.  The exit code is 0 if all have passed.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONGEST_FIRST = (
    "tests/deployed",
    "services/stock",
    "tests/e2e",
    "tests/integration",
    "tests/infrastructure",
    "tests/simulation",
    "libs/common",
    "services/catalog",
    "services/audit",
    "tests/documents",
    "tests/deploying",
    "tests/distributions",
    "tests/release",
    "tests/local",
    "libs/cli",
    "tests/specification",
    "libs/client",
    "libs/imports",
    "tests/demo",
    "tests/performance",
    "tests/architecture",
    "tests/mutation",
)
"""The order in which suites start, so that no long one runs alone in the end."""
SEPARATE = frozenset({"tests/deployed"})
"""Suites with a task of their own, ``make e2e``; ``all`` has them too."""
ALL = "all"
_COUNTED = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed)")


@dataclass(frozen=True)
class Result:
    """The result of a suite: the exit code and last line of pytest."""

    suite: str
    exit_code: int
    summary: str
    seconds: float


def suites(*, separate: bool = False) -> list[str]:
    """Return all folders with tests, also those that `LONGEST_FIRST` does not contain."""
    packages = [
        f"{path.parent.parent.name}/{path.parent.name}"
        for kind in ("libs", "services")
        for path in ROOT.glob(f"{kind}/*/tests")
    ]
    folders = [f"tests/{path.parent.name}" for path in ROOT.glob("tests/*/test_*.py")]
    known = {*packages, *folders} - (frozenset() if separate else SEPARATE)
    return [*(each for each in LONGEST_FIRST if each in known), *sorted(known - {*LONGEST_FIRST})]


def run(suite: str, shown: threading.Lock) -> Result:
    """Run a suite and print its output."""
    began = time.monotonic()
    if suite.startswith("tests/"):
        folder, arguments = ROOT, [suite]
    else:
        folder, arguments = ROOT / suite, ["-c", str(ROOT / "pyproject.toml"), "--rootdir", ".", "tests"]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    lines = ended.stdout.rstrip().splitlines() or ["no output"]
    with shown:
        print(f"── {suite}\n{ended.stdout.rstrip()}\n", flush=True)
    return Result(suite, ended.returncode, lines[-1].strip("= "), time.monotonic() - began)


def main() -> int:
    """Run the suites of the command line, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.suites", description="Run suites of tests.")
    parser.add_argument(
        "suites",
        nargs="*",
        metavar="suite",
        help="such as services/stock or tests/local; all: with tests/deployed",
    )
    parser.add_argument("--at-once", type=int, default=2, help="how many at a time (default: 2)")
    arguments = parser.parse_args()
    chosen = arguments.suites or suites()
    if chosen == [ALL]:
        chosen = suites(separate=True)
    unknown = {*chosen} - {*suites(separate=True)}
    if unknown:
        parser.error(
            f"unknown: {', '.join(sorted(unknown))}; the suites are {', '.join(suites(separate=True))}"
        )
    began = time.monotonic()
    shown = threading.Lock()
    with ThreadPoolExecutor(arguments.at_once) as pool:
        results = list(pool.map(lambda suite: run(suite, shown), chosen))
    counts: Counter[str] = Counter()
    print("── All suites")
    for result in results:
        print(f"{result.suite:22} {result.summary}")
        for count, word in _COUNTED.findall(result.summary):
            counts[word.rstrip("s") if word.startswith("error") else word] += int(count)
    failed = [result.suite for result in results if result.exit_code]
    if failed:
        print(f"failed: {', '.join(failed)}")
    summary = ", ".join(
        f"{counts[word]} {word}" for word in ("failed", "error", "passed", "skipped") if counts[word]
    )
    print(f"{summary or 'no tests ran'} in {time.monotonic() - began:.2f}s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
