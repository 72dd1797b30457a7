"""``python -m demo`` against the running stack: the known shop, and nothing more the second time."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from typing import Any

from tests.e2e.demo_output import printed_counts
from tests.e2e.running_stack import RunningStack
from tests.integration.ledger_checks import Tables, assert_consistent, everything_in
from tests.integration.processes import ROOT, dynamodb

DEMO_SECONDS = 240


def run_demo(stack: RunningStack) -> str:
    urls = {f"{name.upper()}_URL": stack.url(name) for name in ("front", "catalog", "stock", "audit")}
    result = subprocess.run(
        [sys.executable, "-m", "demo"],
        cwd=ROOT,
        env=stack.environment | urls | {"COLUMNS": "120"},
        capture_output=True,
        text=True,
        timeout=DEMO_SECONDS,
    )
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    return result.stdout


def demo_figures(tables: Tables) -> dict[str, int]:
    """Count the same in the tables themselves."""
    lines = [line for order in tables.orders.values() for line in order["lines"].values()]
    kinds = Counter(record["transaction_type"] for record in tables.records)
    return {
        "active": sum(item["is_active"] == "true" for item in tables.products.values()),
        "inactive": sum(item["is_active"] == "false" for item in tables.products.values()),
        "all": len(tables.skus),
        "reserved": sum(
            any(line["reserved"] for line in o["lines"].values()) for o in tables.orders.values()
        ),
        "order_placed": kinds["order_placed"],
        "order_confirmed": kinds["order_confirmed"],
        "restock": kinds["restock"],
        "placed": sum(line["placed"] for line in lines),
        "still reserved": sum(line["reserved"] for line in lines),
    }


def test_the_demo_loads_the_known_shop_and_a_second_run_adds_nothing(own_stack: RunningStack) -> None:
    client: Any = dynamodb(own_stack.url("aws"))

    first = printed_counts(run_demo(own_stack))
    tables = assert_consistent(client)
    in_tables = demo_figures(tables)
    content = everything_in(client)

    known = {
        "active": 67,
        "inactive": 10,
        "all": 77,
        "confirmed": 809,
        "reserved": 21,
        "order_placed": 2_155,
        "placed": 51_317,
    }
    # "confirmed" is a number of orders and one of units; the first row of that name is the orders'.
    assert len(tables.orders) == 830
    assert {name: in_tables[name] for name in known.keys() & in_tables.keys()} == {
        name: count for name, count in known.items() if name in in_tables
    }
    assert len(tables.orders) - in_tables["reserved"] == known["confirmed"]
    for name, count in in_tables.items():
        assert first[name] == count, name

    second = printed_counts(run_demo(own_stack))
    assert second == first
    assert everything_in(client) == content
