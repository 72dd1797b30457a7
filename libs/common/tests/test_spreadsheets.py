"""No text of a CSV file is a formula in a spreadsheet, and each reads back as it was."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_common.spreadsheets import neutralized, original, unambiguous

EVALUATED = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
TEXTS = st.text(alphabet=st.sampled_from("a1'\";,=+-@\t\r\n |\uff1d\uff20"), max_size=12)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("\uff1d1", "'\uff1d1"),
        ("Tea;=1+1", "Tea;'=1+1"),
        ('Tea;"=1+1', "Tea;'\"=1+1"),
        ("Tea\n-1", "Tea\n'-1"),
        ("'=1", "''=1"),
        ("''=1", "'''=1"),
    ],
)
def test_what_would_be_evaluated_gets_an_apostrophe(text: str, cell: str) -> None:
    assert neutralized(text) == cell
    assert original(cell) == text


@pytest.mark.parametrize("text", ["", "Tea", "'tis", "A-1", "1+1=2", "Tea; - green", "a@example.com", "' =1"])
def test_other_texts_stay(text: str) -> None:
    assert neutralized(text) == original(text) == unambiguous(text) == text


@given(TEXTS)
def test_a_neutralized_text_reads_back(text: str) -> None:
    assert original(neutralized(text)) == text


@given(TEXTS)
def test_a_raw_text_reads_back_and_differs_only_if_it_would_be_read_otherwise(text: str) -> None:
    assert original(unambiguous(text)) == text
    assert (unambiguous(text) == text) == (original(text) == text)


@given(st.lists(TEXTS, min_size=1, max_size=4), st.sampled_from(",;\t"))
def test_no_cell_begins_a_formula_whatever_a_spreadsheet_separates_columns_by(
    texts: list[str], separator: str
) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerow(["id", *map(neutralized, texts)])
    file.seek(0)
    for row in csv.reader(file, delimiter=separator):
        assert not [cell for cell in row if cell.startswith(EVALUATED)]
