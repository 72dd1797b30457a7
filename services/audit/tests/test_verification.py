"""``GET /skus/{sku}/verification`` as an auditor requests it."""

from __future__ import annotations

from typing import Any

import pytest
from front_door import Client, Tokens

from inventory_common.ids import transaction_id
from inventory_common.items import to_attribute
from inventory_common.pages import encode_cursor

from .ledger import BLACK, OTHER_VENDOR, PRODUCT, WHITE, a_ledger, a_sku, keep, keep_sku

ADDRESS = f"/skus/{BLACK}/verification"
LEDGER = a_ledger(30)


@pytest.fixture
def auditor(tokens: Tokens, dynamodb: Any) -> str:
    keep(dynamodb, *LEDGER)
    keep_sku(dynamodb, a_sku(LEDGER))
    return tokens.of_role("auditor")


def walk(audit: Client, token: str, limit: int) -> list[dict[str, Any]]:
    differences: list[dict[str, Any]] = []
    address: str | None = f"{ADDRESS}?limit={limit}"
    while address:
        response = audit.get(address, token)
        assert response.status == 200, response
        differences += response.json["findings"]
        link = response.headers.get("Link")
        assert (link is None) == (response.json["next_cursor"] is None)
        address = link and link.removeprefix("</prod").removesuffix('>; rel="next"')
    return differences


def test_a_whole_log_is_checked_in_one_call(audit: Client, auditor: str) -> None:
    assert audit.get(ADDRESS, auditor).json == {
        "checked": 30,
        "head_hash": LEDGER[-1].hash,
        "findings": [],
        "next_cursor": None,
    }


def test_a_log_is_checked_page_by_page(audit: Client, auditor: str) -> None:
    response = audit.get(f"{ADDRESS}?limit=7", auditor)
    assert response.json["checked"] == 7
    assert response.json["head_hash"] == LEDGER[-1].hash
    assert walk(audit, auditor, 7) == []


def test_a_difference_names_its_record_and_attribute(audit: Client, auditor: str, dynamodb: Any) -> None:
    broken = LEDGER[11]
    dynamodb.update_item(
        TableName="StockTransactions",
        Key={name: to_attribute(getattr(broken, name)) for name in ("transaction_id", "timestamp")},
        UpdateExpression="SET performed_by = :who",
        ExpressionAttributeValues={":who": {"S": "VENDOR-2"}},
    )
    [difference] = walk(audit, auditor, 100)
    assert difference["transaction_id"] == broken.transaction_id
    assert (difference["kind"], difference["found"]) == ("hash", broken.hash)
    assert difference["expected"] != broken.hash


def test_a_removed_record_is_missing(audit: Client, auditor: str, dynamodb: Any) -> None:
    removed = LEDGER[4]
    dynamodb.delete_item(
        TableName="StockTransactions",
        Key={name: to_attribute(getattr(removed, name)) for name in ("transaction_id", "timestamp")},
    )
    assert walk(audit, auditor, 3) == [
        {
            "transaction_id": removed.transaction_id,
            "kind": "missing_record",
            "expected": {"first_sequence": 5, "last_sequence": 5},
            "found": None,
        }
    ]


def test_a_changed_stock_is_found_on_the_first_page(audit: Client, auditor: str, dynamodb: Any) -> None:
    keep_sku(dynamodb, a_sku(LEDGER, current_stock=999_999))
    kinds = {difference["kind"] for difference in audit.get(f"{ADDRESS}?limit=1", auditor).json["findings"]}
    assert kinds == {"sku.current_stock", "sku.available_stock"}


def test_a_sku_without_stock_has_an_empty_log(audit: Client, auditor: str, dynamodb: Any) -> None:
    keep_sku(dynamodb, a_sku([], WHITE))
    response = audit.get(f"/skus/{WHITE}/verification", auditor)
    assert (response.json["checked"], response.json["findings"], response.json["head_hash"]) == (
        0,
        [],
        "0" * 64,
    )


def test_a_removed_sku_is_a_difference(audit: Client, auditor: str, dynamodb: Any) -> None:
    dynamodb.delete_item(TableName="VendorInventory", Key={"product_id": {"S": PRODUCT}, "sku": {"S": BLACK}})
    response = audit.get(ADDRESS, auditor).json
    assert [difference["kind"] for difference in response["findings"]] == ["missing_sku"]
    assert response["head_hash"] is None


def test_another_vendors_log_cannot_be_verified(audit: Client, tokens: Tokens, auditor: str) -> None:
    response = audit.get(ADDRESS, tokens.vendor(OTHER_VENDOR))
    assert (response.status, response.code) == (404, "sku_not_found")


@pytest.mark.parametrize(
    "position",
    [
        {"sku": WHITE, "sequence": 3},
        {"sku": BLACK, "sequence": -1},
        {"sku": BLACK, "sequence": "3"},
        {"sku": BLACK},
        {"sku": BLACK, "timestamp": LEDGER[2].timestamp, "transaction_id": LEDGER[2].transaction_id},
        {"sku": BLACK, "sequence": 3, "timestamp": 3, "transaction_id": transaction_id(BLACK, 3)},
        {"sku": BLACK, "sequence": 3, "vendor_id": "VENDOR-001"},
    ],
)
def test_a_cursor_of_another_list_is_refused(audit: Client, auditor: str, position: dict[str, Any]) -> None:
    response = audit.get(f"{ADDRESS}?cursor={encode_cursor(position)}", auditor)
    assert (response.status, response.code) == (400, "invalid_cursor")


@pytest.mark.parametrize("limit", ["0", "501", "x"])
def test_a_page_is_at_most_500_records(audit: Client, auditor: str, limit: str) -> None:
    response = audit.get(f"{ADDRESS}?limit={limit}", auditor)
    assert (response.status, response.code) == (422, "invalid_input")
    assert audit.get(f"{ADDRESS}?limit=500", auditor).status == 200
