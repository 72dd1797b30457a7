"""``inventory import``: from a file to the services, after showing the differences."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from inventory_imports.cells import Formats, cell_of
from inventory_imports.mapping import RowMapping
from inventory_imports.plans import Action, shown_differences
from inventory_imports.presets.catalogue import PRESETS, TWO_FILES, presets_of
from inventory_imports.presets.shop_rows import Preset
from inventory_imports.sources import folded
from inventory_imports.tables import Table

from .. import exit_codes
from ..imports import run
from ..imports.files import STANDARD_INPUT, open_mapping, open_table, rejects_file
from ..imports.importer import Importer
from ..imports.journal import TO_UNDO, Journal, JournalError, State, journals
from ..imports.shops import count_reference, new_products, new_skus, open_shop_table, read_shop_file
from ..output import Format, print_documents, say
from .invocation import Invocation, pass_invocation, shaped, vendor_option

__all__ = [
    "beside_option",
    "concurrency_option",
    "confirm",
    "dry_run_option",
    "from_option",
    "import_shop_file",
    "imports",
    "reference_option",
    "require_answer",
    "yes_option",
]

_CONCURRENCY_DEFAULT: Final = 8
_CONCURRENCY_MAX: Final = 32
_SHOWN_DIFFERENCES: Final = 10
_SHOWN_REJECTS: Final = 5
_SHOWN_REASONS: Final = 10

concurrency_option = click.option(
    "--concurrency",
    type=click.IntRange(1, _CONCURRENCY_MAX),
    default=_CONCURRENCY_DEFAULT,
    show_default=True,
    help="Concurrent requests.",
)
yes_option = click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
dry_run_option = click.option("--dry-run", is_flag=True, help="Show the differences and change nothing.")
from_option = click.option(
    "--from", "shop", type=click.Choice(list(PRESETS)), help="The shop system that exported the file."
)
beside_option = click.option(
    "--beside",
    type=click.Path(path_type=Path),
    help="The other file of the export: PrestaShop writes products and combinations separately.",
)
reference_option = click.option(
    "--reference", help="The reference of rows without one; for a shop's file, by default its name."
)
_SHOP_KINDS: Final = ("products", "skus", "stock")
_FIRST_COUNTS: Final = RowMapping(keeps_first=True)
"""How rows of shops are compared: those of one product or SKU are equal."""


def _one_character(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    value = {"\\n": "\n", "tab": "\t", "\\t": "\t"}.get(value, value)
    if len(value) != 1 or value in '\\"' or value.isalnum():
        raise click.BadParameter("state one character, such as a comma, or \\n for line breaks.")
    return value


def _format_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that state how a file is written."""
    for option in (
        click.option(
            "--list-separator",
            callback=_one_character,
            help="What separates the members of lists; detected by default.",
        ),
        click.option(
            "--decimal",
            type=click.Choice([".", ","]),
            help="What separates decimals; with it, thousands and currencies are read too.",
        ),
        click.option("--sheet", help="The sheet of a workbook; the first one by default."),
        click.option("--separator", help="What separates the cells: , ; | or tab; detected by default."),
        click.option("--encoding", help="The encoding, such as cp1252; detected by default."),
    ):
        command = option(command)
    return command


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
    @_format_options
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
        if shop is not None or (mapping_file is None and name in _SHOP_KINDS):
            preset = _preset(file, table, shop, importer, asks=not (yes or dry_run))
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
            _note_other_file(preset, name, beside)
            mapping = _FIRST_COUNTS
            reference = reference or count_reference(preset, file)
        given = {"vendor_id": vendor or call.profile().vendor, "reference": reference}
        defaults = {attribute: value for attribute, value in given.items() if value is not None}
        with call.session() as session, _new_journal(call, name, file) as journal:
            with _bar("Reading", None):
                if preset is None:
                    lists = run.read_file(
                        importer, file, table, journal, mapping=mapping, defaults=defaults, formats=formats
                    )
                else:
                    lists = []
                    read_shop_file(importer, rows, journal, preset, defaults, beside)
            say(f"{file.name}: {', '.join([*table.notes, *lists])}.")
            with _bar("Comparing", None):
                run.compare(importer, session, journal, mapping)
            planned = journal.count_units(State.PLANNED)
            _show_plan(importer, journal, shape)
            if dry_run or planned == 0:
                _finish(importer, journal, file, table, dry_run=dry_run)
                return
            if not yes:
                confirm(f"Apply {planned} changes?")
            with _bar("Importing", planned) as advance:
                run.execute(importer, session, journal, concurrency=concurrency, progress=advance)
            _finish(importer, journal, file, table, dry_run=False)

    if name == "stock":
        reference_option(command)
    if name in _SHOP_KINDS:
        beside_option(command)
        from_option(command)


