"""Confirming and cancelling part of an order."""

from __future__ import annotations

import pytest
from front_door import Client

from ..shop import (
    BLACK,
    ORDER,
    ORDER_PATH,
    WHITE,
    Tables,
    figures_of,
    settlement_body,
    stock_of,
)


@pytest.mark.usefixtures("placed")
def test_units_that_are_confirmed_leave_the_stock_and_the_rest_stays_reserved(
    shop: Client, orders: str, tables: Tables
) -> None:
    answer = shop.post(f"{ORDER_PATH}/confirm", settlement_body((BLACK, 2)), orders, idempotency_key="k")
    assert (answer.status, answer.json["status"]) == (200, "partially_confirmed")
    assert "Idempotent-Replayed" not in answer.headers
    assert answer.headers["ETag"] == '"2"'
    assert figures_of(answer) == {"reserved": 3, "confirmed": 2}
    assert figures_of(answer, WHITE) == {"reserved": 3}
    assert shop.get(ORDER_PATH, orders).json == answer.json
    assert stock_of(shop, orders) == (48, 3, 45)
    assert stock_of(shop, orders, WHITE) == (3, 3, 0)
    assert tables.movements("order_confirmed") == [(BLACK, 2, -2, -2, -2)]
    rest = shop.post(f"{ORDER_PATH}/confirm", token=orders, idempotency_key="rest")
    assert rest.json["status"] == "confirmed"
    assert stock_of(shop, orders) == (45, 0, 45)


@pytest.mark.usefixtures("placed")
def test_units_that_are_cancelled_return_to_stock_and_the_rest_stays_reserved(
    shop: Client, orders: str, tables: Tables
) -> None:
    body = settlement_body((BLACK, 2), (WHITE, 3))
    answer = shop.post(f"{ORDER_PATH}/cancel", body, orders, idempotency_key="k")
    assert (answer.status, answer.json["status"]) == (200, "reserved")
    assert figures_of(answer) == {"reserved": 3, "cancelled": 2}
    assert figures_of(answer, WHITE) == {"cancelled": 3}
    assert stock_of(shop, orders) == (50, 3, 47)
    assert stock_of(shop, orders, WHITE) == (3, 0, 3)
    assert tables.movements("order_cancelled") == [(BLACK, 2, 0, 0, -2), (WHITE, 3, 0, 0, -3)]
    rest = shop.post(f"{ORDER_PATH}/confirm", token=orders, idempotency_key="rest")
    assert rest.json["status"] == "partially_confirmed"
    assert figures_of(rest) == {"confirmed": 3, "cancelled": 2}


@pytest.mark.usefixtures("placed")
def test_a_partly_confirmed_order_can_cancel_the_rest(shop: Client, orders: str) -> None:
    shop.post(f"{ORDER_PATH}/confirm", settlement_body((BLACK, 2)), orders, idempotency_key="k")
    answer = shop.post(f"{ORDER_PATH}/cancel", token=orders, idempotency_key="rest")
    assert (answer.status, answer.json["status"]) == (200, "partially_confirmed")
    assert figures_of(answer) == {"confirmed": 2, "cancelled": 3}
    assert stock_of(shop, orders) == (48, 0, 48)
    for command in ("confirm", "cancel"):
        again = shop.post(f"{ORDER_PATH}/{command}", token=orders, idempotency_key=f"again-{command}")
        assert (again.status, again.json) == (200, answer.json)
        assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize(("command", "status"), [("confirm", "confirmed"), ("cancel", "cancelled")])
