"""Print what a month of traffic costs, by table, index and function.

Run: ``python -m tools.cost [--traffic FILE] [--prices FILE]``, which is ``make cost``.  The capacity units of
each operation are the measured ones (``docs/performance.json``); prices and traffic are files that you can
copy and edit.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from local.tables import definitions

HERE: Final = Path(__file__).parent
PERFORMANCE: Final = HERE.parents[1] / "docs" / "performance.json"
MILLION: Final = 1_000_000
GIGABYTE: Final = 1024**3
ITEM_OVERHEAD_BYTES: Final = 100
"""The bytes that DynamoDB adds to an item when it charges for storage, in a table and in each index."""

Costs = Counter[str]
"""Amounts a month, by table, index, function or API."""


class UnknownOperation(Exception):
    """The traffic names an operation that was not measured."""


def units_of(requests: Mapping[str, int], capacity: Mapping[str, Any]) -> tuple[Counter[str], Counter[str]]:
    """Return the read units and the write units of a month, by table or ``table/index``.

    Raises
    ------
    UnknownOperation
    """
    reads: Counter[str] = Counter()
    writes: Counter[str] = Counter()
    for operation, count in requests.items():
        if operation not in capacity:
            raise UnknownOperation(f"{operation} was not measured; known operations: {', '.join(capacity)}.")
        for place, units in capacity[operation]["places"].items():
            (reads if place.endswith(" read") else writes)[place.removesuffix(" read")] += (
                units["measured"] * count
            )
    return reads, writes


def table_costs(traffic: Mapping[str, Any], prices: Mapping[str, Any], capacity: Mapping[str, Any]) -> Costs:
    """Return what tables and indexes cost a month: reads, writes and storage."""
    reads, writes = units_of(traffic["requests_per_month"], capacity)
    costs: Costs = Counter()
    for table, definition in definitions().items():
        items = traffic["items"].get(table, {"count": 0, "bytes": 0})
        stored_gigabytes = items["count"] * (items["bytes"] + ITEM_OVERHEAD_BYTES) / GIGABYTE
        for place in (table, *(f"{table}/{index}" for index in definition["global_secondary_indexes"])):
            costs[place] = (
                reads[place] * prices["million_read_units"] / MILLION
                + writes[place] * prices["million_write_units"] / MILLION
                + stored_gigabytes * prices["gigabyte_month"]
            )
    return costs


def function_costs(
    traffic: Mapping[str, Any], prices: Mapping[str, Any], capacity: Mapping[str, Any]
) -> Costs:
    """Return what functions and their APIs cost a month."""
    costs: Costs = Counter()
    for operation, count in traffic["requests_per_month"].items():
        service = capacity[operation]["service"]
        function = traffic["functions"][service]
        seconds = function["milliseconds"] / 1_000 * function["megabytes"] / 1_024
        costs[f"function {service}"] += count * (
            seconds * prices["lambda_gigabyte_second"] + prices["million_lambda_requests"] / MILLION
        )
        costs[f"API {service}"] += count * prices["million_api_requests"] / MILLION
    return costs


def report(costs: Costs, prices: Mapping[str, Any]) -> str:
    """Return the costs and their sum as a table."""
    width = max(map(len, costs))
    lines = [f"{name:{width}}  {cost:10,.2f}" for name, cost in costs.items()]
    total = f"{'a month':{width}}  {sum(costs.values()):10,.2f} {prices['currency']}"
    return "\n".join([*lines, total, f"Prices of {prices['dated']}: {prices['source']}."])


def main() -> None:
    """Print the costs of the traffic that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m tools.cost")
    parser.add_argument("--traffic", type=Path, default=HERE / "planning_table.json")
    parser.add_argument("--prices", type=Path, default=HERE / "prices.json")
    arguments = parser.parse_args()
    traffic, prices, performance = (
        json.loads(path.read_text(encoding="utf-8"))
        for path in (arguments.traffic, arguments.prices, PERFORMANCE)
    )
    try:
        costs = table_costs(traffic, prices, performance["capacity"])
    except UnknownOperation as unknown:
        parser.error(str(unknown))
    costs += function_costs(traffic, prices, performance["capacity"])
    print(report(costs, prices))


if __name__ == "__main__":
    main()