_import_command("products", "Create and change products, which are recognized by external_id.")
_import_command("skus", "Create and change SKUs.")
_import_command("stock", "Add deliveries and correct counts; each reference is executed once, for ever.")
_import_command("orders", "Place orders, and confirm or cancel them by their status; one row per line.")


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
    preset = _preset(file, table, shop, None, asks=not (yes or dry_run))
    assert preset is not None
    _note_other_file(preset, "all", beside)
    given = {
        "vendor_id": vendor or call.profile().vendor,
        "reference": reference or count_reference(preset, file),
    }
    defaults = {attribute: value for attribute, value in given.items() if value is not None}
    planned, exit_code = 0, exit_codes.DONE
    new: dict[str, Any] = {}
    with call.session() as session:
        for kind in _SHOP_KINDS:
            with _new_journal(call, kind, file) as journal, _bar("Comparing", None):
                read_shop_file(run.IMPORTERS[kind], rows, journal, preset, defaults, beside)
                journal.add_existing(new.items())
                run.compare(run.IMPORTERS[kind], session, journal, _FIRST_COUNTS)
                _show_plan(run.IMPORTERS[kind], journal, shape, title=kind)
                new |= new_products(journal) if kind == "products" else {}
                new |= new_skus(journal) if kind == "skus" else {}
                planned += journal.count_units(State.PLANNED)
                if dry_run:
                    code = _report(run.IMPORTERS[kind], journal, file, table, dry_run=True, title=kind)
                    exit_code = max(exit_code, code)
        if planned and not (yes or dry_run):
            confirm(f"Apply {planned} changes?")
        for kind in () if dry_run else _SHOP_KINDS:
            importer = run.IMPORTERS[kind]
            with _new_journal(call, kind, file) as journal:
                read_shop_file(importer, rows, journal, preset, defaults, beside)
                run.compare(importer, session, journal, _FIRST_COUNTS)
                with _bar("Importing", journal.count_units(State.PLANNED)) as advance:
                    run.execute(importer, session, journal, concurrency=concurrency, progress=advance)
                code = _report(importer, journal, file, table, dry_run=False, title=kind)
                exit_code = max(exit_code, code)
    return exit_code


@imports.command("list")
@shaped
@pass_invocation
def list_imports(call: Invocation, shape: Format) -> None:
    """List the imports of this machine, newest first.

    Rows that are "sending" were being sent when the import was killed or got no answer; an undo finds out
    whether they were executed.
    """
    print_documents(_journals(call), shape, ("import_id", "file", "done", "sending", "undone", "rejected"))


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
        _finish_undo(results, shape, dry_run=dry_run)


def _undo(
    call: Invocation, importer: Importer, journal: Journal, concurrency: int, *, dry_run: bool
) -> list[dict[str, Any]]:
    """Undo an import, and return what was done with each import unit, last line first."""
    results: list[dict[str, Any]] = []
    count = journal.count_units(*TO_UNDO)
    with call.session() as session, _bar("Undoing", count) as advance:

        def on_result(result: run.UndoResult) -> None:
            results.append(_undo_document(result))
            advance(1)

        run.undo(importer, session, journal, concurrency=concurrency, on_result=on_result, dry_run=dry_run)
    return sorted(results, key=lambda result: -result["line"])


def _undo_document(result: run.UndoResult) -> dict[str, Any]:
    undone = result.undone
    return {
        "line": result.unit.number,
        "key": result.unit.key,
        "action": None if undone is None else undone.action,
        "details": result.reason if undone is None else undone.shown,
    }


