"""The cost model, worked by hand for a little traffic, and the planning table as it is printed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tools.cost.__main__ import HERE, PERFORMANCE, UnknownOperation, function_costs, table_costs

PRICES = {
    "million_read_units": 1,
    "million_write_units": 10,
    "gigabyte_month": 100,
    "million_lambda_requests": 1,
    "lambda_gigabyte_second": 1,
    "million_api_requests": 5,
}
CAPACITY: dict[str, Any] = {
    "restock": {
        "service": "stock",
        "places": {"VendorInventory": {"measured": 4}, "VendorInventory/LowStockIndex": {"measured": 2}},
    },
    "get_sku": {"service": "stock", "places": {"VendorInventory read": {"measured": 1}}},
}
TRAFFIC: dict[str, Any] = {
    "requests_per_month": {"restock": 1_000_000, "get_sku": 3_000_000},
    "items": {"Products-table": {"count": 1024**2, "bytes": 924}},
    "functions": {"stock": {"megabytes": 512, "milliseconds": 2}},
}


def test_tables_and_indexes_cost_their_units_and_their_gigabytes() -> None:
    costs = table_costs(TRAFFIC, PRICES, CAPACITY)
    assert costs["VendorInventory"] == pytest.approx(4 * 10 + 3 * 1)
    assert costs["VendorInventory/LowStockIndex"] == pytest.approx(2 * 10)
    # A gigabyte of items with their overhead, in the table and in each of its two indexes.
    assert [round(costs[place]) for place in costs if place.startswith("Products-table")] == [100] * 3
    assert costs["StockTransactions"] == 0


def test_functions_cost_their_requests_and_their_gigabyte_seconds() -> None:
    costs = function_costs(TRAFFIC, PRICES, CAPACITY)
    assert costs["function stock"] == pytest.approx(4_000_000 * 0.002 * 0.5 + 4)
    assert costs["API stock"] == pytest.approx(20)


def test_traffic_of_an_unmeasured_operation_is_refused() -> None:
    with pytest.raises(UnknownOperation, match="sell was not measured; known operations: restock, get_sku"):
        table_costs({**TRAFFIC, "requests_per_month": {"sell": 1}}, PRICES, CAPACITY)


def printed(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools.cost", *arguments], capture_output=True, text=True, check=False
    )


def test_the_planning_table_is_the_worked_example_of_the_page() -> None:
    page = (PERFORMANCE.parent / "capacity.md").read_text(encoding="utf-8")
    completed = printed()
    assert completed.returncode == 0, completed.stderr
    assert completed.stdout.strip() in page


def test_a_file_of_unknown_operations_is_refused(tmp_path: Path) -> None:
    traffic = json.loads((HERE / "planning_table.json").read_text(encoding="utf-8"))
    file = tmp_path / "traffic.json"
    file.write_text(json.dumps({**traffic, "requests_per_month": {"buy": 1}}), encoding="utf-8")
    completed = printed("--traffic", str(file))
    assert completed.returncode == 2
    assert "buy was not measured" in completed.stderr
