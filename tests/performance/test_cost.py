"""The cost model, worked by hand for a little traffic, and the planning table as it is printed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tools.cost.__main__ import HERE, PERFORMANCE, UnknownOperation, all_costs, function_costs, table_costs
from tools.cost.stage import HOURS, stage_costs

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


FIXED = {
    "alarm_metrics": 10,
    "dashboards": 1,
    "firewalls": 3,
    "backups": 3,
    "machine_clients": 2,
    "log_days": 365 / 12,
    "business_metrics": 3,
    "schedules": {"each_minute": 1, "daily": 0},
    "sweep_read_units": 2,
}
ONE_OF_EACH = {
    **PRICES,
    **dict.fromkeys(("recovery_gigabyte_month", "backup_gigabyte_month", "million_puts"), 1),
    **dict.fromkeys(("object_gigabyte_month",), 1),
    **dict.fromkeys(("alarm_metric", "dashboard", "custom_metric", "log_gigabyte", "log_gigabyte_month"), 1),
    **dict.fromkeys(("million_traces", "kms_key", "secret", "million_secret_reads", "machine_client"), 1),
    **dict.fromkeys(("million_machine_tokens", "million_events", "million_cdn_requests"), 1),
    **dict.fromkeys(("cdn_gigabyte", "transfer_gigabyte"), 1),
    **{"firewall": 5, "firewall_rule": 1, "million_filtered_requests": 0.5},
}
BUSY: dict[str, Any] = {
    **TRAFFIC,
    "items": {"StockTransactions": {"count": 1024**2, "bytes": 1024}},
    "functions": {
        "streams": {"megabytes": 1024, "milliseconds": 1},
        "schedules": {"megabytes": 1024, "milliseconds": 1},
    },
    "log_bytes": {"request": 1024, "invocation": 1024},
    "response_bytes": 1024,
    "signing_copies": 1,
    "tokens_an_hour": 3,
    "console": {"requests": 2_000_000, "gigabytes": 7},
}


def test_what_follows_traffic_is_counted_by_the_commands_and_requests() -> None:
    """A million restocks and three million reads, worked by hand."""
    costs = stage_costs(BUSY, ONE_OF_EACH, FIXED)
    sweeps = 60 * HOURS
    assert costs["schedules"] == pytest.approx(sweeps * (0.001 + 1e-6) + sweeps * 2 / 1e6)
    assert costs["streams"] == pytest.approx(3_000_000 * (0.001 + 1e-6))
    assert costs["archive"] == pytest.approx(1 + 1)
    assert costs["point-in-time recovery"] == pytest.approx(1)
    assert costs["backups"] == pytest.approx(3)
    # A kilobyte for each request and each other invocation, taken in and kept for a month.
    assert costs["logs"] == pytest.approx(2 * (4_000_000 + 3_000_000 + sweeps) / 1024**2)
    invocations, seconds = 7_000_000 + sweeps, 3_600 * HOURS
    assert costs["traces"] == pytest.approx((seconds + 0.05 * (invocations - seconds)) / 1e6)
    assert costs["events"] == pytest.approx(2)
    assert costs["console"] == pytest.approx(2 + 7)
    assert costs["transfer out"] == pytest.approx(4_000_000 / 1024**2)
    assert costs["business metrics"] == 3
    assert costs["firewalls"] == pytest.approx(3 * (5 + 1) + 4 * 0.5)


def test_a_stage_without_firewalls_pays_for_no_request_to_them() -> None:
    assert stage_costs(BUSY, ONE_OF_EACH, {**FIXED, "firewalls": 0})["firewalls"] == 0


def test_what_is_there_all_the_time_is_counted_by_its_number() -> None:
    costs = stage_costs(BUSY, ONE_OF_EACH, FIXED)
    assert (costs["alarms"], costs["dashboard"], costs["key of the digests"]) == (10, 1, 1)
    assert costs["key of the log"] == pytest.approx(1 + 2 * 12 * HOURS / 1e6)
    assert costs["machine clients"] == pytest.approx(2 + 2 * 3 * HOURS / 1e6)


@pytest.mark.parametrize(("stage", "dollars"), [("dev", 10), ("staging", 30), ("prod", 40)])
def test_an_idle_stage_costs_no_more_than_the_pages_say(stage: str, dollars: int) -> None:
    idle, prices, stages = (
        json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("idle", "prices", "stages")
    )
    assert sum(all_costs(idle, prices, CAPACITY, stages[stage]).values()) < dollars


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
