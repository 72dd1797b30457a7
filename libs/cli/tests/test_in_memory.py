"""The journal of the command line and the rows in memory of a page have the same plans, of the same files."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from inventory_cli.imports.journal import Journal, State
from inventory_cli.imports.run import IMPORTERS, compare
from inventory_cli.imports.shops import open_shop_table, read_shop_file
from inventory_imports.in_memory import ImportInMemory
from inventory_imports.mapping import RowMapping
from inventory_imports.presets.assembling import read_shop_rows
from inventory_imports.presets.catalogue import presets_of
from inventory_imports.reading import ReadRow
from inventory_imports.tables import RejectedRow

NO_SESSION: Any = None
NOTHING: dict[str, Any] = {}
FILES = Path(__file__).parents[2] / "imports" / "tests" / "files"
DEFAULTS = {"vendor_id": "VENDOR-001", "reference": "count"}
ROWS = [
    ReadRow(
        2,
        "a",
        "sku SKU-PROD-E4F9A-A [r]",
        {"sku": "SKU-PROD-E4F9A-A", "vendor_id": "V", "reference": "r", "quantity": 1},
    ),
    ReadRow(3, "b", "sku of V A own [r]", reason="quantity: should be a number"),
    ReadRow(
        4,
        "c",
        "sku of V A own [r]",
        {"external_id": "own", "variant": "A", "vendor_id": "V", "reference": "r", "quantity": 2},
    ),
    ReadRow(5, "d", None, reason="is not CSV"),
    ReadRow(
        6,
        "e",
        "sku SKU-PROD-E4F9A-B [r]",
        {"sku": "SKU-PROD-E4F9A-B", "vendor_id": "V", "reference": "r", "counted_stock": 2},
    ),
    ReadRow(
        7,
        "f",
        "sku SKU-PROD-E4F9A-B [r]",
        {"sku": "SKU-PROD-E4F9A-B", "vendor_id": "V", "reference": "r", "counted_stock": 3},
    ),
]
SKU = {"vendor_id": "V", "is_active": True, "product_is_active": True, "current_stock": 5, "sequence": 0}
EXISTING = {
    "product V own": {"product_id": "PROD-E4F9A"},
    "SKU-PROD-E4F9A-A": {"sku": "SKU-PROD-E4F9A-A", "product_id": "PROD-E4F9A", **SKU},
    "SKU-PROD-E4F9A-B": {"sku": "SKU-PROD-E4F9A-B", "product_id": "PROD-E4F9A", **SKU},
}


def plans_of(planned):
    return [(unit.number, unit.key, len(unit.rows), dataclasses.asdict(unit.plan)) for unit in planned]


def same(importer, journal, in_memory, existing, monkeypatch, *, keeps_first):
    def read_existing(session, journal):
        journal.add_existing(existing.items())

    monkeypatch.setattr(
        type(importer), "read_existing", lambda self, session, journal: read_existing(session, journal)
    )
    compare(importer, NO_SESSION, journal, RowMapping(keeps_first=keeps_first))
    in_memory.compare(existing.get, keeps_first=keeps_first)
    assert plans_of(in_memory.planned()) == plans_of(journal.units(State.PLANNED))
    assert list(in_memory.rejected({})) == list(_once_each(journal.rejected()))
    rows = journal.count_rows()
    assert in_memory.counts()["rejected"] == rows.get(State.REJECTED, 0)
    assert in_memory.counts()["unchanged"] == rows.get(State.UNCHANGED, 0)


def _once_each(rows):
    first: dict[int, RejectedRow] = {}
    for row in rows:
        first.setdefault(row.line, row)
    return first.values()


@pytest.mark.parametrize("kind", ["products", "skus", "stock"])
@pytest.mark.parametrize("name", sorted(path.name for path in FILES.iterdir()))
def test_the_file_of_a_shop(name, kind, tmp_path, monkeypatch):
    importer = IMPORTERS[kind]
    table, rows = open_shop_table(FILES / name)
    [preset] = presets_of(table.columns or ())
    existing = {}
    if kind != "products":
        products = ImportInMemory(
            IMPORTERS["products"].rules, read_shop_rows(IMPORTERS["products"].rules, preset, rows, DEFAULTS)
        )
        products.compare(NOTHING.get, keeps_first=True)
        existing = {unit.key: {"product_id": f"PROD-{unit.number:05}"} for unit in products.planned()}
    with Journal.begin(tmp_path, kind, FILES / name) as journal:
        read_shop_file(importer, rows, journal, preset, DEFAULTS, None)
        in_memory = ImportInMemory(importer.rules, read_shop_rows(importer.rules, preset, rows, DEFAULTS))
        same(importer, journal, in_memory, existing, monkeypatch, keeps_first=True)


@pytest.mark.parametrize("keeps_first", [False, True])
def test_rows_that_name_one_sku_in_several_ways(keeps_first, tmp_path, monkeypatch):
    importer = IMPORTERS["stock"]
    with Journal.begin(tmp_path, "stock", tmp_path / "day.csv") as journal:
        journal.add_rows(ROWS)
        in_memory = ImportInMemory(importer.rules, ROWS)
        same(importer, journal, in_memory, EXISTING, monkeypatch, keeps_first=keeps_first)
