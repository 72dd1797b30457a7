"""The reason and notes of a cancel or refund, and `restock` of each line of a refund."""

from __future__ import annotations

from typing import Any

import pytest
from front_door import Answer, Client

from inventory_common.limits import ORDER_NOTES_MAX_BYTES, REASON_MAX_CHARACTERS

from ..shop import BLACK, ORDER_PATH, WHITE, Tables, settlement_body, stock_of

WHY = {"reason": "customer_request", "notes": "Ordered twice — see the second order"}
CANCEL, CONFIRM, REFUND = (f"{ORDER_PATH}/{command}" for command in ("cancel", "confirm", "refund"))


def why_of(answer: Answer, sku: str = BLACK) -> dict[str, Any]:
    [line] = [line for line in answer.json["lines"] if line["sku"] == sku]
    return {name: line[name] for name in ("reason", "notes")}


def logged(tables: Tables, transaction_type: str) -> dict[str, tuple[Any, Any]]:
    """Return reason and notes of the records of a type, by SKU."""
    return {
        record["sku"]["S"]: tuple(record.get(name, {}).get("S") for name in ("reason", "notes"))
        for record in tables.records()
        if record["transaction_type"]["S"] == transaction_type
    }


NOTHING = {"reason": None, "notes": None}


@pytest.mark.usefixtures("placed")
def test_the_records_and_the_lines_of_a_cancel_keep_its_reason_and_notes(
    shop: Client, orders: str, tables: Tables
) -> None:
    answer = shop.post(CANCEL, settlement_body((BLACK, 2), **WHY), orders, idempotency_key="k")
    assert (why_of(answer), why_of(answer, WHITE)) == (WHY, NOTHING)
    assert shop.get(ORDER_PATH, orders).json == answer.json
    assert answer.json["cancel_reason"] == "requested"
    assert logged(tables, "order_cancelled") == {BLACK: tuple(WHY.values())}
    assert logged(tables, "order_placed") == {BLACK: (None, None), WHITE: (None, None)}


@pytest.mark.usefixtures("confirmed")
def test_the_records_and_the_lines_of_a_whole_refund_keep_its_reason_and_notes(
    shop: Client, orders: str, tables: Tables
) -> None:
    answer = shop.post(REFUND, WHY, orders)
    assert (why_of(answer), why_of(answer, WHITE)) == (WHY, WHY)
    assert logged(tables, "refund") == dict.fromkeys((BLACK, WHITE), tuple(WHY.values()))


@pytest.mark.usefixtures("placed")
def test_a_line_keeps_the_reason_of_its_last_cancel_or_refund(shop: Client, orders: str) -> None:
    shop.post(CANCEL, settlement_body((BLACK, 1), **WHY), orders, idempotency_key="a")
    confirmed = shop.post(CONFIRM, token=orders, idempotency_key="b")
    assert why_of(confirmed) == WHY
    refunded = shop.post(REFUND, settlement_body((BLACK, 1), reason="broken"), orders, idempotency_key="c")
    assert why_of(refunded) == {"reason": "broken", "notes": None}
    again = shop.post(REFUND, settlement_body((BLACK, 1)), orders, idempotency_key="d")
    assert why_of(again) == NOTHING


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize("whole", [True, False])
def test_the_same_key_with_another_reason_or_other_notes_is_another_command(
    shop: Client, orders: str, whole: bool
) -> None:
    body = {} if whole else settlement_body((BLACK, 1))
    first = shop.post(CANCEL, body | WHY, orders, idempotency_key="k")
    assert shop.post(CANCEL, body | WHY, orders, idempotency_key="k").json == first.json
    for other in ({"reason": "fraud"}, {"notes": "Lost"}, {"reason": None}):
        again = shop.post(CANCEL, body | WHY | other, orders, idempotency_key="k")
        assert (again.status, again.code) == (422, "idempotency_key_reused"), other
    assert why_of(shop.get(ORDER_PATH, orders)) == WHY


@pytest.mark.usefixtures("placed")
def test_a_whole_cancel_without_a_key_that_was_executed_keeps_its_first_reason(
    shop: Client, orders: str
) -> None:
    shop.post(CANCEL, WHY, orders)
    again = shop.post(CANCEL, {"reason": "fraud"}, orders)
    assert (again.status, again.headers["Idempotent-Replayed"], why_of(again)) == (200, "true", WHY)


