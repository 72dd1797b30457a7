"""What the commands that import print: the plan, the results, rejected rows, and what is undone."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console

from inventory_imports.cells import cell_of
from inventory_imports.plans import Action, shown_differences
from inventory_imports.tables import Table

from .. import exit_codes
from ..imports import run
from ..imports.files import rejects_file
from ..imports.importer import Importer
from ..imports.journal import TO_UNDO, Journal, State
from ..output import Format, print_documents, say

__all__ = ["finish", "finish_undo", "report", "show_plan", "undo_document"]

_SHOWN_DIFFERENCES: Final = 10
_SHOWN_REJECTS: Final = 5
_SHOWN_REASONS: Final = 10


def show_plan(importer: Importer, journal: Journal, shape: Format, title: str = "") -> None:
    """Print what an import would do, and the numbers of rows."""
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


def finish(importer: Importer, journal: Journal, path: Path, table: Table, *, dry_run: bool) -> None:
    """Print the results, write the rejects file, and exit with 3 if there are rejected rows."""
    if exit_code := report(importer, journal, path, table, dry_run=dry_run):
        click.get_current_context().exit(exit_code)


def report(
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


def _titled(title: str) -> str:
    return f"{title}: " if title else ""


def undo_document(result: run.UndoResult) -> dict[str, Any]:
    """Return what is printed of an import unit that was undone, or cannot be: its `action` is None then."""
    undone = result.undone
    return {
        "line": result.unit.number,
        "key": result.unit.key,
        "action": None if undone is None else undone.action,
        "details": result.reason if undone is None else undone.shown,
    }


def finish_undo(results: list[dict[str, Any]], shape: Format, *, dry_run: bool) -> None:
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
