"""Placing an order reserves all of its lines, or none."""

from __future__ import annotations

import pytest

from chalicelib.domain.decisions import NEEDS_SAGA, NOTHING_TO_WRITE
from chalicelib.domain.orders import OrderCommand, OrderLine, SagaState
from chalicelib.domain.placing import place, require_repeat_of
from inventory_common.errors import (
    InsufficientStock,
    InventoryError,
    OrderCancelled,
    OrderExists,
    OrderInProgress,
    ProductInactive,
    ReservationExpired,
    SkuInactive,
    SkuNotFound,
)
from inventory_common.ids import StockKey

from ..shop import (
    BLACK,
    ORDER,
    OTHER_VENDOR,
    PRODUCT,
    VENDOR,
    WHITE,
    a_context,
    a_line,
    a_saga,
    a_sku,
    a_state,
    an_order,
    an_order_of,
    order_of,
    write_set_of,
)

RED = f"SKU-{PRODUCT}-RED-L"
CONTEXT = a_context(order_id=ORDER)


def test_an_order_reserves_all_of_its_lines() -> None:
    state = a_state(a_sku(BLACK, 50, 5), a_sku(WHITE, 3))
    write_set = write_set_of(place(state, an_order_of((BLACK, 45), (WHITE, 3), hold_seconds=60), CONTEXT))
    assert write_set.order == an_order(
        a_line(BLACK, reserved=45, records=[1]),
        a_line(WHITE, reserved=3, records=[1]),
        expires_at="2026-02-23T10:31:00.000000Z",
        after=OrderCommand.PLACE,
    )
    assert write_set.replaced_order is None
    assert write_set.idempotency_record is None
    assert [(m.after.sku, m.after.current_stock, m.after.reserved_stock) for m in write_set.movements] == [
        (BLACK, 50, 50),
        (WHITE, 3, 3),
    ]
    assert {m.record.transaction_type for m in write_set.movements} == {"order_placed"}
    assert {m.record.order_id for m in write_set.movements} == {ORDER}


def test_the_lines_of_an_order_name_the_vendors_of_their_skus() -> None:
    other = StockKey("PROD-00000", "SKU-PROD-00000-A")
    state = a_state(a_sku(BLACK, 1), a_sku(other.sku, 1, vendor_id=OTHER_VENDOR))
    order = order_of(place(state, an_order_of((BLACK, 1), (other.sku, 1)), CONTEXT))
    assert order.lines[StockKey(PRODUCT, BLACK)].vendor_id == VENDOR
    assert order.lines[other].vendor_id == OTHER_VENDOR
    assert order.lines[other].product_id == "PROD-00000"


def test_insufficient_stock_names_every_short_line_and_its_available_units() -> None:
    state = a_state(a_sku(BLACK, 9, 5), a_sku(WHITE, 10), a_sku(RED))
    with pytest.raises(InsufficientStock) as refused:
        place(state, an_order_of((BLACK, 5), (WHITE, 10), (RED, 1)), CONTEXT)
    assert refused.value.members["lines"] == [
        {"product_id": PRODUCT, "sku": BLACK, "asked": 5, "available": 4},
        {"product_id": PRODUCT, "sku": RED, "asked": 1, "available": 0},
    ]


def test_unknown_skus_are_named() -> None:
    with pytest.raises(SkuNotFound) as refused:
        place(a_state(a_sku(WHITE, 1)), an_order_of((BLACK, 1), (WHITE, 1), (RED, 1)), CONTEXT)
    assert refused.value.members == {"skus": [BLACK, RED]}
    assert BLACK in refused.value.detail
    assert RED in refused.value.detail


def test_an_order_for_a_deactivated_sku_is_refused_for_that_before_short_stock() -> None:
    state = a_state(a_sku(BLACK, 0), a_sku(WHITE, 5, is_active=False))
    with pytest.raises(SkuInactive):
        place(state, an_order_of((BLACK, 1), (WHITE, 1)), CONTEXT)


def test_a_sku_of_a_deactivated_product_cannot_be_ordered() -> None:
    with pytest.raises(ProductInactive):
        place(a_state(a_sku(BLACK, 5, product_is_active=False)), an_order_of((BLACK, 1)), CONTEXT)


# Orders that exist


@pytest.mark.parametrize(
    "line",
    [
        a_line(reserved=2),
        a_line(confirmed=2),
        a_line(confirmed=1, cancelled=1),
        a_line(confirmed=2, refunded=2),
    ],
    ids=["reserved", "confirmed", "confirmed in part", "refunded"],
)
def test_an_order_that_is_placed_again_does_not_change(line: OrderLine) -> None:
    state = a_state(a_sku(BLACK, 0), order=an_order(line))
    assert place(state, an_order_of((BLACK, 2), hold_seconds=999), CONTEXT) == NOTHING_TO_WRITE


@pytest.mark.parametrize(
    ("cancel_reason", "error"), [("requested", OrderCancelled), ("expired", ReservationExpired)]
)
def test_an_order_that_reserves_nothing_any_more_cannot_be_placed_again(
    cancel_reason: str, error: type[InventoryError]
) -> None:
    order = an_order(a_line(cancelled=2), cancel_reason=cancel_reason)
    with pytest.raises(error) as refused:
        place(a_state(a_sku(BLACK, 9), order=order), an_order_of((BLACK, 2)), CONTEXT)
    assert refused.value.members == {"order": order.document()}
    with pytest.raises(OrderExists):
        place(a_state(a_sku(BLACK, 9), order=order), an_order_of((BLACK, 1)), CONTEXT)


@pytest.mark.parametrize(
    "lines",
    [[(BLACK, 1)], [(BLACK, 3)], [(WHITE, 2)], [(BLACK, 2), (WHITE, 1)]],
    ids=["fewer", "more", "another sku", "one more sku"],
)
def test_an_existing_order_placed_with_other_lines_is_refused(lines: list[tuple[str, int]]) -> None:
    state = a_state(a_sku(BLACK, 99), a_sku(WHITE, 99), order=an_order(a_line(reserved=2)))
    with pytest.raises(OrderExists):
        place(state, an_order_of(*lines), CONTEXT)


@pytest.mark.parametrize("saga_state", [SagaState.PLACING, SagaState.RELEASING])
def test_placing_an_order_that_is_being_placed_or_released_needs_a_saga(saga_state: SagaState) -> None:
    order = an_order(a_line(reserved=2), saga=a_saga(saga_state))
    decision = place(a_state(a_sku(current=9), order=order), an_order_of((BLACK, 2)), a_context())
    assert decision == NEEDS_SAGA


@pytest.mark.parametrize("saga_state", [SagaState.CONFIRMING, SagaState.CANCELLING, SagaState.REFUNDING])
def test_an_order_that_is_being_settled_is_placed_again_when_that_is_finished(saga_state: SagaState) -> None:
    order = an_order(a_line(reserved=2), saga=a_saga(saga_state))
    with pytest.raises(OrderInProgress):
        place(a_state(a_sku(current=9), order=order), an_order_of((BLACK, 2)), a_context())
    with pytest.raises(OrderExists):
        place(a_state(a_sku(current=9), order=order), an_order_of((BLACK, 1)), a_context())


def test_the_same_lines_are_refused_while_their_order_is_being_released() -> None:
    command = an_order_of((BLACK, 2))
    releasing = an_order(a_line(reserved=2), saga=a_saga(SagaState.RELEASING))
    with pytest.raises(OrderInProgress, match=f"^{ORDER} is releasing at the moment; please try again.$"):
        require_repeat_of(releasing, command)
    require_repeat_of(an_order(a_line(reserved=2)), command)
