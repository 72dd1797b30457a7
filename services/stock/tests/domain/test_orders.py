"""The order aggregate: its lines, its status, its saga, and when it is due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from chalicelib.domain.orders import Order, OrderLine, SagaState, existing_order
from inventory_common.ids import StockKey
from inventory_common.timestamps import epoch_seconds, plus_seconds

from ..shop import BLACK, NOW, ORDER, PRODUCT, VENDOR, WHITE, a_line, a_saga, an_order

FIGURES = [
    (reserved, confirmed, cancelled, refunded)
    for reserved, confirmed, cancelled, refunded in product(range(4), repeat=4)
    if refunded <= confirmed and reserved + confirmed + cancelled
]
LEASE = "2026-02-23T10:31:00.000000Z"


def with_saga(state: SagaState) -> Order:
    return an_order(a_line(reserved=2), saga=a_saga(state, lease_until=LEASE))


# Status


def _specified_status(reserved: int, confirmed: int, cancelled: int, refunded: int) -> str:
    """Return the status as the specification defines it, word for word."""
    if refunded > 0:
        return "refunded" if refunded == confirmed and reserved == 0 else "partially_refunded"
    if confirmed > 0:
        return "confirmed" if reserved == 0 and cancelled == 0 else "partially_confirmed"
    if reserved > 0:
        return "reserved"
    return "cancelled"


@pytest.mark.parametrize("figures", FIGURES)
def test_an_order_of_one_line_has_the_specified_status(figures: tuple[int, int, int, int]) -> None:
    assert an_order(a_line(BLACK, *figures)).status == _specified_status(*figures)


def test_the_status_of_an_order_is_derived_from_all_its_lines() -> None:
    for first, second in product(FIGURES, repeat=2):
        order = an_order(a_line(BLACK, *first), a_line(WHITE, *second))
        total = tuple(a + b for a, b in zip(first, second, strict=True))
        assert order.status == _specified_status(*total), (first, second)
        assert (order.reserved, order.confirmed, order.cancelled, order.refunded) == total


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (a_line(reserved=1, confirmed=1), "partially_confirmed"),
        (a_line(confirmed=1, cancelled=1), "partially_confirmed"),
        (a_line(confirmed=2), "confirmed"),
        (a_line(confirmed=2, refunded=1), "partially_refunded"),
        (a_line(reserved=1, confirmed=2, refunded=2), "partially_refunded"),
        (a_line(confirmed=2, refunded=2), "refunded"),
        (a_line(confirmed=2, cancelled=1, refunded=2), "refunded"),
        (a_line(reserved=1, cancelled=1), "reserved"),
        (a_line(cancelled=2), "cancelled"),
    ],
)
def test_an_order_has_the_status_of_its_only_line(line: OrderLine, status: str) -> None:
    assert an_order(line).status == status


def test_an_order_that_was_cancelled_before_it_was_placed_is_cancelled() -> None:
    tombstone = an_order(expires_at=None)
    assert tombstone.is_tombstone
    assert tombstone.status == "cancelled"
    assert not an_order(a_line(BLACK, cancelled=1)).is_tombstone


@pytest.mark.parametrize("state", SagaState)
def test_while_a_saga_is_in_progress_its_state_is_the_status_whatever_the_lines_show(
    state: SagaState,
) -> None:
    for line in (a_line(reserved=5), a_line(reserved=3, confirmed=2), a_line(confirmed=5, refunded=2)):
        assert an_order(line, saga=a_saga(state)).status.value == state.value


# Lines


@pytest.mark.parametrize(
    "figures",
    [
        {"placed": 3, "reserved": 2},
        {"placed": 3, "reserved": 3, "confirmed": 1},
        {"placed": 3, "reserved": 4, "confirmed": -1},
        {"placed": 3, "reserved": 4, "cancelled": -1},
        {"placed": 3, "reserved": -1, "confirmed": 4},
        {"placed": 3, "reserved": 0, "confirmed": 3, "refunded": 4},
        {"placed": 3, "reserved": 3, "refunded": 1},
        {"placed": 3, "reserved": 0, "confirmed": 3, "refunded": -1},
    ],
)
def test_a_line_whose_figures_do_not_add_up_is_a_defect(figures: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        OrderLine(product_id=PRODUCT, sku=BLACK, vendor_id=VENDOR, **figures)


def test_reserved_units_become_confirmed_or_cancelled_units() -> None:
    line = a_line(reserved=5)
    assert line.confirm(3) == a_line(reserved=2, confirmed=3)
    assert line.cancel(3) == a_line(reserved=2, cancelled=3)
    assert line.confirm(3).cancel(2) == a_line(confirmed=3, cancelled=2)


@pytest.mark.parametrize("settle", [OrderLine.confirm, OrderLine.cancel])
def test_a_line_cannot_settle_more_units_than_it_reserves(
    settle: Callable[[OrderLine, int], OrderLine],
) -> None:
    with pytest.raises(AssertionError):
        settle(a_line(reserved=5), 6)


def test_the_document_of_an_order_lists_its_lines_by_sku() -> None:
    order = an_order(a_line(WHITE, reserved=1), a_line(BLACK, 1, 2, 3, 1), cancel_reason="requested")
    assert order.document() == {
        "order_id": ORDER,
        "status": "partially_refunded",
        "created_at": NOW,
        "expires_at": "2026-02-24T10:30:00.000000Z",
        "cancel_reason": "requested",
        "lines": [
            {
                "product_id": PRODUCT,
                "sku": BLACK,
                "vendor_id": VENDOR,
                "placed": 6,
                "reserved": 1,
                "confirmed": 2,
                "cancelled": 3,
                "refunded": 1,
                "reason": None,
                "notes": None,
            },
            {
                "product_id": PRODUCT,
                "sku": WHITE,
                "vendor_id": VENDOR,
                "placed": 1,
                "reserved": 1,
                "confirmed": 0,
                "cancelled": 0,
                "refunded": 0,
                "reason": None,
                "notes": None,
            },
        ],
    }


def test_the_next_version_of_an_order_differs_in_the_changed_lines_alone() -> None:
    order = an_order(a_line(BLACK, reserved=1), a_line(WHITE, reserved=2), version=7)
    black = {StockKey(PRODUCT, BLACK): a_line(BLACK, cancelled=1)}
    following = order.with_lines(black, cancel_reason="requested")
    assert following == an_order(
        a_line(BLACK, cancelled=1), a_line(WHITE, reserved=2), version=8, cancel_reason="requested"
    )
    later = following.with_lines({StockKey(PRODUCT, WHITE): a_line(WHITE, confirmed=2)})
    assert (later.version, later.cancel_reason) == (9, "requested")


def test_the_first_version_of_an_order_is_1() -> None:
    assert an_order(a_line(reserved=1)).version == 1


# Parts


def test_an_order_stored_in_parts_is_no_tombstone_before_its_parts_are_read() -> None:
    assert an_order().is_tombstone
    assert not an_order(parts=2).is_tombstone
    assert an_order().has_all_lines
    assert a_line(reserved=1).part == 0


# Time


def test_an_order_is_due_when_the_lease_of_its_saga_ends_or_else_its_hold() -> None:
    assert with_saga(SagaState.CONFIRMING).due_at == LEASE
    assert an_order(a_line(reserved=1), expires_at=NOW).due_at == NOW
    assert an_order(a_line(confirmed=1), expires_at=NOW).due_at is None


@pytest.mark.parametrize(
    ("now", "is_expired"),
    [("2026-02-23T10:29:59.999999Z", False), (NOW, True), ("2026-02-23T10:30:00.000001Z", True)],
)
def test_an_order_without_a_saga_is_expired_from_the_end_of_its_hold_on(now: str, is_expired: bool) -> None:
    order = an_order(a_line(reserved=1), expires_at=NOW)
    assert order.is_expired(now) is is_expired
    for state in SagaState:
        assert not replace(order, saga=a_saga(state)).is_expired(now)
    assert not replace(order, expires_at=None).is_expired(now)


@pytest.mark.parametrize(("seconds", "exists"), [(-1, True), (0, False), (1, False), (86_400, False)])
def test_a_tombstone_exists_until_its_ttl(seconds: int, exists: bool) -> None:
    tombstone = an_order(expires_at=None, cancel_reason="requested", ttl=epoch_seconds(NOW))
    assert existing_order(tombstone, plus_seconds(NOW, seconds)) == (tombstone if exists else None)


def test_an_order_with_lines_exists_for_ever() -> None:
    order = an_order(a_line(cancelled=1))
    assert existing_order(order, plus_seconds(NOW, 10**9)) is order
    assert existing_order(None, NOW) is None
