"""Products in DynamoDB: the literal items, and the results when another writer was first."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.domain.commands import BrowseCategory, ListVendorProducts
from chalicelib.storage.product_store import (
    AlreadyExecuted,
    ExternalIdInUse,
    ProductIdInUse,
    ProductStore,
    WriteConflict,
    Written,
)
from inventory_common.malformed_items import MalformedItems
from inventory_common.pages import PageRequest
from inventory_common.settings import Settings
from inventory_common.timestamps import epoch_seconds, plus_seconds

from .shop import NOW, VENDOR, a_key, a_product

SETTINGS = Settings(
    jwks_url="http://127.0.0.1/jwks.json",
    token_issuer="issuer",
    token_audiences=("shop",),
    machine_client_ids=("order-system",),
)
MALFORMED = MalformedItems("inventory-catalog")
FULL = a_product(
    description="Over-ear",
    subcategory="Audio",
    brand="SoundMax",
    base_price=Decimal("89.99"),
    images=["https://a.example/1.jpg"],
    tags=["wireless", "audio"],
)


@pytest.fixture
def store(dynamodb: Any) -> ProductStore:
    return ProductStore(dynamodb, SETTINGS, MALFORMED)


def item_of(client: Any, key: str) -> dict[str, Any]:
    key_attribute = {"product_id": {"S": key}}
    item: dict[str, Any] = client.get_item(
        TableName="Products-table", Key=key_attribute, ConsistentRead=True
    )["Item"]
    return item


def all_items(client: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.scan(TableName="Products-table")["Items"]
    return items


def test_a_product_item_holds_the_attributes_of_the_specification(store: ProductStore, dynamodb: Any) -> None:
    assert store.add(FULL, None, "one") == Written(FULL)
    assert all_items(dynamodb) == [
        {
            "product_id": {"S": "PROD-E4F9A"},
            "vendor_id": {"S": VENDOR},
            "product_name": {"S": "Wireless Bluetooth Headphones"},
            "description": {"S": "Over-ear"},
            "category": {"S": "Electronics"},
            "subcategory": {"S": "Audio"},
            "brand": {"S": "SoundMax"},
            "base_price": {"N": "89.99"},
            "images": {"L": [{"S": "https://a.example/1.jpg"}]},
            "tags": {"L": [{"S": "wireless"}, {"S": "audio"}]},
            # A key of CategoryIndex: DynamoDB has no BOOL there.
            "is_active": {"S": "true"},
            "created_at": {"S": NOW},
            "updated_at": {"S": NOW},
            "version": {"N": "1"},
            # By it, a put whose response was lost recognises its own item.
            "change_1": {"S": "one"},
        }
    ]
    assert store.product("PROD-E4F9A") == FULL


def test_an_idempotency_record_is_written_with_its_product_and_is_in_no_list(
    store: ProductStore, dynamodb: Any
) -> None:
    idempotency_record = a_key().record([{"product_id": "PROD-E4F9A"}], NOW)
    store.add(FULL, idempotency_record, "one")
    assert item_of(dynamodb, idempotency_record.idempotency_id) == {
        "product_id": {"S": idempotency_record.idempotency_id},
        "body_hash": {"S": idempotency_record.payload_hash},
        "done": {"L": [{"M": {"product_id": {"S": "PROD-E4F9A"}}}]},
        "written_at": {"S": NOW},
        "ttl": {"N": str(epoch_seconds(NOW) + 86_401)},
    }
    for page in (
        store.products_of_vendor(ListVendorProducts(vendor_id=VENDOR), PageRequest()),
        store.products_of_category(BrowseCategory(category="Electronics"), PageRequest()),
    ):
        assert page.documents == [FULL.document()]


@pytest.mark.parametrize("with_record", [False, True])
def test_a_product_is_never_overwritten_by_a_new_one(
    store: ProductStore, dynamodb: Any, with_record: bool
) -> None:
    store.add(FULL, None, "one")
    record = a_key().record([], NOW) if with_record else None
    assert store.add(a_product(), record, "two") == ProductIdInUse()
    assert store.product("PROD-E4F9A") == FULL
    assert len(all_items(dynamodb)) == 1


@pytest.mark.parametrize("product_id", ["PROD-E4F9A", "PROD-00000"], ids=["in use too", "free"])
def test_a_command_that_was_executed_before_returns_its_record_and_writes_nothing(
    store: ProductStore, dynamodb: Any, product_id: str
) -> None:
    first = a_key().record([{"product_id": "PROD-E4F9A"}], NOW)
    store.add(FULL, first, "one")
    later = plus_seconds(NOW, 86_400)
    again = a_key().record([{"product_id": product_id}], later)
    assert store.add(a_product(product_id), again, "one") == AlreadyExecuted(first)
    assert len(all_items(dynamodb)) == 2


def test_an_expired_record_is_replaced_before_dynamodb_removes_it(store: ProductStore, dynamodb: Any) -> None:
    store.add(FULL, a_key().record([], NOW), "one")
    later = plus_seconds(NOW, 86_401)
    assert store.add(a_product("PROD-00000"), a_key().record([], later), "one") == Written(
        a_product("PROD-00000")
    )
    assert item_of(dynamodb, a_key().idempotency_id)["written_at"] == {"S": later}


def test_an_invalid_transaction_raises_and_a_conflicting_one_is_a_result() -> None:
    class Cancelled(ClientError):
        pass

    class Failed(ClientError):
        pass

    class Client:
        class exceptions:
            TransactionCanceledException = Cancelled
            ConditionalCheckFailedException = Failed
            TransactionConflictException = Failed

        def __init__(self, code: str) -> None:
            self.code = code

        def transact_write_items(self, **_: Any) -> None:
            response = {
                "Error": {"Code": "TransactionCanceledException"},
                "CancellationReasons": [{"Code": self.code}, {"Code": "None"}],
            }
            raise Cancelled(response, "TransactWriteItems")

    idempotency_record = a_key().record([], NOW)
    with pytest.raises(Cancelled):
        ProductStore(Client("ValidationError"), SETTINGS, MALFORMED).add(FULL, idempotency_record, "one")
    conflicting = ProductStore(Client("TransactionConflict"), SETTINGS, MALFORMED)
    assert conflicting.add(FULL, idempotency_record, "one") == WriteConflict()
    named = replace(FULL, external_id="SM-4711")
    with pytest.raises(Cancelled):
        ProductStore(Client("ValidationError"), SETTINGS, MALFORMED).add(named, None, "one")
    assert conflicting.add(named, None, "one") == WriteConflict()


def test_the_guard_item_of_an_external_id_is_written_with_its_product_and_is_in_no_list(
    store: ProductStore, dynamodb: Any
) -> None:
    named = replace(FULL, external_id="SM-4711")
    store.add(named, None, "one")
    assert item_of(dynamodb, "#EXTERNAL#VENDOR-001#SM-4711") == {
        "product_id": {"S": "#EXTERNAL#VENDOR-001#SM-4711"},
        "belongs_to": {"S": "PROD-E4F9A"},
    }
    assert item_of(dynamodb, "PROD-E4F9A") == FULL.to_item() | {"external_id": {"S": "SM-4711"}}
    for page in (
        store.products_of_vendor(ListVendorProducts(vendor_id=VENDOR), PageRequest()),
        store.products_of_category(BrowseCategory(category="Electronics"), PageRequest()),
    ):
        assert page.documents == [named.document()]


def test_an_external_id_in_use_is_reported_with_its_product_and_nothing_is_written(
    store: ProductStore, dynamodb: Any
) -> None:
    store.add(replace(FULL, external_id="SM-4711"), None, "one")
    for idempotency_record in (None, a_key().record([], NOW)):
        result = store.add(a_product("PROD-00000", external_id="SM-4711"), idempotency_record, "one")
        assert result == ExternalIdInUse("PROD-E4F9A")
    assert len(all_items(dynamodb)) == 2


def test_an_update_writes_only_differences_and_removes_absent_attributes(
    store: ProductStore, dynamodb: Any
) -> None:
    store.add(FULL, None, "one")
    dynamodb.update_item(
        TableName="Products-table",
        Key={"product_id": {"S": "PROD-E4F9A"}},
        UpdateExpression="SET brand = :brand",
        ExpressionAttributeValues={":brand": {"S": "Renamed meanwhile"}},
    )
    after = replace(FULL, is_active=False, tags=None, version=2)
    assert store.update(FULL, after, "one") == Written(after)
    item = item_of(dynamodb, "PROD-E4F9A")
    assert (item["is_active"], item["version"], item["brand"]["S"]) == (
        {"S": "false"},
        {"N": "2"},
        "Renamed meanwhile",
    )
    assert "tags" not in item


def test_an_update_of_a_product_that_changed_meanwhile_is_a_write_conflict(
    store: ProductStore, dynamodb: Any
) -> None:
    store.add(replace(FULL, version=2), None, "two")
    assert store.update(FULL, replace(FULL, is_active=False, version=2), "one") == WriteConflict(2)
    assert store.product("PROD-E4F9A") == replace(FULL, version=2)


def test_an_update_does_not_create_an_absent_product(store: ProductStore, dynamodb: Any) -> None:
    assert store.update(FULL, replace(FULL, is_active=False, version=2), "one") == WriteConflict()
    assert all_items(dynamodb) == []


def test_a_deactivated_product_is_no_longer_listed_in_its_category_but_still_for_its_vendor(
    store: ProductStore,
) -> None:
    store.add(FULL, None, "one")
    store.update(FULL, replace(FULL, is_active=False, version=2), "one")
    assert store.products_of_category(BrowseCategory(category="Electronics"), PageRequest()).documents == []
    [listed] = store.products_of_vendor(ListVendorProducts(vendor_id=VENDOR), PageRequest()).documents
    assert listed["is_active"] is False


def test_an_absent_product_is_none(store: ProductStore) -> None:
    assert store.product("PROD-E4F9A") is None
