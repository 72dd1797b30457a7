"""The update of a SKU in DynamoDB: what is sent, what is stored, and what a stale update returns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.domain.decisions import ReadSet
from chalicelib.storage.skus import NotWritten, SkuStore, Written
from inventory_common.ids import StockKey
from inventory_common.skus import Sku

from ..process import Process
from ..shop import BLACK, NOW, OTHER_VENDOR, PRODUCT, VENDOR, WHITE, Tables, a_sku

LATER = "2026-02-23T11:00:00.000000Z"
KEY = StockKey(PRODUCT, BLACK)
BEFORE = a_sku(current=50, reserved=10, variant_attributes={"color": "Black"}, version=4)


class RecordingClient:
    """A client that records the updates that it sends."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.sent: list[dict[str, Any]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def update_item(self, **request: Any) -> Any:
        self.sent.append(request)
        return self._client.update_item(**request)

    def stored(self, sku: str = BLACK, partition: str = PRODUCT) -> dict[str, Any] | None:
        """Return an item of VendorInventory."""
        key = {"product_id": {"S": partition}, "sku": {"S": sku}}
        item: dict[str, Any] | None = self._client.get_item(
            TableName="VendorInventory", Key=key, ConsistentRead=True
        ).get("Item")
        return item


@pytest.fixture
def client(dynamodb: Any) -> RecordingClient:
    return RecordingClient(dynamodb)


@pytest.fixture
def skus(process_over: Callable[[Any], Process], client: RecordingClient) -> SkuStore:
    return process_over(client).storage.skus


@pytest.fixture
def two_skus(tables: Tables) -> None:
    tables.put(BEFORE, a_sku(WHITE, 3))


def changed(**changes: Any) -> Sku:
    stamps: dict[str, Any] = {"last_updated": LATER, "last_updated_by": VENDOR, "version": 5}
    return replace(BEFORE, **stamps | changes)


@pytest.mark.usefixtures("two_skus")
def test_an_update_sends_what_differs_on_condition_of_the_version_that_was_read(
    skus: SkuStore, client: RecordingClient
) -> None:
    updated = skus.update(BEFORE, changed(variant_name="Jet Black", unit_price=Decimal("79.5")))
    assert updated == Written()
    assert client.sent == [
        {
            "TableName": "VendorInventory",
            "Key": {"product_id": {"S": PRODUCT}, "sku": {"S": BLACK}},
            "UpdateExpression": "SET #variant_name = :variant_name, #unit_price = :unit_price, "
            "#last_updated = :last_updated, #version = :version",
            "ConditionExpression": "#version = :expected",
            "ExpressionAttributeNames": {
                "#variant_name": "variant_name",
                "#unit_price": "unit_price",
                "#last_updated": "last_updated",
                "#version": "version",
            },
            "ExpressionAttributeValues": {
                ":expected": {"N": "4"},
                ":variant_name": {"S": "Jet Black"},
                ":unit_price": {"N": "79.5"},
                ":last_updated": {"S": LATER},
                ":version": {"N": "5"},
            },
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    ]
    assert client.stored() == BEFORE.to_item() | {
        "variant_name": {"S": "Jet Black"},
        "unit_price": {"N": "79.5"},
        "last_updated": {"S": LATER},
        "version": {"N": "5"},
    }


@pytest.mark.usefixtures("two_skus")
def test_an_optional_attribute_that_becomes_null_is_removed(skus: SkuStore, client: RecordingClient) -> None:
    assert skus.update(BEFORE, changed(variant_attributes=None)) == Written()
    [sent] = client.sent
    assert sent["UpdateExpression"] == (
        "SET #last_updated = :last_updated, #version = :version REMOVE #variant_attributes"
    )
    assert sent["ExpressionAttributeNames"]["#variant_attributes"] == "variant_attributes"
    stored = client.stored()
    assert stored is not None
    assert "variant_attributes" not in stored
    assert skus.get(KEY) == changed(variant_attributes=None)


@pytest.mark.usefixtures("two_skus")
def test_an_update_leaves_other_skus_and_the_log_as_they_are(skus: SkuStore, client: RecordingClient) -> None:
    assert skus.update(BEFORE, changed(is_active=False)) == Written()
    assert skus.get(KEY) == changed(is_active=False)
    assert client.stored(WHITE) == a_sku(WHITE, 3).to_item()
    assert client.scan(TableName="StockTransactions")["Items"] == []


@pytest.mark.usefixtures("two_skus")
def test_a_higher_threshold_raises_the_vendors_low_stock_bound_first(
    skus: SkuStore, client: RecordingClient
) -> None:
    assert skus.update(BEFORE, changed(reorder_threshold=11)) == Written()
    bound, sku = client.sent
    assert bound["Key"] == {"product_id": {"S": VENDOR}, "sku": {"S": "#LOW-STOCK-BOUND"}}
    assert sku["Key"]["sku"] == {"S": BLACK}
    stored = client.stored("#LOW-STOCK-BOUND", VENDOR)
    assert stored is not None
    assert stored["bound"] == {"N": "11"}
    assert client.stored("#LOW-STOCK-BOUND", OTHER_VENDOR) is None


@pytest.mark.usefixtures("two_skus")
@pytest.mark.parametrize("threshold", [10, 9, 0])
def test_a_threshold_that_is_not_raised_needs_no_bound(
    skus: SkuStore, client: RecordingClient, threshold: int
) -> None:
    assert skus.update(BEFORE, changed(reorder_threshold=threshold)) == Written()
    assert [sent["Key"]["sku"] for sent in client.sent] == [{"S": BLACK}]
    assert client.stored("#LOW-STOCK-BOUND", VENDOR) is None


@pytest.mark.parametrize("version", [3, 5])
def test_an_update_of_another_version_writes_nothing_and_returns_the_stored_sku(
    skus: SkuStore, client: RecordingClient, tables: Tables, version: int
) -> None:
    stored = replace(BEFORE, current_stock=7, reserved_stock=7, version=version, last_updated=NOW)
    tables.put(stored)
    stale = skus.update(BEFORE, changed(unit_price=1))
    assert stale == NotWritten(ReadSet(skus={KEY: stored}))
    assert client.stored() == stored.to_item()


@pytest.mark.usefixtures("two_skus")
def test_an_update_that_meets_a_transaction_in_progress_is_stale_and_returns_no_sku(
    skus: SkuStore, client: RecordingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    conflict = client.exceptions.TransactionConflictException

    def refuse(**_: Any) -> None:
        raise conflict({"Error": {"Code": "TransactionConflictException", "Message": ""}}, "UpdateItem")

    monkeypatch.setattr(client, "update_item", refuse)
    assert skus.update(BEFORE, changed(unit_price=1)) == NotWritten(ReadSet())
