"""Verification of a log while it grows, and of one that was changed behind the services."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

from tests.integration.shop import Shop, Sku, by_writers, done

WRITERS = 4
RESTOCKS = 60


def differences(shop: Shop, sku: Sku, limit: int = 10) -> list[dict[str, Any]]:
    """Return the differences that the verification of a SKU's whole log finds."""
    found: list[dict[str, Any]] = []
    params: dict[str, Any] = {"limit": limit}
    while True:
        url = f"{shop.audit}/skus/{sku.sku}/verification"
        page = done(shop.ask("GET", url, "auditor", params=params)).json()
        found += page["findings"]
        if page["next_cursor"] is None:
            return found
        params["cursor"] = page["next_cursor"]


def test_a_growing_log_has_no_differences(shop: Shop, second_process: Shop) -> None:
    sku = shop.has_sku(5)
    walks: list[list[dict[str, Any]]] = []
    written = threading.Event()

    def verify_until_written() -> None:
        while not written.is_set():
            walks.append(differences(shop, sku))

    auditor = threading.Thread(target=verify_until_written)
    auditor.start()
    try:
        requests = [
            partial(where.restock, sku, 1, key=f"grow-{number}")
            for number in range(RESTOCKS)
            for where in [second_process if number % 2 else shop]
        ]
        by_writers(WRITERS, requests)
    finally:
        written.set()
        auditor.join()
    walks.append(differences(shop, sku))
    assert not [found for found in walks if found]
    assert len(walks) > 2, "it was not verified meanwhile"
    assert shop.sku(sku)["sequence"] == RESTOCKS + 1


def test_changes_behind_the_services_are_found(shop: Shop, client: Any) -> None:
    sku = shop.has_sku(5)
    for number in range(5):
        done(shop.restock(sku, 2, key=f"behind-{number}"))
    records = shop.listed(f"{shop.audit}/skus/{sku.sku}/transactions", "auditor")
    third = records[-3]
    key = {name: {"S": third[name]} for name in ("transaction_id", "timestamp")}
    client.delete_item(TableName="StockTransactions", Key=key)
    assert [(found["kind"], found["transaction_id"]) for found in differences(shop, sku)] == [
        ("missing_record", third["transaction_id"])
    ]
    client.update_item(
        TableName="VendorInventory",
        Key={"product_id": {"S": sku.product_id}, "sku": {"S": sku.sku}},
        UpdateExpression="SET current_stock = :more",
        ExpressionAttributeValues={":more": {"N": "1000"}},
    )
    assert "sku.current_stock" in {found["kind"] for found in differences(shop, sku)}