@pytest.mark.usefixtures("stocked")
def test_an_order_that_is_cancelled_before_it_is_placed_has_no_lines_to_keep_a_reason(
    shop: Client, orders: str, tables: Tables
) -> None:
    answer = shop.post(CANCEL, WHY, orders)
    assert (answer.status, answer.json["cancel_reason"], answer.json["lines"]) == (200, "requested", [])
    assert tables.records() == []


LONG = {"reason": "r" * REASON_MAX_CHARACTERS, "notes": "é" * (ORDER_NOTES_MAX_BYTES // 2)}


@pytest.mark.usefixtures("confirmed")
@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"reason": LONG["reason"] + "r"}, "body.reason"),
        ({"reason": ""}, "body.reason"),
        ({"reason": "Customer"}, "body.reason"),
        ({"reason": "two words"}, "body.reason"),
        ({"notes": LONG["notes"] + "n"}, "body.notes"),
        ({"notes": " "}, "body.notes"),
        ({"notes": "a\nb"}, "body.notes"),
    ],
)
def test_reasons_are_short_words_and_notes_short_texts(
    shop: Client, orders: str, changes: dict[str, str], path: str
) -> None:
    for command in (CANCEL, REFUND):
        refused = shop.post(command, LONG | changes, orders)
        assert (refused.status, [error["path"] for error in refused.json["errors"]]) == (422, [path])
    assert shop.post(CONFIRM, LONG, orders).status == 422
    assert why_of(shop.post(REFUND, LONG, orders)) == LONG


@pytest.mark.usefixtures("placed")
def test_a_line_may_be_sent_back_with_the_reason_that_was_read(shop: Client, orders: str) -> None:
    read = shop.post(CANCEL, settlement_body((BLACK, 1), **WHY), orders, idempotency_key="a").json["lines"]
    lines = [line | {"quantity": 1} for line in read]
    assert shop.post(CONFIRM, {"lines": lines}, orders, idempotency_key="b").status == 200
    stale = {**lines[0], "confirmed": 1, "reserved": lines[0]["reserved"] - 1, "reason": "fraud"}
    refused = shop.post(CONFIRM, {"lines": [stale]}, orders, idempotency_key="c")
    assert [error["path"] for error in refused.json["errors"]] == ["body.lines[0].reason"]


def refund_of(*lines: tuple[str, int, bool | None], **rest: Any) -> dict[str, Any]:
    return {"lines": [{"sku": sku, "quantity": q, "restock": restock} for sku, q, restock in lines]} | rest


@pytest.mark.usefixtures("confirmed")
def test_each_line_of_a_refund_says_whether_its_units_return_to_the_stock(
    shop: Client, orders: str, tables: Tables
) -> None:
    shop.post(REFUND, refund_of((BLACK, 2, False), (WHITE, 1, None)), orders, idempotency_key="a")
    assert tables.movements("refund") == [(BLACK, 2, 0, 0, 0), (WHITE, 1, 1, 1, 0)]
    lines = refund_of((BLACK, 1, True), (WHITE, 1, None), restock=False)
    shop.post(REFUND, lines, orders, idempotency_key="b")
    assert (stock_of(shop, orders)[0], stock_of(shop, orders, WHITE)[0]) == (46, 1)
    reused = shop.post(REFUND, lines | {"restock": True}, orders, idempotency_key="b")
    assert reused.code == "idempotency_key_reused"


@pytest.mark.usefixtures("confirmed")
def test_lines_of_one_sku_must_agree_whether_its_units_return(
    shop: Client, orders: str, tables: Tables
) -> None:
    body = refund_of((BLACK, 1, True), (WHITE, 1, False), (BLACK, 1, False))
    refused = shop.post(REFUND, body, orders, idempotency_key="k")
    assert (refused.status, [error["path"] for error in refused.json["errors"]]) == (
        422,
        ["body.lines[2].restock"],
    )
    assert tables.movements("refund") == []
    same = refund_of((BLACK, 1, False), (BLACK, 1, None), restock=False)
    assert shop.post(REFUND, same, orders, idempotency_key="k").status == 200
    assert tables.movements("refund") == [(BLACK, 2, 0, 0, 0)]
