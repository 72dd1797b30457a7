"""Three tables and seven indexes as DynamoDB describes them, and items found through every index."""

from __future__ import annotations

import time
from typing import Any

import boto3
import pytest

from local.settings import REGION as REGION_OF_THE_LOCAL_STACK
from local.tables import definitions
from tests.integration.shop import VENDOR, Shop, done
from tests.specification.recorder import Recorder
from tests.specification.the_specification import (
    ATTRIBUTES,
    INDEXES,
    INVENTORY,
    KEYS,
    PRODUCTS,
    REGION,
    TRANSACTIONS,
    Index,
    Key,
)

POLL_SECONDS = 0.02
STREAM_SECONDS = 10.0
NUMERIC = {"current_stock"}
IMAGES = ("OldImage", "NewImage")


def described(client: Any, table: str) -> dict[str, Any]:
    description: dict[str, Any] = client.describe_table(TableName=table)["Table"]
    return description


def key_of(schema: list[dict[str, str]]) -> Key:
    names = {part["KeyType"]: part["AttributeName"] for part in schema}
    assert len(names) == len(schema)
    return Key(names["HASH"], names.get("RANGE"))


def test_there_are_three_tables_and_seven_indexes(client: Any) -> None:
    assert sorted(client.list_tables()["TableNames"]) == sorted(KEYS)
    indexes = [index for table in KEYS for index in described(client, table)["GlobalSecondaryIndexes"]]
    assert sorted(index["IndexName"] for index in indexes) == sorted(index.name for index in INDEXES)
    assert len(indexes) == 7


@pytest.mark.parametrize("table", KEYS)
def test_a_table_has_the_specified_key(client: Any, table: str) -> None:
    assert key_of(described(client, table)["KeySchema"]) == KEYS[table]


@pytest.mark.parametrize("index", INDEXES, ids=lambda index: index.name)
def test_an_index_has_the_specified_key_and_projects_all(client: Any, index: Index) -> None:
    description = described(client, index.table)
    [found] = [each for each in description["GlobalSecondaryIndexes"] if each["IndexName"] == index.name]
    assert key_of(found["KeySchema"]) == index.key
    assert found["Projection"]["ProjectionType"] == index.projection
    types = {each["AttributeName"]: each["AttributeType"] for each in description["AttributeDefinitions"]}
    assert [types[name] for name in index.key if name] == [
        "N" if name in NUMERIC else "S" for name in index.key
    ]


@pytest.mark.parametrize("index", INDEXES, ids=lambda index: index.name)
def test_an_item_is_found_through_each_index_with_all_its_attributes(
    shop: Shop, client: Any, index: Index
) -> None:
    sku = shop.has_sku(7, variant_attributes={"color": "Black"})
    done(shop.restock(sku, 1, notes="delivery"))
    item = newest_item(client, index.table, sku.product_id)
    found = client.query(
        TableName=index.table,
        IndexName=index.name,
        KeyConditionExpression="#partition = :partition AND #sort = :sort",
        ExpressionAttributeNames={"#partition": index.key.partition, "#sort": str(index.key.sort)},
        ExpressionAttributeValues={
            ":partition": item[index.key.partition],
            ":sort": item[str(index.key.sort)],
        },
    )
    assert found["Items"] == [item]


def newest_item(client: Any, table: str, product_id: str) -> dict[str, Any]:
    """Return the newest item of the table that is about the product."""
    items = client.scan(TableName=table, ConsistentRead=True)["Items"]
    about = [item for item in items if item["product_id"] == {"S": product_id}]
    return max(about, key=lambda item: int(item["sequence"]["N"]) if "sequence" in item else 0)


