"""``inventory import all DIR``: a whole shop from a folder that ``inventory export all`` wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final

import click

from inventory_imports.cells import OWN_FORMATS
from inventory_imports.mapping import RowMapping
from inventory_imports.plans import Action

from .. import exit_codes
from ..imports import run
from ..imports.directory import (
    ProductIds,
    RestoredTable,
    Step,
    files_of,
    importer_of,
    reference_of,
    steps,
)
from ..imports.files import rejects_file
from ..imports.journal import TO_UNDO, Journal, State
from ..imports.shops import new_skus
from ..output import Format, say
from ..profiles import Session
from ..progress import counted
from .import_options import (
    beside_option,
    concurrency_option,
    dry_run_option,
    from_option,
    reference_option,
    yes_option,
)
from .import_shop import import_shop_file
from .invocation import Invocation, pass_invocation, shaped, vendor_option
from .questions import confirm, require_answer

__all__ = ["import_all", "import_directory"]

_SHOWN_REJECTS: Final = 5


@click.command("all")
@click.argument("source", metavar="FILE|DIR", type=click.Path(path_type=Path, exists=True))
@from_option
@beside_option
@vendor_option
@reference_option
@dry_run_option
@yes_option
@concurrency_option
@shaped
@pass_invocation
def import_all(
    call: Invocation,
    source: Path,
    shop: str | None,
    beside: Path | None,
    vendor: str | None,
    reference: str | None,
    dry_run: bool,
    yes: bool,
    concurrency: int,
    shape: Format,
) -> int:
    """Import products, SKUs and stock from the FILE of a shop system, or all that `export all` wrote to DIR.

    Each part is an import that can be undone.  A folder is meant for an empty shop, which then equals the
    exported one: products get new ids; those without an external id are recognized when the import is
    repeated on this machine.
    """
    if not source.is_dir():
        return import_shop_file(
            call,
            source,
            shop=shop,
            beside=beside,
            vendor=vendor,
            reference=reference,
            dry_run=dry_run,
            yes=yes,
            concurrency=concurrency,
            shape=shape,
        )
    stated = {"--from": shop, "--beside": beside, "--vendor": vendor, "--reference": reference}
    if given := [option for option, value in stated.items() if value is not None]:
        raise click.UsageError(f"The files of an export state it themselves: remove {', '.join(given)}.")
    return import_directory(call, source, dry_run=dry_run, yes=yes, concurrency=concurrency)


def import_directory(call: Invocation, folder: Path, *, dry_run: bool, yes: bool, concurrency: int) -> int:
    """Import the files of an export, and return the exit code.

    Raises
    ------
    FileError
        If the folder has no such files; no service was called.
    """
    require_answer(yes or dry_run)
    files = files_of(folder)
    ids = ProductIds(call.journals())
    tables = {step: RestoredTable(step, ids) for step in steps(files)}
    inactive = {step.name: _count(step, tables[step]) for step in tables if not step.deactivates}
    if not (yes or dry_run):
        confirm("Import all of them?")
    restoration = _Restoration(call, ids, inactive, dry_run=dry_run, concurrency=concurrency)
    with call.session() as session:
        for step, table in tables.items():
            if not step.deactivates or (inactive[step.name] and not dry_run):
                restoration.execute(session, step, table)
    return restoration.finish()


def _count(step: Step, table: RestoredTable) -> int:
    """Report the rows of a file, and return how many of them are inactive."""
    rows = sum(1 for _ in table)
    say(
        f"{step.file.name}: {rows} rows, {table.inactive} of them inactive"
        if table.inactive
        else f"{step.file.name}: {rows} rows"
    )
    return table.inactive


class _Restoration:
    """The steps of an import, and what they did.

    Parameters
    ----------
    inactive
        The number of inactive rows by file.
    """

    def __init__(
        self,
        call: Invocation,
        ids: ProductIds,
        inactive: Mapping[str, int],
        *,
        dry_run: bool,
        concurrency: int,
    ) -> None:
        self._call = call
        self._ids = ids
        self._inactive = inactive
        self._dry_run = dry_run
        self._concurrency = concurrency
        self._done: list[str] = []
        self._created: set[str | None] = set()
        self._has_rejects = False
        self._new: dict[str, Any] = {}

    def execute(self, session: Session, step: Step, table: RestoredTable) -> None:
        """Execute a step and report it."""
        importer = importer_of(step, self._ids)
        given = {"vendor_id": self._call.profile().vendor}
        if step.name == "stock":
            given["reference"] = reference_of(step.file)
        defaults = {name: value for name, value in given.items() if value is not None}
        with self._journal(step) as journal, counted(step.name) as progress:
            run.read_file(
                importer,
                step.file,
                table,
                journal,
                mapping=RowMapping(),
                defaults=defaults,
                formats=OWN_FORMATS,
            )
            journal.add_existing(self._new.items())
            run.compare(importer, session, journal, RowMapping())
            if self._dry_run:
                self._new |= new_skus(journal) if step.name == "skus" else {}
            else:
                run.execute(importer, session, journal, concurrency=self._concurrency, progress=progress)
            if step.name == "products" and not step.deactivates:
                self._ids.learn(journal)
            self._report(step, table, journal)
            self._settle_created(step, journal)

    def _settle_created(self, step: Step, journal: Journal) -> None:
        """Remember what the import created: that it was deactivated afterwards needs no undoing.

        An undo deactivates what was created, and would not if reactivating had changed it before.
        """
        for unit in journal.units(State.DONE):
            subject = unit.plan.target.get("sku") or unit.plan.target.get("product_id")
            if unit.plan.target.get("created"):
                self._created.add(subject)
            elif step.deactivates and subject in self._created:
                journal.finish(unit.number, State.UNCHANGED)

    @contextmanager
    def _journal(self, step: Step) -> Iterator[Journal]:
        """Begin a journal, and discard it if there is nothing to undo."""
        with Journal.begin(self._call.journals(), step.name, step.file) as journal:
            try:
                yield journal
            finally:
                if journal.count_units(*TO_UNDO):
                    self._done.append(journal.import_id)
                else:
                    journal.discard()

    def _report(self, step: Step, table: RestoredTable, journal: Journal) -> None:
        rows, actions = journal.count_rows(), journal.count_actions()
        rejected = rows.get(State.REJECTED, 0)
        if step.deactivates:
            say(f"{step.name}: {rows.get(State.DONE, 0)} deactivated, {rejected} rejected")
        elif self._dry_run:
            say(
                f"{step.name}: {actions.get(Action.CREATE, 0)} to create, {actions.get(Action.CHANGE, 0)} to "
                f"change, {actions.get(Action.NONE, 0)} unchanged, {rejected} rejected, "
                f"{self._inactive[step.name]} to deactivate afterwards"
            )
        else:
            unchanged = rows.get(State.UNCHANGED, 0)
            say(f"{step.name}: {rows.get(State.DONE, 0)} applied, {unchanged} unchanged, {rejected} rejected")
        for row in islice(journal.rejected(), _SHOWN_REJECTS):
            say(f"line {row.line}: {row.reason}", style="red")
        if rejected > _SHOWN_REJECTS:
            say(f"… and {rejected - _SHOWN_REJECTS} more", style="red")
        self._has_rejects |= rejected > 0
        if not (self._dry_run or step.deactivates):
            self._write_rejects(step, table, journal)

    def _write_rejects(self, step: Step, table: RestoredTable, journal: Journal) -> None:
        file = rejects_file(step.file, step.name)
        try:
            if run.write_rejects(journal, step.file, table.table):
                say(f"The rejected rows with line and reason are in {file}")
        except OSError as error:
            # A backup may be read-only; the rows are rejected again when the import is repeated.
            say(f"{file} cannot be written: {error.strerror or error}.", style="red")

    def finish(self) -> int:
        """Say how to undo everything, and return the exit code."""
        if self._dry_run:
            say("A dry run: nothing was changed.")
        if self._done:
            commands = " && ".join(f"inventory import undo {done}" for done in reversed(self._done))
            say(f"To undo this import: {commands}")
        return exit_codes.REJECTS if self._has_rejects else exit_codes.DONE
