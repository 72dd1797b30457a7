"""Reads files of shops through the library alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inventory_imports.orders import OrderRules
from inventory_imports.plans import Rules
from inventory_imports.presets.assembling import line_of, read_shop_rows
from inventory_imports.presets.catalogue import PRESETS
from inventory_imports.products import ProductRules
from inventory_imports.skus import SkuRules
from inventory_imports.stock import StockRules
from inventory_imports.tables import Table

FILES = Path(__file__).parent / "files"
DEFAULTS = {"vendor_id": "VENDOR-001", "reference": "count"}
RULES: dict[str, Rules] = {
    rules.name: rules for rules in (ProductRules(), SkuRules(), StockRules(), OrderRules())
}

Read = tuple[dict[int, dict[str, Any]], dict[int, str]]


@pytest.fixture
def read() -> Callable[..., Read]:
    """Return what a preset makes of a file: the first row of each import unit by line, and rejected lines."""

    def call(shop: str, kind: str, name: str | None = None) -> Read:
        path = FILES / (name or f"{shop}.csv")
        table = Table(path.name, lambda: path.open("rb"))
        units: dict[str | None, tuple[int, dict[str, Any]]] = {}
        rejected = {}
        lines = set()
        for row in read_shop_rows(RULES[kind], PRESETS[shop], table, DEFAULTS):
            assert (row.row is None) == (row.reason is not None)
            lines.add(line_of(row.line))
            if row.row is None:
                rejected[row.line] = str(row.reason)
            else:
                found = {name: value for name, value in row.row.items() if name not in DEFAULTS}
                assert units.setdefault(row.key, (row.line, found))[1] == found
        assert lines == {source.line for source in table}
        return dict(units.values()), rejected

    return call
