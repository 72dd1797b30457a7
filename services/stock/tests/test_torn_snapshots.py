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

from .shop import BLACK, ORDER, PRODUCT, SOURCE, a_restock, a_sku, an_intent, asking


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
def keep(dynamodb: Any) -> Callable[..., None]:
    def keep(*skus: Any) -> None:
        for sku in skus:
            dynamodb.put_item(TableName="VendorInventory", Item=sku.to_item())

    return keep


@pytest.fixture
def torn(service: StockService) -> Callable[[Callable[[], Any]], StockService]:
    """The service, while the given act happens within its first read."""
    return lambda act: replace(service, gateway=Torn(service.gateway, act), memory=Memory())


def test_a_place_whose_first_copy_took_the_last_units_is_a_repeated_one(
    service: StockService, torn: Any, keep: Any
) -> None:
    keep(a_sku(current=5))
    again = torn(lambda: service.place(asking((BLACK, 5)), SOURCE))
    settled = again.place(asking((BLACK, 5)), SOURCE)
    assert (settled.replayed, settled.order.status) == (True, "reserved")
    assert service.gateway.sku(PRODUCT, BLACK).reserved_stock == 5


def test_a_place_that_lost_the_last_units_to_another_order_is_refused(
    service: StockService, torn: Any, keep: Any
) -> None:
    keep(a_sku(current=5))
    other = torn(lambda: service.place(asking((BLACK, 5), order_id="ORDER-2"), SOURCE))
    with pytest.raises(InsufficientStock):
        other.place(asking((BLACK, 5)), SOURCE)
    assert service.gateway.order(ORDER) is None


def test_a_restock_whose_first_copy_filled_the_sku_is_a_repeated_one(
    service: StockService, torn: Any, keep: Any
) -> None:
    keep(a_sku(current=STOCK_MAX - 5))
    done = torn(lambda: service.restock(a_restock(5), SOURCE)).restock(a_restock(5), SOURCE)
    assert (done.replayed, done.record.stock_after, done.sku.current_stock) == (True, STOCK_MAX, STOCK_MAX)


def test_a_restock_into_a_sku_that_another_filled_is_refused(
    service: StockService, torn: Any, keep: Any
) -> None:
    keep(a_sku(current=STOCK_MAX - 5))
    another = replace(a_restock(5), idempotency_key=an_intent(key="another"))
    with pytest.raises(StockLimitExceeded):
        torn(lambda: service.restock(another, SOURCE)).restock(a_restock(5), SOURCE)


def test_a_repeated_restock_shows_the_sku_as_it_is_after_it(
    service: StockService, torn: Any, keep: Any
) -> None:
    keep(a_sku(current=0))
    service.restock(a_restock(7), SOURCE)
    # The marker is read before, and the SKU after, another restock.
    another = replace(a_restock(1), idempotency_key=an_intent(key="another"))
    done = torn(lambda: service.restock(another, SOURCE)).restock(a_restock(7), SOURCE)
    assert (done.replayed, done.record.stock_after, done.sku.current_stock) == (True, 7, 8)


@pytest.mark.parametrize("name", ["confirm", "cancel"])
def test_a_part_whose_first_copy_settled_it_is_a_repeated_one(
    service: StockService, torn: Any, keep: Any, name: str
) -> None:
    keep(a_sku(current=5))
    service.place(asking((BLACK, 5)), SOURCE)
    command = SettleOrder(ORDER, {BLACK: 5}, an_intent())
    again = torn(lambda: getattr(service, name)(command, SOURCE))
    assert getattr(again, name)(command, SOURCE).replayed
    assert service.gateway.sku(PRODUCT, BLACK).sequence == 2


def test_a_part_that_another_command_settled_is_refused(service: StockService, torn: Any, keep: Any) -> None:
    keep(a_sku(current=5))
    service.place(asking((BLACK, 5)), SOURCE)
    confirmed = torn(lambda: service.confirm(SettleOrder(ORDER, {BLACK: 3}, an_intent(key="one")), SOURCE))
    with pytest.raises(QuantityExceedsReserved):
        confirmed.confirm(SettleOrder(ORDER, {BLACK: 3}, an_intent(key="two")), SOURCE)
