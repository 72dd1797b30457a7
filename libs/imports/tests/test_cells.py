"""An import reads what an export writes as the same value."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_common.spreadsheets import original
from inventory_imports.cells import (
    cell_of,
    csv_cell_of,
    parse_bool,
    parse_int,
    parse_list,
    parse_map,
    parse_money,
)

TEXTS = st.text(min_size=1, alphabet=st.characters(exclude_categories=["C"])).map(str.strip).filter(bool)


@given(st.lists(TEXTS, min_size=1))
def test_a_list_reads_back(members):
    assert parse_list(cell_of(members)) == members


@given(st.dictionaries(TEXTS, TEXTS, min_size=1))
def test_a_map_reads_back(members):
    assert parse_map(cell_of(members)) == members


@given(st.decimals(0, 9_999_999, places=2))
def test_money_reads_back(amount):
    assert parse_money(cell_of(amount)) == amount


def test_absent_and_true_have_their_texts():
    assert [cell_of(value) for value in (None, True, False, 5, Decimal("4.50"))] == [
        "",
        "true",
        "false",
        "5",
        "4.50",
    ]


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (parse_bool, "maybe"),
        (parse_int, "1.5"),
        (parse_int, ""),
        (parse_int, "\uff11"),
        (parse_int, "9" * 5000),
        (parse_money, "1e3"),
        (parse_money, "NaN"),
        (parse_map, "color"),
        (parse_map, "a=b=c"),
    ],
)
def test_an_invalid_text_is_refused(parse, text):
    with pytest.raises(ValueError, match="should"):
        parse(text)


@given(TEXTS | st.text(alphabet=st.sampled_from("='\"+-@;a|\t")), st.booleans())
def test_the_text_of_a_csv_cell_reads_back_raw_or_not(text, is_raw):
    assert original(csv_cell_of(text, raw=is_raw)) == text


@pytest.mark.parametrize(
    ("value", "cell", "raw"),
    [
        ("=1+1", "'=1+1", "=1+1"),
        ("Tea;-1", "Tea;'-1", "Tea;-1"),
        ("'=1", "''=1", "''=1"),
        (["-a", "b"], "'-a|b", "-a|b"),
        (-3, "-3", "-3"),
        (Decimal("-1.5"), "-1.5", "-1.5"),
        (None, "", ""),
    ],
)
def test_texts_of_csv_are_no_formulas_and_numbers_stay_numbers(value, cell, raw):
    assert (csv_cell_of(value), csv_cell_of(value, raw=True)) == (cell, raw)
