"""The order aggregate: its figures and its status."""

from __future__ import annotations

from itertools import product

import pytest

from chalicelib.orders import Order, OrderLine

from .shop import BLACK, NOW, ORDER, PRODUCT, VENDOR, WHITE, a_line, an_order

FIGURES = [
    (reserved, confirmed, cancelled, refunded)
    for reserved, confirmed, cancelled, refunded in product(range(4), repeat=4)
    if refunded <= confirmed and reserved + confirmed + cancelled
]


def _status_by_the_table(reserved: int, confirmed: int, cancelled: int, refunded: int) -> str:
    """The sentence of the contract, word for word."""
    if refunded > 0:
        return "refunded" if refunded == confirmed and reserved == 0 else "partially_refunded"
    if confirmed > 0:
        return "confirmed" if reserved == 0 and cancelled == 0 else "partially_confirmed"
    if reserved > 0:
        return "reserved"
    return "cancelled"


@pytest.mark.parametrize("figures", FIGURES)
def test_the_status_of_a_line_of_any_figures(figures: tuple[int, int, int, int]) -> None:
    assert an_order(a_line(BLACK, *figures)).status == _status_by_the_table(*figures)


def test_the_status_of_an_order_follows_from_all_its_lines() -> None:
    for first, second in product(FIGURES, repeat=2):
        order = an_order(a_line(BLACK, *first), a_line(WHITE, *second))
        total = tuple(a + b for a, b in zip(first, second, strict=True))
        assert order.status == _status_by_the_table(*total), (first, second)
        assert (order.reserved, order.confirmed, order.cancelled, order.refunded) == total


def test_an_order_that_was_cancelled_before_it_was_placed_is_cancelled() -> None:
    tombstone = an_order(expires_at=None)
    assert tombstone.is_tombstone
    assert tombstone.status == "cancelled"
    assert not an_order(a_line(BLACK, cancelled=1)).is_tombstone


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
def test_a_line_whose_figures_do_not_add_up_is_a_defect(figures: dict[str, int]) -> None:
    with pytest.raises(AssertionError):
        OrderLine(product_id=PRODUCT, sku=BLACK, vendor_id=VENDOR, **figures)


def test_units_go_from_reserved_to_confirmed_or_cancelled() -> None:
    line = a_line(reserved=5)
    assert line.confirm(3) == a_line(reserved=2, confirmed=3)
    assert line.cancel(3) == a_line(reserved=2, cancelled=3)
    assert line.confirm(3).cancel(2) == a_line(confirmed=3, cancelled=2)


@pytest.mark.parametrize("move", [OrderLine.confirm, OrderLine.cancel])
def test_more_than_reserved_cannot_be_settled(move) -> None:
    with pytest.raises(AssertionError):
        move(a_line(reserved=5), 6)


def test_an_order_shows_its_lines_in_the_order_of_their_skus() -> None:
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
            },
        ],
    }


def test_the_next_version_keeps_what_did_not_change() -> None:
    order: Order = an_order(a_line(BLACK, reserved=1), a_line(WHITE, reserved=2), version=7)
    following = order.with_lines({BLACK: a_line(BLACK, cancelled=1)}, cancel_reason="requested")
    assert following == an_order(
        a_line(BLACK, cancelled=1), a_line(WHITE, reserved=2), version=8, cancel_reason="requested"
    )
    later = following.with_lines({WHITE: a_line(WHITE, confirmed=2)})
    assert (later.version, later.cancel_reason) == (9, "requested")
