"""Stored orders: what of them is malformed, where the index lists them, and what they hold."""

from __future__ import annotations

from typing import Any

import pytest

from inventory_common.items import Item, to_item
from inventory_common.order_items import (
    OPEN_ORDERS,
    ORDER_PARTS_MAX,
    DueEntry,
    due_entry,
    expected_due_entry,
    held_units,
    malformed_attributes,
    open_orders_partition,
    order_key,
    part_count,
    part_key,
    stored_count,
)

ORDER = "ORDER-12345"
SKU = "SKU-PROD-E4F9A-BLK-L"
NOW = "2026-02-23T10:30:00.000000Z"
LATER = "2026-02-23T11:30:00.000000Z"
LINE: dict[str, Any] = {"product_id": "PROD-E4F9A", "vendor_id": "VENDOR-001", "placed": 5, "reserved": 5}
STORED_SAGA = "errand"
SAGA: dict[str, Any] = {"performed_by": "client:till", "request_id": "r", "lease_until": NOW}


def an_order(**attributes: Any) -> Item:
    whole = {"created_at": NOW, "version": 1, "expires_at": LATER, "lines": {SKU: LINE}}
    return order_key(ORDER) | to_item(whole | attributes)


def a_part(**attributes: Any) -> Item:
    return part_key(ORDER, 1) | to_item({"version": 1, "lines": {SKU: LINE}} | attributes)


def in_progress(**attributes: Any) -> dict[str, Any]:
    return {"phase": "confirming", STORED_SAGA: SAGA | attributes}


@pytest.mark.parametrize(
    "item",
    [
        an_order(),
        an_order(lines={}),
        an_order(lines={}, parts=ORDER_PARTS_MAX),
        an_order(**in_progress(restock=False, hold_seconds=60)),
        an_order(**in_progress(reason="damaged", notes="Broken in the box")),
        an_order(lines={SKU: LINE | {"reason": "damaged", "notes": "Broken", "without_restock": True}}),
        an_order(
            cancel_reason="expired",
            ttl=9,
            owner="web",
            settled_in_part=True,
            placed_as="x",
            short_lines=[{"sku": "x"}],
        ),
        an_order(vendor_id=OPEN_ORDERS[0], last_updated=NOW, unknown=["x"]),
        an_order(last_command={"type": "confirm", "id": "x"}),
        a_part(),
    ],
)
def test_what_the_stock_service_writes_is_not_malformed(item: Item) -> None:
    assert malformed_attributes(item) == []


@pytest.mark.parametrize(
    ("item", "named"),
    [
        (an_order(version="1"), ["version"]),
        (an_order(version=None, created_at=None), ["created_at", "version"]),
        (a_part(version=None), ["version"]),
        (an_order(expires_at="tomorrow"), ["expires_at"]),
        (an_order(expires_at="9999-12-31T23:59:59.999999Z"), ["expires_at"]),
        (an_order(parts=ORDER_PARTS_MAX + 1), ["parts"]),
        (an_order(parts=-1), ["parts"]),
        (an_order(parts=True), ["parts"]),
        (an_order(ttl=10**16), ["ttl"]),
        (an_order(settled_in_part="yes"), ["settled_in_part"]),
        (an_order(placed_as=1), ["placed_as"]),
        (an_order(last_release="1"), ["last_release"]),
        (an_order(lines={SKU: LINE | {"released_by": "1"}}), [f"lines.{SKU}.released_by"]),
        (an_order(short_lines=["x"]), ["short_lines.0"]),
        (an_order(last_command="x"), ["last_command"]),
        (an_order(last_command={"type": "place"}), ["last_command.id"]),
        (an_order(last_command={"type": 1, "id": "x"}), ["last_command.type"]),
        (an_order(lines=[]), ["lines"]),
        (an_order(lines=None), ["lines"]),
        (an_order(lines={SKU: "x"}), [f"lines.{SKU}"]),
        (an_order(lines={"SKU-X": LINE}), ["lines.SKU-X"]),
        (an_order(lines={SKU: LINE | {"product_id": "PROD-00000"}}), [f"lines.{SKU}"]),
        (an_order(lines={SKU: LINE | {"reserved": "5"}}), [f"lines.{SKU}.reserved"]),
        (an_order(lines={SKU: LINE | {"placed": None}}), [f"lines.{SKU}.placed"]),
        (an_order(lines={SKU: LINE | {"pending": -1}}), [f"lines.{SKU}.pending"]),
        (an_order(lines={SKU: LINE | {"without_restock": "yes"}}), [f"lines.{SKU}.without_restock"]),
        (
            an_order(lines={SKU: LINE | {"reason": 1, "notes": 2}}),
            [f"lines.{SKU}.notes", f"lines.{SKU}.reason"],
        ),
        (an_order(**in_progress(reason=1, notes=2)), [f"{STORED_SAGA}.notes", f"{STORED_SAGA}.reason"]),
        (a_part(lines={SKU: LINE | {"vendor_id": 1}}), [f"lines.{SKU}.vendor_id"]),
        (an_order(**{STORED_SAGA: "x"}), [STORED_SAGA]),
        (an_order(**in_progress(lease_until="soon")), [f"{STORED_SAGA}.lease_until"]),
        (an_order(**in_progress(request_id=None)), [f"{STORED_SAGA}.request_id"]),
    ],
    ids=str,
)
def test_a_malformed_attribute_is_named(item: Item, named: list[str]) -> None:
    assert malformed_attributes(item) == named


