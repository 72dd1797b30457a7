"""Who keeps losing a SKU to others asks them for a turn: a courtesy that ends by itself."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from front_door import Client

from chalicelib.inventory_gateway import InventoryGateway, LostRace
from chalicelib.memory import Memory
from chalicelib.orders import OrderStatus
from chalicelib.snapshot import Readings
from chalicelib.stock_changes import restock
from chalicelib.stock_service import StockService
from inventory_common.errors import Busy
from inventory_common.timestamps import plus_seconds
from inventory_common.tuning import CONFLICTS_BEFORE_LEASE, PRIORITY_LEASE_SECONDS

from .shop import (
    BLACK,
    NOW,
    PRODUCT,
    ACTOR,
    WHITE,
    Clock,
    Tables,
    a_change,
    a_product,
    a_restock,
    a_sku,
    a_key,
    a_context,
    an_order_of,
    immediate,
)

KEY = (PRODUCT, BLACK)


class Captured:
    """A gateway at which a quick rival restocks the black ones before each write, if it is let."""

    def __init__(self, gateway: InventoryGateway, rival: StockService) -> None:
        self._gateway = gateway
        self._rival = rival
        self._keys = (f"rival-{number}" for number in count())
        self.losses = self.turned_away = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)

    def commit(self, commits: Any, in_turn: Any = ()) -> None:
        try:
            self._rival.restock(a_restock(1, idempotency_key=a_key(next(self._keys))), ACTOR)
        except Busy:
            self.turned_away += 1
        try:
            self._gateway.commit(commits, in_turn)
        except LostRace:
            self.losses += 1
            raise


@pytest.fixture
def rival(service: StockService, tables: Tables) -> StockService:
    """Another process, which tries once."""
    tables.put(a_product(), a_sku(BLACK, 10), a_sku(WHITE, 10))
    return replace(service, memory=Memory(), retry_policy=immediate(attempts_max=1))


@pytest.fixture
def captured(service: StockService, rival: StockService) -> StockService:
    """The service beside a rival that is always faster, but for a turn."""
    return replace(service, gateway=Captured(service.gateway, rival), retry_policy=immediate(attempts_max=9))


@pytest.fixture
def takes_turn(service: StockService, rival: StockService) -> None:
    """Somebody has taken a turn at the black ones."""
    service.gateway.take_turn([KEY], NOW)


def stored(dynamodb: Any) -> dict[str, Any]:
    key = {"product_id": {"S": PRODUCT}, "sku": {"S": BLACK}}
    item: dict[str, Any] = dynamodb.get_item(TableName="VendorInventory", Key=key)["Item"]
    return item


def test_who_lost_a_sku_several_times_is_let_by(captured: StockService) -> None:
    placed = captured.place(an_order_of((BLACK, 2)), ACTOR)
    assert placed.order.status is OrderStatus.RESERVED
    gateway: Any = captured.gateway
    assert (gateway.losses, gateway.turned_away) == (CONFLICTS_BEFORE_LEASE, 1)


def test_an_order_of_several_lines_takes_its_turn_at_the_contested_one_alone(
    captured: StockService,
) -> None:
    placed = captured.place(an_order_of((BLACK, 2), (WHITE, 3)), ACTOR)
    assert {sku: line.reserved for sku, line in placed.order.lines.items()} == {BLACK: 2, WHITE: 3}
    gateway: Any = captured.gateway
    assert gateway.losses == 2
    assert gateway.turned_away == 1


def test_others_wait_for_as_long_as_a_turn_lasts(rival: StockService, clock: Clock, takes_turn: None) -> None:
    with pytest.raises(Busy):
        rival.place(an_order_of((BLACK, 1)), ACTOR)
    assert rival.place(an_order_of((WHITE, 1), order_id="ORDER-WHITE"), ACTOR).order.reserved == 1
    # Whoever asked for it has died.
    clock.advance(PRIORITY_LEASE_SECONDS)
    with pytest.raises(Busy):
        rival.place(an_order_of((BLACK, 1)), ACTOR)
    clock.now = plus_seconds(NOW, PRIORITY_LEASE_SECONDS + 1)
    assert rival.place(an_order_of((BLACK, 1)), ACTOR).order.reserved == 1


def test_who_is_turned_away_comes_back_without_a_loss_more(
    service: StockService, clock: Clock, takes_turn: None
) -> None:
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        clock.advance(PRIORITY_LEASE_SECONDS + 1)

    waiting = replace(service, retry_policy=replace(immediate(), sleep=sleep, uniform=lambda low, high: high))
    assert waiting.place(an_order_of((BLACK, 1)), ACTOR).order.reserved == 1
    assert pauses == [0.03]


def test_a_turn_of_a_clock_far_ahead_keeps_nobody(service: StockService, rival: StockService) -> None:
    service.gateway.take_turn([KEY], plus_seconds(NOW, 3_600))
    assert rival.place(an_order_of((BLACK, 1)), ACTOR).order.reserved == 1


def test_two_at_once_have_no_turn(service: StockService, clock: Clock, takes_turn: None) -> None:
    with pytest.raises(LostRace):
        service.gateway.take_turn([KEY], clock())
    clock.advance(PRIORITY_LEASE_SECONDS + 1)
    assert service.gateway.take_turn([KEY], clock()).skus.keys() == {BLACK}


def test_a_turn_shows_the_sku_as_it_stands(service: StockService, rival: StockService) -> None:
    taken = service.gateway.take_turn([KEY], NOW)
    assert taken == service.gateway.read([KEY])
    assert taken.skus[BLACK] == a_sku(BLACK, 10)


def test_there_is_no_turn_at_a_sku_that_does_not_exist(service: StockService, dynamodb: Any) -> None:
    assert service.gateway.take_turn([KEY], NOW) == Readings()
    assert dynamodb.scan(TableName="VendorInventory")["Items"] == []


def test_the_write_ends_the_turn(service: StockService, rival: StockService, dynamodb: Any) -> None:
    before = stored(dynamodb)
    service.gateway.take_turn([KEY], NOW)
    assert stored(dynamodb) == before | {"turn_until": {"S": plus_seconds(NOW, PRIORITY_LEASE_SECONDS)}}
    with suppress(Busy):
        rival.restock(a_restock(1), ACTOR)
    assert "turn_until" in stored(dynamodb)
    captured = replace(service, gateway=Captured(service.gateway, rival))
    seen = service.gateway.read([KEY])
    commit = restock(seen.of(), a_restock(5), a_context())
    captured.gateway.commit([commit], in_turn={BLACK})
    assert "turn_until" not in stored(dynamodb)


def test_a_turn_is_nothing_that_anybody_is_told(
    shop: Client, vendor: str, service: StockService, rival: StockService
) -> None:
    path = f"/products/{PRODUCT}/skus/{BLACK}"
    before = shop.get(path, vendor)
    service.gateway.take_turn([KEY], NOW)
    after = shop.get(path, vendor)
    assert (after.json, after.headers["ETag"]) == (before.json, before.headers["ETag"])


def test_a_change_of_price_waits_for_no_turn(service: StockService, takes_turn: None) -> None:
    assert service.change_sku(a_change(unit_price=7), ACTOR).unit_price == 7


def test_a_turn_is_kept_where_its_commit_is_lost_to_something_else(
    service: StockService, rival: StockService
) -> None:
    """Throttled, or in conflict: DynamoDB shows nothing, and the turn is still there."""

    class Unlucky(Captured):
        turns = 0

        def take_turn(self, *arguments: Any) -> Readings:
            self.turns += 1
            return self._gateway.take_turn(*arguments)

        def commit(self, commits: Any, in_turn: Any = ()) -> None:
            if in_turn and self.turned_away < 2:
                self.turned_away += 1
                raise LostRace(Readings())
            super().commit(commits, in_turn)

    unlucky = Unlucky(service.gateway, rival)
    beside = replace(service, gateway=unlucky, retry_policy=immediate(attempts_max=9))
    assert beside.place(an_order_of((BLACK, 2)), ACTOR).order.status is OrderStatus.RESERVED
    assert unlucky.turns == 1
