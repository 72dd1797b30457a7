"""Run suites of tests, two at a time, and print a summary of each.

Run: ``python -m tests.suites [--at-once 2] [suite …]``.  A suite is a folder with tests, a part of one, such
as ``services/stock/tests/domain``, or a group (`GROUPS`): ``quick``, ``test`` and so on, or ``all``, which is
every group; without one, ``test`` is run.  Each is a process of its own, whose output is shown when it has
ended.  The exit code is 0 if all have passed.

Where a whole group has run, its time is compared with its budget (`tests.support.budgets`).  With `CI` set,
the suites run without a network, if the machine lets them.
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
from typing import Final

from tests.support.budgets import Group, Machine, kept
from tests.support.own_network import leave_network

ROOT = Path(__file__).resolve().parents[1]
TYPES = "types"
"""The check of types, as if it were a suite."""
LONG_SAGAS: Final = "+".join(
    f"services/stock/tests/engine/{part}"
    for part in (
        "test_saga_recovery.py::test_a_process_that_dies_after_any_call_leaves_no_order_between_two_steps",
        "test_acknowledged_places.py::test_the_next_process_finishes_it_after_a_crash",
        "test_acknowledged_places.py::test_an_order_of_the_most_lines_is_accepted_in_one_write",
        "test_concurrent_barcodes.py",
        "test_concurrent_sku_changes.py",
        "test_duplicates.py",
        "test_failed_places.py",
        "test_large_orders.py",
        "test_large_refunds.py",
        "test_malformed_items.py",
        "test_named_lines.py",
        "test_product_flag.py",
        "test_saga_replays.py",
        "test_sku_cache.py",
        "test_sweeper.py",
        "test_transaction_batches.py",
    )
)
"""What takes longest of the stock service.

