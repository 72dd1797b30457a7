"""The steps of an import, for rows of any type, with few rows in memory at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final, Generic, NamedTuple, TypeVar

from inventory_client import Problem, problems
from inventory_imports.comparing import compare_unit
from inventory_imports.mapping import RowMapping
from inventory_imports.plans import Action, Rejected
from inventory_imports.presets.assembling import line_of
from inventory_imports.reasons import reason_kind
from inventory_imports.tables import RejectedRow, Table

from ..profiles import Session
from .files import rejects_file, write_rejected
from .importer import Importer, Result, Undone
from .journal import TO_UNDO, Journal, State, Unit, others_of_kind
from .orders import OrderImporter
from .products import ProductImporter
from .reading import read_file
from .skus import SkuImporter
from .stock import StockImporter

__all__ = [
    "IMPORTERS",
    "PlannedChange",
    "UndoResult",
    "compare",
    "count_reasons",
    "execute",
    "planned_changes",
    "read_file",
    "undo",
    "write_rejects",
]

IMPORTERS: Final[Mapping[str, Importer]] = {
    importer.rules.name: importer
    for importer in (ProductImporter(), SkuImporter(), StockImporter(), OrderImporter())
}

_HELD_MAX: Final = 1000
"""Import units in jobs that wait for another one with the same key, in memory."""

Progress = Callable[[int], object]
"""Called with the number of import units that have just finished."""

Job = TypeVar("Job")
Outcome = TypeVar("Outcome")


# Compare


def compare(importer: Importer, session: Session, journal: Journal, mapping: RowMapping) -> None:
    """Read what exists, and write the plan of each import unit into the journal."""
    importer.read_existing(session, journal)
    for unit in journal.units(State.READ):
        key = importer.rules.resolved_key(unit.rows[0], journal.existing)
        if key != unit.key:
            journal.move_unit(unit, key)
    with journal.together():
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
        with journal.together():
            for result in results:
                journal.finish(result.number, result.state, target=result.target, reason=result.reason)
        progress(len(results))

    def mark(state: State) -> Callable[[Iterable[list[Unit]]], None]:
        return lambda batches: journal.mark((unit.number for batch in batches for unit in batch), state)

    _run_jobs(
        work,
        importer.batches(journal.units(State.PLANNED)),
        min(concurrency, importer.concurrency_max),
        finish,
        serial_keys=lambda batch: _serial_keys(importer, batch),
        held_max=_HELD_MAX // importer.batch_max,
        before=mark(State.SENDING),
        withdrawn=mark(State.PLANNED),
    )


# Undo


@dataclass(frozen=True, slots=True)
class UndoResult:
    """What was undone of an import unit, or would be; `reason` says why it cannot be undone."""

    unit: Unit
    undone: Undone | None = None
    reason: str | None = None


def undo(
    importer: Importer,
    session: Session,
    journal: Journal,
    *,
    concurrency: int,
    on_result: Callable[[UndoResult], object],
    dry_run: bool = False,
) -> None:
    """Undo what was executed, in reverse order; a dry run checks what would be undone.

    It may be interrupted and called again: what is undone stays undone.

    Parameters
    ----------
    on_result
        Called with the result of each import unit.
    """
    if journal.count_units(State.SENDING):
        importer.find_sent(session, journal)
    by_others = _executed_by_later_imports(journal)

    def work(unit: Unit) -> UndoResult:
        if unit.number in by_others:
            return UndoResult(unit, Undone("nothing", "was executed by a later import"))
        try:
            return UndoResult(unit, importer.undo(session, unit, dry_run=dry_run))
        except Rejected as rejected:
            return UndoResult(unit, reason=str(rejected))
        except Problem as problem:
            if _affects_every_unit(problem):
                raise
            return UndoResult(unit, reason=f"{problem.code}: {problem.detail}")

    def finish(result: UndoResult) -> None:
        unit, undone = result.unit, result.undone
        if undone is not None and not dry_run:
            was_sent = unit.state is not State.SENDING or undone.action != "nothing"
            left = {} if undone.left is None else {"left": undone.left}
            state = State.UNDONE if was_sent else State.PLANNED
            journal.finish(unit.number, state, target={**unit.plan.target, **left})
        on_result(result)

    units = journal.units(*TO_UNDO, descending=True)
    _run_jobs(work, units, concurrency, finish, serial_keys=lambda unit: _serial_keys(importer, [unit]))


def _executed_by_later_imports(journal: Journal) -> set[int]:
    """Return the import units that were being sent when the import ended, and that a later one executed."""
    sending = {unit.number: unit.key for unit in journal.units(State.SENDING)}
    found: set[int] = set()
    if sending:
        for other in others_of_kind(journal):
            if other.begun_at >= journal.begun_at:
                found |= {number for number, key in sending.items() if other.has_executed(key)}
    return found


def _serial_keys(importer: Importer, units: Iterable[Unit]) -> Set[str]:
    """Return what the units have in common with others that must run before or after them."""
    return {key for unit in units if (key := importer.serial_key(unit)) is not None}


def _affects_every_unit(problem: Problem) -> bool:
    return isinstance(problem, problems.Unauthenticated | problems.Unavailable)


def _run_jobs(
    work: Callable[[Job], Outcome],
    jobs: Iterable[Job],
    concurrency: int,
    finish: Callable[[Outcome], object],
    *,
    serial_keys: Callable[[Job], Set[str]],
    held_max: int = _HELD_MAX,
    before: Callable[[Iterable[Job]], object] | None = None,
    withdrawn: Callable[[Iterable[Job]], object] | None = None,
) -> None:
    """Run jobs in threads, a few at a time, and finish each in this thread.

    If one fails, no further job is started; those that have started are finished before the error is raised.

    Parameters
    ----------
    serial_keys
        Returns the keys of a job; jobs that share one run one after another, in their order.
    held_max
        How many jobs that wait for others are in memory.
    before, withdrawn
        Called with jobs before they may start, and with those of them that will not start after all.
    """
    queue = _Queue(jobs, serial_keys, held_max)
    unfinished: dict[Future[Outcome], Job] = {}
    with ThreadPoolExecutor(concurrency) as pool:
        try:
            while True:
                chosen = queue.take(2 * concurrency - len(unfinished))
                if chosen and before is not None:
                    before(chosen)
                unfinished |= {pool.submit(work, job): job for job in chosen}
                if not unfinished:
                    return
                for future in wait(unfinished, return_when=FIRST_COMPLETED).done:
                    outcome = future.result()
                    queue.release(unfinished.pop(future))
                    finish(outcome)
        except BaseException:
            cancelled = [job for future, job in unfinished.items() if future.cancel()]
            if withdrawn is not None:
                withdrawn(cancelled)
            started = [future for future in unfinished if not future.cancelled()]
            for future in wait(started).done:
                if future.exception() is None:
                    finish(future.result())
            raise


class _Queue(Generic[Job]):
    """Jobs in their order, except that those wait that share a key with a running or waiting one."""

    def __init__(self, jobs: Iterable[Job], serial_keys: Callable[[Job], Set[str]], held_max: int) -> None:
        self._jobs = iter(jobs)
        self._serial_keys = serial_keys
        self._held_max = held_max
        self._running: set[str] = set()
        self._held: list[Job] = []
        self._held_keys: set[str] = set()

    def take(self, count: int) -> list[Job]:
        """Return at most that many jobs that can start."""
        chosen: list[Job] = []
        held, self._held, self._held_keys = self._held, [], set()
        for job in held:
            self._choose(job, chosen, count)
        while len(chosen) < count and len(self._held) < self._held_max:
            for job in islice(self._jobs, 1):
                self._choose(job, chosen, count)
                break
            else:
                break
        return chosen

    def release(self, job: Job) -> None:
        """Let the next jobs start that share a key with a finished one."""
        self._running -= self._serial_keys(job)

    def _choose(self, job: Job, chosen: list[Job], count: int) -> None:
        keys = self._serial_keys(job)
        if len(chosen) == count or not keys.isdisjoint(self._running | self._held_keys):
            self._held.append(job)
            self._held_keys |= keys
        else:
            chosen.append(job)
            self._running |= keys


# Rejects


def write_rejects(journal: Journal, path: Path, table: Table, *, dry_run: bool = False) -> Path | None:
    """Write the rejects file and return its path; without rejected rows, remove that of an earlier run.

    A dry run removes nothing.

    Raises
    ------
    OSError
        If it cannot be written; then there is none, or that of an earlier run.
    """
    rejects = rejects_file(path, journal.fact("kind"))
    if journal.count_rows().get(State.REJECTED, 0) == 0:
        if not dry_run:
            rejects.unlink(missing_ok=True)
        return None
    unfinished = rejects.with_name(f".{rejects.name}.part")
    try:
        write_rejected(unfinished, table, _once_each(journal.rejected()))
        unfinished.replace(rejects)
    except OSError:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise
    return rejects


def _once_each(rows: Iterable[RejectedRow]) -> Iterator[RejectedRow]:
    """Yield the first rejected row of each line: one line of a shop's file may have several SKUs."""
    written: set[int] = set()
    for row in rows:
        if row.line not in written:
            written.add(row.line)
            yield row


def count_reasons(importer: Importer, journal: Journal) -> list[tuple[str, int]]:
    """Return the kinds of reasons for which rows are rejected, with their numbers, most frequent first."""
    columns = importer.rules.row_type.columns
    return Counter(reason_kind(row.reason, columns) for row in journal.rejected()).most_common()


# What would be done


def planned_changes(importer: Importer, journal: Journal) -> Iterator[PlannedChange]:
    """Yield what an import would do, one by one."""
    rules = importer.rules
    for unit in journal.units(State.PLANNED):
        yield PlannedChange(
            line_of(unit.number),
            unit.plan.action,
            unit.key,
            unit.plan.differences,
            rules.values(unit.rows, unit.plan),
            rules.shown(unit.rows, unit.plan),
        )


class PlannedChange(NamedTuple):
    """What an import would do with an import unit; `values` are those of what it creates."""

    line: int
    action: Action
    key: str
    differences: Mapping[str, Any]
    values: Mapping[str, Any]
    shown: str
