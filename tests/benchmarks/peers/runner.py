"""Measures one system after the other, and says what could not be measured."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from inventory_client import ClientError
from tests.benchmarks.peers.driver import REASONS_MAX, Figures, measure_rate, sell
from tests.benchmarks.peers.http_json import RequestError
from tests.benchmarks.peers.systems import CannotRun, System

__all__ = ["Plan", "measure", "measure_all", "summary_of"]

SALE_UNITS: Final = 200
SALE_ORDERS: Final = 400
SALE_CLIENTS: Final = 16
PLENTY: Final = 1_000_000
"""Units of each SKU of a rate: more than a run can sell."""
MANY: Final = 100
"""SKUs of the rate that is not of one SKU."""


@dataclass(frozen=True)
class Plan:
    """How long, how often, and with how many clients each rate is measured."""

    runs: int
    seconds: float
    warm_up_seconds: float
    clients: tuple[int, ...]


Say = Callable[[str], None]


def measure_all(
    systems: Mapping[str, type[System]], plan: Plan, say: Say = lambda text: print(text, file=sys.stderr)
) -> dict[str, Any]:
    """Return the results of all systems, the versions of what ran, and why a system is left out."""
    measured: dict[str, Any] = {}
    versions: dict[str, str] = {}
    left_out: dict[str, str] = {}
    for name, system in systems.items():
        say(f"measuring {name} …")
        with tempfile.TemporaryDirectory(prefix="peers-") as folder:
            # PostgreSQL runs as another user, and has a folder in it.
            Path(folder).chmod(0o711)
            started = system(Path(folder))
            try:
                versions |= started.start()
                measured[name] = measure(started, plan, say)
            except (CannotRun, RequestError, ClientError, OSError, AssertionError) as error:
                left_out[name] = str(error) or type(error).__name__
                say(f"{name} is left out: {left_out[name]}")
            finally:
                started.stop()
    return {"systems": measured, "left_out": left_out, "versions": versions}


def measure(system: System, plan: Plan, say: Say) -> dict[str, Any]:
    """Return the results of a system that runs."""
    clients = plan.clients if system.rate_clients is None else system.rate_clients
    sales = [_sale(system, say) for _ in range(plan.runs)]
    found: dict[str, Any] = {"title": system.title, "batch": system.batch, "sale": sales}
    for shop, skus in (("one_sku", 1), ("many_skus", MANY)):
        if not clients:
            continue
        names = system.seed(skus, PLENTY)
        found[shop] = {}
        for count in clients:
            runs = [
                measure_rate(
                    system.connect,
                    names,
                    system.batch,
                    count,
                    warm_up_seconds=plan.warm_up_seconds,
                    seconds=plan.seconds,
                )
                for _ in range(plan.runs)
            ]
            found[shop][str(count)] = summary_of(runs)
            say(f"  {shop}, {count} clients: {found[shop][str(count)]}")
    return found


def _sale(system: System, say: Say) -> dict[str, Any]:
    [sku] = system.seed(1, SALE_UNITS)
    sale = sell(system.connect, sku, system.batch, SALE_CLIENTS, SALE_ORDERS)
    result = {"sold": sale.sold, "reserved_by_its_counter": system.reserved(sku), "errors": sale.errors}
    say(f"  {SALE_UNITS} units, {SALE_ORDERS} asked: {result}{_reasons(list(sale.reasons))}")
    return result


def _reasons(reasons: Sequence[str]) -> str:
    return "".join(f"\n    {reason[:300]}" for reason in reasons[:REASONS_MAX])


def summary_of(runs: Sequence[Figures]) -> dict[str, Any]:
    """Return the median of each figure of several runs, all errors, and how many requests that was.

    Examples
    --------
    >>> runs = [Figures(10.0, 1.0, 2.0, 100, 0), Figures(30.04, 2.0, 9.96, 300, 1, ("503 busy",))]
    >>> summary_of(runs)["orders_per_second"], summary_of(runs)["p99_ms"], summary_of(runs)["errors"]
    (20.0, 6.0, 1)
    """
    summary: dict[str, Any] = {
        name: round(median(getattr(run, name) for run in runs), 1)
        for name in ("orders_per_second", "p50_ms", "p99_ms")
    }
    summary |= {name: sum(getattr(run, name) for run in runs) for name in ("requests", "errors")}
    reasons = dict.fromkeys(reason[:300] for run in runs for reason in run.reasons)
    return summary | ({"reasons": [*reasons][:REASONS_MAX]} if reasons else {})
