"""Imports of the files that shops export, by a preset instead of a mapping."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from inventory_common.ids import StockKey
from inventory_imports.plans import Action
from inventory_imports.presets.amazon import TemplateRows, template_lines
from inventory_imports.presets.assembling import read_shop_rows
from inventory_imports.presets.shop_rows import Preset
from inventory_imports.tables import SourceRow, Table

from .files import SourceFile
from .importer import Importer
from .journal import Journal, State

__all__ = ["NEW_PRODUCT", "new_products", "new_skus", "open_shop_table", "read_shop_file"]

NEW_PRODUCT: Final[Mapping[str, Any]] = {"product_id": "PROD-000000000000"}
"""What stands for a product that the same import will create, while its SKUs and stock are compared.

The ids of real products are shorter.
"""
_HEAD_BYTES: Final = 256 * 1024


def open_shop_table(
    path: Path, *, encoding: str | None = None, separator: str | None = None, sheet: str | None = None
) -> tuple[Table, Iterable[SourceRow]]:
    """Return the table of a file and its rows, without the lines that a template has above its header."""
    source = SourceFile(path)
    with source.open() as opened:
        lines = template_lines(opened.read(_HEAD_BYTES))
    table = Table(
        source.name,
        lambda: source.open(lines.above_bytes),
        encoding=encoding,
        separator=separator,
        sheet=sheet,
    )
    return table, TemplateRows(table, lines)


def read_shop_file(
    importer: Importer,
    rows: Iterable[SourceRow],
    journal: Journal,
    preset: Preset,
    defaults: Mapping[str, str],
    beside: Path | None,
) -> None:
    """Read the rows of a shop's file by its preset and write them into the journal.

    Parameters
    ----------
    beside
        The other file of the same export, if the shop writes two.
    """
    others = () if beside is None else open_shop_table(beside)[1]
    journal.add_rows(read_shop_rows(importer.rules, preset, rows, defaults, others))


def new_products(journal: Journal) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the products that an import of products would create, as what exists for its SKUs and stock."""
    for unit in journal.units(State.PLANNED):
        if unit.plan.action is Action.CREATE:
            yield unit.key, NEW_PRODUCT


def new_skus(journal: Journal) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the SKUs that an import of SKUs would create, as what exists for their stock."""
    for unit in journal.units(State.PLANNED):
        if unit.plan.action is Action.CREATE:
            yield (
                unit.plan.target["sku"],
                {
                    "vendor_id": unit.rows[0]["vendor_id"],
                    "product_id": StockKey.of(unit.plan.target["sku"]).product_id,
                    "sku": unit.plan.target["sku"],
                    "current_stock": 0,
                    "sequence": 0,
                    "is_active": True,
                    "product_is_active": True,
                },
            )