def test_a_number_of_parts_that_no_order_has_is_none() -> None:
    assert ORDER_PARTS_MAX == 21
    for parts, count in ((2, 2), (21, 21), (22, 0), (10**30, 0), ("2", 0), (None, 0), (-1, 0)):
        assert part_count(an_order(parts=parts)) == count


def test_a_stored_count_is_read_if_a_service_can_have_written_it() -> None:
    stored = {"fraction": {"N": "1.5"}} | to_item(
        {"whole": 7, "zero": 0, "negative": -1, "text": "7", "large": 10**15}
    )
    found = {name: stored_count(stored.get(name)) for name in (*stored, "absent")}
    assert found == {**dict.fromkeys(found), "whole": 7, "zero": 0}


PARTITION = open_orders_partition(ORDER)


@pytest.mark.parametrize(
    ("item", "holds_units", "expected"),
    [
        (an_order(), True, DueEntry(PARTITION, LATER)),
        (an_order(), False, DueEntry(None, None)),
        (an_order(expires_at=None), True, DueEntry(PARTITION, None)),
        (an_order(**in_progress()), True, DueEntry(PARTITION, NOW)),
        (an_order(**in_progress()), False, DueEntry(PARTITION, NOW)),
    ],
)
def test_an_order_is_due_at_the_end_of_its_saga_or_of_its_hold(
    item: Item, holds_units: bool, expected: DueEntry
) -> None:
    assert expected_due_entry(item, holds_units=holds_units) == expected


def test_the_entry_of_an_order_is_its_key_in_the_index() -> None:
    assert due_entry(an_order(vendor_id=OPEN_ORDERS[3], last_updated=NOW)) == DueEntry(OPEN_ORDERS[3], NOW)
    assert due_entry(an_order()) == DueEntry(None, None)


def test_the_partitions_of_orders_never_change() -> None:
    """Orders are stored under them."""
    assert [open_orders_partition(f"ORDER-{number}") for number in range(4)] == [
        "OPEN-ORDERS#9",
        "OPEN-ORDERS#15",
        "OPEN-ORDERS#5",
        "OPEN-ORDERS#3",
    ]


def test_units_that_no_client_could_count_are_malformed() -> None:
    lines = {SKU: LINE, f"{SKU}-2": {"reserved": 10**15}, f"{SKU}-3": {"reserved": 10**15 - 1}}
    held = held_units(an_order(lines=lines))
    assert held.malformed == [f"{SKU}-2"]
    assert held.units == {SKU: 5, f"{SKU}-3": 10**15 - 1}
