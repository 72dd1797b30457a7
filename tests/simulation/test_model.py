"""The model, by the examples of design 3: an oracle must be right before it judges the service."""

from __future__ import annotations

import pytest

from tests.simulation.model import (
    Adjust,
    Amend,
    Command,
    Expire,
    Place,
    Refused,
    Reopen,
    Restock,
    SetActive,
    Settle,
    Shop,
    Sku,
    StockCount,
)

PLACE = Place("ORDER-1", (("A", 4), ("A", 1), ("B", 2)))


@pytest.fixture
def shop() -> Shop:
    """Ten of A and three of B, and an order of five A and two B."""
    shop = Shop(skus={"A": Sku(10), "B": Sku(3)})
    shop.execute(PLACE)
    return shop


def figures(shop: Shop, sku: str) -> tuple[int, int]:
    return shop.skus[sku].current, shop.skus[sku].reserved


def line(shop: Shop, sku: str, order_id: str = "ORDER-1") -> tuple[int, ...]:
    return tuple(vars(shop.orders[order_id].lines[sku]).values())


def test_the_lines_of_one_sku_are_summed(shop: Shop) -> None:
    assert figures(shop, "A") == (10, 5)
    assert line(shop, "A") == (5, 5, 0, 0, 0)


def test_an_order_is_partly_confirmed_the_rest_cancelled_and_some_units_refunded(shop: Shop) -> None:
    [confirmed] = shop.execute(Settle("confirm", "ORDER-1", (("A", 3),), "1"))
    assert confirmed == ("A", "order_confirmed", 3, -3, 7, 2, "ORDER-1")
    for kind in ("confirm", "cancel", "refund"):
        assert shop.possible_codes(Settle(kind, "ORDER-1")) == {"idempotency_key_required"}
    cancelled = shop.execute(Settle("cancel", "ORDER-1", key="rest"))
    assert [entry.quantity_change for entry in cancelled] == [0, 0]
    [refunded] = shop.execute(Settle("refund", "ORDER-1", (("A", 2),), "2", restock=False))
    assert refunded == ("A", "refund", 2, 0, 7, 0, "ORDER-1")
    [refunded] = shop.execute(Settle("refund", "ORDER-1", key="3"))
    assert refunded == ("A", "refund", 1, 1, 8, 0, "ORDER-1")
    assert line(shop, "A") == (5, 0, 3, 2, 3)


def test_an_amend_says_what_is_reserved_afterwards(shop: Shop) -> None:
    shop.execute(Settle("confirm", "ORDER-1", (("A", 1),), "1"))
    more, fewer = shop.execute(Amend("ORDER-1", (("A", 6), ("B", 0)), "2"))
    assert more == ("A", "order_placed", 2, 0, 9, 6, "ORDER-1")
    assert fewer == ("B", "order_cancelled", 2, 0, 3, 0, "ORDER-1")
    assert (line(shop, "A"), line(shop, "B")) == ((7, 6, 1, 0, 0), (0, 0, 0, 0, 0))
    assert shop.possible_codes(PLACE) == {"replayed"}
    assert shop.possible_codes(Settle("cancel", "ORDER-1")) == {"idempotency_key_required"}


def test_an_amend_to_nothing_is_a_cancel_and_a_reopen_undoes_it(shop: Shop) -> None:
    assert len(shop.execute(Amend("ORDER-1", (("A", 0), ("B", 0)), "1"))) == 2
    assert shop.orders["ORDER-1"].cancel_reason == "requested"
    entries = shop.execute(Reopen("ORDER-1", "2"))
    assert {(entry.sku, entry.kind, entry.quantity) for entry in entries} == {
        ("A", "order_placed", 5),
        ("B", "order_placed", 2),
    }
    assert line(shop, "A") == (5, 5, 0, 0, 0)
    assert shop.possible_codes(Reopen("ORDER-1", "3")) == {"not_reopenable"}


def test_a_reopen_reserves_what_the_last_cancel_released(shop: Shop) -> None:
    shop.execute(Settle("cancel", "ORDER-1", (("A", 2),), "1"))
    shop.execute(Settle("cancel", "ORDER-1", key="2"))
    shop.execute(Reopen("ORDER-1", "3"))
    assert (line(shop, "A"), line(shop, "B")) == ((5, 3, 0, 2, 0), (2, 2, 0, 0, 0))


@pytest.mark.parametrize(
    "command",
    [
        PLACE,
        Place("ORDER-1", (("B", 2), ("A", 5)), 60),
        Restock("A", 5, "key"),
    ],
)
def test_a_replayed_command_changes_nothing(shop: Shop, command: Place | Restock) -> None:
    if isinstance(command, Restock):
        shop.execute(command)
    before = figures(shop, "A")
    assert shop.execute(command) == []
    assert figures(shop, "A") == before


