"""The update of a SKU in DynamoDB, literally: what is sent, what stands then, who was first."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.inventory_gateway import InventoryGateway, LostRace
from chalicelib.snapshot import Readings

from .shop import BLACK, NOW, OTHER_VENDOR, PRODUCT, VENDOR, WHITE, Tables, a_sku

LATER = "2026-02-23T11:00:00.000000Z"
FORMER = a_sku(current=50, reserved=10, variant_attributes={"color": "Black"}, version=4)


class Writes:
    """A client that remembers the updates that it sends on."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.sent: list[dict[str, Any]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def update_item(self, **request: Any) -> Any:
        self.sent.append(request)
        return self._client.update_item(**request)


@pytest.fixture
def writes(gateway: InventoryGateway, monkeypatch: pytest.MonkeyPatch) -> Writes:
    writes = Writes(gateway._client)
    monkeypatch.setattr(gateway, "_client", writes)
    return writes


@pytest.fixture
def kept(tables: Tables) -> None:
    tables.put(FORMER, a_sku(WHITE, 3))


def item(writes: Writes, sku: str = BLACK, partition: str = PRODUCT) -> dict[str, Any] | None:
    key = {"product_id": {"S": partition}, "sku": {"S": sku}}
    return writes.get_item(TableName="VendorInventory", Key=key, ConsistentRead=True).get("Item")


def changed(**changes: Any) -> Any:
    stamps = {"last_updated": LATER, "last_updated_by": VENDOR, "version": 5}
    return replace(FORMER, **stamps | changes)


@pytest.mark.usefixtures("kept")
def test_an_update_sends_what_differs_and_expects_the_version_it_saw(
    gateway: InventoryGateway, writes: Writes
) -> None:
    gateway.update_sku(FORMER, to=changed(variant_name="Jet Black", unit_price=Decimal("79.5")))
    assert writes.sent == [
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
    assert item(writes) == FORMER.to_item() | {
        "variant_name": {"S": "Jet Black"},
        "unit_price": {"N": "79.5"},
        "last_updated": {"S": LATER},
        "version": {"N": "5"},
    }


@pytest.mark.usefixtures("kept")
def test_attributes_that_are_taken_away_are_removed(gateway: InventoryGateway, writes: Writes) -> None:
    gateway.update_sku(FORMER, to=changed(variant_attributes=None))
    [sent] = writes.sent
    assert sent["UpdateExpression"] == (
        "SET #last_updated = :last_updated, #version = :version REMOVE #variant_attributes"
    )
    assert sent["ExpressionAttributeNames"]["#variant_attributes"] == "variant_attributes"
    stored = item(writes)
    assert stored is not None
    assert "variant_attributes" not in stored
    assert gateway.sku(PRODUCT, BLACK) == changed(variant_attributes=None)


@pytest.mark.usefixtures("kept")
def test_an_update_leaves_the_other_skus_and_the_log_alone(gateway: InventoryGateway, writes: Writes) -> None:
    gateway.update_sku(FORMER, to=changed(is_active=False))
    assert gateway.sku(PRODUCT, BLACK) == changed(is_active=False)
    assert item(writes, WHITE) == a_sku(WHITE, 3).to_item()
    assert writes.scan(TableName="StockTransactions")["Items"] == []


@pytest.mark.usefixtures("kept")
def test_a_higher_threshold_raises_the_vendors_bound_first(gateway: InventoryGateway, writes: Writes) -> None:
    gateway.update_sku(FORMER, to=changed(reorder_threshold=11))
    bound, sku = writes.sent
    assert bound["Key"] == {"product_id": {"S": VENDOR}, "sku": {"S": "#LOW-STOCK-BOUND"}}
    assert sku["Key"]["sku"] == {"S": BLACK}
    stored = item(writes, "#LOW-STOCK-BOUND", VENDOR)
    assert stored is not None
    assert stored["bound"] == {"N": "11"}
    assert item(writes, "#LOW-STOCK-BOUND", OTHER_VENDOR) is None


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("threshold", [10, 9, 0])
def test_a_threshold_that_does_not_rise_needs_no_bound(
    gateway: InventoryGateway, writes: Writes, threshold: int
) -> None:
    gateway.update_sku(FORMER, to=changed(reorder_threshold=threshold))
    assert [sent["Key"]["sku"] for sent in writes.sent] == [{"S": BLACK}]
    assert item(writes, "#LOW-STOCK-BOUND", VENDOR) is None


@pytest.mark.parametrize("version", [3, 5])
def test_an_update_of_another_version_writes_nothing_and_shows_what_stands(
    gateway: InventoryGateway, writes: Writes, tables: Tables, version: int
) -> None:
    stands = replace(FORMER, current_stock=7, reserved_stock=7, version=version, last_updated=NOW)
    tables.put(stands)
    with pytest.raises(LostRace) as race:
        gateway.update_sku(FORMER, to=changed(unit_price=1))
    assert race.value.found == Readings(skus={BLACK: stands})
    assert item(writes) == stands.to_item()


@pytest.mark.usefixtures("kept")
def test_an_update_beside_a_transaction_under_way_is_a_race_that_shows_nothing(
    gateway: InventoryGateway, writes: Writes, monkeypatch: pytest.MonkeyPatch
) -> None:
    conflict = writes.exceptions.TransactionConflictException

    def refuse(**_: Any) -> None:
        raise conflict({"Error": {"Code": "TransactionConflictException", "Message": ""}}, "UpdateItem")

    monkeypatch.setattr(writes, "update_item", refuse)
    with pytest.raises(LostRace) as race:
        gateway.update_sku(FORMER, to=changed(unit_price=1))
    assert race.value.found == Readings()
