"""A command whose copy commits within what looks like one read: BatchGetItem is no snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.commands import SettleOrder
from chalicelib.inventory_gateway import InventoryGateway
from chalicelib.memory import Memory
from chalicelib.snapshot import Readings
from chalicelib.stock_service import StockService
from inventory_common.errors import InsufficientStock, QuantityExceedsReserved, StockLimitExceeded
from inventory_common.limits import STOCK_MAX

from .shop import BLACK, ORDER, PRODUCT, ACTOR, a_restock, a_sku, a_key, an_order_of


class Torn:
    """A gateway whose first snapshot reads the order and the marker, lets others act, and then reads SKUs."""

    def __init__(self, gateway: InventoryGateway, act: Callable[[], Any]) -> None:
        self._gateway = gateway
        self._act: Callable[[], Any] | None = act

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)

    def read(self, skus: Iterable[tuple[str, str]] = (), **others: Iterable[str]) -> Readings:
        act, self._act = self._act, None
        if act is None:
            return self._gateway.read(skus, **others)
        before = self._gateway.read(**others)
        act()
        return before.updated(self._gateway.read(skus))


@pytest.fixture
def put(dynamodb: Any) -> Callable[..., None]:
    def put(*skus: Any) -> None:
        for sku in skus:
            dynamodb.put_item(TableName="VendorInventory", Item=sku.to_item())

    return put


@pytest.fixture
def torn(service: StockService) -> Callable[[Callable[[], Any]], StockService]:
    """The service, while the given act happens within its first read."""
    return lambda act: replace(service, gateway=Torn(service.gateway, act), memory=Memory())


def test_a_place_whose_first_copy_took_the_last_units_is_a_repeated_one(
    service: StockService, torn: Any, put: Any
) -> None:
    put(a_sku(current=5))
    again = torn(lambda: service.place(an_order_of((BLACK, 5)), ACTOR))
    settled = again.place(an_order_of((BLACK, 5)), ACTOR)
    assert (settled.replayed, settled.order.status) == (True, "reserved")
    assert service.gateway.sku(PRODUCT, BLACK).reserved_stock == 5


def test_a_place_that_lost_the_last_units_to_another_order_is_refused(
    service: StockService, torn: Any, put: Any
) -> None:
    put(a_sku(current=5))
    other = torn(lambda: service.place(an_order_of((BLACK, 5), order_id="ORDER-2"), ACTOR))
    with pytest.raises(InsufficientStock):
        other.place(an_order_of((BLACK, 5)), ACTOR)
    assert service.gateway.order(ORDER) is None


def test_a_restock_whose_first_copy_filled_the_sku_is_a_repeated_one(
    service: StockService, torn: Any, put: Any
) -> None:
    put(a_sku(current=STOCK_MAX - 5))
    done = torn(lambda: service.restock(a_restock(5), ACTOR)).restock(a_restock(5), ACTOR)
    assert (done.replayed, done.record.stock_after, done.sku.current_stock) == (True, STOCK_MAX, STOCK_MAX)


def test_a_restock_into_a_sku_that_another_filled_is_refused(
    service: StockService, torn: Any, put: Any
) -> None:
    put(a_sku(current=STOCK_MAX - 5))
    another = replace(a_restock(5), idempotency_key=a_key(key="another"))
    with pytest.raises(StockLimitExceeded):
        torn(lambda: service.restock(another, ACTOR)).restock(a_restock(5), ACTOR)


def test_a_repeated_restock_shows_the_sku_as_it_is_after_it(
    service: StockService, torn: Any, put: Any
) -> None:
    put(a_sku(current=0))
    service.restock(a_restock(7), ACTOR)
    # The marker is read before, and the SKU after, another restock.
    another = replace(a_restock(1), idempotency_key=a_key(key="another"))
    done = torn(lambda: service.restock(another, ACTOR)).restock(a_restock(7), ACTOR)
    assert (done.replayed, done.record.stock_after, done.sku.current_stock) == (True, 7, 8)


@pytest.mark.parametrize("name", ["confirm", "cancel"])
def test_a_part_whose_first_copy_settled_it_is_a_repeated_one(
    service: StockService, torn: Any, put: Any, name: str
) -> None:
    put(a_sku(current=5))
    service.place(an_order_of((BLACK, 5)), ACTOR)
    command = SettleOrder(ORDER, {BLACK: 5}, a_key())
    again = torn(lambda: getattr(service, name)(command, ACTOR))
    assert getattr(again, name)(command, ACTOR).replayed
    assert service.gateway.sku(PRODUCT, BLACK).sequence == 2


def test_a_part_that_another_command_settled_is_refused(service: StockService, torn: Any, put: Any) -> None:
    put(a_sku(current=5))
    service.place(an_order_of((BLACK, 5)), ACTOR)
    confirmed = torn(lambda: service.confirm(SettleOrder(ORDER, {BLACK: 3}, a_key(key="one")), ACTOR))
    with pytest.raises(QuantityExceedsReserved):
        confirmed.confirm(SettleOrder(ORDER, {BLACK: 3}, a_key(key="two")), ACTOR)
