"""An import whose rows are in memory, as in a page of a browser; the command line has them in a journal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .comparing import compare_unit
from .plans import Action, Existing, Plan, Rules
from .presets.assembling import line_of
from .reading import ReadRow
from .reasons import reason_kind
from .tables import RejectedRow

__all__ = ["ImportInMemory", "PlannedUnit"]


@dataclass(frozen=True, slots=True)
class PlannedUnit:
    """An import unit that is to be executed: its number, its key, its rows, and the plan."""

    number: int
    key: str
    rows: list[Mapping[str, Any]]
    plan: Plan


@dataclass(slots=True)
class _Unit:
    """An import unit; `number` is that of its first row."""

    number: int
    rows: list[ReadRow]
    plan: Plan | None = None


class ImportInMemory:
    """The rows of one file, read and compared with what exists.

    Parameters
    ----------
    rules
        How its rows are recognized and compared.
    read
        The rows, checked each by itself.
    """

    def __init__(self, rules: Rules, read: Iterable[ReadRow]) -> None:
        self.rules = rules
        self._rows: dict[int, ReadRow] = {}
        self._reasons: dict[int, str] = {}
        self._units: dict[str, _Unit] = {}
        self._invalid: dict[str, tuple[int, str]] = {}
        for row in read:
            self._rows[row.line] = row
            if row.row is None:
                self._reasons[row.line] = row.reason or ""
                if row.key is not None:
                    self._invalid.setdefault(row.key, (row.line, row.reason or ""))
            else:
                assert row.key is not None, "a row that can be imported has a key"
                self._add(row.key, row)

    def unit_rows(self) -> Iterator[Mapping[str, Any]]:
        """Yield the first row of each import unit."""
        for unit in self._units.values():
            row = unit.rows[0].row
            assert row is not None
            yield row

    def compare(self, existing: Existing, *, keeps_first: bool) -> None:
        """Plan what to do for each import unit; it is called once."""
        units, self._units = self._units, {}
        invalid, self._invalid = self._invalid, {}
        for key, unit in units.items():
            first = unit.rows[0].row
            assert first is not None
            resolved = self.rules.resolved_key(first, existing)
            for row in unit.rows:
                self._add(resolved, row)
            if key in invalid:
                self._invalid.setdefault(resolved, invalid[key])
        for key, unit in self._units.items():
            unit.rows.sort(key=lambda row: row.line)
            unit.number = unit.rows[0].line
            rows = [(row.line, row.row) for row in unit.rows if row.row is not None]
            compared = compare_unit(
                self.rules, rows, self._invalid.get(key), existing, keeps_first=keeps_first
            )
            self._reasons.update(compared.rejected_lines)
            unit.plan = compared.plan
            if compared.plan is None:
                self._reasons.update({row.line: compared.reason or "" for row in unit.rows})

    def planned(self) -> Iterator[PlannedUnit]:
        """Yield what is to be executed, in the order of the file."""
        for key, unit in sorted(self._units.items(), key=lambda each: each[1].number):
            if unit.plan is not None and unit.plan.action is not Action.NONE:
                rows = [row.row for row in unit.rows if row.row is not None and row.line not in self._reasons]
                yield PlannedUnit(unit.number, key, rows, unit.plan)

    def counts(self) -> dict[str, int]:
        """Return the numbers of rows: to ``create``, to ``change``, ``unchanged`` and ``rejected``.

        ``stays_inactive`` counts those of them whose product or SKU is inactive and stays so.
        """
        found = Counter({"create": 0, "change": 0, "unchanged": 0, "rejected": 0, "stays_inactive": 0})
        for unit in self._units.values():
            if unit.plan is not None:
                rows = sum(row.line not in self._reasons for row in unit.rows)
                found[unit.plan.action] += rows
                found["stays_inactive"] += rows * unit.plan.stays_inactive
        found["rejected"] = len(self._reasons)
        return dict(found)

    def reasons(self) -> list[tuple[str, int]]:
        """Return the kinds of reasons for which rows are rejected, most frequent first."""
        columns = self.rules.row_type.columns
        return Counter(reason_kind(reason, columns) for reason in self._reasons.values()).most_common()

    def rejected(self, refused: Mapping[int, str]) -> Iterator[RejectedRow]:
        """Yield the rejected rows by line, each line of the file once.

        Parameters
        ----------
        refused
            Why a service refused import units, by their numbers.
        """
        reasons = dict(self._reasons)
        for unit in self._units.values():
            if unit.number in refused:
                reasons.update({row.line: refused[unit.number] for row in unit.rows})
        written: set[int] = set()
        for number in sorted(reasons):
            line = line_of(number)
            if line not in written:
                written.add(line)
                yield RejectedRow(line, reasons[number], self._rows[number].source)

    def _add(self, key: str, row: ReadRow) -> None:
        unit = self._units.setdefault(key, _Unit(row.line, []))
        unit.rows.append(row)
