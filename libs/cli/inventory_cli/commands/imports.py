"""``inventory import``: from a file to the services, after showing the differences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from inventory_imports.cells import Formats
from inventory_imports.mapping import RowMapping
from inventory_imports.presets.catalogue import count_reference
from inventory_imports.sources import folded
from inventory_imports.tables import Table

from ..imports import run
from ..imports.files import STANDARD_INPUT, open_mapping, open_table
from ..imports.importer import Importer
from ..imports.journal import TO_UNDO, Journal, State
from ..imports.shops import open_shop_table, read_shop_file
from ..output import Format, print_documents, say
from ..progress import bar
from .import_journals import listed_journals, new_journal
from .import_options import (
    beside_option,
    concurrency_option,
    dry_run_option,
    format_options,
    from_option,
    reference_option,
    yes_option,
)
from .import_output import finish, finish_undo, show_plan, undo_document
from .import_shop import FIRST_COUNTS, SHOP_KINDS, note_other_file, preset_of
from .invocation import Invocation, pass_invocation, shaped, vendor_option
from .questions import confirm, require_answer

__all__ = ["imports"]


@click.group("import")
def imports() -> None:
    """Import products, SKUs, stock and orders; list and undo earlier imports."""


def _import_command(name: str, help_text: str) -> None:
    @imports.command(name, help=help_text)
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option(
        "--mapping",
        "mapping_file",
        type=click.Path(path_type=Path),
        help="A description of the file's columns.",
    )
    @format_options
    @vendor_option
    @dry_run_option
    @yes_option
    @concurrency_option
    @shaped
    @pass_invocation
    def command(
        call: Invocation,
        file: Path,
        mapping_file: Path | None,
        encoding: str | None,
        separator: str | None,
        sheet: str | None,
        decimal: str | None,
        list_separator: str | None,
        vendor: str | None,
        dry_run: bool,
        yes: bool,
        concurrency: int,
        shape: Format,
        reference: str | None = None,
        shop: str | None = None,
        beside: Path | None = None,
    ) -> None:
        if file == STANDARD_INPUT and not (yes or dry_run):
            raise click.UsageError("Standard input cannot also answer questions: add --yes or --dry-run.")
        require_answer(yes or dry_run)
        if shop is not None and mapping_file is not None:
            raise click.UsageError("--from and --mapping exclude each other.")
        importer = run.IMPORTERS[name]
        mapping = RowMapping() if mapping_file is None else open_mapping(mapping_file)
        table, rows = open_shop_table(file, encoding=encoding, separator=separator, sheet=sheet)
        file = Path(table.name)
        preset = None
        if shop is not None or (mapping_file is None and name in SHOP_KINDS):
            preset = preset_of(file, table, shop, importer, asks=not (yes or dry_run))
        formats = Formats(
            decimal or mapping.formats.decimal,
            mapping.formats.list_separator if list_separator is None else list_separator,
        )
        if preset is None:
            _require_columns(importer, file, table, mapping)
        elif decimal is not None or list_separator is not None:
            raise click.UsageError(
                f"Files of {preset.title} have forms of their own: remove --decimal and --list-separator."
            )
        else:
            note_other_file(preset, name, beside)
            mapping = FIRST_COUNTS
            reference = reference or count_reference(preset, file.name)
        given = {"vendor_id": vendor or call.profile().vendor, "reference": reference}
        defaults = {attribute: value for attribute, value in given.items() if value is not None}
        with call.session() as session, new_journal(call, name, file) as journal:
            with bar("Reading", None):
                if preset is None:
                    lists = run.read_file(
                        importer, file, table, journal, mapping=mapping, defaults=defaults, formats=formats
                    )
                else:
                    lists = []
                    read_shop_file(importer, rows, journal, preset, defaults, beside)
            say(f"{file.name}: {', '.join([*table.notes, *lists])}.")
            with bar("Comparing", None):
                run.compare(importer, session, journal, mapping)
            planned = journal.count_units(State.PLANNED)
            show_plan(importer, journal, shape)
            if dry_run or planned == 0:
                finish(importer, journal, file, table, dry_run=dry_run)
                return
            if not yes:
                confirm(f"Apply {planned} changes?")
            with bar("Importing", planned) as advance:
                run.execute(importer, session, journal, concurrency=concurrency, progress=advance)
            finish(importer, journal, file, table, dry_run=False)

    if name == "stock":
        reference_option(command)
    if name in SHOP_KINDS:
        beside_option(command)
        from_option(command)


_import_command("products", "Create and change products, which are recognized by external_id.")
_import_command("skus", "Create and change SKUs.")
_import_command("stock", "Add deliveries and correct counts; each reference is executed once, for ever.")
_import_command("orders", "Place orders, and confirm or cancel them by their status; one row per line.")


@imports.command("list")
@shaped
@pass_invocation
def list_imports(call: Invocation, shape: Format) -> None:
    """List the imports of this machine, newest first.

    Rows that are "sending" were being sent when the import was killed or got no answer; an undo finds out
    whether they were executed.
    """
    print_documents(
        listed_journals(call), shape, ("import_id", "file", "done", "sending", "undone", "rejected")
    )


@imports.command()
@click.argument("import_id")
@dry_run_option
@yes_option
@concurrency_option
@shaped
@pass_invocation
def undo(call: Invocation, import_id: str, dry_run: bool, yes: bool, concurrency: int, shape: Format) -> None:
    """Undo an import by compensating commands, in reverse order; the log keeps both.

    Created products and SKUs are deactivated, changed ones restored, deliveries adjusted, reserved units
    cancelled and confirmed ones refunded.  --json and --csv print every row.
    """
    require_answer(yes or dry_run)
    try:
        journal = Journal.open(call.journals(), import_id)
    except FileNotFoundError:
        raise click.UsageError(
            f"Import {import_id} was not found; list them with: inventory import list"
        ) from None
    with journal:
        importer = run.IMPORTERS.get(journal.fact("kind"))
        if importer is None:
            raise click.UsageError(f"{journal.path} is not the journal of an import.")
        count = journal.count_units(*TO_UNDO)
        if count == 0:
            say("Nothing to undo.")
            return
        if not yes and not dry_run:
            confirm(f"Undo {count} changes?")
        results = _undo(call, importer, journal, concurrency, dry_run=dry_run)
        finish_undo(results, shape, dry_run=dry_run)


def _undo(
    call: Invocation, importer: Importer, journal: Journal, concurrency: int, *, dry_run: bool
) -> list[dict[str, Any]]:
    """Undo an import, and return what was done with each import unit, last line first."""
    results: list[dict[str, Any]] = []
    count = journal.count_units(*TO_UNDO)
    with call.session() as session, bar("Undoing", count) as advance:

        def on_result(result: run.UndoResult) -> None:
            results.append(undo_document(result))
            advance(1)

        run.undo(importer, session, journal, concurrency=concurrency, on_result=on_result, dry_run=dry_run)
    return sorted(results, key=lambda result: -result["line"])


def _require_columns(importer: Importer, path: Path, table: Table, mapping: RowMapping) -> None:
    if table.columns is None:
        return
    columns = set(importer.rules.row_type.columns)
    if mapping.columns is not None:
        joined = [open_table(path.parent / lookup.file).columns or () for lookup in mapping.lookups]
        if missing := mapping.missing_columns({*table.columns}.union(*joined)):
            raise click.UsageError(f"{path} has no {', '.join(missing)}, which the mapping requires.")
        if unknown := sorted(set(mapping.columns) - columns):
            raise click.UsageError(
                f"The mapping has the unknown columns {', '.join(unknown)}. {_known(importer)}"
            )
        return
    known = columns | importer.rules.ignored
    if unknown := sorted(column for column in table.columns if folded(column) not in known):
        raise click.UsageError(
            f"{path} has the unknown columns {', '.join(unknown)}. {_known(importer)} "
            "A --mapping can describe others."
        )


def _known(importer: Importer) -> str:
    return f"Columns of {importer.rules.name}: {', '.join(sorted(importer.rules.row_type.columns))}."
