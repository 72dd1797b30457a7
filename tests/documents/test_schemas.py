"""The schemas of alerts and log lines hold what the code writes, and refuse what it does not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from services.stock.chalicelib.domain.low_stock import low_stock_alert
from tests.support.log_schema import require_alert, wrong_lines
from tests.support.sample_skus import a_sku

DOCS = Path(__file__).parents[2] / "docs"
MOMENT = "2026-02-23T10:31:00.000000Z"
HEAD = {"timestamp": MOMENT, "level": "INFO", "service": "inventory-stock"}
USAGE = {"dynamodb_calls": 1, "dynamodb_retries": 0, "read_units": 0.5, "write_units": 2.0}
REQUEST: dict[str, Any] = {
    **HEAD,
    **USAGE,
    "message": "request",
    "request_id": "r-1",
    "aws_request_id": None,
    "principal": "VENDOR-001",
    "roles": ["vendor"],
    "vendor_id": "VENDOR-001",
    "code": None,
    "method": "GET",
    "route": "/skus/{sku}",
    "status": 200,
    "duration_ms": 1.5,
}
FINDING: dict[str, Any] = {
    "finding_id": "FIND-f3a051f8b7748eb09e110d2ef5978dea",
    "kind": "reconciliation",
    "occurred_at": MOMENT,
    "vendor_id": None,
    "product_id": None,
    "sku": None,
    "transaction_id": None,
    "differences": [],
}


def low_stock() -> dict[str, Any]:
    before = a_sku(current_stock=6, reserved_stock=1, reorder_threshold=5, sequence=1, version=2)
    after = replace(before, current_stock=5, sequence=2, version=3)
    alert = low_stock_alert(before, after, MOMENT)
    assert alert is not None
    return alert.document()


def ledger_finding() -> dict[str, Any]:
    alert_id = FINDING["finding_id"]
    return {"alert_id": alert_id, "kind": "ledger_finding", "vendor_id": "unknown", "finding": FINDING}


ALERTS = {"low_stock": low_stock, "ledger_finding": ledger_finding}


@pytest.mark.parametrize("kind", ALERTS)
def test_an_alert_is_as_its_schema_says(kind: str) -> None:
    alert = ALERTS[kind]()
    require_alert(alert)
    assert not wrong_lines(json.dumps({**HEAD, "message": "alert", **alert}))
    for name in alert:
        with pytest.raises(jsonschema_rs.ValidationError):
            require_alert({other: member for other, member in alert.items() if other != name})


def test_a_line_is_as_its_schema_says() -> None:
    assert not wrong_lines(json.dumps(REQUEST))
    for name in REQUEST.keys() - {"message", "timestamp"}:  # they mark a log line
        assert wrong_lines(json.dumps({other: member for other, member in REQUEST.items() if other != name}))
    assert wrong_lines(json.dumps(REQUEST | {"status": "200"}))
    assert wrong_lines(json.dumps(REQUEST | {"message": "greeting"}))


def test_the_page_names_every_message_and_kind() -> None:
    page = (DOCS / "alerts-and-log-lines.md").read_text(encoding="utf-8")
    files = [DOCS / "schemas" / f"{name}.schema.json" for name in ("alert", "log-line")]
    schemas = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    named = [
        name
        for schema, member in zip(schemas, ("kind", "message"), strict=True)
        for form in schema["oneOf"]
        for name in form["properties"][member].get("enum", [form["properties"][member].get("const")])
    ]
    assert len(named) == 15
    assert not [name for name in named if f"`{name}`" not in page]
