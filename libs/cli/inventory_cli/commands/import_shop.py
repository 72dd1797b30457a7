"""The import of a shop's file: which shop wrote it, and products, SKUs and stock in one go."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import click

from inventory_imports.mapping import RowMapping
from inventory_imports.presets.catalogue import PRESETS, TWO_FILES, count_reference, presets_of
from inventory_imports.presets.shop_rows import Preset
from inventory_imports.sources import folded
from inventory_imports.tables import Table

from .. import exit_codes
from ..imports import run
from ..imports.importer import Importer
from ..imports.journal import State
from ..imports.shops import new_products, new_skus, open_shop_table, read_shop_file
from ..output import Format, say
from ..progress import bar
from .import_journals import new_journal
from .import_output import report, show_plan
from .invocation import Invocation
from .questions import confirm, require_answer

__all__ = ["FIRST_COUNTS", "SHOP_KINDS", "import_shop_file", "note_other_file", "preset_of"]

SHOP_KINDS: Final = ("products", "skus", "stock")
"""What a shop's file has, in the order in which it is imported."""
FIRST_COUNTS: Final = RowMapping(keeps_first=True)
"""How rows of shops are compared: those of one product or SKU are equal."""


def import_shop_file(
    call: Invocation,
    file: Path,
    *,
    shop: str | None,
    beside: Path | None,
    vendor: str | None,
    reference: str | None,
    dry_run: bool,
    yes: bool,
    concurrency: int,
    shape: Format,
) -> int:
    """Import products, SKUs and stock from the file of a shop, and return the exit code."""
    require_answer(yes or dry_run)
    table, rows = open_shop_table(file)
    preset = preset_of(file, table, shop, None, asks=not (yes or dry_run))
    assert preset is not None
    note_other_file(preset, "all", beside)
    given = {
        "vendor_id": vendor or call.profile().vendor,
        "reference": reference or count_reference(preset, file.name),
    }
    defaults = {attribute: value for attribute, value in given.items() if value is not None}
    planned, exit_code = 0, exit_codes.DONE
    new: dict[str, Any] = {}
    with call.session() as session:
        for kind in SHOP_KINDS:
            with new_journal(call, kind, file) as journal, bar("Comparing", None):
                read_shop_file(run.IMPORTERS[kind], rows, journal, preset, defaults, beside)
                journal.add_existing(new.items())
                run.compare(run.IMPORTERS[kind], session, journal, FIRST_COUNTS)
                show_plan(run.IMPORTERS[kind], journal, shape, title=kind)
                new |= new_products(journal) if kind == "products" else {}
                new |= new_skus(journal) if kind == "skus" else {}
                planned += journal.count_units(State.PLANNED)
                if dry_run:
                    code = report(run.IMPORTERS[kind], journal, file, table, dry_run=True, title=kind)
                    exit_code = max(exit_code, code)
        if planned and not (yes or dry_run):
            confirm(f"Apply {planned} changes?")
        for kind in () if dry_run else SHOP_KINDS:
            importer = run.IMPORTERS[kind]
            with new_journal(call, kind, file) as journal:
                read_shop_file(importer, rows, journal, preset, defaults, beside)
                run.compare(importer, session, journal, FIRST_COUNTS)
                with bar("Importing", journal.count_units(State.PLANNED)) as advance:
                    run.execute(importer, session, journal, concurrency=concurrency, progress=advance)
                code = report(importer, journal, file, table, dry_run=False, title=kind)
                exit_code = max(exit_code, code)
    return exit_code


def preset_of(
    path: Path, table: Table, shop: str | None, importer: Importer | None, *, asks: bool
) -> Preset | None:
    """Return the preset of a file: the one that is named, or that recognizes the header, once confirmed.

    None if the file has the columns of the importer, or no preset recognizes it.
    """
    columns = set(table.columns or ())
    if shop is not None:
        if columns and PRESETS[shop] not in presets_of(columns):
            raise click.UsageError(f"{path} has not the columns of products from {PRESETS[shop].title}.")
        return PRESETS[shop]
    if (
        importer is not None
        and {folded(column) for column in columns}
        <= {*importer.rules.row_type.columns} | importer.rules.ignored
    ):
        return None
    found = presets_of(columns)
    if not found and importer is not None:
        return None
    if len(found) != 1:
        shops = " or ".join(preset.title for preset in found) or "one of no known shop"
        raise click.UsageError(f"{path} could be a file of {shops}: name the shop with --from.")
    [preset] = found
    if not asks:
        say(f"{path} is read as products from {preset.title} (--from {preset.name}).")
    elif not click.confirm(f"Is {path} an export of products from {preset.title}?", default=True, err=True):
        raise click.UsageError("Name the shop with --from, or describe the columns with --mapping.")
    return preset


def note_other_file(preset: Preset, kind: str, beside: Path | None) -> None:
    """Say what follows if one of two files is missing."""
    if preset.name in TWO_FILES and kind != "products" and beside is None:
        say(
            f"{preset.title} writes products and their combinations to two files: without --beside, "
            "a product with combinations becomes a SKU itself.",
            style="yellow",
        )
