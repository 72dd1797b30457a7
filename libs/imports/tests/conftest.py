"""The tests need this folder, for `shop_files`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

if str(Path(__file__).parent) not in sys.path:
    sys.path.insert(0, str(Path(__file__).parent))

from shop_files import DEFAULTS, INTERNAL, RULES, Read, rows_of

from inventory_imports.presets.assembling import line_of, read_shop_rows
from inventory_imports.presets.catalogue import PRESETS, presets_of


@pytest.fixture
def read() -> Callable[..., Read]:
    """Return what a preset makes of a file: the first row of each import unit by line, and rejected lines.

    A further SKU of a row has its place after the line: 2.1 is the second SKU of line 2.
    """

    def call(shop: str, kind: str, name: str | None = None, beside: str | None = None) -> Read:
        table, rows = rows_of(name or f"{shop}.csv")
        assert [preset.name for preset in presets_of(table.columns or ())] == [shop]
        others = () if beside is None else rows_of(beside)[1]
        units: dict[str | None, tuple[float, dict[str, Any]]] = {}
        rejected = {}
        lines = []
        for row in read_shop_rows(RULES[kind], PRESETS[shop], rows, DEFAULTS, others):
            assert (row.row is None) == (row.reason is not None)
            lines.append(row.line)
            part, line = divmod(row.line, 1 << 32)
            assert line == line_of(row.line)
            if row.row is None:
                rejected[row.line] = str(row.reason)
            else:
                found = {name: value for name, value in row.row.items() if name not in INTERNAL}
                assert units.setdefault(row.key, (line + part / 10 if part else line, found))[1] == found
        assert len(set(lines)) == len(lines)
        assert {line_of(line) for line in lines} == {source.line for source in rows}
        return dict(units.values()), rejected

    return call
