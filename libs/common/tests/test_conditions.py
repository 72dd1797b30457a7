from typing import Any

import pytest
from botocore.exceptions import ClientError

from inventory_common.conditions import (
    OLD_IMAGE,
    absent_or_expired,
    failed_conditions,
    is_in_conflict,
    versioned_update,
)
from inventory_common.items import Item, to_item

NOW = "2026-02-23T10:30:00.900000Z"
NOW_SECONDS = 1_771_842_600

NO_REASON = {"Code": "None"}
FAILED = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
CONFLICT = {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}
IMAGE = to_item({"product_id": "PROD-E4F9A", "sequence": 7})


def _cancelled(*reasons: dict[str, Any]) -> ClientError:
    return ClientError(
        {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": list(reasons)},
        "TransactWriteItems",
    )


def test_failed_conditions_are_returned_by_position_with_the_stored_items() -> None:
    cancelled = _cancelled(NO_REASON, {**FAILED, "Item": IMAGE}, NO_REASON, FAILED)
    assert failed_conditions(cancelled) == {1: IMAGE, 3: None}


@pytest.mark.parametrize(
    "reason",
    [CONFLICT, {"Code": "ThrottlingError"}, {"Code": "ProvisionedThroughputExceeded"}],
    ids=lambda reason: str(reason["Code"]),
)
def test_conflicts_and_throttling_are_not_failed_conditions(reason: dict[str, Any]) -> None:
    assert failed_conditions(_cancelled(NO_REASON, reason, NO_REASON)) == {}
    assert failed_conditions(_cancelled(reason, {**FAILED, "Item": IMAGE})) == {1: IMAGE}


@pytest.mark.parametrize(
    "code", ["ValidationError", "ItemCollectionSizeLimitExceeded", "DuplicateItem", "AccessDenied", "Unheard"]
)
def test_a_transaction_that_is_cancelled_for_any_other_reason_is_raised_again(code: str) -> None:
    cancelled = _cancelled({**FAILED, "Item": IMAGE}, {"Code": code}, CONFLICT)
    with pytest.raises(ClientError) as raised:
        failed_conditions(cancelled)
    assert raised.value is cancelled


def test_a_transaction_is_in_conflict_after_a_conflict_or_throttling() -> None:
    for reason in (CONFLICT, {"Code": "ThrottlingError"}, {"Code": "ProvisionedThroughputExceeded"}):
        assert is_in_conflict(_cancelled(NO_REASON, reason, FAILED))
    assert not is_in_conflict(_cancelled(NO_REASON, FAILED, {**FAILED, "Item": IMAGE}))
    assert not is_in_conflict(_cancelled(FAILED, FAILED))
    assert not is_in_conflict(_cancelled(NO_REASON))


def test_the_condition_of_an_expired_item_compares_whole_seconds() -> None:
    assert absent_or_expired(NOW) == {
        "ConditionExpression": "attribute_not_exists(product_id) OR #ttl <= :now",
        "ExpressionAttributeNames": {"#ttl": "ttl"},
        "ExpressionAttributeValues": {":now": {"N": str(NOW_SECONDS)}},
    }


@pytest.mark.parametrize(
    ("existing", "written"),
    [
        (None, True),
        ({"ttl": NOW_SECONDS - 1}, True),
        ({"ttl": NOW_SECONDS}, True),
        ({"ttl": NOW_SECONDS + 1}, False),
        ({}, False),
    ],
)
def test_an_item_is_written_if_there_is_none_or_an_expired_one(
    dynamodb: Any, existing: dict[str, int] | None, written: bool
) -> None:
    key = to_item({"product_id": "#MARKER#1"})
    if existing is not None:
        old = {**key, **to_item(existing), "old": {"BOOL": True}}
        dynamodb.put_item(TableName="Products-table", Item=old)
    action = {"Put": {"TableName": "Products-table", "Item": key, **absent_or_expired(NOW), **OLD_IMAGE}}
    if written:
        dynamodb.transact_write_items(TransactItems=[action])
    else:
        with pytest.raises(ClientError) as refused:
            dynamodb.transact_write_items(TransactItems=[action])
        assert failed_conditions(refused.value) == {0: old}
    stored = dynamodb.get_item(TableName="Products-table", Key=key)["Item"]
    assert ("old" not in stored) is written


def test_an_update_sets_changed_attributes_removes_absent_ones_and_expects_the_former_version() -> None:
    former = {"id": {"S": "a"}, "brand": {"S": "x"}, "stock": {"N": "5"}, "version": {"N": "3"}}
    latter = {"id": {"S": "a"}, "name": {"S": "y"}, "stock": {"N": "5"}, "version": {"N": "4"}}
    assert versioned_update(former, latter) == {
        "UpdateExpression": "SET #name = :name, #version = :version REMOVE #brand",
        "ConditionExpression": "#version = :expected",
        "ExpressionAttributeNames": {"#name": "name", "#version": "version", "#brand": "brand"},
        "ExpressionAttributeValues": {
            ":expected": {"N": "3"},
            ":name": {"S": "y"},
            ":version": {"N": "4"},
        },
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def test_an_update_removes_only_absent_attributes() -> None:
    version = {"version": {"N": "3"}}
    former: Item = {"brand": {"S": "x"}, "tags": {"L": []}, **version}
    kept = versioned_update(former, {**former, "version": {"N": "4"}})
    assert kept["UpdateExpression"] == "SET #version = :version"
    bare = versioned_update(former, {"version": {"N": "4"}})
    assert bare["UpdateExpression"] == "SET #version = :version REMOVE #brand, #tags"


def test_an_update_can_expect_more_than_the_version(dynamodb: Any) -> None:
    """The next item under the same key counts its versions from 1 again."""
    key = {"product_id": {"S": "ORDER-1"}, "sku": {"S": "#ORDER"}}
    former = {"created_at": {"S": "one"}, "version": {"N": "1"}}
    later = {"created_at": {"S": "two"}, "version": {"N": "1"}}
    update = versioned_update(former, {**former, "version": {"N": "2"}}, same=("created_at",))
    dynamodb.put_item(TableName="VendorInventory", Item=key | later)
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException):
        dynamodb.update_item(TableName="VendorInventory", Key=key, **update)
    dynamodb.put_item(TableName="VendorInventory", Item=key | former)
    dynamodb.update_item(TableName="VendorInventory", Key=key, **update)


def test_an_update_sets_single_members_of_a_map_whatever_their_names(dynamodb: Any) -> None:
    key = {"product_id": {"S": "ORDER-1"}, "sku": {"S": "#ORDER"}}
    version = {"version": {"N": "3"}}
    kept, former, latter = ({"M": {"reserved": {"N": number}}} for number in "123")
    dynamodb.put_item(
        TableName="VendorInventory",
        Item={**key, **version, "lines": {"M": {"SKU-A.B-1": former, "SKU-2": kept}}},
    )
    update = versioned_update(
        version, {"version": {"N": "4"}}, within={"lines": {"SKU-A.B-1": latter, "#new": former}}
    )
    dynamodb.update_item(TableName="VendorInventory", Key=key, **update)
    stored = dynamodb.get_item(TableName="VendorInventory", Key=key)["Item"]
    assert stored == {
        **key,
        "version": {"N": "4"},
        "lines": {"M": {"SKU-A.B-1": latter, "SKU-2": kept, "#new": former}},
    }
