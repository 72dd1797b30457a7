"""A vendor sees, cancels and refunds its own lines of an order, and learns nothing of others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from front_door import VENDOR_MACHINE, Answer, Client, Tokens
from refusal_walk import stored

from chalicelib.domain.orders import OrderLine, SagaState
from inventory_common.limits import STOCK_MAX

from ..shop import (
    BLACK,
    ORDER,
    ORDER_PATH,
    OTHER_VENDOR,
    VENDOR,
    WHITE,
    Tables,
    a_line,
    a_product,
    a_saga,
    a_sku,
    an_order,
    settlement_body,
)

THEIRS_PRODUCT = "PROD-0THER"
THEIRS = f"SKU-{THEIRS_PRODUCT}-RED"
CANCEL, CONFIRM, EXTEND, REFUND = (
    f"{ORDER_PATH}/{name}" for name in ("cancel", "confirm", "extend", "refund")
)
LINES = [
    {"product_id": sku[4:14], "sku": sku, "quantity": units}
    for sku, units in ((BLACK, 5), (WHITE, 3), (THEIRS, 7))
]


@pytest.fixture
def other(tokens: Tokens) -> str:
    return tokens.vendor(OTHER_VENDOR)


@pytest.fixture
def placed(shop: Client, tables: Tables, tokens: Tokens) -> None:
    """An order of the owner web: two lines of the vendor, one of another."""
    tables.put(a_product(), a_sku(BLACK, 50), a_sku(WHITE, 30))
    tables.put(a_product(THEIRS_PRODUCT, vendor_id=OTHER_VENDOR))
    tables.put(a_sku(THEIRS, 70, product_id=THEIRS_PRODUCT, vendor_id=OTHER_VENDOR))
    assert shop.put(ORDER_PATH, {"lines": LINES}, tokens.order_system("web-1")).status == 201


@pytest.fixture
def confirmed(shop: Client, admin: str, placed: None) -> None:
    assert shop.post(CONFIRM, token=admin).status == 200


def skus_of(answer: Answer) -> list[str]:
    return [line["sku"] for line in answer.json["lines"]]


@pytest.mark.usefixtures("placed")
def test_a_vendor_sees_its_own_lines_of_an_order_of_any_owner(
    shop: Client, tokens: Tokens, vendor: str, other: str, admin: str
) -> None:
    machine = tokens.machine(VENDOR_MACHINE, "inventory/vendor", vendor_id=VENDOR)
    whole = shop.get(ORDER_PATH, admin).json
    for token, own in ((vendor, [BLACK, WHITE]), (machine, [BLACK, WHITE]), (other, [THEIRS])):
        seen = shop.get(ORDER_PATH, token)
        assert skus_of(seen) == own
        assert seen.json["lines"] == [line for line in whole["lines"] if line["sku"] in own]
        assert {**seen.json, "lines": None} == {**whole, "lines": None}


@pytest.mark.usefixtures("placed")
def test_an_order_without_a_line_of_the_vendor_is_like_one_that_does_not_exist(
    shop: Client, tokens: Tokens
) -> None:
    stranger = tokens.vendor("VENDOR-003")
    body = settlement_body((BLACK, 1))
    for path, sent in ((ORDER_PATH, None), (CANCEL, body), (REFUND, body)):
        absent = path.replace(ORDER, "ORDER-NONE")
        for each in (path, absent):
            answer = (
                shop.get(each, stranger)
                if sent is None
                else shop.post(each, sent, stranger, idempotency_key="k")
            )
            assert (answer.status, answer.code) == (404, "order_not_found")


@pytest.mark.usefixtures("placed")
def test_a_vendor_cancels_and_refunds_its_own_lines(
    shop: Client, vendor: str, admin: str, tables: Tables
) -> None:
    cancelled = shop.post(CANCEL, settlement_body((BLACK, 2), reason="sold_out"), vendor, idempotency_key="a")
    assert (cancelled.status, skus_of(cancelled)) == (200, [BLACK, WHITE])
    assert shop.post(CONFIRM, token=admin, idempotency_key="b").status == 200
    refunded = shop.post(REFUND, settlement_body((BLACK, 3), (WHITE, 3)), vendor, idempotency_key="c")
    assert (refunded.json["status"], skus_of(refunded)) == ("refunded", [BLACK, WHITE])
    assert shop.get(ORDER_PATH, admin).json["status"] == "partially_refunded"
    assert tables.movements("order_cancelled") == [(BLACK, 2, 0, 0, -2)]
    assert {record["performed_by"]["S"] for record in tables.records()} >= {VENDOR}


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize("path", [CANCEL, REFUND])
def test_a_line_of_another_vendor_is_like_one_that_the_order_does_not_have(
    shop: Client, vendor: str, admin: str, dynamodb: Any, path: str
) -> None:
    if path == REFUND:
        assert shop.post(CONFIRM, token=admin).status == 200
    before = stored(dynamodb)
    unknown = "SKU-PROD-0THER-NONE"
    for sku, quantity in ((THEIRS, 1), (THEIRS, 500), (unknown, 1)):
        body = settlement_body((BLACK, 1), (sku, quantity))
        answer = shop.post(path, body, vendor, idempotency_key="k")
        assert (answer.status, answer.code, answer.json["skus"]) == (404, "sku_not_found", [sku])
        assert answer.json["detail"] == f"{ORDER} has no line of {sku}."
    assert stored(dynamodb) == before


@pytest.mark.usefixtures("confirmed")
@pytest.mark.parametrize("path", [CANCEL, REFUND])
def test_a_vendor_has_to_name_lines(shop: Client, vendor: str, dynamodb: Any, path: str) -> None:
    before = stored(dynamodb)
    for body in (None, {}, {"reason": "sold_out"}):
        answer = shop.post(path, body, vendor, idempotency_key="k")
        assert (answer.status, [error["path"] for error in answer.json["errors"]]) == (422, ["body.lines"])
    assert stored(dynamodb) == before


@pytest.mark.usefixtures("placed")
def test_a_vendor_neither_places_nor_confirms_nor_extends(shop: Client, vendor: str) -> None:
    body = settlement_body((BLACK, 1))
    assert shop.put(ORDER_PATH, {"lines": LINES[:1]}, vendor).code == "forbidden"
    assert shop.post(CONFIRM, body, vendor, idempotency_key="k").code == "forbidden"
    assert shop.post(f"{ORDER_PATH}/extend", {}, vendor).code == "forbidden"
    assert shop.get("/orders", vendor).code == "forbidden"
    assert (
        shop.post("/orders/batch", {"orders": [{"order_id": ORDER, "command": "cancel"}]}, vendor).status
        == 403
    )


OTHERS_CHANGES: dict[str, Callable[[Client, str], Answer]] = {
    "cancelled in part": lambda shop, admin: shop.post(
        CANCEL, settlement_body((THEIRS, 2), reason="fraud", notes="A secret"), admin, idempotency_key="o"
    ),
    "cancelled": lambda shop, admin: shop.post(
        CANCEL, settlement_body((THEIRS, 7)), admin, idempotency_key="o"
    ),
    "confirmed": lambda shop, admin: shop.post(
        CONFIRM, settlement_body((THEIRS, 7)), admin, idempotency_key="o"
    ),
}


@pytest.mark.usefixtures("placed")
@pytest.mark.parametrize("change", OTHERS_CHANGES.values(), ids=OTHERS_CHANGES)
def test_nothing_that_a_vendor_reads_changes_with_the_lines_of_others(
    shop: Client, vendor: str, admin: str, change: Callable[[Client, str], Answer]
) -> None:
    before = shop.get(ORDER_PATH, vendor)
    assert change(shop, admin).status == 200
    after = shop.get(ORDER_PATH, vendor)
    assert (after.json, after.headers["ETag"]) == (before.json, before.headers["ETag"])
    body = settlement_body((BLACK, 1))
    first = shop.post(CANCEL, body, vendor, idempotency_key="k", if_match=after.headers["ETag"])
    assert (first.status, first.json["status"], skus_of(first)) == (200, "reserved", [BLACK, WHITE])
    again = shop.post(CANCEL, body, vendor, idempotency_key="k")
    assert (again.json, again.headers["Idempotent-Replayed"]) == (first.json, "true")
    stale = shop.post(CANCEL, body, vendor, idempotency_key="l", if_match=after.headers["ETag"])
    assert (stale.status, stale.code) == (412, "precondition_failed")


@pytest.mark.usefixtures("placed")
def test_a_refusal_of_a_vendors_command_depends_on_its_own_lines_alone(
    shop: Client, vendor: str, admin: str
) -> None:
    shop.post(CONFIRM, settlement_body((BLACK, 5), (WHITE, 3)), admin, idempotency_key="o")
    refused = shop.post(CANCEL, settlement_body((BLACK, 1)), vendor, idempotency_key="k")
    assert (refused.status, refused.code) == (409, "order_confirmed"), "others are reserved still"
    refused = shop.post(REFUND, settlement_body((BLACK, 6)), vendor, idempotency_key="k")
    assert refused.json["lines"] == [{"sku": BLACK, "asked": 6, "refundable": 5}]


def a_line_of_others(**changes: Any) -> OrderLine:
    line = a_line(THEIRS, confirmed=7, records=[1, 2])
    return replace(line, product_id=THEIRS_PRODUCT, vendor_id=OTHER_VENDOR, **changes)


def put_order_in_progress(tables: Tables, pending: str) -> None:
    """Store an order whose saga refunds one named line."""
    lines = [a_line(BLACK, confirmed=5, records=[1, 2]), a_line_of_others()]
    named = [replace(line, pending=1 if line.sku == pending else 0) for line in lines]
    saga = a_saga(SagaState.REFUNDING, idempotency_id="#MARKER#1")
    tables.put_order(an_order(*named, saga=saga))


def test_a_vendor_sees_that_its_own_lines_are_being_settled_and_not_that_others_are(
    shop: Client, vendor: str, other: str, tables: Tables
) -> None:
    tables.put(a_product(), a_sku(BLACK, 50))
    put_order_in_progress(tables, THEIRS)
    assert shop.get(ORDER_PATH, vendor).json["status"] == "confirmed"
    assert shop.get(ORDER_PATH, other).json["status"] == "refunding"
    waits = shop.post(REFUND, settlement_body((BLACK, 1)), vendor, idempotency_key="k")
    assert (waits.status, waits.code) == (409, "order_in_progress")
    assert "refund" not in waits.json["detail"]
    put_order_in_progress(tables, BLACK)
    assert shop.get(ORDER_PATH, vendor).json["status"] == "refunding"
    assert shop.get(ORDER_PATH, other).json["status"] == "confirmed"


def test_an_order_that_is_placed_no_more_has_no_line_of_a_vendor(
    shop: Client, vendor: str, admin: str
) -> None:
    assert shop.post(CANCEL, token=admin).json["lines"] == []
    assert shop.get(ORDER_PATH, vendor).code == "order_not_found"
    refused = shop.post(CANCEL, settlement_body((BLACK, 1)), vendor, idempotency_key="k")
    assert refused.code == "order_not_found"


def test_a_vendors_refund_of_many_lines_says_nothing_of_the_stock_of_others(
    shop: Client, vendor: str, tables: Tables
) -> None:
    """It reads the SKUs before its first write, to refuse what would exceed the maximum stock."""
    own = [f"SKU-PROD-E4F9A-V{number:04}" for number in range(55)]
    lines = [a_line(sku, confirmed=1, records=[1, 2]) for sku in own]
    tables.put(a_product(), *(a_sku(sku, 1) for sku in own))
    tables.put(a_sku(THEIRS, STOCK_MAX, product_id=THEIRS_PRODUCT, vendor_id=OTHER_VENDOR))
    tables.put_order(an_order(*lines, a_line_of_others()))
    body = settlement_body(*((sku, 1) for sku in [*own, THEIRS]))
    refused = shop.post(REFUND, body, vendor, idempotency_key="k")
    assert (refused.status, refused.code, refused.json["skus"]) == (404, "sku_not_found", [THEIRS])
