"""Measures all, or some parts, and writes ``docs/performance.json``, its page and its chart.

Run: ``python -m tests.benchmarks.performance [--parts capacity,overhead,…] [--sizes 1000,100000]``, which is
``make bench``.  Parts that are not measured stay as they are in the file.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.performance import capacity, cold_start, hot_sku, peers, report, scale, stage
from tests.benchmarks.performance.cpu import ROUNDS
from tests.support.engines import engine

RESULTS: Final = stage.ROOT / "docs" / "performance.json"
PEERS: Final = stage.ROOT / ".venv" / "peers" / "bin" / "python"
PEER: Final = "tests.benchmarks.performance.peers"
SIZE: Final = 100


def found_on(name: str) -> dict[str, Any]:
    """Return what an engine reports of each operation."""
    found: dict[str, Any] = {}
    with engine(name) as url, stage.settings() as environment:
        stage.fill(url, SIZE)
        for service in stage.SERVICES:
            found |= stage.do("capacity", service, url, environment)
    return found


def answers_of(found: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the answers to play, by operation."""
    return {operation: seen["answers"] for operation, seen in found.items()}


def handlers(answers: Mapping[str, Any], rounds: int = ROUNDS) -> dict[str, float]:
    """Return the warm CPU of each operation over the bare calls'."""
    ratios: dict[str, float] = {}
    with stage.settings() as environment, stage.player(answers) as url:
        for service in stage.SERVICES:
            ratios |= stage.do("overhead", service, url, {**environment, "ROUNDS": str(rounds)})
    return ratios


def starts(
    answers: Mapping[str, Any], others: Mapping[str, Sequence[str]], runs: int = cold_start.RUNS
) -> dict[str, Any]:
    """Return the CPU of a start from the packaged zip, by service, and of others' starts."""
    first = {"first": answers["get_product"] | answers["get_transaction"]}
    first_of_stock = {"first": answers["get_sku"]}
    found: dict[str, Any] = {}
    zips = cold_start.package()
    with stage.settings() as environment, tempfile.TemporaryDirectory() as folder:
        for played, services, beside in (
            (first, ("catalog", "audit"), others),
            (first_of_stock, ("stock",), {}),
        ):
            with stage.player(played, playing="first") as url:
                found |= cold_start.measure(
                    {service: zips[service] for service in services},
                    Path(folder),
                    {**environment, "AWS_ENDPOINT_URL_DYNAMODB": url},
                    beside,
                    runs,
                )
    return found


class Bench:
    """What is measured, part by part; answers are recorded once."""

    def __init__(self, sizes: list[int]) -> None:
        self.sizes = sizes
        self._local: dict[str, Any] = {}

    def local(self) -> dict[str, Any]:
        """Return what DynamoDB Local reports."""
        self._local = self._local or found_on("dynamodb-local")
        return self._local

    def capacity(self) -> dict[str, Any]:
        """Measure units and calls."""
        return capacity.measure(self.local(), found_on("embedded"))

    def overhead(self) -> dict[str, Any]:
        """Measure warm CPU over the bare calls', the product's and its peers'."""
        answers = answers_of(self.local())
        ratios: dict[str, Any] = dict(handlers(answers))
        with (
            stage.settings() as environment,
            stage.player(answers) as url,
            tempfile.TemporaryDirectory() as folder,
        ):
            result = Path(folder) / "peers.json"
            subprocess.run(
                [PEERS, "-m", PEER, "overhead", result],
                cwd=stage.ROOT,
                env={**environment, "AWS_ENDPOINT_URL_DYNAMODB": url},
                check=True,
            )
            ratios["peers"] = json.loads(result.read_text(encoding="utf-8"))
        return {"overhead": ratios}

    def cold_start(self) -> dict[str, Any]:
        """Measure the CPU of a start from the packaged zip."""
        others = {name: [str(PEERS), "-m", PEER, "answer", name] for name in peers.PEERS}
        return {"cold_start": starts(answers_of(self.local()), others)}

    def scale(self) -> dict[str, Any]:
        """Measure reading operations in shops of several sizes."""
        return scale.measure(self.sizes)

    def hot_sku(self) -> dict[str, Any]:
        """Measure many writers on one SKU."""
        return {"hot_sku": hot_sku.measure()}


PARTS: Final[dict[str, Callable[[Bench], Mapping[str, Any]]]] = {
    "capacity": Bench.capacity,
    "overhead": Bench.overhead,
    "cold_start": Bench.cold_start,
    "scale": Bench.scale,
    "hot_sku": Bench.hot_sku,
}


def machine() -> dict[str, Any]:
    """Return what a reader has to know of this machine."""
    return {
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "measured": f"{datetime.now(UTC):%Y-%m-%d}",
    }


def main() -> None:
    """Measure what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.performance")
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--sizes", default="1000,100000")
    arguments = parser.parse_args()
    bench = Bench([int(size) for size in arguments.sizes.split(",")])
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for part in arguments.parts.split(","):
        print(f"measuring {part} …", file=sys.stderr)
        measured = dict(PARTS[part](bench))
        facts = {**results.get("machine", {}), **machine(), **measured.pop("machine", {})}
        results = {**results, **measured, "machine": facts}
        RESULTS.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    report.write(results)


if __name__ == "__main__":
    main()