The rest must get every answer that the service's document has, which `tests.support.documented` checks.
"""
DAMAGED_LOGS: Final = (
    "services/audit/tests/test_damaged_attributes.py+services/audit/tests/test_mutated_ledgers.py"
)
"""What takes longest of the audit service: attributes damaged, and a log changed in hundreds of places."""
DEMO_AND_README: Final = "tests/e2e/test_the_demo.py+tests/e2e/test_the_readme.py"
"""They share a stack with the demo shop."""
MOTO: Final = "tests/aws_shapes"
"""Terraform applied to moto, which is mostly waiting, and what is checked of it."""
RESTORED_TABLES: Final = "tests/infrastructure/test_restored_tables.py"
TWO_REGIONS: Final = "tests/infrastructure/test_two_regions.py"
"""Terraform gets the restored tables, and plans a second region: each a platform of its own."""
LAMBDA_EVENTS: Final = "tests/aws_shapes/test_lambda_events.py"
"""The zips under Lambda's own runtime client."""
CONSOLE_INVENTORY: Final = "tests/console/test_inventory_in_a_browser.py"
"""Half of the browser tests, with a stack of its own."""
CONSOLE_BUILDS: Final = "tests/local/test_console_build.py+tests/local/test_stack_with_console.py"
"""The build of the console beside a stack, and a stack that goes on whatever becomes of it."""
GROUPS: Final = {
    "quick": Group(
        "make test-quick",
        1,
        (
            "libs/common",
            "services/stock/tests/domain",
            TYPES,
            "libs/imports",
            "libs/client",
            "services/catalog/tests/test_product_rules.py",
        ),
    ),
    "test": Group(
        "make test",
        8,
        (
            "services/stock",
            "tests/local",
            "services/audit",
            "services/catalog",
            "libs/cli",
            "tests/demo",
            "libs/common",
            "tests/console_units",
            "libs/imports",
            "libs/client",
            "tests/mutation",
        ),
    ),
    "long": Group(
        "make test-long",
        6,
        (
            "tests/integration",
            "tests/performance",
            "tests/insider",
            "tests/integration/test_one_stock_many_writers.py",
            "tests/e2e/test_a_restore.py",
        ),
    ),
    "histories": Group(
        "make test-histories",
        8,
        (LONG_SAGAS, "tests/simulation", "tests/e2e/test_the_documents.py", DAMAGED_LOGS),
    ),
    "distributions": Group(
        "make test-distributions",
        6,
        (
            "tests/infrastructure",
            "tests/deploying",
            "tests/release",
            "tests/distributions",
            "tests/architecture",
            "tests/documents",
            "tests/specification",
            "tests/dependencies",
            "tests/ledger_keys",
            "tests/restore",
            "tests/load",
            "tests/operations",
        ),
    ),
    "aws-shapes": Group("make test-aws-shapes", 5, (MOTO, RESTORED_TABLES, LAMBDA_EVENTS, TWO_REGIONS)),
    "console": Group("make test-console", 8, ("tests/console", CONSOLE_INVENTORY, CONSOLE_BUILDS)),
    "e2e": Group(
        "make e2e",
        12,
        (
            "tests/deployed",
            DEMO_AND_README,
            "tests/e2e/test_the_command_line.py",
            "tests/e2e",
        ),
    ),
}
"""Each suite is in one group, apart from ``quick``, whose suites are parts of others."""
ALL = "all"
APART: Final = {
    "services/stock": (LONG_SAGAS,),
    "services/audit": (DAMAGED_LOGS,),
    "tests/e2e": (
        DEMO_AND_README,
        "tests/e2e/test_the_command_line.py",
        "tests/e2e/test_the_documents.py",
        "tests/e2e/test_a_restore.py",
    ),
    "tests/integration": ("tests/integration/test_one_stock_many_writers.py",),
    "tests/local": (CONSOLE_BUILDS,),
    "tests/console": (CONSOLE_INVENTORY,),
    MOTO: (LAMBDA_EVENTS,),
    "tests/infrastructure": (RESTORED_TABLES, TWO_REGIONS),
}
"""Parts of suites that run as suites of their own, beside the rest."""
TOGETHER: Final = "+"
"""Joins the modules, and tests, of such a part."""
SECONDS: Final = {
    "tests/deployed": 648,
    "tests/console": 360,
    CONSOLE_INVENTORY: 350,
    "tests/integration": 300,
    LONG_SAGAS: 295,
    "tests/simulation": 254,
    MOTO: 240,
    DEMO_AND_README: 224,
    "tests/infrastructure": 195,
    "services/stock": 192,
    "tests/local": 167,
    "tests/performance": 150,
    "tests/e2e/test_the_documents.py": 140,
    "tests/e2e/test_the_command_line.py": 106,
    "tests/e2e": 105,
    "tests/e2e/test_a_restore.py": 30,
    "services/audit": 91,
    "tests/deploying": 90,
    "tests/release": 85,
    "tests/distributions": 80,
    DAMAGED_LOGS: 80,
    "tests/insider": 73,
    "services/catalog": 69,
    CONSOLE_BUILDS: 60,
    "tests/integration/test_one_stock_many_writers.py": 55,
    "libs/cli": 52,
    "tests/demo": 49,
    "libs/common": 47,
    "tests/architecture": 47,
    TWO_REGIONS: 45,
    "tests/console_units": 40,
    "tests/documents": 37,
    "tests/specification": 25,
    "tests/dependencies": 16,
    "libs/imports": 11,
    "tests/ledger_keys": 9,
    "tests/restore": 9,
    "tests/load": 3,
    RESTORED_TABLES: 60,
    LAMBDA_EVENTS: 50,
    "tests/operations": 3,
    "libs/client": 2,
    "tests/mutation": 1,
}
"""How long each took, two at a time on two quiet cores; that of a part is its share of the suite's.

The longest start first, so that none ends alone.
"""
_COUNTED = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed)")


@dataclass(frozen=True)
class Result:
    """The result of a suite: the exit code and last line of pytest, and how long it took."""

    suite: str
    exit_code: int
    summary: str
    seconds: float
    cpu_seconds: float


def suites() -> list[str]:
    """Return all folders with tests, also those of no group."""
    packages = [
        f"{path.parent.parent.name}/{path.parent.name}"
        for kind in ("libs", "services")
        for path in ROOT.glob(f"{kind}/*/tests")
    ]
    folders = [f"tests/{path.parent.name}" for path in ROOT.glob("tests/*/test_*.py")]
    return longest_first({*packages, *folders})


def longest_first(names: set[str]) -> list[str]:
    """Return suites in the order in which they start; unknown ones first."""
    return sorted(names, key=lambda name: (-SECONDS.get(name, sys.maxsize), name))


def chosen_by(name: str) -> list[str]:
    """Return the suites that run when somebody names one, or a group."""
    if name == ALL:
        every = {suite for key, group in GROUPS.items() if key != "quick" for suite in group.suites}
        return longest_first({*every, *suites()})
    if name in GROUPS:
        return [*GROUPS[name].suites]
    return [name, *(suite for part in APART.get(name, ()) for suite in chosen_by(part))]


