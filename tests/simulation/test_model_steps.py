"""The model's saga steps, as design 2.8 defines them, and its responses while a saga is in progress."""

from __future__ import annotations

import pytest

from tests.simulation.model import Expire, Extend, Place, Refused, Restock, SetActive, Settle, Shop, Sku
from tests.simulation.model_steps import (
    BeginRelease,
    BeginSettlement,
    PlaceLines,
    ReleaseLines,
    Remove,
    SettleLines,
    Step,
    take,
)

PLACE = Place("ORDER-1", (("A", 4), ("A", 1), ("B", 2)))
A, B = frozenset({"A"}), frozenset({"B"})


@pytest.fixture
def shop() -> Shop:
    return Shop(skus={"A": Sku(10), "B": Sku(3)})


def figures(shop: Shop) -> tuple[int, ...]:
    return tuple(figure for sku in shop.skus.values() for figure in (sku.current, sku.reserved))


def test_an_order_is_placed_confirmed_and_refunded_line_by_line(shop: Shop) -> None:
    assert [entry.quantity for entry in take(shop, PlaceLines(PLACE, A))] == [5]
    assert (shop.orders["ORDER-1"].saga_state, figures(shop)) == ("placing", (10, 5, 3, 0))
    take(shop, PlaceLines(PLACE, B))
    assert (shop.orders["ORDER-1"].saga_state, figures(shop)) == ("idle", (10, 5, 3, 2))
    for kind, half, whole in (
        ("confirm", (10, 5, 1, 0), (5, 0, 1, 0)),
        ("refund", (5, 0, 3, 0), (10, 0, 3, 0)),
    ):
        assert take(shop, BeginSettlement(Settle(kind, "ORDER-1"))) == []
        take(shop, SettleLines("ORDER-1", B))
        assert figures(shop) == half
        take(shop, SettleLines("ORDER-1", A))
        assert (shop.orders["ORDER-1"].saga_state, figures(shop)) == ("idle", whole)
        assert shop.possible_codes(Settle(kind, "ORDER-1")) == {"replayed"}


def test_a_failed_place_is_released_and_leaves_no_trace(shop: Shop) -> None:
    take(shop, PlaceLines(PLACE, A))
    shop.execute(SetActive("B", False))
    assert shop.possible_codes(PLACE) == {"done", "sku_inactive"}
    take(shop, BeginRelease("ORDER-1"))
    assert shop.possible_codes(PLACE) == {"order_in_progress"}
    take(shop, ReleaseLines("ORDER-1", A))
    take(shop, Remove("ORDER-1"))
    assert (shop.orders, figures(shop)) == ({}, (10, 0, 3, 0))


def test_a_hold_of_many_lines_expires_in_steps(shop: Shop) -> None:
    shop.execute(PLACE)
    shop.now = 86_400
    take(shop, BeginSettlement(Expire("ORDER-1")))
    take(shop, SettleLines("ORDER-1", A | B))
    assert shop.possible_codes(Settle("confirm", "ORDER-1")) == {"reservation_expired"}


def test_named_lines_are_settled_in_steps_and_only_their_own_duplicate_joins(shop: Shop) -> None:
    shop.execute(PLACE)
    named = Settle("confirm", "ORDER-1", (("A", 1), ("B", 1)), "key")
    take(shop, BeginSettlement(named))
    take(shop, SettleLines("ORDER-1", A))
    assert shop.possible_codes(named) == {"done"}
    assert shop.possible_codes(Settle("confirm", "ORDER-1")) == {"order_in_progress"}
    assert shop.possible_codes(Settle("confirm", "ORDER-1", (("A", 1),), "other")) == {"order_in_progress"}
    take(shop, SettleLines("ORDER-1", B))
    assert shop.possible_codes(named) == {"replayed"}
    assert shop.orders["ORDER-1"].total("confirmed") == 2


@pytest.mark.parametrize(
    ("before", "step"),
    [
        ([], PlaceLines(PLACE, frozenset({"C"}))),
        ([], PlaceLines(Place("ORDER-1", (("B", 4), ("A", 1))), B)),
        ([PlaceLines(PLACE, A)], PlaceLines(PLACE, A)),
        ([PlaceLines(PLACE, A)], PlaceLines(Place("ORDER-1", (("A", 5), ("B", 1))), B)),
        ([PlaceLines(PLACE, A)], ReleaseLines("ORDER-1", A)),
        ([PlaceLines(PLACE, A)], Remove("ORDER-1")),
        ([PlaceLines(PLACE, A)], BeginSettlement(Settle("cancel", "ORDER-1"))),
        ([PlaceLines(PLACE, A), BeginRelease("ORDER-1")], Remove("ORDER-1")),
        ([PlaceLines(PLACE, A), BeginRelease("ORDER-1")], PlaceLines(PLACE, B)),
        ([PlaceLines(PLACE, A | B)], BeginRelease("ORDER-1")),
        ([PlaceLines(PLACE, A | B)], BeginSettlement(Settle("refund", "ORDER-1"))),
        ([PlaceLines(PLACE, A | B)], BeginSettlement(Settle("confirm", "ORDER-1", (("A", 99),), "key"))),
        ([PlaceLines(PLACE, A | B)], BeginSettlement(Expire("ORDER-1"))),
        ([PlaceLines(PLACE, A | B)], SettleLines("ORDER-1", A)),
        ([PlaceLines(PLACE, A | B), BeginSettlement(Settle("confirm", "ORDER-1"))], BeginRelease("ORDER-1")),
    ],
)
def test_an_invalid_step_is_refused(shop: Shop, before: list[Step], step: Step) -> None:
    for earlier in before:
        take(shop, earlier)
    before_command = figures(shop)
    with pytest.raises(Refused):
        take(shop, step)
    assert figures(shop) == before_command


@pytest.mark.parametrize(
    ("command", "while_placing", "while_confirming"),
    [
        (PLACE, "done", "order_in_progress"),
        (Place("ORDER-1", (("A", 1),)), "order_exists", "order_exists"),
        (Settle("confirm", "ORDER-1"), "order_in_progress", "done"),
        (Settle("confirm", "ORDER-1", (("A", 1),), "key"), "order_in_progress", "order_in_progress"),
        (Settle("cancel", "ORDER-1"), "order_in_progress", "order_in_progress"),
        (Extend("ORDER-1", 60), "order_in_progress", "order_in_progress"),
        (Settle("confirm", "ORDER-1", None, "used"), "idempotency_key_reused", "idempotency_key_reused"),
        (Restock("A", 1, "other"), "done", "done"),
    ],
)
def test_an_order_with_a_saga_refuses_other_commands(
    shop: Shop, command: Place, while_placing: str, while_confirming: str
) -> None:
    shop.execute(Restock("A", 1, "used"))
    take(shop, PlaceLines(PLACE, A))
    assert shop.possible_codes(command) == {while_placing}
    take(shop, PlaceLines(PLACE, B))
    take(shop, BeginSettlement(Settle("confirm", "ORDER-1")))
    assert shop.possible_codes(command) == {while_confirming}
