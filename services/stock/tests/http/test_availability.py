"""POST /availability: what can be ordered, for everybody."""

from __future__ import annotations

from typing import Any

import pytest
from front_door import Client, Tokens

from inventory_common.limits import (
    AVAILABILITY_LINES_MAX,
    AVAILABILITY_PRODUCTS_MAX,
    AVAILABILITY_SKUS_MAX,
    PUBLIC_STOCK_MAX,
    QUANTITY_MAX,
)

from ..calls import noted_calls
from ..shop import (
    BLACK,
    ORDER_PATH,
    OTHER_VENDOR,
    PRODUCT,
    SKU_PATH,
    WHITE,
    Tables,
    a_product,
    a_sku,
    order_body,
)

PATH = "/availability"


def question(*lines: tuple[str | None, int]) -> dict[str, Any]:
    return {"lines": [{"product_id": PRODUCT, "sku": sku, "quantity": units} for sku, units in lines]}


def line(sku: str | None, quantity: int, is_available: bool, available_stock: int) -> dict[str, Any]:
    return {
        "product_id": PRODUCT,
        "sku": sku,
        "quantity": quantity,
        "is_available": is_available,
        "available_stock": available_stock,
    }


@pytest.mark.usefixtures("stocked")
def test_anybody_learns_what_can_be_ordered(shop: Client) -> None:
    answer = shop.post(PATH, question((BLACK, 50), (WHITE, 4)))
    assert answer.status == 200
    assert answer.json == {
        "lines": [line(BLACK, 50, True, PUBLIC_STOCK_MAX), line(WHITE, 4, False, 3)],
        "all_available": False,
    }
    assert answer.headers["Cache-Control"] == "no-store"
    assert shop.post(PATH, question((BLACK, 50), (WHITE, 3))).json["all_available"] is True


@pytest.mark.usefixtures("stocked")
def test_it_is_what_an_order_would_find(shop: Client, orders: str) -> None:
    asked = question((BLACK, 30), (BLACK, 21))
    assert shop.post(PATH, asked).json["all_available"] is False
    assert shop.put(ORDER_PATH, order_body((BLACK, 30), (BLACK, 21)), orders).code == "insufficient_stock"
    asked = question((BLACK, 30), (BLACK, 20))
    assert shop.post(PATH, asked).json["all_available"] is True
    assert shop.put(ORDER_PATH, order_body((BLACK, 30), (BLACK, 20)), orders).status == 201
    assert shop.post(PATH, asked).json["lines"] == [line(BLACK, 30, False, 0), line(BLACK, 20, False, 0)]


@pytest.mark.usefixtures("stocked")
def test_nothing_is_written(shop: Client, tables: Tables) -> None:
    before = tables.everything()
    shop.post(PATH, question((BLACK, 1), (None, 1)))
    assert tables.everything() == before


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("role", ["orders", "desk", "auditor", "admin", "vendor"])
def test_who_may_read_the_sku_sees_its_stock_exactly(shop: Client, tokens: Tokens, role: str) -> None:
    answer = shop.post(PATH, question((BLACK, 1)), tokens.of_role(role))
    assert answer.json["lines"] == [line(BLACK, 1, True, 50)]


@pytest.mark.usefixtures("stocked")
def test_another_vendor_and_a_token_without_a_role_see_what_everybody_sees(
    shop: Client, tokens: Tokens
) -> None:
    for token in (tokens.vendor(OTHER_VENDOR), tokens.person("sam")):
        assert shop.post(PATH, question((BLACK, 1)), token).json == shop.post(PATH, question((BLACK, 1))).json


@pytest.mark.usefixtures("stocked")
def test_a_line_without_a_sku_is_all_active_skus_of_the_product(
    shop: Client, tables: Tables, vendor: str
) -> None:
    expected = [line(BLACK, 1, True, PUBLIC_STOCK_MAX), line(WHITE, 1, True, 3)]
    assert shop.post(PATH, {"lines": [{"product_id": PRODUCT}]}).json["lines"] == expected
    assert shop.delete(SKU_PATH, vendor).status == 204
    assert shop.post(PATH, {"lines": [{"product_id": PRODUCT}]}).json["lines"] == expected[1:]
    assert shop.post(PATH, question((BLACK, 1))).json["lines"] == [line(BLACK, 1, False, 0)]


@pytest.mark.usefixtures("stocked")
def test_unknown_skus_and_products_are_not_available(shop: Client) -> None:
    unknown = f"SKU-{PRODUCT}-NONE"
    answer = shop.post(PATH, {"lines": [{"product_id": "PROD-00000"}, *question((unknown, 2))["lines"]]})
    assert (answer.status, answer.json["all_available"]) == (200, False)
    assert answer.json["lines"] == [
        line(None, 1, False, 0) | {"product_id": "PROD-00000"},
        line(unknown, 2, False, 0),
    ]


