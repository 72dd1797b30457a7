"""Print what a month of a stage costs, idle and busy: its tables, functions, and all that is beside them.

Run: ``python -m tools.cost [--stage NAME] [--traffic FILE] [--prices FILE]``, which is ``make cost``.  The
capacity units of each operation are the measured ones (``docs/performance.json``); what a stage has is in
``stages.json``; prices and traffic are files that you can copy and edit.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from local.tables import definitions
from tools.cost.stage import GIGABYTE, MILLION, stage_costs

HERE: Final = Path(__file__).parent
PERFORMANCE: Final = HERE.parents[1] / "docs" / "performance.json"
ITEM_OVERHEAD_BYTES: Final = 100
"""The bytes that DynamoDB adds to an item when it charges for storage, in a table and in each index."""

Costs = dict[str, float]
"""Amounts a month, by what they are for: a table, an index, a function, an API and so on."""


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
    costs: Costs = {}
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
    costs: Costs = defaultdict(float)
    for operation, count in traffic["requests_per_month"].items():
        service = capacity[operation]["service"]
        function = traffic["functions"][service]
        seconds = function["milliseconds"] / 1_000 * function["megabytes"] / 1_024
        costs[f"function {service}"] += count * (
            seconds * prices["lambda_gigabyte_second"] + prices["million_lambda_requests"] / MILLION
        )
        costs[f"API {service}"] += count * prices["million_api_requests"] / MILLION
    return costs


def all_costs(
    traffic: Mapping[str, Any],
    prices: Mapping[str, Any],
    capacity: Mapping[str, Any],
    stage: Mapping[str, Any],
) -> Costs:
    """Return what a month of a stage costs, by what it is for.

    Raises
    ------
    UnknownOperation
    """
    return {
        **table_costs(traffic, prices, capacity),
        **function_costs(traffic, prices, capacity),
        **stage_costs(traffic, prices, stage),
    }


def report(stage: str, idle: Costs, busy: Costs, prices: Mapping[str, Any]) -> str:
    """Return the costs of a stage and their sums as a table: without traffic, and with it."""
    width = max(map(len, busy))
    lines = [f"{stage:{width}}  {'idle':>10}  {'busy':>10}"]
    lines += [f"{name:{width}}  {idle.get(name, 0.0):10,.2f}  {cost:10,.2f}" for name, cost in busy.items()]
    sums = f"{sum(idle.values()):10,.2f}  {sum(busy.values()):10,.2f}"
    lines.append(f"{'a month':{width}}  {sums} {prices['currency']}")
    return "\n".join([*lines, f"Prices of {prices['dated']}: {prices['source']}."])


def main() -> None:
    """Print the costs of the traffic that the command line names."""
    stages = _json(HERE / "stages.json")
    parser = argparse.ArgumentParser(prog="python -m tools.cost")
    parser.add_argument("--stage", choices=stages, default="prod")
    parser.add_argument("--traffic", type=Path, default=HERE / "planning_table.json")
    parser.add_argument("--prices", type=Path, default=HERE / "prices.json")
    arguments = parser.parse_args()
    prices, capacity = _json(arguments.prices), _json(PERFORMANCE)["capacity"]
    stage = stages[arguments.stage]
    try:
        idle, busy = (
            all_costs(_json(path), prices, capacity, stage)
            for path in (HERE / "idle.json", arguments.traffic)
        )
    except UnknownOperation as unknown:
        parser.error(str(unknown))
    print(report(arguments.stage, idle, busy, prices))


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
