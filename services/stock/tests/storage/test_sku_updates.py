"""The update of a SKU in DynamoDB: what is sent, what is stored, and what a stale update returns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.domain.decisions import ReadSet
from chalicelib.storage.skus import NotWritten, SkuStore
from inventory_common.ids import StockKey
from inventory_common.skus import Sku

from ..process import Process
from ..shop import BLACK, NOW, OTHER_VENDOR, PRODUCT, VENDOR, WHITE, Tables, a_sku

LATER = "2026-02-23T11:00:00.000000Z"
KEY = StockKey(PRODUCT, BLACK)
BEFORE = a_sku(current=50, reserved=10, variant_attributes={"color": "Black"}, version=4, details_version=2)


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
    stamps: dict[str, Any] = {
        "last_updated": LATER,
        "last_updated_by": VENDOR,
        "version": 5,
        "details_version": 3,
    }
    return replace(BEFORE, **stamps | changes)


def update(skus: SkuStore, after: Sku, change_id: str = "one") -> Sku | NotWritten:
    return skus.update(BEFORE, after, change_id)


@pytest.mark.usefixtures("two_skus")
def test_an_update_sends_what_differs_on_condition_of_what_it_changes(
    skus: SkuStore, client: RecordingClient
) -> None:
    after = changed(variant_name="Jet Black", unit_price=Decimal("79.5"))
    assert update(skus, after) == after
    assert client.sent == [
        {
            "TableName": "VendorInventory",
            "Key": {"product_id": {"S": PRODUCT}, "sku": {"S": BLACK}},
            "UpdateExpression": "SET #variant_name = :variant_name, #unit_price = :unit_price, "
            "#last_updated = :last_updated, #last_updated_by = :last_updated_by, "
            "#details_version = :details_version, #change_3 = :change_3, #version = #version + :one",
            "ConditionExpression": "#details_version = :seen AND #variant_name = :former_variant_name "
            "AND #unit_price = :former_unit_price",
            "ExpressionAttributeNames": {
                "#variant_name": "variant_name",
                "#unit_price": "unit_price",
                "#last_updated": "last_updated",
                "#last_updated_by": "last_updated_by",
                "#details_version": "details_version",
                "#change_3": "change_3",
                "#version": "version",
            },
            "ExpressionAttributeValues": {
                ":one": {"N": "1"},
                ":seen": {"N": "2"},
                ":variant_name": {"S": "Jet Black"},
                ":former_variant_name": {"S": "Black - Large"},
                ":unit_price": {"N": "79.5"},
                ":former_unit_price": {"N": "90"},
                ":last_updated": {"S": LATER},
                ":last_updated_by": {"S": VENDOR},
                ":details_version": {"N": "3"},
                ":change_3": {"S": "one"},
            },
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            "ReturnValues": "ALL_NEW",
        }
    ]
    assert client.stored() == after.to_item() | {"change_3": {"S": "one"}}


@pytest.mark.usefixtures("two_skus")
def test_an_update_leaves_the_stock_as_it_is_now(skus: SkuStore, tables: Tables) -> None:
    sold = replace(BEFORE, reserved_stock=17, sequence=9, version=11, last_updated=LATER)
    tables.put(sold)
    after = changed(unit_price=1)
    expected = replace(sold, unit_price=1, details_version=3, version=12)
    assert update(skus, after) == expected
    assert skus.get(KEY) == expected


def test_a_sku_that_was_stored_without_a_details_version_is_changed_like_a_new_one(
    skus: SkuStore, client: RecordingClient, tables: Tables
) -> None:
    tables.put(BEFORE)
    client.update_item(
        TableName="VendorInventory",
        Key={"product_id": {"S": PRODUCT}, "sku": {"S": BLACK}},
        UpdateExpression="REMOVE details_version",
    )
    old = skus.get(KEY)
    assert old == replace(BEFORE, details_version=1)
    after = replace(old, unit_price=80, details_version=2)
    assert isinstance(skus.update(old, after, "one"), Sku)
    stale = skus.update(old, replace(old, variant_name="Jet Black", details_version=2), "two")
    assert isinstance(stale, NotWritten)
    assert stale.found.skus[KEY].unit_price == 80


@pytest.mark.parametrize("change", [{"unit_price": 7}, {"variant_attributes": None}], ids=str)
def test_a_change_by_a_process_that_does_not_count_is_not_overwritten(
    skus: SkuStore, tables: Tables, change: dict[str, Any]
) -> None:
    """During a deployment, processes of the former version change SKUs on condition of `version` alone."""
    stored = replace(BEFORE, **change, version=9)
    tables.put(stored)
    after = changed(unit_price=80, variant_attributes={"color": "White"})
    assert update(skus, after) == NotWritten(ReadSet(skus={KEY: stored}))


def test_a_change_meets_an_attribute_that_was_absent(skus: SkuStore, tables: Tables) -> None:
    before = replace(BEFORE, variant_attributes=None)
    after = replace(changed(), variant_attributes={"size": "L"})
    tables.put(BEFORE)
    assert isinstance(skus.update(before, after, "one"), NotWritten)
    tables.put(before)
    assert skus.update(before, after, "one") == after


@pytest.mark.parametrize(
    "later",
    [{}, {"reserved_stock": 30, "sequence": 4, "version": 9}, {"details_version": 6, "unit_price": 70}],
    ids=["nothing", "sold", "changed three times"],
)
def test_an_update_that_was_sent_again_finds_its_own_change_below_later_ones(
    skus: SkuStore, client: RecordingClient, later: dict[str, Any]
) -> None:
    after = changed(unit_price=80)
    now = replace(after, **later)
    client.put_item(TableName="VendorInventory", Item=now.to_item() | {"change_3": {"S": "one"}})
    assert update(skus, after) == now
    assert update(skus, after, "two") == NotWritten(ReadSet(skus={KEY: now}))
    assert skus.get(KEY) == now


@pytest.mark.usefixtures("two_skus")
@pytest.mark.parametrize("refusal", ["ConditionalCheckFailedException", "TransactionConflictException"])
def test_an_update_says_whether_an_earlier_attempt_of_its_call_may_have_been_written(
    skus: SkuStore, client: RecordingClient, monkeypatch: pytest.MonkeyPatch, refusal: str
) -> None:
    for retries in (0, 1):

        def refuse(retries: int = retries, **_: Any) -> None:
            answer: Any = {
                "Error": {"Code": refusal, "Message": ""},
                "ResponseMetadata": {"RetryAttempts": retries},
                "Item": BEFORE.to_item(),
            }
            raise getattr(client.exceptions, refusal)(answer, "UpdateItem")

        monkeypatch.setattr(client, "update_item", refuse)
        refused = update(skus, changed(unit_price=80))
        assert isinstance(refused, NotWritten)
        assert refused.is_unknown is bool(retries)


@pytest.mark.usefixtures("two_skus")
def test_an_optional_attribute_that_becomes_null_is_removed(skus: SkuStore, client: RecordingClient) -> None:
    assert update(skus, changed(variant_attributes=None)) == changed(variant_attributes=None)
    [sent] = client.sent
    assert sent["UpdateExpression"].endswith("#version = #version + :one REMOVE #variant_attributes")
    assert sent["ExpressionAttributeNames"]["#variant_attributes"] == "variant_attributes"
    stored = client.stored()
    assert stored is not None
    assert "variant_attributes" not in stored
    assert skus.get(KEY) == changed(variant_attributes=None)


@pytest.mark.usefixtures("two_skus")
def test_an_update_leaves_other_skus_and_the_log_as_they_are(skus: SkuStore, client: RecordingClient) -> None:
    assert update(skus, changed(is_active=False)) == changed(is_active=False)
    assert skus.get(KEY) == changed(is_active=False)
    assert client.stored(WHITE) == a_sku(WHITE, 3).to_item()
    assert client.scan(TableName="StockTransactions")["Items"] == []


@pytest.mark.usefixtures("two_skus")
def test_a_higher_threshold_raises_the_vendors_low_stock_bound_first(
    skus: SkuStore, client: RecordingClient
) -> None:
    assert isinstance(update(skus, changed(reorder_threshold=11)), Sku)
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
    assert isinstance(update(skus, changed(reorder_threshold=threshold)), Sku)
    assert [sent["Key"]["sku"] for sent in client.sent] == [{"S": BLACK}]
    assert client.stored("#LOW-STOCK-BOUND", VENDOR) is None


@pytest.mark.parametrize("version", [1, 3])
def test_an_update_of_another_version_writes_nothing_and_returns_the_stored_sku(
    skus: SkuStore, client: RecordingClient, tables: Tables, version: int
) -> None:
    stored = replace(BEFORE, current_stock=7, reserved_stock=7, details_version=version, last_updated=NOW)
    tables.put(stored)
    stale = update(skus, changed(unit_price=1))
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
    assert update(skus, changed(unit_price=1)) == NotWritten(ReadSet())
