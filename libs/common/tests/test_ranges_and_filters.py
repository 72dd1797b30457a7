"""Ranges and filters of a listing, and the parameters of a query for both."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from inventory_common.errors import InvalidCursor, InvalidInput
from inventory_common.pages import Among, Filter, Listing, PageRequest, Period, Position, within
from inventory_common.requests import MOMENT, ORDER, read_period, require_range
from inventory_common.schema import CATEGORY_INDEX, SKU_TRANSACTION_INDEX
from inventory_common.timestamps import microsecond_before

SKU = "SKU-PROD-E4F9A-BLK-L"
TEN = "2026-02-23T10:00:00.000000Z"
BEFORE_ELEVEN = "2026-02-23T10:59:59.999999Z"
ELEVEN = "2026-02-23T11:00:00.000000Z"


def _query(first: str | None, end: str | None, after: str | None = None) -> dict[str, Any]:
    position: Position | None = (
        None if after is None else {"sku": SKU, "timestamp": after, "transaction_id": "TXN-1"}
    )
    listing = Listing(SKU_TRANSACTION_INDEX, SKU, within(Period(first, end)))
    return listing.query("log", PageRequest(10, position))


@pytest.mark.parametrize(
    ("first", "end", "condition", "values"),
    [
        (None, None, "#partition = :partition", {}),
        (TEN, None, "#partition = :partition AND #sort >= :first", {":first": {"S": TEN}}),
        (None, ELEVEN, "#partition = :partition AND #sort < :end", {":end": {"S": ELEVEN}}),
        (
            TEN,
            ELEVEN,
            "#partition = :partition AND #sort BETWEEN :first AND :last",
            {":first": {"S": TEN}, ":last": {"S": BEFORE_ELEVEN}},
        ),
    ],
)
def test_a_period_is_in_the_key_condition(
    first: str | None, end: str | None, condition: str, values: dict[str, Any]
) -> None:
    query = _query(first, end)
    assert query["KeyConditionExpression"] == condition
    assert query["ExpressionAttributeValues"] == {":partition": {"S": SKU}} | values


@pytest.mark.parametrize(
    ("first", "end", "inside", "outside"),
    [
        (TEN, None, [TEN, ELEVEN], [microsecond_before(TEN)]),
        (None, ELEVEN, [TEN, BEFORE_ELEVEN], [ELEVEN, "2026-02-24T00:00:00.000000Z"]),
        (TEN, ELEVEN, [TEN, BEFORE_ELEVEN], [microsecond_before(TEN), ELEVEN]),
    ],
)
def test_a_cursor_outside_the_period_is_refused(
    first: str | None, end: str | None, inside: list[str], outside: list[str]
) -> None:
    for position in inside:
        _query(first, end, after=position)
    for position in outside:
        with pytest.raises(InvalidCursor):
            _query(first, end, after=position)


def test_the_microsecond_before_a_moment_is_the_last_of_the_second_before() -> None:
    assert microsecond_before(ELEVEN) == BEFORE_ELEVEN
    assert microsecond_before("0001-01-01T00:00:00.000000Z") == "0001-01-01T00:00:00.000000Z"


def test_filters_are_combined_and_do_not_change_the_key_condition() -> None:
    filters = (
        Filter("brand", "=", "SoundMax"),
        Filter("tags", "contains", "audio"),
        Filter("base_price", ">=", Decimal("10.5")),
        Filter("base_price", "<=", 90),
    )
    query = Listing(CATEGORY_INDEX, "Electronics", filters=filters).query("products", PageRequest())
    assert query["KeyConditionExpression"] == "#partition = :partition"
    assert query["FilterExpression"].split(" AND ") == [
        "#filter0 = :filter0",
        "contains(#filter1, :filter1)",
        "#filter2 >= :filter2",
        "#filter3 <= :filter3",
    ]
    assert query["ExpressionAttributeNames"] == {
        "#partition": "category",
        "#filter0": "brand",
        "#filter1": "tags",
        "#filter2": "base_price",
        "#filter3": "base_price",
    }
    assert query["ExpressionAttributeValues"] == {
        ":partition": {"S": "Electronics"},
        ":filter0": {"S": "SoundMax"},
        ":filter1": {"S": "audio"},
        ":filter2": {"N": "10.5"},
        ":filter3": {"N": "90"},
    }


@pytest.mark.parametrize(
    ("or_absent", "expression"),
    [
        (False, "#filter0 IN (:filter0x0, :filter0x1)"),
        (True, "(#filter0 IN (:filter0x0, :filter0x1) OR attribute_not_exists(#filter0))"),
    ],
)
def test_an_attribute_has_one_of_several_values_or_is_absent(or_absent: bool, expression: str) -> None:
    filters = (Among("owner", ("web", "till"), or_absent=or_absent),)
    query = Listing(CATEGORY_INDEX, "Electronics", filters=filters).query("products", PageRequest())
    assert query["FilterExpression"] == expression
    assert query["ExpressionAttributeNames"] == {"#partition": "category", "#filter0": "owner"}
    values = {":filter0x0": {"S": "web"}, ":filter0x1": {"S": "till"}}
    assert query["ExpressionAttributeValues"] == {":partition": {"S": "Electronics"}, **values}


def test_a_listing_without_filters_has_no_filter_expression() -> None:
    assert "FilterExpression" not in Listing(CATEGORY_INDEX, "Electronics").query("products", PageRequest())


# Periods


def test_the_parameters_of_a_period_are_moments_and_an_order() -> None:
    assert MOMENT.from_text("2026-02-23T12:00:00+02:00") == TEN
    assert [ORDER.from_text(text) for text in ("asc", "desc")] == ["asc", "desc"]


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize(
    ("first", "end"), [(None, None), (TEN, None), (None, TEN), (TEN, ELEVEN), (BEFORE_ELEVEN, ELEVEN)]
)
def test_a_period_may_be_open_on_either_side(first: str | None, end: str | None, order: str) -> None:
    query = {"from": first, "to": end, "order": order}
    assert read_period(query, "from", "to") == Period(first, end, descending=order == "desc")


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize(("first", "end"), [(TEN, TEN), (ELEVEN, TEN)])
def test_an_empty_period_is_refused(first: str, end: str, order: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_period({"from": first, "to": end, "order": order}, "from", "to")
    assert refused.value.members["errors"] == [{"path": "query.to", "message": "should be later than from"}]


def test_the_parameter_of_the_order_may_have_another_name() -> None:
    query = {"from": None, "to": None, "sort": "desc", "order": "asc"}
    assert read_period(query, "from", "to", order="sort").descending
    assert not read_period(query, "from", "to").descending


def test_a_period_is_all_time_in_ascending_order_by_default() -> None:
    assert Period() == Period(None, None, descending=False)
    assert within(Period()) is None


# Ranges


@pytest.mark.parametrize(
    ("least", "most"),
    [(None, None), (0, None), (None, 0), (0, 0), (5, 5), (Decimal("0.01"), Decimal("0.02")), (0, 1)],
)
def test_a_range_may_be_open_and_may_be_one_value(least: Any, most: Any) -> None:
    require_range({"min_price": least, "max_price": most}, "min_price", "max_price")


@pytest.mark.parametrize(("least", "most"), [(1, 0), (Decimal("0.02"), Decimal("0.01")), (10, 9)])
def test_an_empty_range_is_refused(least: Any, most: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        require_range({"min_price": least, "max_price": most}, "min_price", "max_price")
    assert refused.value.members["errors"] == [
        {"path": "query.max_price", "message": "should not be below min_price"}
    ]
