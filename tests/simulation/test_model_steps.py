"""The model's steps by design 2.8's own words, and what is answered while an order is between two of them."""

from __future__ import annotations

import pytest

from tests.simulation.model import Expire, Extend, Place, Refused, Restock, Settle, Shop, Sku, Switch
from tests.simulation.model_steps import Begin, PlaceSome, ReleaseSome, Remove, SettleSome, Step, Turn, take

PLACE = Place("ORDER-1", (("A", 4), ("A", 1), ("B", 2)))
A, B = frozenset({"A"}), frozenset({"B"})


@pytest.fixture
def shop() -> Shop:
    return Shop(skus={"A": Sku(10), "B": Sku(3)})


def figures(shop: Shop) -> tuple[int, ...]:
    return tuple(figure for sku in shop.skus.values() for figure in (sku.current, sku.reserved))


def test_an_order_is_placed_confirmed_and_refunded_line_by_line(shop: Shop) -> None:
    assert [entry.quantity for entry in take(shop, PlaceSome(PLACE, A))] == [5]
    assert (shop.orders["ORDER-1"].phase, figures(shop)) == ("placing", (10, 5, 3, 0))
    take(shop, PlaceSome(PLACE, B))
    assert (shop.orders["ORDER-1"].phase, figures(shop)) == ("idle", (10, 5, 3, 2))
    for kind, half, whole in (
        ("confirm", (10, 5, 1, 0), (5, 0, 1, 0)),
        ("refund", (5, 0, 3, 0), (10, 0, 3, 0)),
    ):
        assert take(shop, Begin(Settle(kind, "ORDER-1"))) == []
        take(shop, SettleSome("ORDER-1", B))
        assert figures(shop) == half
        take(shop, SettleSome("ORDER-1", A))
        assert (shop.orders["ORDER-1"].phase, figures(shop)) == ("idle", whole)
        assert shop.answers(Settle(kind, "ORDER-1")) == {"repeated"}


def test_a_place_that_cannot_be_had_is_given_back_as_if_it_had_not_been(shop: Shop) -> None:
    take(shop, PlaceSome(PLACE, A))
    shop.do(Switch("B", False))
    assert shop.answers(PLACE) == {"done", "sku_inactive"}
    take(shop, Turn("ORDER-1"))
    assert shop.answers(PLACE) == {"order_in_progress"}
    take(shop, ReleaseSome("ORDER-1", A))
    take(shop, Remove("ORDER-1"))
    assert (shop.orders, figures(shop)) == ({}, (10, 0, 3, 0))


def test_a_hold_of_many_lines_expires_in_steps(shop: Shop) -> None:
    shop.do(PLACE)
    shop.now = 86_400
    take(shop, Begin(Expire("ORDER-1")))
    take(shop, SettleSome("ORDER-1", A | B))
    assert shop.answers(Settle("confirm", "ORDER-1")) == {"reservation_expired"}


@pytest.mark.parametrize(
    ("before", "step"),
    [
        ([], PlaceSome(PLACE, frozenset({"C"}))),
        ([], PlaceSome(Place("ORDER-1", (("B", 4), ("A", 1))), B)),
        ([PlaceSome(PLACE, A)], PlaceSome(PLACE, A)),
        ([PlaceSome(PLACE, A)], PlaceSome(Place("ORDER-1", (("A", 5), ("B", 1))), B)),
        ([PlaceSome(PLACE, A)], ReleaseSome("ORDER-1", A)),
        ([PlaceSome(PLACE, A)], Remove("ORDER-1")),
        ([PlaceSome(PLACE, A)], Begin(Settle("cancel", "ORDER-1"))),
        ([PlaceSome(PLACE, A), Turn("ORDER-1")], Remove("ORDER-1")),
        ([PlaceSome(PLACE, A), Turn("ORDER-1")], PlaceSome(PLACE, B)),
        ([PlaceSome(PLACE, A | B)], Turn("ORDER-1")),
        ([PlaceSome(PLACE, A | B)], Begin(Settle("refund", "ORDER-1"))),
        ([PlaceSome(PLACE, A | B)], Begin(Settle("confirm", "ORDER-1", (("A", 1),), "key"))),
        ([PlaceSome(PLACE, A | B)], Begin(Expire("ORDER-1"))),
        ([PlaceSome(PLACE, A | B)], SettleSome("ORDER-1", A)),
        ([PlaceSome(PLACE, A | B), Begin(Settle("confirm", "ORDER-1"))], Turn("ORDER-1")),
    ],
)
def test_what_is_no_step_is_not_taken(shop: Shop, before: list[Step], step: Step) -> None:
    for earlier in before:
        take(shop, earlier)
    stands = figures(shop)
    with pytest.raises(Refused):
        take(shop, step)
    assert figures(shop) == stands


@pytest.mark.parametrize(
    ("command", "while_placing", "while_confirming"),
    [
        (PLACE, "done", "repeated"),
        (Place("ORDER-1", (("A", 1),)), "order_exists", "order_exists"),
        (Settle("confirm", "ORDER-1"), "order_in_progress", "done"),
        (Settle("confirm", "ORDER-1", (("A", 1),), "key"), "order_in_progress", "order_in_progress"),
        (Settle("cancel", "ORDER-1"), "order_in_progress", "order_in_progress"),
        (Extend("ORDER-1", 60), "order_in_progress", "order_in_progress"),
        (Settle("confirm", "ORDER-1", None, "used"), "idempotency_key_reused", "idempotency_key_reused"),
        (Restock("A", 1, "other"), "done", "done"),
    ],
)
def test_an_order_between_two_steps_waits_for_its_command(
    shop: Shop, command: Place, while_placing: str, while_confirming: str
) -> None:
    shop.do(Restock("A", 1, "used"))
    take(shop, PlaceSome(PLACE, A))
    assert shop.answers(command) == {while_placing}
    take(shop, PlaceSome(PLACE, B))
    take(shop, Begin(Settle("confirm", "ORDER-1")))
    assert shop.answers(command) == {while_confirming}