@pytest.mark.parametrize("kind", ["confirm", "cancel"])
def test_the_settlement_of_a_whole_order_is_idempotent_without_a_key(shop: Shop, kind: str) -> None:
    assert len(shop.execute(Settle(kind, "ORDER-1"))) == 2
    assert shop.execute(Settle(kind, "ORDER-1")) == []


@pytest.mark.parametrize(
    ("before", "command", "code"),
    [
        ([], Place("ORDER-1", (("A", 1),)), "order_exists"),
        ([], Place("ORDER-2", (("A", 6),)), "insufficient_stock"),
        ([SetActive("A", False)], Place("ORDER-2", (("A", 1),)), "sku_inactive"),
        ([SetActive("A", False)], Restock("A", 1, "key"), "sku_inactive"),
        ([Settle("cancel", "ORDER-2")], Place("ORDER-2", (("A", 1),)), "order_cancelled"),
        ([Settle("cancel", "ORDER-1")], Settle("confirm", "ORDER-1"), "order_cancelled"),
        ([Settle("cancel", "ORDER-1")], Place("ORDER-1", (("A", 5), ("B", 2)), 60), "order_cancelled"),
        ([Settle("cancel", "ORDER-2")], Settle("refund", "ORDER-2", (("A", 1),), "key"), "order_cancelled"),
        ([Settle("confirm", "ORDER-1")], Settle("cancel", "ORDER-1"), "order_confirmed"),
        ([], Settle("confirm", "ORDER-2"), "order_not_found"),
        ([], Settle("refund", "ORDER-2"), "order_not_found"),
        ([], Settle("confirm", "ORDER-1", (("A", 6),), "key"), "quantity_exceeds_reserved"),
        ([], Settle("refund", "ORDER-1"), "refund_exceeds_confirmed"),
        ([], Amend("ORDER-1", (("A", 11),), "key"), "insufficient_stock"),
        ([], Amend("ORDER-1", (("C", 0),), "key"), "sku_not_found"),
        ([], Amend("ORDER-2", (("A", 1),), "key"), "order_not_found"),
        ([], Amend("ORDER-1", (("A", 1), ("C", 1), ("D", 1)), "key"), "too_many_changes"),
        ([Settle("cancel", "ORDER-1")], Amend("ORDER-1", (("A", 1),), "key"), "order_cancelled"),
        ([Settle("confirm", "ORDER-1")], Amend("ORDER-1", (("A", 1),), "key"), "order_confirmed"),
        ([], Reopen("ORDER-2", "key"), "order_not_found"),
        ([], Reopen("ORDER-1", "key"), "not_reopenable"),
        (
            [Settle("cancel", "ORDER-1"), Adjust("A", -6, "lost")],
            Reopen("ORDER-1", "key"),
            "insufficient_stock",
        ),
        ([], Adjust("A", -6, "key"), "adjustment_below_reserved"),
        ([], StockCount("A", 9, 11, "key"), "count_stale"),
        ([Restock("A", 1, "key")], Restock("A", 2, "key"), "idempotency_key_reused"),
        ([], Expire("ORDER-1"), "not_due"),
    ],
)
def test_a_refused_command_changes_nothing(
    shop: Shop, before: list[Command], command: Place, code: str
) -> None:
    for earlier in before:
        shop.execute(earlier)
    before_command = figures(shop, "A"), figures(shop, "B")
    with pytest.raises(Refused) as refused:
        shop.execute(command)
    assert refused.value.code == code
    assert (figures(shop, "A"), figures(shop, "B")) == before_command


def test_an_expired_hold_is_released_and_cannot_be_confirmed(shop: Shop) -> None:
    shop.now = 86_400
    assert [entry.kind for entry in shop.execute(Expire("ORDER-1"))] == ["order_cancelled"] * 2
    assert shop.possible_codes(Settle("confirm", "ORDER-1")) == {"reservation_expired"}
    assert shop.skus["A"].available == 10


def test_keys_and_tombstones_expire(shop: Shop) -> None:
    shop.execute(Restock("A", 1, "key"))
    shop.execute(Settle("cancel", "ORDER-2"))
    shop.now = 86_400
    assert shop.possible_codes(Restock("A", 2, "key")) == {"done"}
    shop.now = 30 * 86_400
    assert shop.possible_codes(Place("ORDER-2", (("A", 1),))) == {"done"}
