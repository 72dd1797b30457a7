"""Two hands on one order or one SKU: the slower one decides again, on what the faster one left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.commands import Count, SettleOrder
from chalicelib.stock_service import StockService
from inventory_common.errors import (
    AdjustmentBelowReserved,
    CountStale,
    OrderConfirmed,
    QuantityExceedsReserved,
    RefundExceedsConfirmed,
)

from .shop import BLACK, ORDER, PRODUCT, ACTOR, Tables, a_restock, a_sku, an_adjustment, a_key, an_order_of
from .test_stock_service import Rival

Act = Callable[[StockService, str], Any]


def part(name: str, quantity: int, **rest: Any) -> Act:
    """Settle so many black ones of the order; the key keeps two hands apart."""
    return lambda service, key: getattr(service, name)(
        SettleOrder(ORDER, {BLACK: quantity}, a_key(key), **rest), ACTOR
    )


def whole(name: str) -> Act:
    return lambda service, key: getattr(service, name)(SettleOrder(ORDER), ACTOR)


def adjustment(correction: int | Count) -> Act:
    return lambda service, key: service.adjust(
        an_adjustment(correction, idempotency_key=a_key(key)), ACTOR
    )


ACTS: dict[str, Act] = {
    "confirm 2": part("confirm", 2),
    "cancel 2": part("cancel", 2),
    "refund 1": part("refund", 1),
    "refund 2": part("refund", 2),
    "refund 2 unsellable": part("refund", 2, restock=False),
    "confirm all": whole("confirm"),
    "cancel all": whole("cancel"),
    "refund all": whole("refund"),
    "adjust -4": adjustment(-4),
    "count 6 of 7": adjustment(Count(6, 7)),
    "another order of 2": lambda service, key: service.place(an_order_of((BLACK, 2), order_id="ORDER-2"), ACTOR),
    "restock 5": lambda service, key: service.restock(a_restock(5, idempotency_key=a_key(key)), ACTOR),
}


@pytest.fixture
def rivals(service: StockService, tables: Tables) -> StockService:
    """Nine units, five ordered, two of them confirmed: 7 in stock, 3 reserved, 2 to be had back."""
    tables.put(a_sku(current=9))
    service.place(an_order_of((BLACK, 5)), ACTOR)
    service.confirm(SettleOrder(ORDER, {BLACK: 2}, a_key("before")), ACTOR)
    return service


def compete(service: StockService, slower: str, faster: str) -> None:
    """Let the faster act between the slower one's read and its first write."""
    beside = replace(service, gateway=Rival(service.gateway, lambda: ACTS[faster](service, "faster")))
    ACTS[slower](beside, "slower")


def standing(service: StockService) -> tuple[int, ...]:
    """Return stock and reserved stock; the order's reserved, confirmed, cancelled, refunded; the records."""
    sku, order = service.gateway.sku(PRODUCT, BLACK), service.order(ORDER)
    assert sku is not None
    figures = (order.reserved, order.confirmed, order.cancelled, order.refunded)
    return sku.current_stock, sku.reserved_stock, *figures, sku.sequence


