"""``python -m demo`` against the running stack: the known shop, and no change by a second run."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.e2e.demo_output import printed_counts
from tests.e2e.demo_shop import DemoShop, load_by_the_front
from tests.integration.ledger_checks import Tables, assert_consistent, everything_in
from tests.integration.processes import dynamodb
from tests.integration.shop import Shop, Wire


def demo_figures(tables: Tables) -> dict[str, int]:
    """Return the same counts from the tables."""
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


def test_the_demo_loads_the_known_shop_and_the_console_adds_nothing_to_it(demo_shop: DemoShop) -> None:
    client: Any = dynamodb(demo_shop.stack.url("aws"))

    first = printed_counts(demo_shop.printed)
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
    # "confirmed" is a count of orders and one of units; the first row of that name is that of orders.
    assert len(tables.orders) == 830
    assert {name: in_tables[name] for name in known.keys() & in_tables.keys()} == {
        name: count for name, count in known.items() if name in in_tables
    }
    assert len(tables.orders) - in_tables["reserved"] == known["confirmed"]
    for name, count in in_tables.items():
        assert first[name] == count, name

    second = printed_counts(load_by_the_front(demo_shop.stack))
    assert second == first
    assert everything_in(client) == content


def test_nothing_that_the_demo_does_is_a_finding(demo_shop: DemoShop) -> None:
    url = demo_shop.stack.url
    shop = Shop(Wire(url("front")), url("catalog"), url("stock"), url("audit"))
    assert shop.listed(f"{shop.audit}/findings", "auditor") == []
    exit_code, report = demo_shop.stack.operation("reconcile")
    assert exit_code == 0, report
    assert shop.listed(f"{shop.audit}/findings", "auditor") == []
    shop.wire.http.close()