def _finish_undo(results: list[dict[str, Any]], shape: Format, *, dry_run: bool) -> None:
    """Print what was or would be undone, and exit with 3 if a row cannot be."""
    refused = [result for result in results if result["action"] is None]
    needless = sum(result["action"] == "nothing" for result in results)
    if shape is not Format.TABLE:
        print_documents(results, shape, ())
    elif dry_run:
        accepted = [result for result in results if result["action"] is not None]
        console = Console(highlight=False, soft_wrap=True, markup=False)
        for result in accepted[:_SHOWN_DIFFERENCES]:
            shown = f"{result['key']}  {result['action']}: {result['details']}"
            console.print(f"- line {result['line']}: {shown}")
        if len(accepted) > _SHOWN_DIFFERENCES:
            console.print(f"… and {len(accepted) - _SHOWN_DIFFERENCES} more (--json shows all)")
    for result in refused:
        say(f"{result['key']}: {result['details']}", style="red")
    done = len(results) - len(refused) - needless
    rest = f", {needless} need nothing" if needless else ""
    if dry_run:
        say(f"A dry run: {done} would be undone, {len(refused)} cannot be undone{rest}.")
    else:
        say(f"{done} undone, {len(refused)} not undone{rest}.")
    if refused:
        click.get_current_context().exit(exit_codes.REJECTS)


def require_answer(is_answered: bool) -> None:
    """Require a terminal for the question, before anything is read or sent."""
    if not is_answered and not (sys.stdin and sys.stdin.isatty()):
        raise click.UsageError(
            "There is no terminal to ask for confirmation: this needs --yes (or --dry-run)."
        )


def confirm(question: str) -> None:
    """Ask, and exit with 130 unless the answer is yes; Ctrl-C and Ctrl-D are no."""
    try:
        is_agreed = click.confirm(question, err=True)
    except click.Abort:
        is_agreed = False
    if not is_agreed:
        say("Nothing was changed.", style="yellow")
        click.get_current_context().exit(exit_codes.INTERRUPTED)


@contextmanager
def _new_journal(call: Invocation, name: str, file: Path) -> Iterator[Journal]:
    """Begin a journal, and discard it if there is nothing to undo."""
    with Journal.begin(call.journals(), name, file) as journal:
        try:
            yield journal
        except click.exceptions.Exit:
            raise
        except BaseException:
            with suppress(sqlite3.Error):
                if journal.count_units(*TO_UNDO):
                    say(f"To undo what was done until then: inventory import undo {journal.import_id}")
            raise
        finally:
            # A journal that cannot be read stays: it may name what was sent.
            with suppress(sqlite3.Error):
                if journal.count_units(*TO_UNDO) == 0:
                    journal.discard()


