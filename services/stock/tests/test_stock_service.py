"""Commands while others are at work: who loses a race decides again, on what the winner left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from front_door import Client, Tokens

from chalicelib.commands import SettleOrder
from chalicelib.inventory_gateway import LostRace
from chalicelib.memory import Memory
from chalicelib.snapshot import Readings
from chalicelib.stock_service import StockService
from inventory_common.errors import (
    Busy,
    InsufficientStock,
    OrderCancelled,
    OrderConfirmed,
    OrderExists,
    ProductInactive,
    ProductNotFound,
    SkuExists,
    SkuInactive,
)
from inventory_common.products import Product

from .shop import (
    BLACK,
    ORDER,
    OTHER_VENDOR,
    PRODUCT,
    ACTOR,
    VENDOR,
    WHITE,
    a_new_sku,
    a_product,
    a_restock,
    a_sku,
    a_key,
    an_order_of,
    immediate,
)


class Rival:
    """A gateway that lets others act just before a write, once for each of `acts`."""

    def __init__(self, gateway: Any, *acts: Callable[[], Any]) -> None:
        self._gateway = gateway
        self._acts = list(acts)
        self.writes = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)

    def _act(self) -> None:
        self.writes += 1
        if self._acts:
            self._acts.pop(0)()

    def commit(self, commits: Any, in_turn: Any = ()) -> None:
        self._act()
        self._gateway.commit(commits, in_turn)

    def add_sku(self, *arguments: Any) -> None:
        self._act()
        self._gateway.add_sku(*arguments)


def conflict() -> None:
    """Two transactions at once, as DynamoDB sees it: nothing is shown."""
    raise LostRace(Readings())


@pytest.fixture
def put(dynamodb: Any) -> Callable[..., None]:
    def put(*things: Any) -> None:
        for thing in things:
            table = "Products-table" if isinstance(thing, Product) else "VendorInventory"
            dynamodb.put_item(TableName=table, Item=thing.to_item())

    return put


@pytest.fixture
def records(dynamodb: Any) -> Callable[[], list[tuple[str, str]]]:
    def records() -> list[tuple[str, str]]:
        items = dynamodb.scan(TableName="StockTransactions")["Items"]
        return sorted((item["transaction_type"]["S"], item["sequence"]["N"]) for item in items)

    return records


@pytest.fixture
def beside(service: StockService) -> Callable[..., StockService]:
    """The service while others act."""

    def beside(*acts: Callable[[], Any], attempts_max: int = 5) -> StockService:
        rival = Rival(service.gateway, *acts)
        return replace(service, gateway=rival, retry_policy=immediate(attempts_max), memory=Memory())

    return beside


def test_the_last_units_are_sold_once(service: StockService, beside: Any, put: Any, records: Any) -> None:
    put(a_sku(current=5))
    losing = beside(lambda: service.place(an_order_of((BLACK, 3), order_id="ORDER-2"), ACTOR))
    with pytest.raises(InsufficientStock) as refused:
        losing.place(an_order_of((BLACK, 3)), ACTOR)
    assert refused.value.members["lines"][0]["available"] == 2
    assert losing.gateway.writes == 1
    assert records() == [("order_placed", "1")]


def test_who_lost_a_race_and_still_can_comes_after(
    service: StockService, beside: Any, put: Any, records: Any
) -> None:
    put(a_sku(current=5))
    losing = beside(lambda: service.place(an_order_of((BLACK, 3), order_id="ORDER-2"), ACTOR))
    assert losing.place(an_order_of((BLACK, 2)), ACTOR).order.status == "reserved"
    assert losing.gateway.writes == 2
    assert service.gateway.sku(PRODUCT, BLACK).available_stock == 0
    assert records() == [("order_placed", "1"), ("order_placed", "2")]


def test_an_order_of_several_lines_keeps_the_images_that_did_not_change(
    service: StockService, beside: Any, put: Any
) -> None:
    put(a_sku(BLACK, 5), a_sku(WHITE, 5))
    losing = beside(lambda: service.restock(a_restock(1, WHITE), ACTOR))
    assert losing.place(an_order_of((BLACK, 5), (WHITE, 5)), ACTOR).replayed is False
    assert service.gateway.sku(PRODUCT, WHITE).available_stock == 1
    assert service.gateway.sku(PRODUCT, BLACK).available_stock == 0


def test_a_conflict_is_tried_again_as_it_was(beside: Any, put: Any, records: Any) -> None:
    put(a_sku(current=5))
    losing = beside(conflict, conflict)
    assert losing.place(an_order_of((BLACK, 5)), ACTOR).replayed is False
    assert losing.gateway.writes == 3
    assert records() == [("order_placed", "1")]


@pytest.mark.parametrize(
    "command",
    [
        lambda service: service.place(an_order_of((BLACK, 5), order_id="ORDER-2"), ACTOR),
        lambda service: service.restock(a_restock(5), ACTOR),
        lambda service: service.confirm(SettleOrder(ORDER), ACTOR),
        lambda service: service.cancel(SettleOrder(ORDER), ACTOR),
        lambda service: service.create_sku(a_new_sku(WHITE), ACTOR),
    ],
    ids=["place", "restock", "confirm", "cancel", "create"],
)
def test_who_always_loses_is_sent_away_with_nothing_done(
    service: StockService, beside: Any, put: Any, records: Any, command: Any
) -> None:
    put(a_sku(current=10), a_product())
    service.place(an_order_of((BLACK, 5)), ACTOR)
    losing = beside(*[conflict] * 9, attempts_max=3)
    with pytest.raises(Busy):
        command(losing)
    assert losing.gateway.writes == 3
    assert records() == [("order_placed", "1")]
    assert service.order(ORDER).status == "reserved"


def test_a_busy_shop_says_when_to_come_back(
    shop: Client, tokens: Tokens, beside: Any, service_module: Any, put: Any, monkeypatch: Any
) -> None:
    put(a_sku(current=5))
    monkeypatch.setattr(service_module, "stock", beside(*[conflict] * 9, attempts_max=2))
    body = {"lines": [{"product_id": PRODUCT, "sku": BLACK, "quantity": 1}]}
    answer = shop.put(f"/orders/{ORDER}", body, tokens.of_role("orders"))
    assert (answer.status, answer.code) == (503, "busy")
    assert int(answer.headers["Retry-After"]) >= 1


def test_the_same_order_placed_twice_at_once_is_placed_once(
    service: StockService, beside: Any, put: Any, records: Any
) -> None:
    put(a_sku(current=9))
    command = an_order_of((BLACK, 3))
    settled = beside(lambda: service.place(command, ACTOR)).place(command, ACTOR)
    assert settled.replayed
    assert settled.order == service.order(ORDER)
    assert records() == [("order_placed", "1")]


def test_the_same_order_id_with_other_lines_at_once_is_refused(
    service: StockService, beside: Any, put: Any
) -> None:
    put(a_sku(BLACK, 9), a_sku(WHITE, 9))
    losing = beside(lambda: service.place(an_order_of((WHITE, 3)), ACTOR))
    with pytest.raises(OrderExists):
        losing.place(an_order_of((BLACK, 3)), ACTOR)


@pytest.mark.parametrize(
    ("loses", "wins", "refusal"),
    [("confirm", "cancel", OrderCancelled), ("cancel", "confirm", OrderConfirmed)],
)
def test_confirm_and_cancel_at_once(
    service: StockService, beside: Any, put: Any, records: Any, loses: str, wins: str, refusal: Any
) -> None:
    put(a_sku(current=9))
    service.place(an_order_of((BLACK, 3)), ACTOR)
    losing = beside(lambda: getattr(service, wins)(SettleOrder(ORDER), ACTOR))
    with pytest.raises(refusal):
        getattr(losing, loses)(SettleOrder(ORDER), ACTOR)
    assert len(records()) == 2


def test_a_cancel_that_meets_its_place_cancels_it(
    service: StockService, beside: Any, put: Any, records: Any
) -> None:
    put(a_sku(current=9))
    losing = beside(lambda: service.place(an_order_of((BLACK, 3)), ACTOR))
    settled = losing.cancel(SettleOrder(ORDER), ACTOR)
    assert (settled.order.status, settled.order.cancelled) == ("cancelled", 3)
    assert service.gateway.sku(PRODUCT, BLACK).available_stock == 9
    assert records() == [("order_cancelled", "2"), ("order_placed", "1")]


def test_a_confirm_follows_a_sale_of_the_same_sku(service: StockService, beside: Any, put: Any) -> None:
    put(a_sku(current=9))
    service.place(an_order_of((BLACK, 3)), ACTOR)
    losing = beside(lambda: service.place(an_order_of((BLACK, 6), order_id="ORDER-2"), ACTOR))
    assert losing.confirm(SettleOrder(ORDER), ACTOR).order.status == "confirmed"
    sku = service.gateway.sku(PRODUCT, BLACK)
    assert (sku.current_stock, sku.reserved_stock) == (6, 6)


def test_the_same_restock_twice_at_once_is_done_once(
    service: StockService, beside: Any, put: Any, records: Any
) -> None:
    put(a_sku(current=5))
    done: list[Any] = []
    losing = beside(lambda: done.append(service.restock(a_restock(25), ACTOR)))
    again = losing.restock(a_restock(25), ACTOR)
    assert again.replayed
    assert again.record == done[0].record
    assert again.sku.current_stock == 30
    assert records() == [("restock", "1")]


def test_a_sku_that_is_deactivated_meanwhile_refuses_the_order(beside: Any, put: Any, dynamodb: Any) -> None:
    put(a_sku(current=5))

    def deactivate() -> None:
        put(a_sku(current=5, is_active=False, version=2))

    with pytest.raises(SkuInactive):
        beside(deactivate).place(an_order_of((BLACK, 5)), ACTOR)


# New SKUs


def test_the_same_sku_made_twice_at_once_exists(service: StockService, beside: Any, put: Any) -> None:
    put(a_product())
    with pytest.raises(SkuExists):
        beside(lambda: service.create_sku(a_new_sku(), ACTOR)).create_sku(a_new_sku(), ACTOR)


def test_the_same_sku_made_twice_at_once_with_one_key_is_made_once(
    service: StockService, beside: Any, put: Any
) -> None:
    put(a_product())
    command = a_new_sku(idempotency_key=a_key())
    again = beside(lambda: service.create_sku(command, ACTOR)).create_sku(command, ACTOR)
    assert again.replayed
    assert again.sku == service.gateway.sku(PRODUCT, BLACK)


def test_a_product_that_is_deactivated_meanwhile_gets_no_sku(beside: Any, put: Any) -> None:
    put(a_product())
    losing = beside(lambda: put(a_product(is_active=False, version=2)))
    with pytest.raises(ProductInactive):
        losing.create_sku(a_new_sku(), ACTOR)


def test_a_product_that_changes_meanwhile_gets_its_sku_all_the_same(beside: Any, put: Any) -> None:
    put(a_product())
    losing = beside(lambda: put(a_product(product_name="Headset", version=2)))
    assert losing.create_sku(a_new_sku(), ACTOR).sku.product_version == 2


def test_a_product_of_another_vendor_gets_no_sku(service: StockService, put: Any) -> None:
    put(a_product(vendor_id=OTHER_VENDOR))
    with pytest.raises(ProductNotFound):
        service.create_sku(a_new_sku(), ACTOR)


def test_a_sku_belongs_to_its_products_vendor(service: StockService, put: Any) -> None:
    put(a_product(version=7))
    made = service.create_sku(a_new_sku(), ACTOR).sku
    assert (made.vendor_id, made.product_version, made.last_updated_by) == (VENDOR, 7, ACTOR.performed_by)
