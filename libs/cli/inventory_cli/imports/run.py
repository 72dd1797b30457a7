"""The steps of an import, for rows of any type, with few rows in memory at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar

from inventory_client import Problem, problems
from inventory_imports.comparing import compare_unit
from inventory_imports.mapping import RowMapping
from inventory_imports.plans import Rejected
from inventory_imports.presets.assembling import line_of
from inventory_imports.tables import RejectedRow, Table

from ..profiles import Session
from .files import rejects_file, write_rejected
from .importer import Importer, Result
from .journal import Journal, State, Unit
from .orders import OrderImporter
from .products import ProductImporter
from .reading import read_file
from .skus import SkuImporter
from .stock import StockImporter

__all__ = ["IMPORTERS", "compare", "execute", "planned_changes", "read_file", "undo", "write_rejects"]

IMPORTERS: Final[Mapping[str, Importer]] = {
    importer.rules.name: importer
    for importer in (ProductImporter(), SkuImporter(), StockImporter(), OrderImporter())
}

Progress = Callable[[int], object]
"""Called with the number of import units that have just finished."""

Job = TypeVar("Job")
Outcome = TypeVar("Outcome")


# Compare


def compare(importer: Importer, session: Session, journal: Journal, mapping: RowMapping) -> None:
    """Read what exists, and write the plan of each import unit into the journal."""
    importer.read_existing(session, journal)
    for unit in journal.units(State.READ):
        compared = compare_unit(
            importer.rules,
            list(journal.rows_of(unit.key)),
            journal.first_invalid_row(unit.key),
            journal.existing,
            keeps_first=mapping.keeps_first,
        )
        for line, reason in compared.rejected_lines.items():
            journal.reject_row(line, reason)
        if compared.plan is None:
            journal.finish(unit.number, State.REJECTED, reason=compared.reason)
        else:
            journal.plan(unit.number, compared.plan)


# Execute


def execute(
    importer: Importer, session: Session, journal: Journal, *, concurrency: int, progress: Progress
) -> None:
    """Execute what is planned, a few requests at a time.

    An import unit that a service refuses is rejected, and the import continues.  An error that would affect
    every unit (no answer, no token, a busy service) ends it, as Ctrl-C does; results of requests that have
    been sent by then are awaited and written into the journal.
    """

    def work(batch: Sequence[Unit]) -> list[Result]:
        try:
            return importer.execute(session, batch)
        except Rejected as rejected:
            reason = str(rejected)
        except Problem as problem:
            if _affects_every_unit(problem):
                raise
            reason = f"{problem.code}: {problem.detail}"
        return [Result(unit.number, State.REJECTED, unit.plan.target, reason) for unit in batch]

    def finish(results: list[Result]) -> None:
        for result in results:
            journal.finish(result.number, result.state, target=result.target, reason=result.reason)
        progress(len(results))

    concurrency = min(concurrency, importer.concurrency_max)
    _run_jobs(work, importer.batches(journal.units(State.PLANNED)), concurrency, finish)


def undo(
    importer: Importer,
    session: Session,
    journal: Journal,
    *,
    concurrency: int,
    progress: Progress,
    on_rejected: Callable[[str, str], object],
) -> None:
    """Undo what was executed, in reverse order.

    It may be interrupted and called again: what is undone stays undone.

    Parameters
    ----------
    on_rejected
        Called with the key and the reason of each import unit that cannot be undone.
    """

    def work(unit: Unit) -> tuple[Unit, str | None]:
        try:
            importer.undo(session, unit)
        except Rejected as rejected:
            return unit, str(rejected)
        except Problem as problem:
            if _affects_every_unit(problem):
                raise
            return unit, f"{problem.code}: {problem.detail}"
        return unit, None

    def finish(result: tuple[Unit, str | None]) -> None:
        unit, reason = result
        if reason is None:
            journal.finish(unit.number, State.UNDONE)
        else:
            on_rejected(unit.key, reason)
        progress(1)

    _run_jobs(work, journal.units(State.DONE, descending=True), concurrency, finish)


def _affects_every_unit(problem: Problem) -> bool:
    return isinstance(problem, problems.Unauthenticated | problems.Unavailable)


def _run_jobs(
    work: Callable[[Job], Outcome],
    jobs: Iterable[Job],
    concurrency: int,
    finish: Callable[[Outcome], object],
) -> None:
    """Run jobs in threads, a few at a time, and finish each in this thread.

    If one fails, no further job is started; those that have started are finished before the error is raised.
    """
    waiting = iter(jobs)
    unfinished: set[Future[Outcome]] = set()
    with ThreadPoolExecutor(concurrency) as pool:
        try:
            while True:
                room = 2 * concurrency - len(unfinished)
                unfinished |= {pool.submit(work, job) for job in islice(waiting, room)}
                if not unfinished:
                    return
                for future in wait(unfinished, return_when=FIRST_COMPLETED).done:
                    outcome = future.result()
                    unfinished.discard(future)
                    finish(outcome)
        except BaseException:
            started = [future for future in unfinished if not future.cancel()]
            for future in wait(started).done:
                if future.exception() is None:
                    finish(future.result())
            raise


# Rejects


def write_rejects(journal: Journal, path: Path, table: Table) -> int:
    """Write the rejects file, or remove that of an earlier run; return the number of its rows."""
    rejects = rejects_file(path, journal.fact("kind"))
    count = journal.count_rows().get(State.REJECTED, 0)
    if count == 0:
        rejects.unlink(missing_ok=True)
    else:
        write_rejected(rejects, table, _once_each(journal.rejected()))
    return count


def _once_each(rows: Iterable[RejectedRow]) -> Iterator[RejectedRow]:
    """Yield the first rejected row of each line: one line of a shop's file may have several SKUs."""
    written: set[int] = set()
    for row in rows:
        if row.line not in written:
            written.add(row.line)
            yield row


def planned_changes(journal: Journal) -> Iterator[dict[str, Any]]:
    """Yield what an import would do, one object per import unit."""
    for unit in journal.units(State.PLANNED):
        yield {
            "line": line_of(unit.number),
            "action": str(unit.plan.action),
            "key": unit.key,
            "differences": dict(unit.plan.differences),
        }