@pytest.mark.usefixtures("stocked")
def test_a_malformed_sku_is_not_available_and_hides_no_other(shop: Client, tables: Tables) -> None:
    damaged = a_sku(WHITE, 3).to_item() | {"reserved_stock": {"S": "many"}}
    tables.put_item(damaged)
    asked = question((WHITE, 1), (BLACK, 1), (None, 1))
    assert [(each["sku"], each["is_available"]) for each in shop.post(PATH, asked).json["lines"]] == [
        (WHITE, False),
        (BLACK, True),
        (BLACK, True),
    ]


def sku_ids(count: int) -> list[str]:
    return [f"SKU-{PRODUCT}-V{number:04}" for number in range(count)]


def test_skus_that_are_named_take_one_call_even_as_many_as_a_request_may_name(
    shop: Client, tables: Tables, dynamodb: Any
) -> None:
    skus = sku_ids(AVAILABILITY_LINES_MAX)
    tables.put(a_product(), *(a_sku(sku, 1) for sku in skus))
    with noted_calls(dynamodb) as calls:
        answer = shop.post(PATH, question(*((sku, 1) for sku in skus)))
    assert calls == ["BatchGetItem"]
    assert [each["sku"] for each in answer.json["lines"]] == skus
    assert answer.json["all_available"] is True
    assert shop.post(PATH, question(*((sku, 1) for sku in [*skus, BLACK]))).status == 422


@pytest.mark.usefixtures("stocked")
def test_a_product_takes_one_call_however_often_it_is_named(shop: Client, dynamodb: Any) -> None:
    with noted_calls(dynamodb) as calls:
        shop.post(PATH, {"lines": [{"product_id": PRODUCT}, {"product_id": PRODUCT, "quantity": 4}]})
    assert calls == ["Query"]


@pytest.mark.usefixtures("stocked")
def test_keys_that_dynamodb_leaves_unprocessed_are_read_again(
    shop: Client, dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_get, sizes = dynamodb.batch_get_item, []

    def one_at_a_time(**request: Any) -> Any:
        [(table, wanted)] = request["RequestItems"].items()
        first, *rest = wanted["Keys"]
        sizes.append(len(wanted["Keys"]))
        answer = batch_get(RequestItems={table: wanted | {"Keys": [first]}})
        return answer | {"UnprocessedKeys": {table: wanted | {"Keys": rest}} if rest else {}}

    monkeypatch.setattr(dynamodb, "batch_get_item", one_at_a_time)
    answer = shop.post(PATH, question((BLACK, 1), (WHITE, 1)))
    assert (answer.json["all_available"], sizes) == (True, [2, 1])


def test_at_most_25_lines_may_lack_a_sku(shop: Client) -> None:
    products = [{"product_id": f"PROD-0000{letter}"} for letter in "0123456789ABCDEFGHJKMNPQRS"]
    assert len(products) == AVAILABILITY_PRODUCTS_MAX + 1
    assert shop.post(PATH, {"lines": products[1:]}).status == 200
    answer = shop.post(PATH, {"lines": products})
    assert (answer.status, answer.code) == (422, "invalid_input")
    assert "25 lines without a sku" in str(answer.json["errors"])


def test_products_of_more_skus_than_a_request_reads_are_refused(
    shop: Client, dynamodb: Any, tables: Tables
) -> None:

    skus = [a_sku(sku, 1).to_item() for sku in sku_ids(AVAILABILITY_SKUS_MAX)]
    for begin in range(0, len(skus), 25):
        puts = [{"PutRequest": {"Item": item}} for item in skus[begin : begin + 25]]
        assert not dynamodb.batch_write_item(RequestItems={"VendorInventory": puts})["UnprocessedItems"]
    asked = {"lines": [{"product_id": "PROD-00000"}, {"product_id": PRODUCT}]}
    assert len(shop.post(PATH, asked).json["lines"]) == AVAILABILITY_SKUS_MAX + 1
    tables.put(a_sku(BLACK, 1))
    answer = shop.post(PATH, asked)
    assert (answer.status, answer.code) == (422, "invalid_input")
    [error] = answer.json["errors"]
    assert (error["path"], str(AVAILABILITY_SKUS_MAX) in error["message"]) == ("body.lines[1]", True)


@pytest.mark.parametrize(
    ("lines", "path"),
    [
        ([], "body.lines"),
        ([{"product_id": PRODUCT, "sku": BLACK, "quantity": 0}], "body.lines[0].quantity"),
        ([{"product_id": PRODUCT, "sku": BLACK, "quantity": QUANTITY_MAX + 1}], "body.lines[0].quantity"),
        ([{"product_id": PRODUCT, "sku": "SKU-PROD-11111-RED"}], "body.lines[0]"),
        ([{"sku": BLACK}], "body.lines[0].product_id"),
    ],
)
def test_a_malformed_question_is_refused(shop: Client, lines: list[dict[str, Any]], path: str) -> None:
    answer = shop.post(PATH, {"lines": lines})
    assert (answer.status, [error["path"] for error in answer.json["errors"]]) == (422, [path])
