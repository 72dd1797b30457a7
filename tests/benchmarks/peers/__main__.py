"""Measures other systems and this product side by side, prints the table, and writes ``docs/peers.json``.

Run: ``python -m tests.benchmarks.peers [--quick] [--systems …] [--runs 3] [--seconds 10]``, which is
``make bench-peers``.  Only a whole run writes the file and the page that shows it; a quick one, or one of
some systems, writes ``build/peers.json``.

What a system needs and the machine lacks is installed: PostgreSQL by apt-get, its driver by pip, Medusa and
Vendure by npm into ``.local/peers``, where they stay.  A system that cannot be installed or started is left
out, and the reason is in the file.  Each is stopped before the next is started.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.peers import runner
from tests.benchmarks.peers.medusa import Medusa, TwoMedusas, TwoMedusasWithPostgresLock
from tests.benchmarks.peers.postgres import PlainPostgres
from tests.benchmarks.peers.product import (
    Batches,
    BatchesOnDynamoDBLocal,
    Orders,
    OrdersOnDynamoDBLocal,
)
from tests.benchmarks.peers.report import PAGE, RESULTS, page_with, table_of
from tests.benchmarks.peers.runner import Plan
from tests.benchmarks.peers.systems import System
from tests.benchmarks.peers.vendure import Vendure
from tests.benchmarks.performance.__main__ import machine

TRIAL: Final = RESULTS.parents[1] / "build" / "peers.json"
"""Where the results of a run that is no whole one go."""
SYSTEMS: Final[dict[str, type[System]]] = {
    "product-embedded": Orders,
    "product-dynamodb-local": OrdersOnDynamoDBLocal,
    "product-batches-embedded": Batches,
    "product-batches-dynamodb-local": BatchesOnDynamoDBLocal,
    "medusa": Medusa,
    "medusa-two": TwoMedusas,
    "medusa-two-postgres-lock": TwoMedusasWithPostgresLock,
    "vendure": Vendure,
    "postgresql": PlainPostgres,
}
CLIENTS: Final = (1, 8, 16)
RUNS, SECONDS, WARM_UP_SECONDS = 3, 10.0, 2.0
QUICK: Final = Plan(runs=1, seconds=3.0, warm_up_seconds=1.0, clients=CLIENTS)


def parser() -> argparse.ArgumentParser:
    """Return the options."""
    options = argparse.ArgumentParser(prog="python -m tests.benchmarks.peers")
    options.add_argument("--quick", action="store_true", help="one run of 3 s: to try the tool itself")
    options.add_argument(
        "--systems", type=_systems, default=[*SYSTEMS], help=f"some of {','.join(SYSTEMS)}; default: all"
    )
    for name, kind, default, meaning in (
        ("runs", int, RUNS, "runs of each cell, of which the median counts"),
        ("seconds", float, SECONDS, "how long a run of a rate is"),
        ("warm-up", float, WARM_UP_SECONDS, "seconds of it before, which do not count"),
    ):
        options.add_argument(f"--{name}", type=kind, default=default, help=f"{meaning}; default: {default:g}")
    return options


def _systems(text: str) -> list[str]:
    names = [name for name in text.split(",") if name]
    unknown = [name for name in names if name not in SYSTEMS]
    if unknown or not names:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown) or 'none'} of {', '.join(SYSTEMS)}")
    return names


def disk() -> str:
    """Return the type of the file system with the systems' data."""
    folder = tempfile.gettempdir()
    said = subprocess.run(["stat", "-f", "-c", "%T", folder], capture_output=True, text=True, check=False)
    return said.stdout.strip() or "a disk of unknown type"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the command line names; return 0 if nothing was left out."""
    # As after Ctrl-C: what was started is stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    options = parser().parse_args(arguments)
    plan = QUICK if options.quick else Plan(options.runs, options.seconds, options.warm_up, CLIENTS)
    chosen = {name: SYSTEMS[name] for name in options.systems}
    results: dict[str, Any] = {
        "machine": {**machine(), "disk": disk(), "load_average": round(os.getloadavg()[0], 1)},
        "plan": {
            "runs": plan.runs,
            "seconds": plan.seconds,
            "warm_up_seconds": plan.warm_up_seconds,
            "clients": [*plan.clients],
        },
        "sale": {
            "units": runner.SALE_UNITS,
            "orders": runner.SALE_ORDERS,
            "clients": runner.SALE_CLIENTS,
            "many": runner.MANY,
        },
        **runner.measure_all(chosen, plan),
    }
    is_whole = not options.quick and {*chosen} == {*SYSTEMS}
    written = RESULTS if is_whole else TRIAL
    written.parent.mkdir(exist_ok=True)
    written.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if is_whole:
        PAGE.write_text(page_with(results, PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(table_of(results))
    for name, reason in results["left_out"].items():
        print(f"{name} is left out: {reason}")
    print(f"written: {written.relative_to(Path.cwd()) if written.is_relative_to(Path.cwd()) else written}")
    return 1 if results["left_out"] else 0


if __name__ == "__main__":
    sys.exit(main())
