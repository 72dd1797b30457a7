"""The table of the results, and the part of the page of the comparison that has it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.performance.report import table

__all__ = ["PAGE", "RESULTS", "page_with", "part_of", "table_of"]

DOCS: Final = Path(__file__).resolve().parents[3] / "docs"
PAGE: Final = DOCS / "comparison.md"
RESULTS: Final = DOCS / "peers.json"
BEGIN: Final = "<!-- BEGIN_PEERS: written by make bench-peers from peers.json -->"
END: Final = "<!-- END_PEERS -->"
SHOPS: Final = ("one_sku", "many_skus")
SLOW_MS: Final = 1000
"""A 99th percentile that the table shows in bold."""

Results = Mapping[str, Any]


def part_of(results: Results) -> str:
    """Return what the page says of the results: how they were measured, the table, and what is left out."""
    plan, machine = results["plan"], results["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    runs = "one run" if plan["runs"] == 1 else f"the median of {plan['runs']} runs"
    clients = " · ".join(map(str, plan["clients"]))
    left_out = [
        f"- Not measured: {name}, as it could not run there ({reason.splitlines()[0]})."
        for name, reason in results["left_out"].items()
    ]
    errors = sum(cell["errors"] for of in results["systems"].values() for cell in _cells(of))
    said = "No order failed in any cell." if errors == 0 else f"{errors:,} orders failed; ✗ says where."
    text = f"""On {machine["measured"]}, on {machine["cores"]} cores ({machine["system"]}), one system at a
time: {versions}. PostgreSQL had `fsync` and `synchronous_commit` on, on {machine["disk"]}.
Each figure is of {runs} of {plan["seconds"]:g} s after {plan["warm_up_seconds"]:g} s of warming up; the
clients, threads of one process, share the cores. Other work on the machine: a load average of
{machine["load_average"]:g} at the beginning. {said}

Orders per second, and in parentheses the 50th and 99th percentile of a request in milliseconds, with
{clients} clients:

{table_of(results)}"""
    return "\n\n".join([text, *(["\n".join(left_out)] if left_out else [])])


def table_of(results: Results) -> str:
    """Return the table."""
    plan = results["plan"]
    times = "1 run" if plan["runs"] == 1 else f"{plan['runs']} runs"
    sale = results["sale"]
    titles = (
        "system",
        f"stock of {sale['units']}, {sale['orders']} ordered by {sale['clients']} clients: sold ({times})",
        "one SKU",
        f"{sale['many']} SKUs",
    )
    rows = [
        (of["title"], _sold(of["sale"], sale["units"]), *(_rates(of.get(shop)) for shop in SHOPS))
        for of in results["systems"].values()
    ]
    return table(titles, rows)


def page_with(results: Results, page: str) -> str:
    """Return the text of the page with these results in it."""
    before, found, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (found and end):
        raise ValueError(f"{PAGE.name} lacks the lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{part_of(results)}\n\n{END}{after}"


def _cells(of: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*of["sale"], *of.get("one_sku", {}).values(), *of.get("many_skus", {}).values()]


def _sold(sales: list[Mapping[str, Any]], units: int) -> str:
    text = ", ".join(
        f"{sale['sold']}" + (f" ({sale['errors']:,} ✗)" if sale["errors"] else "") for sale in sales
    )
    return f"**{text}**" if any(sale["sold"] > units for sale in sales) else text


def _rates(rates: Mapping[str, Mapping[str, Any]] | None) -> str:
    return "not measured" if not rates else " · ".join(map(_rate, rates.values()))


def _rate(cell: Mapping[str, Any]) -> str:
    p99 = _short(cell["p99_ms"])
    slowest = f"**{p99}**" if cell["p99_ms"] >= SLOW_MS else p99
    failed = f"; {cell['errors']:,} ✗" if cell["errors"] else ""
    return f"{_short(cell['orders_per_second'])} ({_short(cell['p50_ms'])}/{slowest}{failed})"


def _short(number: float) -> str:
    """Return a number with a digit behind the point if it is small.

    Examples
    --------
    >>> [_short(number) for number in (1447.3, 10.0, 9.96, 0.74)]
    ['1447', '10', '10', '0.7']
    """
    return f"{number:.0f}" if round(number, 1) >= 10 else f"{number:.1f}"
