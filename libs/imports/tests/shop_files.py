"""The files of shops in this folder, read by the library alone."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from inventory_imports.plans import ONLY_WHEN_CREATED, Rules
from inventory_imports.presets.amazon import TemplateRows, template_lines
from inventory_imports.products import ProductRules
from inventory_imports.skus import SkuRules
from inventory_imports.stock import StockRules
from inventory_imports.tables import Table

FILES = Path(__file__).parent / "files"
INTERNAL = frozenset({"vendor_id", "reference", "barcode", ONLY_WHEN_CREATED})
DEFAULTS = {"vendor_id": "VENDOR-001", "reference": "count"}
RULES: dict[str, Rules] = {rules.name: rules for rules in (ProductRules(), SkuRules(), StockRules())}

Read = tuple[dict[float, dict[str, Any]], dict[int, str]]


def content_of(name: str) -> bytes:
    """Return a file, with commas as separators."""
    content = (FILES / name).read_bytes()
    if b";" not in content.split(b"\n", 1)[0]:
        return content
    written = io.StringIO()
    csv.writer(written).writerows(csv.reader(io.StringIO(content.decode()), delimiter=";"))
    return written.getvalue().encode()


def rows_of(name: str) -> tuple[Table, TemplateRows]:
    content = content_of(name)
    lines = template_lines(content)
    table = Table(name, lambda: io.BytesIO(content[lines.above_bytes :]))
    return table, TemplateRows(table, lines)
