"""Parts of a partition: ranges of its sort key, filters on what is read, and the parameters for both."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_common.errors import InvalidCursor, InvalidInput
from inventory_common.pages import Filter, Listing, PageRequest, Period, within
from inventory_common.requests import amount, moment, one_of, read_period, require_range, text
from inventory_common.schema import CATEGORY_INDEX, SKU_TRANSACTION_INDEX
from inventory_common.timestamps import microsecond_before

SKU = "SKU-PROD-E4F9A-BLK-L"
TEN = "2026-02-23T10:00:00.000000Z"
BEFORE_ELEVEN = "2026-02-23T10:59:59.999999Z"
ELEVEN = "2026-02-23T11:00:00.000000Z"


def _query(first: str | None, end: str | None, after: str | None = None) -> dict[str, Any]:
    position = None if after is None else {"sku": SKU, "timestamp": after, "transaction_id": "TXN-1"}
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
def test_a_cursor_has_to_lie_in_the_period(
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


def test_filters_are_joined_and_leave_the_key_condition_alone() -> None:
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


# Periods


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize(
    ("first", "end"), [(None, None), (TEN, None), (None, TEN), (TEN, ELEVEN), (BEFORE_ELEVEN, ELEVEN)]
)
def test_a_period_may_be_open_and_has_to_hold_something(
    first: str | None, end: str | None, order: str
) -> None:
    query = {"from": first, "to": end, "order": order}
    assert read_period(query, "from", "to") == Period(first, end, descending=order == "desc")


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize(("first", "end"), [(TEN, TEN), (ELEVEN, TEN)])
def test_an_empty_period_is_refused(first: str, end: str, order: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_period({"from": first, "to": end, "order": order}, "from", "to")
    assert refused.value.members["errors"] == [{"path": "query.to", "message": "must be later than from"}]


def test_the_parameter_that_names_the_order_may_have_another_name() -> None:
    query = {"from": None, "to": None, "sort": "desc", "order": "asc"}
    assert read_period(query, "from", "to", order="sort").descending
    assert not read_period(query, "from", "to").descending


def test_a_period_is_everything_oldest_first_unless_it_says_otherwise() -> None:
    assert Period() == Period(None, None, descending=False)
    assert within(Period()) is None


# Amounts


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("0.01", "0.01"),
        ("89.9", "89.9"),
        ("89.90", "89.9"),
        ("90.00", "90"),
        ("007", "7"),
        ("9999999.99", "9999999.99"),
    ],
)
def test_an_amount_is_read_exactly(text: str, value: str) -> None:
    assert amount(text) == Decimal(value)
    assert not isinstance(amount(text), float)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-1",
        "-0",
        "+1",
        "1,5",
        "1.",
        ".5",
        "0.001",
        "1e2",
        "1_000",
        "10000000",
        "9999999.999",
        "NaN",
        "Infinity",
        "0x10",
        "1 ",
        "1\n",
        "\u0661",
        "1" * 5_000,
    ],
)
def test_what_is_no_amount_is_told_what_one_is(text: str) -> None:
    with pytest.raises(ValueError, match=r"must be 0 to 9999999\.99, with at most 2 fractional digits"):
        amount(text)


@pytest.mark.parametrize(
    ("least", "most"),
    [(None, None), (0, None), (None, 0), (0, 0), (5, 5), (Decimal("0.01"), Decimal("0.02")), (0, 1)],
)
def test_a_range_may_be_open_and_may_be_one_value(least: Any, most: Any) -> None:
    require_range({"min_price": least, "max_price": most}, "min_price", "max_price")


@pytest.mark.parametrize(("least", "most"), [(1, 0), (Decimal("0.02"), Decimal("0.01")), (10, 9)])
def test_a_range_with_nothing_in_it_is_refused(least: Any, most: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        require_range({"min_price": least, "max_price": most}, "min_price", "max_price")
    assert refused.value.members["errors"] == [
        {"path": "query.max_price", "message": "must not be below min_price"}
    ]


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\n\x1f\x85 a")), max_size=6))
def test_a_text_is_read_as_its_schema_says(value: str) -> None:
    form = text(4)
    read = None
    with suppress(ValueError):
        read = form(value)
    schema = form.schema
    sendable = not re.search("[\ud800-\udfff]", value)
    fits = schema["minLength"] <= len(value) <= schema["maxLength"]
    # `$` of JSON Schema is the very end, as `\\Z` is Python's.
    matches = re.search(schema["pattern"].removesuffix("$") + r"\Z", value) is not None
    assert (read == value) == (sendable and fits and matches)


@given(
    st.datetimes(),
    st.sampled_from(["Z", "+05:30", "-23:59"]),
    st.sampled_from(["minutes", "seconds", "auto"]),
)
def test_a_moment_that_is_read_has_the_form_that_its_schema_says(
    when: datetime, offset: str, precision: str
) -> None:
    sent = when.isoformat(timespec=precision) + offset
    assert re.search(moment.schema["pattern"], sent)


@given(st.text(alphabet="0123456789-:.,TZ+ t", max_size=30))
def test_nothing_is_a_moment_that_has_not_the_form_that_its_schema_says(sent: str) -> None:
    with suppress(ValueError):
        moment(sent)
        assert re.search(moment.schema["pattern"], sent)


def test_words_and_amounts_say_what_they_are() -> None:
    assert one_of("asc", "desc").schema == {"type": "string", "enum": ["asc", "desc"]}
    assert amount.schema["maximum"] == 9_999_999.99
    assert amount(str(amount.schema["maximum"])) == Decimal("9999999.99")
    with pytest.raises(ValueError, match="must be 0 to"):
        amount(str(amount.schema["maximum"] + amount.schema["multipleOf"]))
