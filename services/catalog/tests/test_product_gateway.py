"""Products in DynamoDB: the items, literally, and what happens when another writer was first."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.commands import BrowseCategory
from chalicelib.product_gateway import CommandSeen, ProductChanged, ProductGateway, ProductIdTaken
from inventory_common.errors import ExternalIdExists
from inventory_common.pages import PageRequest, Period
from inventory_common.settings import Settings
from inventory_common.timestamps import epoch_seconds, plus_seconds

from .shop import NOW, VENDOR, a_product, an_intent

SETTINGS = Settings(
    jwks_url="http://127.0.0.1/jwks.json",
    token_issuer="issuer",
    token_audiences=("shop",),
    machine_client_ids=("order-system",),
)
FULL = a_product(
    description="Over-ear",
    subcategory="Audio",
    brand="SoundMax",
    base_price=Decimal("89.99"),
    images=["https://a.example/1.jpg"],
    tags=["wireless", "audio"],
)


@pytest.fixture
def gateway(dynamodb: Any) -> ProductGateway:
    return ProductGateway(dynamodb, SETTINGS)


def item_of(client: Any, key: str) -> dict[str, Any] | None:
    answer = client.get_item(TableName="Products-table", Key={"product_id": {"S": key}}, ConsistentRead=True)
    return answer.get("Item")


def all_items(client: Any) -> list[dict[str, Any]]:
    return client.scan(TableName="Products-table")["Items"]


def test_a_product_item_holds_the_attributes_of_the_specification(
    gateway: ProductGateway, dynamodb: Any
) -> None:
    gateway.add(FULL, None)
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
        }
    ]
    assert gateway.product("PROD-E4F9A") == FULL


def test_a_marker_is_written_with_its_product_and_is_in_no_listing(
    gateway: ProductGateway, dynamodb: Any
) -> None:
    idempotency_record = an_intent().idempotency_record([{"product_id": "PROD-E4F9A"}], NOW)
    gateway.add(FULL, idempotency_record)
    assert item_of(dynamodb, idempotency_record.idempotency_id) == {
        "product_id": {"S": idempotency_record.idempotency_id},
        "body_hash": {"S": idempotency_record.body_hash},
        "done": {"L": [{"M": {"product_id": {"S": "PROD-E4F9A"}}}]},
        "written_at": {"S": NOW},
        "ttl": {"N": str(epoch_seconds(NOW) + 86_401)},
    }
    for page in (
        gateway.products_of_vendor(VENDOR, Period(), PageRequest()),
        gateway.products_of_category(BrowseCategory(category="Electronics"), PageRequest()),
    ):
        assert page.documents == [FULL.document()]


@pytest.mark.parametrize("with_marker", [False, True])
def test_a_product_is_never_overwritten_by_a_new_one(
    gateway: ProductGateway, dynamodb: Any, with_marker: bool
) -> None:
    gateway.add(FULL, None)
    with pytest.raises(ProductIdTaken):
        gateway.add(a_product(), an_intent().idempotency_record([], NOW) if with_marker else None)
    assert gateway.product("PROD-E4F9A") == FULL
    assert len(all_items(dynamodb)) == 1


@pytest.mark.parametrize("product_id", ["PROD-E4F9A", "PROD-00000"], ids=["taken too", "free"])
def test_a_command_that_was_seen_before_is_shown_and_writes_nothing(
    gateway: ProductGateway, dynamodb: Any, product_id: str
) -> None:
    first = an_intent().idempotency_record([{"product_id": "PROD-E4F9A"}], NOW)
    gateway.add(FULL, first)
    later = plus_seconds(NOW, 86_400)
    with pytest.raises(CommandSeen) as seen:
        gateway.add(
            a_product(product_id), an_intent().idempotency_record([{"product_id": product_id}], later)
        )
    assert seen.value.idempotency_record == first
    assert len(all_items(dynamodb)) == 2


def test_a_lapsed_marker_makes_way_though_dynamodb_still_keeps_it(
    gateway: ProductGateway, dynamodb: Any
) -> None:
    gateway.add(FULL, an_intent().idempotency_record([], NOW))
    later = plus_seconds(NOW, 86_401)
    gateway.add(a_product("PROD-00000"), an_intent().idempotency_record([], later))
    assert item_of(dynamodb, an_intent().idempotency_id)["written_at"] == {"S": later}


def test_a_transaction_that_should_not_have_been_sent_is_a_defect_of_ours() -> None:
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

    idempotency_record = an_intent().idempotency_record([], NOW)
    with pytest.raises(Cancelled):
        ProductGateway(Client("ValidationError"), SETTINGS).add(FULL, idempotency_record)
    with pytest.raises(ProductIdTaken):
        ProductGateway(Client("TransactionConflict"), SETTINGS).add(FULL, idempotency_record)
    named = replace(FULL, external_id="SM-4711")
    with pytest.raises(Cancelled):
        ProductGateway(Client("ValidationError"), SETTINGS).add(named, None)
    with pytest.raises(ProductIdTaken):
        ProductGateway(Client("TransactionConflict"), SETTINGS).add(named, None)


def test_a_guard_of_an_external_id_is_written_with_its_product_and_is_in_no_listing(
    gateway: ProductGateway, dynamodb: Any
) -> None:
    named = replace(FULL, external_id="SM-4711")
    gateway.add(named, None)
    assert item_of(dynamodb, "#EXTERNAL#VENDOR-001#SM-4711") == {
        "product_id": {"S": "#EXTERNAL#VENDOR-001#SM-4711"},
        "belongs_to": {"S": "PROD-E4F9A"},
    }
    assert item_of(dynamodb, "PROD-E4F9A") == FULL.to_item() | {"external_id": {"S": "SM-4711"}}
    for page in (
        gateway.products_of_vendor(VENDOR, Period(), PageRequest()),
        gateway.products_of_category(BrowseCategory(category="Electronics"), PageRequest()),
    ):
        assert page.documents == [named.document()]


def test_an_external_id_that_is_taken_is_shown_with_its_product_and_nothing_is_written(
    gateway: ProductGateway, dynamodb: Any
) -> None:
    gateway.add(replace(FULL, external_id="SM-4711"), None)
    for idempotency_record in (None, an_intent().idempotency_record([], NOW)):
        with pytest.raises(ExternalIdExists) as refused:
            gateway.add(a_product("PROD-00000", external_id="SM-4711"), idempotency_record)
        assert refused.value.members == {"product_id": "PROD-E4F9A"}
    assert len(all_items(dynamodb)) == 2


def test_an_update_writes_what_differs_and_removes_what_is_gone(
    gateway: ProductGateway, dynamodb: Any
) -> None:
    gateway.add(FULL, None)
    dynamodb.update_item(
        TableName="Products-table",
        Key={"product_id": {"S": "PROD-E4F9A"}},
        UpdateExpression="SET brand = :brand",
        ExpressionAttributeValues={":brand": {"S": "Renamed beside"}},
    )
    gateway.update(FULL, replace(FULL, is_active=False, tags=None, version=2))
    item = item_of(dynamodb, "PROD-E4F9A")
    assert (item["is_active"], item["version"], item["brand"]["S"]) == (
        {"S": "false"},
        {"N": "2"},
        "Renamed beside",
    )
    assert "tags" not in item


def test_an_update_of_a_product_that_changed_meanwhile_is_refused(
    gateway: ProductGateway, dynamodb: Any
) -> None:
    gateway.add(replace(FULL, version=2), None)
    with pytest.raises(ProductChanged):
        gateway.update(FULL, replace(FULL, is_active=False, version=2))
    assert gateway.product("PROD-E4F9A") == replace(FULL, version=2)


def test_a_product_that_is_not_there_is_not_made_by_an_update(gateway: ProductGateway, dynamodb: Any) -> None:
    with pytest.raises(ProductChanged):
        gateway.update(FULL, replace(FULL, is_active=False, version=2))
    assert all_items(dynamodb) == []


def test_a_deactivated_product_leaves_its_category_and_stays_its_vendors(
    gateway: ProductGateway,
) -> None:
    gateway.add(FULL, None)
    gateway.update(FULL, replace(FULL, is_active=False, version=2))
    assert gateway.products_of_category(BrowseCategory(category="Electronics"), PageRequest()).documents == []
    [listed] = gateway.products_of_vendor(VENDOR, Period(), PageRequest()).documents
    assert listed["is_active"] is False


def test_a_product_that_is_not_there_is_none(gateway: ProductGateway) -> None:
    assert gateway.product("PROD-E4F9A") is None
