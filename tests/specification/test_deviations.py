"""Deviations from the specification, where DynamoDB refuses what it says or the result would be wrong."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.shop import VENDOR, Shop, done
from tests.specification.recorder import Recorder
from tests.specification.the_specification import PRODUCTS, TRANSACTIONS


def refusal(refused: pytest.ExceptionInfo[ClientError]) -> str:
    return str(refused.value.response["Error"]["Code"])


def test_dynamodb_refuses_a_boolean_as_a_key_of_category_index(shop: Shop, client: Any) -> None:
    item = {"product_id": {"S": "PROD-E4F9A"}, "category": {"S": "Electronics"}}
    client.put_item(TableName=PRODUCTS, Item={**item, "is_active": {"S": "true"}})
    with pytest.raises(ClientError) as refused:
        client.put_item(TableName=PRODUCTS, Item={**item, "is_active": {"BOOL": True}})
    assert refusal(refused) == "ValidationException"


def test_is_active_of_a_product_is_a_boolean_in_the_api(shop: Shop, client: Any) -> None:
    product_id = shop.has_product()
    url = f"{shop.catalog}/products/{product_id}"
    for is_active in (True, False):
        patched = shop.ask("PATCH", url, "vendor", VENDOR, body={"is_active": is_active})
        assert done(patched).json()["is_active"] is is_active
        item = client.get_item(TableName=PRODUCTS, Key={"product_id": {"S": product_id}})["Item"]
        assert item["is_active"] == {"S": str(is_active).lower()}
    assert shop.ask("PATCH", url, "vendor", VENDOR, body={"is_active": "true"}).status_code == 422


def test_dynamodb_refuses_get_item_of_a_transaction_by_its_id_alone(shop: Shop, client: Any) -> None:
    sku = shop.has_sku(5)
    key = {"transaction_id": {"S": shop.sku(sku)["last_transaction_id"]}}
    with pytest.raises(ClientError) as refused:
        client.get_item(TableName=TRANSACTIONS, Key=key)
    assert refusal(refused) == "ValidationException"


def test_no_filter_is_sent_to_low_stock_index(shop: Shop, recorder: Recorder) -> None:
    """DynamoDB refuses a filter on a key of the index; the embedded AWS accepts it."""
    shop.has_sku(5)
    with recorder.recording() as calls:
        done(shop.ask("GET", f"{shop.stock}/vendors/{VENDOR}/low-stock", "vendor", VENDOR))
    [query] = [call.read for call in calls if call.operation == "Query"]
    assert (query.index, query.filter) == ("LowStockIndex", None)


def test_an_index_sorts_timestamps_of_mixed_precision_wrongly(shop: Shop, client: Any) -> None:
    """As text, ``…:00.5Z`` sorts before ``…:00Z``, as ``.`` sorts before ``Z``: so there is one precision."""
    moments = ["2026-02-23T10:30:00Z", "2026-02-23T10:30:00.5Z"]
    for number, moment in enumerate(moments):
        record = {"transaction_id": f"TXN-{number}", "timestamp": moment, "vendor_id": VENDOR}
        client.put_item(TableName=TRANSACTIONS, Item={name: {"S": value} for name, value in record.items()})
    found = client.query(
        TableName=TRANSACTIONS,
        IndexName="VendorTransactionIndex",
        KeyConditionExpression="vendor_id = :vendor",
        ExpressionAttributeValues={":vendor": {"S": VENDOR}},
    )["Items"]
    assert [item["timestamp"]["S"] for item in found] == moments[::-1]


def test_moments_of_any_precision_are_understood(shop: Shop) -> None:
    sku = shop.has_sku(5)
    [record] = shop.listed(f"{shop.audit}/skus/{sku.sku}/transactions", "auditor")
    for until, count in (("2026-02-23T10:30:00Z", 0), ("2999-01-01T00:00:00.5+05:30", 1)):
        url = f"{shop.audit}/skus/{sku.sku}/transactions"
        page = done(shop.ask("GET", url, "auditor", params={"to": until})).json()
        assert len(page["items"]) == count, (record["timestamp"], until)