@pytest.mark.parametrize("table", KEYS)
def test_tables_are_billed_on_demand(client: Any, table: str) -> None:
    assert described(client, table)["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert definitions()[table]["billing_mode"] == "PAY_PER_REQUEST"


def test_tables_are_in_mumbai_and_services_ask_there(shop: Shop, client: Any, recorder: Recorder) -> None:
    for table in KEYS:
        assert described(client, table)["TableArn"].split(":")[3] == REGION
    with recorder.recording() as calls:
        sku = shop.has_sku(5)
        done(shop.ask("GET", f"{shop.audit}/skus/{sku.sku}/transactions", "auditor"))
    assert {call.region for call in calls} == {REGION}
    assert REGION_OF_THE_LOCAL_STACK == REGION


@pytest.mark.parametrize("table", KEYS)
def test_streams_are_enabled_with_both_images(client: Any, table: str) -> None:
    specification = described(client, table)["StreamSpecification"]
    assert specification == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}


def test_a_change_is_captured_in_the_streams_of_all_three_tables(
    shop: Shop, client: Any, aws_url: str
) -> None:
    sku = shop.has_sku(0, reorder_threshold=5)
    before = shop.sku(sku)
    record = done(shop.restock(sku, 25)).json()["transaction"]
    streams = boto3.client(
        "dynamodbstreams",
        endpoint_url=aws_url,
        region_name=REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )

    def captured(table: str, name: str, **key: str) -> list[tuple[str, str, str]]:
        """Return event, and one attribute before and after, of all changes of an item."""
        wanted = {part: {"S": value} for part, value in key.items()}
        stream = described(client, table)["LatestStreamArn"]
        return [
            tuple([change["eventName"], *(text(change["dynamodb"], image, name) for image in IMAGES)])
            for change in changes_of(streams, stream)
            if change["dynamodb"]["Keys"] == wanted
        ]

    deadline = time.monotonic() + STREAM_SECONDS
    while True:
        found = [
            captured(PRODUCTS, "product_id", product_id=sku.product_id),
            captured(INVENTORY, "current_stock", product_id=sku.product_id, sku=sku.sku),
            captured(
                TRANSACTIONS,
                "stock_after",
                transaction_id=record["transaction_id"],
                timestamp=record["timestamp"],
            ),
        ]
        if all(found) and len(found[1]) == 2:
            break
        assert time.monotonic() < deadline, found
        time.sleep(POLL_SECONDS)
    assert before["current_stock"] == 0
    assert found == [
        [("INSERT", "", sku.product_id)],
        [("INSERT", "", "0"), ("MODIFY", "0", "25")],
        [("INSERT", "", "25")],
    ]


def text(change: dict[str, Any], image: str, name: str) -> str:
    return str(next(iter(change.get(image, {}).get(name, {"S": ""}).values())))


def changes_of(streams: Any, stream_arn: str) -> list[dict[str, Any]]:
    shards = streams.describe_stream(StreamArn=stream_arn)["StreamDescription"]["Shards"]
    changes: list[dict[str, Any]] = []
    for shard in shards:
        iterator = streams.get_shard_iterator(
            StreamArn=stream_arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        changes += streams.get_records(ShardIterator=iterator)["Records"]
    return changes


@pytest.mark.parametrize("index", INDEXES, ids=lambda index: index.name)
def test_keys_are_attributes_of_the_specification(index: Index) -> None:
    names = {attribute.name for attribute in ATTRIBUTES[index.table]}
    assert {*index.key, *KEYS[index.table]} - {None} <= names


def test_composite_keys_keep_a_products_skus_together(shop: Shop, recorder: Recorder) -> None:
    large = shop.has_sku(0, variant="BLK-L")
    small = shop.has_sku(0, variant="BLK-S", product_id=large.product_id)
    shop.has_sku(0)
    url = f"{shop.stock}/products/{large.product_id}/skus"
    with recorder.recording() as calls:
        page = done(shop.ask("GET", url, "vendor", VENDOR)).json()
    assert [item["sku"] for item in page["items"]] == [large.sku, small.sku]
    [read] = [call.read for call in calls]
    assert (read.operation, read.index, read.consistent) == ("Query", None, True)
    assert read.key_condition == f"product_id = '{large.product_id}' AND begins_with(sku, 'SKU-')"
