"""The steps of an import, for rows of any kind, with few rows in memory at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import Any, Final, TypeVar

from inventory_client import Problem, problems

from ..profiles import Session
from .files import RejectsWriter, SourceFile, SourceRow, rejects_file
from .journal import Journal, ReadRow, State, Unit
from .kind import Done, Kind, Refused
from .mapping import Found, LeftOut, Lookup, RowMapping, RowUnmappable
from .orders import Orders
from .products import Products
from .rows import RowFault, check_row
from .skus import Skus
from .stock import Stock

__all__ = ["KINDS", "carry_out", "changes", "look_and_plan", "read_file", "take_back", "write_rejects"]

KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in (Products(), Skus(), Stock(), Orders())}

Progress = Callable[[int], object]
"""Told how many units have come to their end."""

Job = TypeVar("Job")
Result = TypeVar("Result")


# Read


def read_file(
    kind: Kind,
    file: SourceFile,
    journal: Journal,
    *,
    mapping: RowMapping,
    defaults: Mapping[str, str],
) -> None:
    """Check every row of a file by itself and write it into the journal.

    Parameters
    ----------
    defaults
        Attributes of rows that do not have them, such as the vendor.
    """
    for lookup in mapping.lookups:
        others = SourceFile(file.path.parent / lookup.file)
        journal.remember(
            (_lookup_key(lookup, str(other.values[lookup.by])), other.values)
            for other in others
            if other.values is not None and lookup.by in other.values
        )

    def found(lookup: Lookup, text: str) -> Any:
        return journal.there(_lookup_key(lookup, text))

    journal.add_rows(_read_row(kind, row, journal, mapping, found, defaults) for row in file)


def _lookup_key(lookup: Lookup, text: str) -> str:
    return f"lookup {lookup.file} {lookup.by} {text}"


def _read_row(
    kind: Kind,
    source: SourceRow,
    journal: Journal,
    mapping: RowMapping,
    found: Found,
    defaults: Mapping[str, str],
) -> ReadRow:
    if source.values is None:
        return ReadRow(source.line, source.source, reason=source.fault)
    try:
        attributes = mapping.attributes(source.values, found)
    except (LeftOut, RowUnmappable) as refusal:
        return ReadRow(source.line, source.source, reason=str(refusal))
    given = {name: value for name, value in attributes.items() if name not in kind.ignored}
    for name, value in defaults.items():
        if name in kind.model.model_fields and not given.get(name):
            given[name] = value
    try:
        checked = check_row(kind.model, given)
    except RowFault as fault:
        if kind.is_whole:
            journal.spoil(kind.key(given), source.line, str(fault))
        return ReadRow(source.line, source.source, reason=str(fault))
    row = checked.model_dump(exclude_none=True)
    return ReadRow(source.line, source.source, kind.key(row), row)


# Look and plan


def look_and_plan(kind: Kind, session: Session, journal: Journal, mapping: RowMapping) -> None:
    """Find out what is there and write down what each unit needs."""
    kind.look(session, journal)
    for unit in journal.units(State.READ):
        rows = unit.rows
        try:
            if kind.is_whole:
                _require_whole(unit, journal)
            elif len(rows) > 1:
                _reject_others(unit, journal, mapping)
                rows = rows[:1]
            journal.plan(unit.number, kind.plan(rows, journal.there))
        except Refused as refusal:
            journal.settle(unit.number, State.REJECTED, reason=str(refusal))


def _require_whole(unit: Unit, journal: Journal) -> None:
    spoiled = journal.spoiled(unit.key)
    if spoiled is not None:
        line, fault = spoiled
        raise Refused(f"line {line} of {unit.key} is wrong: {fault}")


def _reject_others(unit: Unit, journal: Journal, mapping: RowMapping) -> None:
    """Take rows out that say something else than the first of their key; those that repeat it may stay."""
    if mapping.keeps_first:
        return
    (first_line, first), *others = journal.rows_of(unit.key)
    for line, row in others:
        differing = sorted(name for name in {*first, *row} if first.get(name) != row.get(name))
        if differing:
            journal.reject_row(line, f"differs from line {first_line} in {', '.join(differing)}")


# Carry out


def carry_out(
    kind: Kind, session: Session, journal: Journal, *, concurrency: int, progress: Progress
) -> None:
    """Carry out what is planned, a few requests at a time.

    A unit that is refused is rejected, and the others go on.  What is no unit's fault (no answer, no token,
    a service that stays busy) ends the import; so does Ctrl-C.  What has been sent by then is waited for and
    written down.
    """

    def work(bundle: Sequence[Unit]) -> list[Done]:
        try:
            return kind.carry_out(session, bundle)
        except Refused as refusal:
            reason = str(refusal)
        except Problem as problem:
            if _is_everybodys(problem):
                raise
            reason = f"{problem.code}: {problem.detail}"
        return [Done(unit.number, State.REJECTED, unit.plan.target, reason) for unit in bundle]

    def finish(results: list[Done]) -> None:
        for done in results:
            journal.settle(done.number, done.state, target=done.target, reason=done.reason)
        progress(len(results))

    concurrency = min(concurrency, kind.concurrency_max)
    _bounded(work, kind.bundles(journal.units(State.PLANNED)), concurrency, finish)


def take_back(
    kind: Kind,
    session: Session,
    journal: Journal,
    *,
    concurrency: int,
    progress: Progress,
    refused: Callable[[str, str], object],
) -> None:
    """Undo what was done, the last first; tell `refused` what cannot be undone, and why.

    What was undone by an earlier call stays so: it may be interrupted and called again.
    """

    def work(unit: Unit) -> tuple[Unit, str | None]:
        try:
            kind.take_back(session, unit)
        except Refused as refusal:
            return unit, str(refusal)
        except Problem as problem:
            if _is_everybodys(problem):
                raise
            return unit, f"{problem.code}: {problem.detail}"
        return unit, None

    def finish(result: tuple[Unit, str | None]) -> None:
        unit, reason = result
        if reason is None:
            journal.settle(unit.number, State.UNDONE)
        else:
            refused(unit.key, reason)
        progress(1)

    _bounded(work, journal.units(State.DONE, descending=True), concurrency, finish)


def _is_everybodys(problem: Problem) -> bool:
    return isinstance(problem, problems.Unauthenticated | problems.Unavailable)


def _bounded(
    work: Callable[[Job], Result],
    jobs: Iterable[Job],
    concurrency: int,
    finish: Callable[[Result], object],
) -> None:
    """Do the jobs in threads, and finish each in this one; few are begun, or wait, at a time.

    If one fails, no other is begun; those that have begun are finished before the failure is raised.
    """
    waiting = iter(jobs)
    unfinished: set[Future[Result]] = set()
    with ThreadPoolExecutor(concurrency) as pool:
        try:
            while True:
                room = 2 * concurrency - len(unfinished)
                unfinished |= {pool.submit(work, job) for job in islice(waiting, room)}
                if not unfinished:
                    return
                for future in wait(unfinished, return_when=FIRST_COMPLETED).done:
                    result = future.result()
                    unfinished.discard(future)
                    finish(result)
        except BaseException:
            begun = [future for future in unfinished if not future.cancel()]
            for future in wait(begun).done:
                if future.exception() is None:
                    finish(future.result())
            raise


# Rejects


def write_rejects(journal: Journal, file: SourceFile) -> int:
    """Write the rejects file, or remove that of an earlier run, and return the number of its rows."""
    path = rejects_file(file.path, journal.fact("kind"))
    count = journal.count_rows().get(State.REJECTED, 0)
    if count == 0:
        path.unlink(missing_ok=True)
        return 0
    with RejectsWriter(path, file.columns) as writer:
        for rejected in journal.rejected():
            writer.write(*rejected)
    return count


def changes(journal: Journal) -> Iterator[dict[str, Any]]:
    """Yield what an import would do, unit by unit."""
    for unit in journal.units(State.PLANNED):
        yield {
            "line": unit.number,
            "action": str(unit.plan.action),
            "key": unit.key,
            "differences": dict(unit.plan.differences),
        }