def command_of(suite: str) -> tuple[Path, list[str]]:
    """Return the folder and the command line of a suite, without the parts that run apart.

    Raises
    ------
    ValueError
        If there is no such suite.
    """
    if suite == TYPES:
        return ROOT, ["make", "--silent", TYPES]
    paths = suite.split(TOGETHER)
    kind, name, *_ = [*paths[0].split("/"), "", ""]
    package = f"{kind}/{name}"
    is_part = all(path.startswith(f"{package}/") for path in paths) or paths == [package]
    if package not in suites() or not is_part or not all(map(_exists, paths)):
        raise ValueError(suite)
    apart = [path for part in APART.get(suite, ()) for path in part.split(TOGETHER)]
    if kind == "tests":
        folder, settings = ROOT, []
    else:
        folder, settings = ROOT / package, ["-c", str(ROOT / "pyproject.toml"), "--rootdir", "."]
        paths = ["tests"] if paths == [package] else [path.removeprefix(f"{package}/") for path in paths]
        apart = [path.removeprefix(f"{package}/") for path in apart]
    left_out = [f"--{'deselect' if '::' in path else 'ignore'}={path}" for path in apart]
    return folder, [sys.executable, "-m", "pytest", "-q", *settings, *left_out, *paths]


def _exists(path: str) -> bool:
    module, _, test = path.partition("::")
    file = ROOT / module
    return file.exists() and (not test or f"def {test}(" in file.read_text(encoding="utf-8"))


def run(suite: str, shown: threading.Lock) -> Result:
    """Run a suite and print its output."""
    began = time.monotonic()
    folder, command = command_of(suite)
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        output = process.stdout.read().rstrip()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - began
    last = (output.splitlines() or ["no output"])[-1].strip("= ")
    with shown:
        print(f"── {suite}\n{output}\n", flush=True)
    return Result(suite, process.returncode, last, seconds, usage.ru_utime + usage.ru_stime)


def report(results: list[Result], seconds: float) -> None:
    """Print a line for each suite, what has failed, and the sum."""
    counts: Counter[str] = Counter()
    print("── All suites")
    for result in results:
        print(f"{result.suite:50} {result.summary}; {result.cpu_seconds:.0f}s of CPU")
        for count, word in _COUNTED.findall(result.summary):
            counts[word.rstrip("s") if word.startswith("error") else word] += int(count)
    failed = [result.suite for result in results if result.exit_code]
    if failed:
        print(f"failed: {', '.join(failed)}")
    summary = ", ".join(
        f"{counts[word]} {word}" for word in ("failed", "error", "passed", "skipped") if counts[word]
    )
    print(f"{summary or 'no tests ran'} in {seconds:.2f}s")


def main() -> int:
    """Run the suites of the command line, or those of ``make test``."""
    parser = argparse.ArgumentParser(prog="python -m tests.suites", description="Run suites of tests.")
    parser.add_argument(
        "suites",
        nargs="*",
        metavar="suite",
        help=f"such as services/stock, tests/local, libs/cli/tests/test_undo.py, or a group: "
        f"{', '.join(GROUPS)} or {ALL} (default: test)",
    )
    parser.add_argument("--at-once", type=int, default=2, help="how many at a time (default: 2)")
    arguments = parser.parse_args()
    named = arguments.suites or ["test"]
    chosen = list(dict.fromkeys(suite for name in named for suite in chosen_by(name)))
    for suite in chosen:
        try:
            command_of(suite)
        except ValueError:
            known = ", ".join([*GROUPS, ALL, *suites()])
            parser.error(f"unknown: {suite}; the suites are {known}")
    if os.environ.get("CI"):
        print("Without a network." if leave_network() else "No network namespace: not root.", flush=True)
    began = time.monotonic()
    shown = threading.Lock()
    with Machine() as machine, ThreadPoolExecutor(arguments.at_once) as pool:
        results = list(pool.map(lambda suite: run(suite, shown), chosen))
    seconds = time.monotonic() - began
    took = {result.suite: result.seconds for result in results}
    lines, is_over = kept(GROUPS, took, machine.factor, arguments.at_once)
    print("\n".join(lines))
    print(f"Fixed work took {machine.factor:.2f} times as long as on the idle reference machine.")
    report(results, seconds)
    # A budget fails CI alone: on a person's machine caches are cold, and other programs run.
    fails_budget = is_over and bool(os.environ.get("CI"))
    return 1 if fails_budget or any(result.exit_code for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
