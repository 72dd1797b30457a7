"""Parts of a partition: ranges of its sort key, filters on what is read, and the parameters that name them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from inventory_common.errors import InvalidCursor, InvalidInput
from inventory_common.pages import Filter, Listing, PageRequest, from_until
from inventory_common.requests import moment, one_of, require_order
from inventory_common.schema import CATEGORY_INDEX, SKU_TRANSACTION_INDEX
from inventory_common.timestamps import microsecond_before

SKU = "SKU-PROD-E4F9A-BLK-L"
TEN = "2026-02-23T10:00:00.000000Z"
BEFORE_ELEVEN = "2026-02-23T10:59:59.999999Z"
ELEVEN = "2026-02-23T11:00:00.000000Z"


def _query(first: str | None, end: str | None, after: str | None = None) -> dict[str, Any]:
    position = None if after is None else {"sku": SKU, "timestamp": after, "transaction_id": "TXN-1"}
    listing = Listing(SKU_TRANSACTION_INDEX, SKU, from_until(first, end))
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
    ("first", "end", "within", "outside"),
    [
        (TEN, None, [TEN, ELEVEN], [microsecond_before(TEN)]),
        (None, ELEVEN, [TEN, BEFORE_ELEVEN], [ELEVEN]),
        (TEN, ELEVEN, [TEN, BEFORE_ELEVEN], [microsecond_before(TEN), ELEVEN]),
    ],
)
def test_a_cursor_has_to_lie_in_the_period(
    first: str | None, end: str | None, within: list[str], outside: list[str]
) -> None:
    for position in within:
        _query(first, end, after=position)
    for position in outside:
        with pytest.raises(InvalidCursor):
            _query(first, end, after=position)


def test_the_microsecond_before_a_moment_is_the_last_of_the_second_before() -> None:
    assert microsecond_before(ELEVEN) == BEFORE_ELEVEN
    assert microsecond_before("0001-01-01T00:00:00.000000Z") == "0001-01-01T00:00:00.000000Z"


def test_filters_are_joined_and_leave_the_key_condition_alone() -> None:
    filters = (
        Filter("brand", "=", "SoundMax"),
        Filter("tags", "contains", "audio"),
        Filter("base_price", ">=", Decimal("10.5")),
        Filter("base_price", "<=", 90),
    )
    query = Listing(CATEGORY_INDEX, "Electronics", filters=filters).query("products", PageRequest())
    assert query["KeyConditionExpression"] == "#partition = :partition"
    assert query["FilterExpression"] == (
        "#filter0 = :filter0 AND contains(#filter1, :filter1) AND #filter2 >= :filter2 AND #filter3 <= :filter3"
    )
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


def test_no_filter_is_no_expression() -> None:
    assert "FilterExpression" not in Listing(CATEGORY_INDEX, "Electronics").query("products", PageRequest())


def test_a_moment_of_any_precision_and_offset_is_normalised() -> None:
    assert moment("2026-02-23T12:00:00+02:00") == TEN


@pytest.mark.parametrize("text", ["", "now", "2026-02-23", "2026-02-23T10:00:00", "2026-13-01T00:00:00Z"])
def test_what_is_no_moment_is_told_what_one_looks_like(text: str) -> None:
    with pytest.raises(ValueError, match="must be a moment such as"):
        moment(text)


def test_a_word_is_one_of_the_choices_to_the_letter() -> None:
    read = one_of("asc", "desc")
    assert read("asc") == "asc"
    for wrong in ("ASC", "", "asc "):
        with pytest.raises(ValueError, match="must be one of asc, desc"):
            read(wrong)


@pytest.mark.parametrize(
    ("first", "end"), [(None, None), (TEN, None), (None, TEN), (TEN, ELEVEN), (BEFORE_ELEVEN, ELEVEN)]
)
def test_a_range_may_be_open_and_has_to_hold_something(first: str | None, end: str | None) -> None:
    require_order({"from": first, "to": end}, "from", "to")


@pytest.mark.parametrize(("first", "end"), [(TEN, TEN), (ELEVEN, TEN)])
def test_an_empty_range_is_refused(first: str, end: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        require_order({"from": first, "to": end}, "from", "to")
    assert refused.value.members["errors"] == [{"path": "query.to", "message": "must be later than from"}]
