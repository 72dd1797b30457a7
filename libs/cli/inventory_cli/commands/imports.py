"""``inventory import``: from a file to the services, with the differences first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from .. import exit_codes
from ..imports import run
from ..imports.files import SourceFile, rejects_file
from ..imports.journal import Action, Journal, State
from ..imports.kind import Kind
from ..imports.mapping import RowMapping, read_mapping
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
    help="Requests at a time.",
)
_yes_option = click.option("--yes", is_flag=True, help="Do not ask.")


@click.group("import")
def imports() -> None:
    """Import products, SKUs, stock and orders; see and undo earlier imports."""


def _import_command(name: str, does: str) -> None:
    @imports.command(name, help=does)
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option("--mapping", "mapping_file", type=click.Path(path_type=Path), help="What its columns mean.")
    @vendor_option
    @click.option("--dry-run", is_flag=True, help="Show the differences, and do nothing.")
    @_yes_option
    @_concurrency_option
    @shaped
    @pass_invocation
    def command(
        call: Invocation,
        file: Path,
        mapping_file: Path | None,
        vendor: str | None,
        dry_run: bool,
        yes: bool,
        concurrency: int,
        shape: Format,
        reference: str | None = None,
    ) -> None:
        kind = run.KINDS[name]
        mapping = RowMapping() if mapping_file is None else read_mapping(mapping_file)
        source = SourceFile(file)
        _require_columns(kind, source, mapping)
        given = {"vendor_id": vendor or call.profile().vendor, "reference": reference}
        defaults = {attribute: value for attribute, value in given.items() if value is not None}
        with call.session() as session, _new_journal(call, name, file) as journal:
            with _bar("Reading", None):
                run.read_file(kind, source, journal, mapping=mapping, defaults=defaults)
            with _bar("Comparing", None):
                run.look_and_plan(kind, session, journal, mapping)
            planned = journal.count_units(State.PLANNED)
            _show_plan(journal, shape)
            if dry_run or planned == 0:
                _finish(journal, source, dry_run=dry_run)
                return
            if not yes:
                click.confirm(f"Apply {planned} of these?", abort=True, err=True)
            with _bar("Importing", planned) as advance:
                run.carry_out(kind, session, journal, concurrency=concurrency, progress=advance)
            _finish(journal, source, dry_run=False)

    if name == "stock":
        click.option("--reference", help="What names the delivery or count, for rows that do not.")(command)


_import_command("products", "Create and change products; external_id is how they are known again.")
_import_command("skus", "Create and change SKUs.")
_import_command("stock", "Take deliveries in and correct counts; each reference is done once, for ever.")
_import_command("orders", "Place orders, and settle those whose status says so; one row a line.")


@imports.command("list")
@shaped
@pass_invocation
def list_imports(call: Invocation, shape: Format) -> None:
    """List the imports of this machine, the last first."""
    print_documents(_journals(call), shape, ("import_id", "file", "done", "undone", "rejected"))


@imports.command()
@click.argument("import_id")
@_yes_option
@_concurrency_option
@pass_invocation
def undo(call: Invocation, import_id: str, yes: bool, concurrency: int) -> None:
    """Undo an import by what compensates it; the log keeps both.

    What was created is deactivated, what was changed is changed back, what came in is adjusted out, what was
    reserved is cancelled and what was confirmed refunded: the last first.
    """
    try:
        journal = Journal.open(call.journals(), import_id)
    except FileNotFoundError:
        raise click.UsageError(f"There is no import {import_id}; see: inventory import list.") from None
    with journal, call.session() as session:
        count = journal.count_units(State.DONE)
        if count == 0:
            say("There is nothing to undo.")
            return
        if not yes:
            click.confirm(f"Undo {count}?", abort=True, err=True)
        left: list[str] = []
        with _bar("Undoing", count) as advance:
            run.take_back(
                run.KINDS[journal.fact("kind")],
                session,
                journal,
                concurrency=concurrency,
                progress=advance,
                refused=lambda key, reason: left.append(f"{key}: {reason}"),
            )
        for told in left:
            say(told, style="red")
        say(f"{count - len(left)} undone, {len(left)} could not be.")
        if left:
            click.get_current_context().exit(exit_codes.REJECTS)


@contextmanager
def _new_journal(call: Invocation, kind: str, file: Path) -> Iterator[Journal]:
    """Begin a journal, and keep it only if there is something to undo."""
    with Journal.begin(call.journals(), kind, file) as journal:
        try:
            yield journal
        finally:
            if journal.count_units(State.DONE) == 0:
                journal.discard()


def _require_columns(kind: Kind, source: SourceFile, mapping: RowMapping) -> None:
    if source.columns is None:
        return
    if mapping.columns is not None:
        joined = [SourceFile(source.path.parent / lookup.file).columns or () for lookup in mapping.lookups]
        if missing := sorted(mapping.needs() - set(source.columns).union(*joined)):
            raise click.UsageError(f"{source.path} has no {', '.join(missing)}, which the mapping needs.")
        if unknown := sorted(set(mapping.columns) - set(kind.model.model_fields)):
            raise click.UsageError(f"The mapping makes {', '.join(unknown)}, which {kind.name} do not have.")
        return
    known = set(kind.model.model_fields) | kind.ignored
    if unknown := sorted(set(source.columns) - known):
        raise click.UsageError(
            f"{source.path} has the columns {', '.join(unknown)}, which mean nothing here. "
            f"Columns of {kind.name}: {', '.join(sorted(kind.model.model_fields))}. "
            "A --mapping can say what others mean."
        )


def _show_plan(journal: Journal, shape: Format) -> None:
    if shape is Format.JSON:
        print_documents(run.changes(journal), shape, ())
        return
    if shape is Format.CSV:
        print_documents(
            (change | {"differences": _told(change["differences"])} for change in run.changes(journal)),
            shape,
            (),
        )
        return
    console = Console(highlight=False, soft_wrap=True, markup=False)
    for change in islice(run.changes(journal), _SHOWN_DIFFERENCES):
        sign = "+" if change["action"] == Action.CREATE else "~"
        style = "green" if sign == "+" else "yellow"
        told = f"{sign} line {change['line']}: {change['key']}  {_told(change['differences'])}"
        console.print(told.rstrip(), style=style)
    planned = journal.count_units(State.PLANNED)
    if planned > _SHOWN_DIFFERENCES:
        console.print(f"… and {planned - _SHOWN_DIFFERENCES} more (--json shows all)")
    actions, rows = journal.count_actions(), journal.count_rows()
    console.print(
        f"{sum(rows.values())} rows: {actions.get(Action.CREATE, 0)} to create, "
        f"{actions.get(Action.CHANGE, 0)} to change, {actions.get(Action.NONE, 0)} unchanged, "
        f"{rows.get(State.REJECTED, 0)} rejected"
    )


def _told(differences: dict[str, Any]) -> str:
    return ", ".join(f"{name}: {before} → {after}" for name, (before, after) in differences.items())


def _finish(journal: Journal, source: SourceFile, *, dry_run: bool) -> None:
    """Tell what became of the rows, write the rejects, and end with the exit code."""
    rows = journal.count_rows()
    rejected = rows.get(State.REJECTED, 0)
    done = rows.get(State.DONE, 0)
    for found in islice(journal.rejected(), _SHOWN_REJECTS):
        say(f"line {found.line}: {found.reason}", style="red")
    if rejected > _SHOWN_REJECTS:
        say(f"… and {rejected - _SHOWN_REJECTS} more", style="red")
    if dry_run:
        say("A dry run: nothing was done.")
    else:
        run.write_rejects(journal, source)
        unchanged = rows.get(State.UNCHANGED, 0)
        say(f"{sum(rows.values())} rows: {done} applied, {unchanged} unchanged, {rejected} rejected.")
        if rejected:
            say(f"The rejected rows, with line and reason: {rejects_file(source.path, journal.fact('kind'))}")
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
    """Show progress on a terminal's standard error; nothing elsewhere."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(name.ljust(10), total=total)
        yield lambda count: progress.advance(task, count)
