"""Whatever a file holds: its rows add up, and what is stored is what the file says."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from inventory_common.spreadsheets import original
from inventory_imports.comparing import compare_unit
from inventory_imports.mapping import RowMapping
from inventory_imports.plans import Action
from inventory_imports.products import ProductRules
from inventory_imports.reading import read_rows
from inventory_imports.tables import FileError, RejectedRow, Table

COLUMNS = ["external_id", "product_name", "category", "base_price", "description", "tags"]
PIECES = st.sampled_from(
    [
        *("a", "A1", "Tea", "4.50", "1.500", "1,5", "2.00", "0", "true", "|", ",", ";", "\t", "=", "\\"),
        *(
            '"',
            '""',
            "'",
            "\n",
            "\r\n",
            "\r",
            " ",
            "\u00a0",
            "\u200b",
            "\ufeff",
            "\ufffd",
            "\0",
            "é",
            "Łódź",
            "日",
        ),
    ]
)
CELLS = st.one_of(
    st.lists(PIECES, max_size=4).map("".join), st.text(max_size=6), st.sampled_from(["Tea", "4.50", "1", ""])
)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=7), max_size=6)
VALID = st.fixed_dictionaries(
    {
        "external_id": st.sampled_from(["1", "2", "A 1"]),
        "product_name": st.sampled_from(["Tea", 'A "good" tea', "Tee, grün", '12" pipe']),
        "category": st.just("Drinks"),
        "base_price": st.sampled_from(["4.50", "12", "12.000"]),
        "description": st.sampled_from(["", "x; y", "a\tb", " padded "]),
        "tags": st.sampled_from(["", "a|b", "a\\|b"]),
    }
).map(lambda row: list(row.values()))


def table_of(content, **stated):
    return Table("goods.csv", lambda: io.BytesIO(content), **stated)


def results(content, **stated):
    """Return the rows that are applied, are unchanged and are rejected, as an import counts them."""
    rules = ProductRules()
    read = list(
        read_rows(
            rules, table_of(content, **stated), RowMapping(), lambda *_: None, {"vendor_id": "VENDOR-001"}
        )
    )
    units: dict[str | None, list[tuple[int, Mapping[str, Any]]]] = {}
    rejected = [row for row in read if row.row is None]
    for row in read:
        if row.row is not None:
            units.setdefault(row.key, []).append((row.line, row.row))
    applied = []
    for rows in units.values():
        compared = compare_unit(rules, rows, None, lambda key: None, keeps_first=False)
        assert compared.plan is None or compared.plan.action is Action.CREATE
        applied += [line for line, _ in rows if line not in compared.rejected_lines and compared.plan]
        rejected += [row for row in read if row.line in compared.rejected_lines]
    return read, applied, rejected


def written(rows, separator, line_break, encoding):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator=line_break)
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return text.getvalue().encode(encoding, errors="replace")


@settings(deadline=None)
@given(
    st.lists(st.one_of(VALID, st.lists(CELLS, min_size=6, max_size=6)), max_size=8),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
)
def test_well_formed_rows_are_stored_as_they_are_or_rejected(rows, separator, line_break, encoding):
    content = written(rows, separator, line_break, encoding)
    read, applied, rejected = results(content, separator=separator, encoding=encoding)
    expected = [[cell.encode(encoding, errors="replace").decode(encoding) for cell in row] for row in rows]
    expected = [row for row in expected if any(cell.strip() for cell in row)]
    assert len(read) == len(expected) == len(applied) + len(rejected)
    for row, cells in zip(read, expected, strict=True):
        assert row.row is None or is_what_the_cells_say(row.row, cells)


def is_what_the_cells_say(stored, cells):
    plain = (original(cell).replace("\r\n", "\n").replace("\r", "\n").strip() for cell in cells)
    texts = dict(zip(COLUMNS, plain, strict=True))
    members = [each.strip() for each in re.split(r"(?<!\\)\|", texts["tags"])]
    tags = [re.sub(r"\\(.)", r"\1", each) for each in members if each]
    return (
        all(stored.get(name, "") == texts[name] for name in (*COLUMNS[:3], "description"))
        and stored["base_price"] == Decimal(texts["base_price"])
        and "\ufffd" not in "".join(texts.values())
        and stored.get("tags", []) == tags
    )


@settings(deadline=None)
@given(ROWS, st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from([",", ";", "\t", "|"]))
@example([['"12" pipe"']], "\n", ",")
@example([["a\n"]], "\r", ",")
@example([["1", '"Tea', "x"], ["2", '"Milk"', "y"]], "\n", ",")
def test_rows_of_odd_cells_without_any_quoting_add_up_or_the_file_is_refused(rows, line_break, separator):
    lines = [separator.join(COLUMNS), *(separator.join(row) for row in rows)]
    check_any(line_break.join(lines).encode(errors="replace"))


@settings(deadline=None)
@given(st.binary(max_size=200))
@example(b"")
@example(b"\xff\xfe")
@example(b"\xff\xfea")
@example(b"PK\x03\x04")
def test_any_bytes_are_a_table_or_refused(content):
    check_any(content)
    check_any(b",".join(name.encode() for name in COLUMNS) + b"\n" + content)


def check_any(content):
    try:
        read, applied, rejected = results(content)
    except FileError:
        return
    lines = [row.line for row in read]
    assert lines == sorted(set(lines))
    assert len(read) == len(applied) + len(rejected)
    assert sorted(applied + [row.line for row in rejected]) == lines
    assert all("\ufffd" not in str(row.row) for row in read)
    check_rejects(content, [row for row in read if row.row is None])


def check_rejects(content, rejected):
    """The rejects file has the bytes of each row, and the same rows and reasons are read from it."""
    if not rejected:
        return
    form = table_of(content).rejects()
    lines = [form.line(RejectedRow(row.line, row.reason, row.source)) for row in rejected]
    file = form.header() + b"".join(lines)
    try:
        again = list(table_of(file))
    except FileError as refused:
        pytest.fail(f"{refused} {file!r}")
    assert [row.source for row in again] == [row.source for row in rejected]


@pytest.mark.parametrize("name", ["goods.xlsx", "goods.json", "goods.jsonl"])
@settings(deadline=None)
@given(content=st.binary(max_size=100))
def test_any_bytes_of_other_forms_are_a_table_or_refused(name, content):
    try:
        rows = list(Table(name, lambda: io.BytesIO(content)))
    except FileError:
        return
    assert all(row.values is not None or row.error for row in rows)
