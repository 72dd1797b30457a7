"""``inventory import``: from a file to the services, after showing the differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from inventory_imports.cells import Formats
from inventory_imports.mapping import RowMapping
from inventory_imports.plans import Action
from inventory_imports.sources import folded
from inventory_imports.tables import Table

from .. import exit_codes
from ..imports import run
from ..imports.files import STANDARD_INPUT, open_mapping, open_table, rejects_file
from ..imports.importer import Importer
from ..imports.journal import Journal, State
from ..output import Format, print_documents, say
from .invocation import Invocation, pass_invocation, shaped, vendor_option

__all__ = ["imports"]

_CONCURRENCY_DEFAULT: Final = 8
_CONCURRENCY_MAX: Final = 32
_SHOWN_DIFFERENCES: Final = 10
_SHOWN_REJECTS: Final = 5

_concurrency_option = click.option(
    "--concurrency",
    type=click.IntRange(1, _CONCURRENCY_MAX),
    default=_CONCURRENCY_DEFAULT,
    show_default=True,
    help="Concurrent requests.",
)
_yes_option = click.option("--yes", is_flag=True, help="Do not ask for confirmation.")


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
    @click.option("--dry-run", is_flag=True, help="Show the differences and change nothing.")
    @_yes_option
    @_concurrency_option
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
    ) -> None:
        importer = run.IMPORTERS[name]
        mapping = RowMapping() if mapping_file is None else open_mapping(mapping_file)
        formats = Formats(
            decimal or mapping.formats.decimal,
            mapping.formats.list_separator if list_separator is None else list_separator,
        )
        if file == STANDARD_INPUT and not (yes or dry_run):
            raise click.UsageError("Standard input cannot also answer questions: add --yes or --dry-run.")
        table = open_table(file, encoding=encoding, separator=separator, sheet=sheet)
        file = Path(table.name)
        _require_columns(importer, file, table, mapping)
        given = {"vendor_id": vendor or call.profile().vendor, "reference": reference}
        defaults = {attribute: value for attribute, value in given.items() if value is not None}
        with call.session() as session, _new_journal(call, name, file) as journal:
            with _bar("Reading", None):
                lists = run.read_file(
                    importer, file, table, journal, mapping=mapping, defaults=defaults, formats=formats
                )
            say(f"{file.name}: {', '.join([*table.notes, *lists])}.")
            with _bar("Comparing", None):
                run.compare(importer, session, journal, mapping)
            planned = journal.count_units(State.PLANNED)
            _show_plan(journal, shape)
            if dry_run or planned == 0:
                _finish(journal, file, table, dry_run=dry_run)
                return
            if not yes:
                click.confirm(f"Apply {planned} changes?", abort=True, err=True)
            with _bar("Importing", planned) as advance:
                run.execute(importer, session, journal, concurrency=concurrency, progress=advance)
            _finish(journal, file, table, dry_run=False)

    if name == "stock":
        click.option("--reference", help="The reference of rows without one.")(command)


_import_command("products", "Create and change products, which are recognized by external_id.")
_import_command("skus", "Create and change SKUs.")
_import_command("stock", "Add deliveries and correct counts; each reference is executed once, for ever.")
_import_command("orders", "Place orders, and confirm or cancel them by their status; one row per line.")


@imports.command("list")
@shaped
@pass_invocation
def list_imports(call: Invocation, shape: Format) -> None:
    """List the imports of this machine, newest first."""
    print_documents(_journals(call), shape, ("import_id", "file", "done", "undone", "rejected"))


@imports.command()
@click.argument("import_id")
@_yes_option
@_concurrency_option
@pass_invocation
def undo(call: Invocation, import_id: str, yes: bool, concurrency: int) -> None:
    """Undo an import by compensating commands, in reverse order; the log keeps both.

    Created products and SKUs are deactivated, changed ones restored, deliveries adjusted, reserved units
    cancelled and confirmed ones refunded.
    """
    try:
        journal = Journal.open(call.journals(), import_id)
    except FileNotFoundError:
        raise click.UsageError(
            f"Import {import_id} was not found; list them with: inventory import list"
        ) from None
    with journal, call.session() as session:
        count = journal.count_units(State.DONE)
        if count == 0:
            say("Nothing to undo.")
            return
        if not yes:
            click.confirm(f"Undo {count} changes?", abort=True, err=True)
        rejected: list[str] = []
        with _bar("Undoing", count) as advance:
            run.undo(
                run.IMPORTERS[journal.fact("kind")],
                session,
                journal,
                concurrency=concurrency,
                progress=advance,
                on_rejected=lambda key, reason: rejected.append(f"{key}: {reason}"),
            )
        for message in rejected:
            say(message, style="red")
        say(f"{count - len(rejected)} undone, {len(rejected)} not undone.")
        if rejected:
            click.get_current_context().exit(exit_codes.REJECTS)


@contextmanager
def _new_journal(call: Invocation, name: str, file: Path) -> Iterator[Journal]:
    """Begin a journal, and discard it if there is nothing to undo."""
    with Journal.begin(call.journals(), name, file) as journal:
        try:
            yield journal
        finally:
            if journal.count_units(State.DONE) == 0:
                journal.discard()


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


def _show_plan(journal: Journal, shape: Format) -> None:
    if shape is Format.JSON:
        print_documents(run.planned_changes(journal), shape, ())
        return
    if shape.is_csv:
        print_documents(
            (
                change | {"differences": _shown(change["differences"])}
                for change in run.planned_changes(journal)
            ),
            shape,
            (),
        )
        return
    console = Console(highlight=False, soft_wrap=True, markup=False)
    for change in islice(run.planned_changes(journal), _SHOWN_DIFFERENCES):
        sign = "+" if change["action"] == Action.CREATE else "~"
        style = "green" if sign == "+" else "yellow"
        line = f"{sign} line {change['line']}: {change['key']}  {_shown(change['differences'])}"
        console.print(line.rstrip(), style=style)
    planned = journal.count_units(State.PLANNED)
    if planned > _SHOWN_DIFFERENCES:
        console.print(f"… and {planned - _SHOWN_DIFFERENCES} more (--json shows all)")
    actions, rows = journal.count_actions(), journal.count_rows()
    console.print(
        f"{sum(rows.values())} rows: {actions.get(Action.CREATE, 0)} to create, "
        f"{actions.get(Action.CHANGE, 0)} to change, {actions.get(Action.NONE, 0)} unchanged, "
        f"{rows.get(State.REJECTED, 0)} rejected"
    )


def _shown(differences: dict[str, Any]) -> str:
    return ", ".join(f"{name}: {before} → {after}" for name, (before, after) in differences.items())


def _finish(journal: Journal, path: Path, table: Table, *, dry_run: bool) -> None:
    """Print the results, write the rejects file, and exit with 3 if there are rejected rows."""
    rows = journal.count_rows()
    rejected = rows.get(State.REJECTED, 0)
    done = rows.get(State.DONE, 0)
    for row in islice(journal.rejected(), _SHOWN_REJECTS):
        say(f"line {row.line}: {row.reason}", style="red")
    if rejected > _SHOWN_REJECTS:
        say(f"… and {rejected - _SHOWN_REJECTS} more", style="red")
    if dry_run:
        say("A dry run: nothing was changed.")
    else:
        run.write_rejects(journal, path, table)
        unchanged = rows.get(State.UNCHANGED, 0)
        say(f"{sum(rows.values())} rows: {done} applied, {unchanged} unchanged, {rejected} rejected.")
        if rejected:
            rejects = rejects_file(path, journal.fact("kind"))
            say(f"The rejected rows with line and reason are in {rejects}")
        if done:
            say(f"To undo this import: inventory import undo {journal.import_id}")
    if rejected:
        click.get_current_context().exit(exit_codes.REJECTS)


def _journals(call: Invocation) -> Iterator[dict[str, Any]]:
    folder = call.journals()
    for path in sorted(folder.glob("*.sqlite"), reverse=True) if folder.is_dir() else ():
        with Journal.open(folder, path.stem) as journal:
            rows = journal.count_rows()
            yield {
                "import_id": journal.import_id,
                "file": journal.fact("file"),
                "done": rows.get(State.DONE, 0),
                "undone": rows.get(State.UNDONE, 0),
                "rejected": rows.get(State.REJECTED, 0),
            }


@contextmanager
def _bar(name: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Show progress on standard error if it is a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(name.ljust(10), total=total)
        yield lambda count: progress.advance(task, count)