def test_lines_that_name_all_units_settle_the_whole_order(
    shop: Client, orders: str, command: str, status: str
) -> None:
    body = settlement_body((WHITE, 3), (BLACK, 5))
    answer = shop.post(f"{ORDER_PATH}/{command}", body, orders, idempotency_key="k")
    assert answer.json["status"] == status


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize(
    ("command", "transaction_type"), [("confirm", "order_confirmed"), ("cancel", "order_cancelled")]
)
def test_lines_of_one_sku_are_one_movement(
    shop: Client, orders: str, tables: Tables, command: str, transaction_type: str
) -> None:
    body = settlement_body((BLACK, 1), (BLACK, 2), (BLACK, 2))
    answer = shop.post(f"{ORDER_PATH}/{command}", body, orders, idempotency_key="k")
    assert answer.status == 200
    assert "reserved" not in figures_of(answer)
    assert [quantity for _, quantity, *_ in tables.movements(transaction_type)] == [5]


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize("command", ["confirm", "cancel"])
def test_no_more_units_are_settled_than_an_order_reserves(
    shop: Client, orders: str, tables: Tables, command: str
) -> None:
    before = shop.get(ORDER_PATH, orders).json
    body = settlement_body((BLACK, 3), (WHITE, 4), (BLACK, 3))
    answer = shop.post(f"{ORDER_PATH}/{command}", body, orders, idempotency_key="k")
    assert (answer.status, answer.code) == (409, "quantity_exceeds_reserved")
    assert answer.json["lines"] == [
        {"sku": BLACK, "asked": 6, "reserved": 5},
        {"sku": WHITE, "asked": 4, "reserved": 3},
    ]
    body = settlement_body((BLACK, 6), (WHITE, 3))
    answer = shop.post(f"{ORDER_PATH}/{command}", body, orders, idempotency_key="k2")
    assert answer.json["lines"] == [{"sku": BLACK, "asked": 6, "reserved": 5}]
    assert shop.get(ORDER_PATH, orders).json == before
    assert len(tables.records()) == 2


@pytest.mark.usefixtures("confirmed")
@pytest.mark.parametrize(
    ("command", "code"), [("confirm", "quantity_exceeds_reserved"), ("cancel", "order_confirmed")]
)
def test_no_part_of_a_confirmed_order_is_settled_again(
    shop: Client, orders: str, command: str, code: str
) -> None:
    answer = shop.post(f"{ORDER_PATH}/{command}", settlement_body((BLACK, 1)), orders, idempotency_key="k")
    assert (answer.status, answer.code) == (409, code)


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("confirm", "order_cancelled"),
        ("cancel", "quantity_exceeds_reserved"),
        ("refund", "refund_exceeds_confirmed"),
    ],
)
def test_no_part_of_a_cancelled_order_is_settled_again(
    shop: Client, orders: str, command: str, code: str
) -> None:
    shop.post(f"{ORDER_PATH}/cancel", token=orders)
    answer = shop.post(f"{ORDER_PATH}/{command}", settlement_body((BLACK, 1)), orders, idempotency_key="k")
    assert (answer.status, answer.code) == (409, code)


@pytest.mark.parametrize("command", ["cancel", "refund"])
def test_no_part_of_a_tombstone_can_be_settled(shop: Client, orders: str, command: str) -> None:
    assert shop.post(f"{ORDER_PATH}/cancel", token=orders).status == 200
    refused = shop.post(f"{ORDER_PATH}/{command}", settlement_body((BLACK, 1)), orders, idempotency_key="k")
    assert (refused.status, refused.code) == (409, "order_cancelled")


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize("command", ["confirm", "cancel"])
def test_a_line_may_name_its_product_as_an_order_that_was_read_does(
    shop: Client, orders: str, command: str
) -> None:
    read = shop.get(ORDER_PATH, orders).json["lines"][0]
    line = {"product_id": read["product_id"], "sku": read["sku"], "quantity": 1}
    answer = shop.post(f"{ORDER_PATH}/{command}", {"lines": [line]}, orders, idempotency_key="k")
    assert answer.status == 200
    other = {**line, "product_id": "PROD-00000"}
    answer = shop.post(f"{ORDER_PATH}/{command}", {"lines": [other]}, orders, idempotency_key="other")
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert "should have a sku that starts with SKU-PROD-00000-" in answer.text


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize("command", ["confirm", "cancel"])
def test_a_line_may_be_sent_back_as_it_was_read(shop: Client, orders: str, command: str) -> None:
    body = {"lines": [{**line, "quantity": 1} for line in shop.get(ORDER_PATH, orders).json["lines"]]}
    first = shop.post(f"{ORDER_PATH}/{command}", body, orders, idempotency_key="k")
    assert first.status == 200
    again = shop.post(f"{ORDER_PATH}/{command}", body, orders, idempotency_key="k")
    assert (again.status, again.headers["Idempotent-Replayed"], again.json) == (200, "true", first.json)


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize(
    ("member", "other"),
    [("vendor_id", "VENDOR-002"), *((name, 9) for name in ("placed", "reserved", "confirmed", "cancelled"))],
)
def test_a_line_that_has_changed_since_it_was_read_is_refused(
    shop: Client, orders: str, tables: Tables, member: str, other: object
) -> None:
    black, white = shop.get(ORDER_PATH, orders).json["lines"]
    lines = [{**black, "quantity": 1}, {**white, "quantity": 1, member: other}]
    answer = shop.post(f"{ORDER_PATH}/confirm", {"lines": lines}, orders, idempotency_key="k")
    assert (answer.status, answer.code) == (422, "invalid_input")
    [error] = answer.json["errors"]
    assert error["path"] == f"body.lines[1].{member}"
    assert f"should be {white[member]}, as it is in the order now" in error["message"]
    assert tables.movements("order_confirmed") == []