def _preset(
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


def _note_other_file(preset: Preset, kind: str, beside: Path | None) -> None:
    if preset.name in TWO_FILES and kind != "products" and beside is None:
        say(
            f"{preset.title} writes products and their combinations to two files: without --beside, "
            "a product with combinations becomes a SKU itself.",
            style="yellow",
        )


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


def _show_plan(importer: Importer, journal: Journal, shape: Format, title: str = "") -> None:
    changes = run.planned_changes(importer, journal)
    if shape is not Format.TABLE:
        print_documents((_change_document(change, shape) for change in changes), shape, ())
        return
    console = Console(highlight=False, soft_wrap=True, markup=False)
    for change in islice(changes, _SHOWN_DIFFERENCES):
        sign, style = ("+", "green") if change.action is Action.CREATE else ("~", "yellow")
        console.print(f"{sign} line {change.line}: {change.key}  {change.shown}".rstrip(), style=style)
    planned = journal.count_units(State.PLANNED)
    if planned > _SHOWN_DIFFERENCES:
        console.print(f"… and {planned - _SHOWN_DIFFERENCES} more (--json shows all)")
    actions, rows = journal.count_actions(), journal.count_rows()
    console.print(
        f"{_titled(title)}{sum(rows.values())} rows: {actions.get(Action.CREATE, 0)} to create, "
        f"{actions.get(Action.CHANGE, 0)} to change, {actions.get(Action.NONE, 0)} unchanged, "
        f"{rows.get(State.REJECTED, 0)} rejected"
    )


def _change_document(change: run.PlannedChange, shape: Format) -> dict[str, Any]:
    document = {"line": change.line, "action": str(change.action), "key": change.key}
    if shape.is_csv:
        return document | {
            "differences": shown_differences(change.differences),
            "values": ", ".join(f"{name}: {cell_of(value)}" for name, value in change.values.items()),
        }
    return document | {"differences": dict(change.differences), "values": dict(change.values)}


def _titled(title: str) -> str:
    return f"{title}: " if title else ""


def _finish(importer: Importer, journal: Journal, path: Path, table: Table, *, dry_run: bool) -> None:
    """Print the results, write the rejects file, and exit with 3 if there are rejected rows."""
    if exit_code := _report(importer, journal, path, table, dry_run=dry_run):
        click.get_current_context().exit(exit_code)


def _report(
    importer: Importer, journal: Journal, path: Path, table: Table, *, dry_run: bool, title: str = ""
) -> int:
    """Print the results and write the rejects file; return the exit code."""
    rows = journal.count_rows()
    rejected = rows.get(State.REJECTED, 0)
    done = rows.get(State.DONE, 0)
    _show_rejected(importer, journal, rejected, title)
    if inactive := journal.count_inactive_rows():
        say(
            f"{inactive} rows are {importer.rules.name} that are inactive and stay so, unless is_active is "
            "true in the row.",
            style="yellow",
        )
    exit_code = exit_codes.REJECTS if rejected else exit_codes.DONE
    if not dry_run:
        unchanged = rows.get(State.UNCHANGED, 0)
        counts = f"{done} applied, {unchanged} unchanged, {rejected} rejected"
        say(f"{_titled(title)}{sum(rows.values())} rows: {counts}.")
    try:
        if (rejects := run.write_rejects(journal, path, table, dry_run=dry_run)) is not None:
            say(f"The rejected rows with line and reason are in {rejects}")
    except OSError as error:
        rejects = rejects_file(path, journal.fact("kind"))
        say(
            f"The rejected rows cannot be written to {rejects}: {error.strerror or error}. Repeat the "
            "command when they can be.",
            style="red",
        )
        exit_code = exit_codes.LOCAL_FAILURE
    if dry_run:
        say("A dry run: nothing was changed.")
    elif journal.count_units(*TO_UNDO):
        say(f"To undo this import: inventory import undo {journal.import_id}")
    return exit_code


def _show_rejected(importer: Importer, journal: Journal, rejected: int, title: str) -> None:
    """Print the first rejected rows, and how many there are for each kind of reason."""
    for row in islice(journal.rejected(), _SHOWN_REJECTS):
        say(f"{_titled(title)}line {row.line}: {row.reason}", style="red")
    if rejected > _SHOWN_REJECTS:
        say(f"… and {rejected - _SHOWN_REJECTS} more", style="red")
    if rejected == 0:
        return
    reasons = run.count_reasons(importer, journal)
    say("Rejected rows by reason:")
    for reason, count in reasons[:_SHOWN_REASONS]:
        say(f"{count:>7}  {reason}")
    if rest := reasons[_SHOWN_REASONS:]:
        say(f"{sum(count for _, count in rest):>7}  {len(rest)} other reasons")


def _journals(call: Invocation) -> Iterator[dict[str, Any]]:
    for journal in journals(call.journals()):
        if isinstance(journal, JournalError):
            say(str(journal), style="yellow")
            continue
        try:
            rows = journal.count_rows()
            document = {"import_id": journal.import_id, "file": journal.fact("file")}
        except sqlite3.Error as error:
            say(f"{journal.path} cannot be read as the journal of an import: {error}.", style="yellow")
            continue
        states = (State.DONE, State.SENDING, State.UNDONE, State.REJECTED)
        yield document | {str(state): rows.get(state, 0) for state in states}


@contextmanager
def _bar(name: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Show progress on standard error if it is a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(name.ljust(10), total=total)
        yield lambda count: progress.advance(task, count)