@pytest.mark.parametrize(
    ("slower", "faster", "stands"),
    [
        # current and reserved stock; reserved, confirmed, cancelled, refunded of the order; records
        ("confirm 2", "refund 1", (6, 1, 1, 4, 0, 1, 4)),
        ("refund 1", "confirm 2", (6, 1, 1, 4, 0, 1, 4)),
        ("refund 2", "confirm all", (6, 0, 0, 5, 0, 2, 4)),
        ("refund 2 unsellable", "cancel 2", (7, 1, 1, 2, 2, 2, 4)),
        ("cancel 2", "refund all", (9, 1, 1, 2, 2, 2, 4)),
        ("cancel all", "confirm 2", (5, 0, 0, 4, 1, 0, 4)),
        ("confirm all", "cancel 2", (6, 0, 0, 3, 2, 0, 4)),
        ("refund all", "confirm 2", (9, 1, 1, 4, 0, 4, 4)),
        ("refund all", "refund 1", (9, 3, 3, 2, 0, 2, 4)),
        ("confirm 2", "adjust -4", (1, 1, 1, 4, 0, 0, 4)),
        ("adjust -4", "confirm 2", (1, 1, 1, 4, 0, 0, 4)),
        ("cancel 2", "adjust -4", (3, 1, 1, 2, 2, 0, 4)),
        ("adjust -4", "refund 1", (4, 3, 3, 2, 0, 1, 4)),
        ("refund 1", "adjust -4", (4, 3, 3, 2, 0, 1, 4)),
        ("confirm 2", "count 6 of 7", (4, 1, 1, 4, 0, 0, 4)),
        # A cancel leaves the units where they were: a count of as many is not stale.
        ("count 6 of 7", "cancel 2", (6, 1, 1, 2, 2, 0, 4)),
        ("confirm 2", "another order of 2", (5, 3, 1, 4, 0, 0, 4)),
        ("cancel 2", "restock 5", (12, 1, 1, 2, 2, 0, 4)),
    ],
)
def test_who_was_slower_and_still_may_comes_after(
    rivals: StockService, slower: str, faster: str, stands: tuple[int, ...]
) -> None:
    compete(rivals, slower, faster)
    assert standing(rivals) == stands


@pytest.mark.parametrize(
    ("slower", "faster", "refusal", "stands"),
    [
        ("confirm 2", "confirm 2", QuantityExceedsReserved, (5, 1, 1, 4, 0, 0, 3)),
        ("confirm 2", "cancel 2", QuantityExceedsReserved, (7, 1, 1, 2, 2, 0, 3)),
        ("cancel 2", "confirm 2", QuantityExceedsReserved, (5, 1, 1, 4, 0, 0, 3)),
        ("cancel 2", "cancel 2", QuantityExceedsReserved, (7, 1, 1, 2, 2, 0, 3)),
        ("confirm 2", "confirm all", QuantityExceedsReserved, (4, 0, 0, 5, 0, 0, 3)),
        ("confirm 2", "cancel all", QuantityExceedsReserved, (7, 0, 0, 2, 3, 0, 3)),
        ("cancel 2", "confirm all", OrderConfirmed, (4, 0, 0, 5, 0, 0, 3)),
        ("refund 2", "refund 1", RefundExceedsConfirmed, (8, 3, 3, 2, 0, 1, 3)),
        ("refund 1", "refund all", RefundExceedsConfirmed, (9, 3, 3, 2, 0, 2, 3)),
        ("refund 1", "refund 2 unsellable", RefundExceedsConfirmed, (7, 3, 3, 2, 0, 2, 3)),
        ("adjust -4", "another order of 2", AdjustmentBelowReserved, (7, 5, 3, 2, 0, 0, 3)),
        ("adjust -4", "adjust -4", AdjustmentBelowReserved, (3, 3, 3, 2, 0, 0, 3)),
        ("count 6 of 7", "confirm 2", CountStale, (5, 1, 1, 4, 0, 0, 3)),
        ("count 6 of 7", "refund 1", CountStale, (8, 3, 3, 2, 0, 1, 3)),
    ],
)
def test_who_was_slower_and_may_no_longer_is_refused_with_nothing_done(
    rivals: StockService, slower: str, faster: str, refusal: type[Exception], stands: tuple[int, ...]
) -> None:
    with pytest.raises(refusal):
        compete(rivals, slower, faster)
    assert standing(rivals) == stands


@pytest.mark.parametrize("name", ["confirm 2", "cancel 2", "refund 1", "adjust -4", "count 6 of 7"])
def test_of_two_copies_of_one_command_one_is_done(rivals: StockService, name: str) -> None:
    first: list[Any] = []
    act = ACTS[name]
    beside = replace(rivals, gateway=Rival(rivals.gateway, lambda: first.append(act(rivals, "one key"))))
    second = act(beside, "one key")
    assert (first[0].replayed, second.replayed) == (False, True)
    assert second == first[0]._replace(replayed=True)
    assert standing(rivals)[-1] == 3