@pytest.mark.usefixtures("confirmed")
def test_the_units_of_a_refund_that_were_read_are_compared_too(shop: Client, orders: str) -> None:
    read = shop.get(ORDER_PATH, orders).json["lines"][0]
    body = {"lines": [{**read, "quantity": 1}]}
    assert shop.post(f"{ORDER_PATH}/refund", body, orders, idempotency_key="k").status == 200
    refused = shop.post(f"{ORDER_PATH}/refund", body, orders, idempotency_key="other")
    assert (refused.status, refused.json["errors"][0]["path"]) == (422, "body.lines[0].refunded")


@pytest.mark.usefixtures("placed")
def test_a_line_that_was_read_has_no_members_that_orders_do_not_have(shop: Client, orders: str) -> None:
    read = shop.get(ORDER_PATH, orders).json["lines"][0]
    body = {"lines": [{**read, "quantity": 1, "colour": "black"}]}
    refused = shop.post(f"{ORDER_PATH}/confirm", body, orders, idempotency_key="k")
    assert (refused.status, refused.json["errors"][0]["path"]) == (422, "body.lines[0].colour")


# Whole commands after a part


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize("command", ["confirm", "cancel", "refund"])
def test_a_whole_command_after_a_part_needs_a_key_or_an_etag(
    shop: Client, orders: str, tables: Tables, command: str
) -> None:
    path = f"{ORDER_PATH}/{command}"
    part = shop.post(f"{ORDER_PATH}/confirm", settlement_body((BLACK, 2)), orders, idempotency_key="k")
    count = len(tables.records())
    for headers in ({}, {"if_match": "*"}):
        refused = shop.post(path, token=orders, **headers)
        assert (refused.status, refused.code) == (400, "idempotency_key_required")
    stale = shop.post(path, token=orders, if_match='"1"')
    assert (stale.status, stale.code) == (412, "precondition_failed")
    assert len(tables.records()) == count
    done = shop.post(path, token=orders, if_match=part.headers["ETag"])
    assert done.status == 200
    assert "Idempotent-Replayed" not in done.headers
    assert len(tables.records()) > count


@pytest.mark.usefixtures("placed")
def test_a_late_duplicate_of_a_whole_refund_takes_nothing_back(
    shop: Client, orders: str, tables: Tables
) -> None:
    """It was sent when two units were confirmed, and arrives when all are."""
    refund, confirm = f"{ORDER_PATH}/refund", f"{ORDER_PATH}/confirm"
    shop.post(confirm, settlement_body((BLACK, 2)), orders, idempotency_key="two")
    without_key = shop.post(refund, token=orders)
    with_key = shop.post(refund, token=orders, idempotency_key="refund")
    assert (without_key.status, with_key.status, figures_of(with_key)["refunded"]) == (400, 200, 2)
    shop.post(confirm, token=orders, idempotency_key="rest")
    count = len(tables.records())
    assert shop.post(refund, token=orders).status == 400
    late = shop.post(refund, token=orders, idempotency_key="refund")
    assert (late.status, late.headers["Idempotent-Replayed"]) == (200, "true")
    assert len(tables.records()) == count


@pytest.mark.usefixtures("placed")
def test_a_batch_cannot_settle_an_order_that_was_settled_in_part(shop: Client, orders: str) -> None:
    shop.post(f"{ORDER_PATH}/confirm", settlement_body((BLACK, 2)), orders, idempotency_key="k")
    sent = {"orders": [{"order_id": ORDER, "command": command} for command in ("confirm", "cancel")]}
    results = shop.post("/orders/batch", sent, orders).json["results"]
    assert [each["status_code"] for each in results] == [400, 400]
    assert {each["problem"]["code"] for each in results} == {"idempotency_key_required"}
