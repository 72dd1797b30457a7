"""Run suites of tests, two at a time, and print a summary of each.

Run: ``python -m tests.suites [--at-once 2] [suite …]``.  A suite is a folder with tests, a part of one, such
as ``services/stock/tests/domain``, or a group: ``quick``, ``long`` or ``all``; without one, all are run that
are not long.  Each is a process of its own, whose output is shown when it has ended.  The exit code is 0 if
all have passed.
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
    "tests/distributions",
    "tests/simulation",
    "tests/release",
    "tests/local",
    "libs/common",
    "services/catalog",
    "services/audit",
    "tests/documents",
    "tests/deploying",
    "libs/cli",
    "tests/specification",
    "tests/dependencies",
    "tests/ledger_keys",
    "libs/client",
    "libs/imports",
    "tests/demo",
    "tests/performance",
    "tests/architecture",
    "tests/mutation",
)
"""The order in which suites start, so that no long one runs alone in the end."""
TYPES = "types"
"""The check of types, as if it were a suite."""
QUICK = (
    "libs/common",
    "services/audit/tests/test_mutated_ledgers.py",
    "services/stock/tests/domain",
    TYPES,
    "libs/imports",
    "libs/client",
    "services/catalog/tests/test_product_rules.py",
)
"""Rules, libraries and types: a minute."""
LONG = frozenset(
    {
        "tests/distributions",
        "tests/e2e",
        "tests/infrastructure",
        "tests/integration",
        "tests/performance",
        "tests/release",
        "tests/simulation",
    }
)
"""Suites over whole stacks, many histories and installed distributions, ``make test-long``."""
DEPLOYED = frozenset({"tests/deployed"})
"""Suites over everything deployed, ``make e2e``."""
ALL = "all"
_COUNTED = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed)")


@dataclass(frozen=True)
class Result:
    """The result of a suite: the exit code and last line of pytest."""

    suite: str
    exit_code: int
    summary: str
    seconds: float


def suites() -> list[str]:
    """Return all folders with tests, also those that `LONGEST_FIRST` does not contain."""
    packages = [
        f"{path.parent.parent.name}/{path.parent.name}"
        for kind in ("libs", "services")
        for path in ROOT.glob(f"{kind}/*/tests")
    ]
    folders = [f"tests/{path.parent.name}" for path in ROOT.glob("tests/*/test_*.py")]
    known = {*packages, *folders}
    return [*(each for each in LONGEST_FIRST if each in known), *sorted(known - {*LONGEST_FIRST})]


def groups() -> dict[str, list[str]]:
    """Return the suites of each group."""
    every = suites()
    return {
        "quick": [*QUICK],
        "long": [suite for suite in every if suite in LONG],
        ALL: every,
    }


def command_of(suite: str) -> tuple[Path, list[str]]:
    """Return the folder and the command line of a suite.

    Raises
    ------
    ValueError
        If there is no such suite.
    """
    pytest = [sys.executable, "-m", "pytest", "-q"]
    match suite.split("/"):
        case ["types"]:
            return ROOT, ["make", "--silent", TYPES]
        case ["tests", name, *_] if f"tests/{name}" in suites() and (ROOT / suite).exists():
            return ROOT, [*pytest, suite]
        case [kind, name, *part] if f"{kind}/{name}" in suites() and (ROOT / suite).exists():
            folder = ROOT / kind / name
            return folder, [
                *pytest,
                "-c",
                str(ROOT / "pyproject.toml"),
                "--rootdir",
                ".",
                "/".join(part) or "tests",
            ]
    raise ValueError(suite)


def run(suite: str, shown: threading.Lock) -> Result:
    """Run a suite and print its output."""
    began = time.monotonic()
    folder, command = command_of(suite)
    ended = subprocess.run(
        command,
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
        help="such as services/stock, tests/local, libs/cli/tests/test_undo.py, quick, long or all "
        "(default: all but the long ones and tests/deployed)",
    )
    parser.add_argument("--at-once", type=int, default=2, help="how many at a time (default: 2)")
    arguments = parser.parse_args()
    named = arguments.suites or [suite for suite in suites() if suite not in LONG | DEPLOYED]
    chosen = list(dict.fromkeys(suite for name in named for suite in groups().get(name, [name])))
    for suite in chosen:
        try:
            command_of(suite)
        except ValueError:
            known = ", ".join([*groups(), *suites()])
            parser.error(f"unknown: {suite}; the suites are {known}")
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
