"""The arithmetic of bytes and units, by DynamoDB's documented rules."""

from __future__ import annotations

from typing import Any

import pytest

from local.tables import definitions
from tests.benchmarks.performance.floors import item_bytes, read_units, write_units

INVENTORY = definitions()["VendorInventory"]
KEY = {"product_id": {"S": "PROD-E4F9A"}, "sku": {"S": "SKU-PROD-E4F9A-BLK-L"}}
INDEXED = {**KEY, "vendor_id": {"S": "V"}, "last_updated": {"S": "T1"}, "current_stock": {"N": "5"}}


def of_bytes(count: int) -> dict[str, Any]:
    return {"n": {"S": "x" * (count - 1)}}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"S": "é"}, 2),
        ({"N": "0"}, 1),
        ({"N": "89.99"}, 3),
        ({"N": "-5"}, 3),
        ({"N": "100"}, 2),
        ({"BOOL": True}, 1),
        ({"L": []}, 3),
        ({"L": [{"S": "ab"}]}, 6),
        ({"M": {"a": {"S": "b"}}}, 6),
    ],
)
def test_a_value_has_the_documented_size(value: Any, expected: int) -> None:
    assert item_bytes({"a": value}) == 1 + expected


@pytest.mark.parametrize(
    ("sizes", "consistent", "units"),
    [
        ([], True, 1),
        ([4_096], True, 1),
        ([4_097], True, 2),
        ([2_048, 2_048], False, 0.5),
        ([4_096, 1], False, 1),
    ],
)
def test_a_read_is_charged_by_all_that_it_reads(sizes: list[int], consistent: bool, units: float) -> None:
    assert read_units([of_bytes(size) for size in sizes], consistent=consistent) == units


@pytest.mark.parametrize(("size", "units"), [(1_024, 1), (1_025, 2), (2_048, 2)])
def test_a_write_is_charged_by_the_larger_image(size: int, units: int) -> None:
    small, large = of_bytes(10), of_bytes(size)
    for before, after in ((small, large), (large, small), (None, large), (large, None)):
        assert write_units("T", INVENTORY, before, after, transacted=False) == {"T": units}
        assert write_units("T", INVENTORY, before, after, transacted=True) == {"T": 2 * units}


@pytest.mark.parametrize(
    ("change", "inventory_index", "low_stock_index"),
    [
        ({}, 0, 0),
        ({"reserved_stock": {"N": "1"}}, 1, 1),
        ({"last_updated": {"S": "T2"}}, 2, 1),
        ({"last_updated": {"S": "T2"}, "current_stock": {"N": "4"}}, 2, 2),
    ],
    ids=["nothing", "a projected attribute", "a key", "the keys of both"],
)
def test_an_index_is_charged_for_its_entry_and_twice_if_that_moves(
    change: Any, inventory_index: int, low_stock_index: int
) -> None:
    units = write_units("T", INVENTORY, INDEXED, {**INDEXED, **change}, transacted=True)
    assert units.get("T/VendorInventoryIndex", 0) == inventory_index
    assert units.get("T/LowStockIndex", 0) == low_stock_index


def test_an_item_without_an_indexs_keys_has_no_entry() -> None:
    assert write_units("T", INVENTORY, None, KEY, transacted=True) == {"T": 2}
