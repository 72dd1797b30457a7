"""``make run`` tells within ten seconds what was changed by hand in its database."""

from __future__ import annotations

import json
import time
from typing import Any

from tests.e2e.running_stack import RunningStack
from tests.integration.processes import wait_until
from tests.integration.shop import Shop, Sku

TOLD_SECONDS = 10.0


def findings_about(shop: Shop, sku: Sku) -> list[dict[str, Any]]:
    return [found for found in shop.listed(f"{shop.audit}/findings", "auditor") if found["sku"] == sku.sku]


def lines(stack: RunningStack, message: str) -> list[dict[str, Any]]:
    log = stack.output.parent / "state" / "logs" / "audit-triggers.log"
    whole, _, _ = log.read_text(encoding="utf-8").rpartition("\n")
    return [line for line in map(json.loads, whole.splitlines()) if line["message"] == message]


def handled(stack: RunningStack) -> int:
    return sum(line["handled"] for line in lines(stack, "changes"))


def test_manual_changes_are_reported_within_ten_seconds(shop: Shop, stack: RunningStack, client: Any) -> None:
    handled_before = handled(stack)
    sku = shop.has_sku(10)
    # First of all the auditor has to have seen what was honest: the SKU, its restock and the record of it.
    wait_until(lambda: handled(stack) >= handled_before + 3, "the stream read")
    record = shop.listed(f"{shop.audit}/skus/{sku.sku}/transactions", "auditor")[0]
    started = time.monotonic()
    client.update_item(
        TableName="VendorInventory",
        Key={"product_id": {"S": sku.product_id}, "sku": {"S": sku.sku}},
        UpdateExpression="SET current_stock = :more, available_stock = :more",
        ExpressionAttributeValues={":more": {"N": "500"}},
    )
    client.update_item(
        TableName="StockTransactions",
        Key={name: {"S": record[name]} for name in ("transaction_id", "timestamp")},
        UpdateExpression="SET performed_by = :who",
        ExpressionAttributeValues={":who": {"S": "VENDOR-999"}},
    )
    wait_until(lambda: len(findings_about(shop, sku)) == 2, "both findings", TOLD_SECONDS)
    print(f"told after {time.monotonic() - started:.1f} s")
    found = {finding["kind"]: finding for finding in findings_about(shop, sku)}
    assert found.keys() == {"stock_without_record", "record_modified"}
    assert found["stock_without_record"]["vendor_id"] == sku.vendor_id
    for message in ("finding", "alert"):
        assert sum(sku.sku in json.dumps(line) for line in lines(stack, message)) == 2


def test_a_shop_without_manual_changes_has_no_findings(shop: Shop, stack: RunningStack) -> None:
    handled_before = handled(stack)
    sku = shop.has_sku(10)
    assert shop.place("ORDER-HONEST-1", (sku, 3)).status_code == 201
    assert shop.confirm("ORDER-HONEST-1").status_code == 200
    # A new SKU, and three changes of its stock with their records.
    wait_until(lambda: handled(stack) >= handled_before + 7, "the stream read")
    assert findings_about(shop, sku) == []
