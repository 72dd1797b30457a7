"""Which events a change of a SKU or an order raises, by its two images."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.events import EVENT_OF_COMMAND, EVENT_TYPES, order_events, sku_events
from chalicelib.domain.orders import LastCommand, Order, OrderCommand
from inventory_common.events import EVENT_BYTES_MAX, Event
from inventory_common.skus import Sku

from ..shop import BLACK, NOW, ORDER, PRODUCT, VENDOR, WHITE, a_line, a_sku, an_order

HAPPENED_AT = "2026-02-23T11:00:00.000000Z"
MOVED_AT = "2026-02-23T10:59:59.123456Z"


def a_moved_sku(current: int, reserved: int = 0, sequence: int = 1, **differences: Any) -> Sku:
    moved = {
        "sequence": sequence,
        "version": sequence + 1,
        "last_transaction_at": MOVED_AT if sequence else None,
        "last_transaction_id": f"TXN-{sequence}" if sequence else None,
        "reorder_threshold": 0,
    }
    return a_sku(BLACK, current, reserved, **moved | differences)


def raised(before: Sku | None, after: Sku) -> dict[str, Event]:
    events = {event.type: event for event in sku_events(before, after, HAPPENED_AT)}
    assert set(events) <= {event_type.name for event_type in EVENT_TYPES}
    return events


def an_order_after(command: OrderCommand, command_id: str = "c1", **differences: Any) -> Order:
    return an_order(a_line(BLACK, 2), **differences, last_command=LastCommand(command, command_id))


# SKUs


def test_a_movement_of_stock_raises_one_event_with_the_figures_after_it() -> None:
    [event] = sku_events(a_moved_sku(9, 2, 4), a_moved_sku(9, 5, 7), HAPPENED_AT)
    assert (event.type, event.subject, event.time, event.sequence) == ("stock.changed", BLACK, MOVED_AT, 7)
    assert event.data == {
        "product_id": PRODUCT,
        "sku": BLACK,
        "vendor_id": VENDOR,
        "current_stock": 9,
        "reserved_stock": 5,
        "available_stock": 4,
        "sequence_from": 5,
        "sequence": 7,
        "transaction_id": "TXN-7",
    }


@pytest.mark.parametrize(
    ("before", "after", "types"),
    [
        ((3, 0), (3, 3), {"stock.changed", "stock.out"}),
        ((3, 2), (2, 2), {"stock.changed", "stock.out"}),
        ((3, 3), (3, 2), {"stock.changed", "stock.back"}),
        ((0, 0), (5, 0), {"stock.changed", "stock.back"}),
        ((3, 3), (0, 0), {"stock.changed"}),
        ((5, 1), (5, 2), {"stock.changed"}),
    ],
)
def test_out_and_back_compare_what_is_available(
    before: tuple[int, int], after: tuple[int, int], types: set[str]
) -> None:
    was, now = a_moved_sku(*before, sequence=4), a_moved_sku(*after, sequence=5)
    assert raised(was, now).keys() - {"stock.low"} == types


def test_low_is_raised_as_the_alert_is_also_without_a_movement() -> None:
    before = a_moved_sku(8, 0, 4, reorder_threshold=5)
    [low] = sku_events(before, replace(before, reorder_threshold=8, version=9), HAPPENED_AT)
    assert (low.type, low.time, low.data["reorder_threshold"], low.data["version"]) == (
        "stock.low",
        HAPPENED_AT,
        8,
        9,
    )
    sold = a_moved_sku(5, 0, 5, reorder_threshold=5)
    assert raised(before, sold).keys() == {"stock.changed", "stock.low"}
    assert raised(sold, replace(sold, current_stock=4, sequence=6, version=7)).keys() == {"stock.changed"}


def test_a_new_sku_and_a_change_of_details_raise_none() -> None:
    new = a_moved_sku(0, sequence=0, reorder_threshold=5)
    assert raised(None, new) == {}
    assert raised(new, replace(new, variant_name="Blue", version=2)) == {}


def test_a_sku_whose_former_image_is_unknown_raises_its_events() -> None:
    assert raised(None, a_moved_sku(5, 0, 3)).keys() == {"stock.changed", "stock.back"}


# Orders


def test_every_command_has_its_event() -> None:
    assert set(EVENT_OF_COMMAND) == set(OrderCommand)
    assert set(EVENT_OF_COMMAND.values()) <= {event_type.name for event_type in EVENT_TYPES}


@pytest.mark.parametrize("command", OrderCommand)
def test_a_command_on_an_order_raises_its_event_with_the_order_after_it(command: OrderCommand) -> None:
    before, after = an_order_after(OrderCommand.PLACE, "c0"), an_order_after(command, "c1", version=2)
    [event] = order_events(before, after, HAPPENED_AT)
    assert (event.type, event.subject, event.time) == (EVENT_OF_COMMAND[command], ORDER, HAPPENED_AT)
    assert event.sequence == 2
    lines: list[Mapping[str, Any]] = event.data["lines"]
    assert [(line["sku"], line["reserved"]) for line in lines] == [(BLACK, 2)]
    assert event.data["link"] == f"/orders/{ORDER}"
    assert (event.data["status"], event.data["owner"], event.data["command_id"]) == (
        "reserved",
        "default",
        "c1",
    )


def test_an_order_raises_an_event_only_if_its_last_command_is_another() -> None:
    order = an_order_after(OrderCommand.PLACE)
    assert list(order_events(order, replace(order, expires_at=HAPPENED_AT, version=2), HAPPENED_AT)) == []
    unplaced = an_order(a_line(BLACK, 2))
    assert list(order_events(None, unplaced, HAPPENED_AT)) == []
    assert list(order_events(unplaced, replace(unplaced, version=2), HAPPENED_AT)) == []
    assert len(list(order_events(None, order, HAPPENED_AT))) == 1
    assert len(list(order_events(unplaced, order, HAPPENED_AT))) == 1
    assert len(list(order_events(an_order_after(OrderCommand.PLACE, "c0"), order, HAPPENED_AT))) == 1


def test_an_order_in_parts_or_a_very_large_one_has_a_link_in_place_of_lines() -> None:
    in_parts = an_order(parts=2, has_all_lines=False, last_command=LastCommand(OrderCommand.PLACE, "c"))
    [event] = order_events(None, in_parts, HAPPENED_AT)
    assert (event.data["lines"], event.data["status"], event.data["link"]) == (None, None, f"/orders/{ORDER}")
    lines = [a_line(f"SKU-{PRODUCT}-{number}", 1) for number in range(1_500)]
    large = an_order(*lines, last_command=LastCommand(OrderCommand.PLACE, "c"))
    [event] = order_events(None, large, HAPPENED_AT)
    assert (event.data["lines"], event.data["status"]) == (None, "reserved")
    assert len(event.json().encode()) < EVENT_BYTES_MAX


# Ids


def test_an_id_is_the_same_for_the_same_change_and_another_for_any_other() -> None:
    before = a_moved_sku(3, 0, 4, reorder_threshold=3)
    changes = [
        (before, a_moved_sku(3, 3, 5)),
        (before, a_moved_sku(3, 3, 6)),
        (a_sku(WHITE, 3, sequence=4), a_sku(WHITE, 3, 3, sequence=5)),
    ]
    events = [event for was, now in changes for event in sku_events(was, now, HAPPENED_AT)]
    events += order_events(None, an_order_after(OrderCommand.PLACE, "c1"), HAPPENED_AT)
    events += order_events(None, an_order_after(OrderCommand.PLACE, "c2"), HAPPENED_AT)
    events += order_events(None, an_order_after(OrderCommand.CANCEL, "c2"), HAPPENED_AT)
    again = [event for was, now in changes for event in sku_events(was, now, NOW)]
    assert [event.id for event in events[: len(again)]] == [event.id for event in again]
    assert len({event.id for event in events}) == len(events) == 9
