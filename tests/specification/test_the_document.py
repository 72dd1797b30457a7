"""``docs/specification.md`` names tests that exist, and has every row."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import NamedTuple

import pytest

from inventory_common.transactions import TransactionType
from local.settings import REPOSITORY_ROOT
from local.tables import definitions
from tests.specification.the_specification import (
    ACCESS_PATTERNS,
    ATTRIBUTES,
    CALCULATED_FIELDS,
    CONSISTENCY_RULES,
    DYNAMODB_TYPES,
    INDEXES,
    KEYS,
    STORED_OTHERWISE,
    TRANSACTION_TYPES,
)

DOCUMENT = REPOSITORY_ROOT / "docs" / "specification.md"
NAMED_TEST = re.compile(r"`(tests/[\w/]+\.py::[^`]+)`")
SHOWN_BY_NONE = ("Not built yet", "Not ours")
OWED: set[str] = set()
"""The rows that may say "Not built yet": none."""


class Table(NamedTuple):
    """A table of the document: the heading above it, its own header, and its rows."""

    section: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, name: str) -> list[str]:
        return [row[self.header.index(name)].strip("`") for row in self.rows]


def tables() -> list[Table]:
    section, block, found = "", [], []
    for line in [*DOCUMENT.read_text(encoding="utf-8").splitlines(), ""]:
        if line.startswith("|"):
            block.append(tuple(cell.strip() for cell in line.strip("|").split("|")))
            continue
        if block:
            header, _, *rows = block
            found.append(Table(section, header, tuple(rows)))
            block = []
        if line.startswith("#"):
            section = line.lstrip("# ")
    return found


def tables_of(first_column: str) -> list[Table]:
    """Return the tables whose first column has that name."""
    return [table for table in tables() if table.header[0] == first_column]


def test_every_row_has_as_many_cells_as_its_table_has_columns() -> None:
    assert all(len(row) == len(table.header) for table in tables() for row in table.rows)


def test_every_test_that_it_names_exists() -> None:
    named = set(NAMED_TEST.findall(DOCUMENT.read_text(encoding="utf-8")))
    files = sorted({name.partition("::")[0] for name in named})
    assert [file for file in files if not (REPOSITORY_ROOT / file).is_file()] == []
    collected = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *files],
        cwd=REPOSITORY_ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    existing = {line for line in collected if "::" in line}
    existing |= {line.partition("[")[0] for line in existing}
    assert sorted(named - existing) == []
    assert len(named) > 80


def test_every_row_names_a_test_or_says_why_there_is_none() -> None:
    for table in tables():
        for row in table.rows:
            shown = NAMED_TEST.search(row[-1]) or row[-1].startswith(SHOWN_BY_NONE)
            assert shown, (table.section, row)


def test_what_is_not_built_yet_is_known() -> None:
    assert {row[0] for table in tables() for row in table.rows if row[-1].startswith("Not built yet")} == OWED


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_every_attribute_is_in_it_with_type_and_requirement(name: str) -> None:
    [table] = [table for table in tables_of("attribute") if table.section.endswith(name)]
    rows = [
        (
            f"`{attribute.name}`",
            attribute.type,
            "Yes" if attribute.required else "No",
            STORED_OTHERWISE.get((name, attribute.name), DYNAMODB_TYPES[attribute.type]),
        )
        for attribute in ATTRIBUTES[name]
    ]
    assert [row[:-1] for row in table.rows] == rows
    for row, (attribute, *_) in zip(table.rows, rows, strict=True):
        assert row[-1].endswith(f"[{name}-{attribute.strip('`')}]`")


@pytest.mark.parametrize("name", KEYS)
def test_every_table_and_index_is_in_it_with_its_key_as_specified_and_as_declared(name: str) -> None:
    [table] = [table for table in tables_of("table") if table.section.endswith(name)]
    key = KEYS[name]
    assert table.rows[0][:-1] == (f"`{name}`", f"`{key.partition}`", f"`{key.sort}`" if key.sort else "none")

    [indexes] = [table for table in tables_of("index") if table.section.endswith(name)]
    documented = [row[:-1] for row in indexes.rows]
    assert documented == [
        (f"`{index.name}`", f"`{index.key.partition}`", f"`{index.key.sort}`", index.projection)
        for index in INDEXES
        if index.table == name
    ]
    declared = definitions()[name]
    assert declared["partition_key"]["name"] == key.partition
    assert declared.get("sort_key", {"name": None})["name"] == key.sort
    assert documented == [
        (
            f"`{index}`",
            f"`{its['partition_key']['name']}`",
            f"`{its['sort_key']['name']}`",
            its["projection"],
        )
        for index, its in declared["global_secondary_indexes"].items()
    ]


def test_no_table_is_declared_that_is_not_in_it() -> None:
    assert set(definitions()) == {name for table in tables_of("table") for name in table.column("table")}


def test_every_index_has_its_use() -> None:
    [uses] = tables_of("use")
    assert uses.column("index") == [index.name for index in INDEXES]


def test_every_access_pattern_is_in_it_with_the_test_of_its_name() -> None:
    [patterns] = tables_of("use case")
    assert patterns.column("use case") == list(ACCESS_PATTERNS)
    for pattern, test in zip(ACCESS_PATTERNS, patterns.column("shown by"), strict=True):
        assert test.endswith(f"test_access_patterns.py::test_{pattern.lower().replace(' ', '_')}")


def test_every_consistency_rule_is_in_it_with_tests_of_its_name() -> None:
    [rules] = tables_of("data consistency rule")
    assert rules.column("data consistency rule") == list(CONSISTENCY_RULES)
    for rule, *shown_by in rules.rows:
        for column in shown_by:
            assert f"test_consistency_rules.py::test_{rule.lower().replace(' ', '_')}_" in column


def test_every_transaction_type_is_in_it_with_tests_of_its_name() -> None:
    [types] = tables_of("transaction type")
    assert types.column("transaction type") == list(TRANSACTION_TYPES) == [*TransactionType]
    for kind, test in zip(TRANSACTION_TYPES, types.column("shown by"), strict=True):
        assert f"test_transaction_types.py::test_{kind}_" in test


def test_every_calculated_field_and_sample_is_in_it() -> None:
    [fields] = tables_of("calculated field")
    assert fields.column("calculated field") == list(CALCULATED_FIELDS)
    assert [table.section.split()[-1] for table in tables_of("sample")] == list(KEYS)
