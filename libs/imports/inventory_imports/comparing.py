"""Compares the rows of an import unit with each other, and with what the services have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .plans import Existing, Plan, Rejected, Rules

__all__ = ["Compared", "compare_unit"]


@dataclass(frozen=True, slots=True)
class Compared:
    """The result of comparing an import unit.

    Attributes
    ----------
    plan
        What to do; None if the whole unit is rejected.
    reason
        Why the unit is rejected.
    rejected_lines
        Why single rows are rejected, by line.
    """

    plan: Plan | None
    reason: str | None = None
    rejected_lines: Mapping[int, str] = field(default_factory=dict)


def compare_unit(
    rules: Rules,
    rows: Sequence[tuple[int, Mapping[str, Any]]],
    invalid: tuple[int, str] | None,
    existing: Existing,
    *,
    keeps_first: bool,
) -> Compared:
    """Return what to do for the rows of a unit.

    Parameters
    ----------
    rows
        The lines and rows of the unit that are valid by themselves.
    invalid
        The line and the error of its first row that is not.
    keeps_first
        Whether the first of several rows that are one thing counts; else rows that differ are rejected.
    """
    rejected_lines: dict[int, str] = {}
    compared = [row for _, row in rows]
    if keeps_first and not rules.has_parts:
        compared = compared[:1]
    elif not rules.is_atomic:
        compared = compared[:1]
        rejected_lines = _differing(rows, rules.identity)
    elif invalid is not None:
        line, error = invalid
        return Compared(None, f"line {line} of {rules.key(compared[0])} is wrong: {error}")
    try:
        return Compared(rules.plan(compared, existing), rejected_lines=rejected_lines)
    except Rejected as rejected:
        return Compared(None, str(rejected), rejected_lines)


def _differing(rows: Sequence[tuple[int, Mapping[str, Any]]], identity: frozenset[str]) -> dict[int, str]:
    (first_line, first), *others = rows
    rejected = {}
    for line, row in others:
        differing = sorted(name for name in {*first, *row} - identity if first.get(name) != row.get(name))
        if differing:
            rejected[line] = f"differs from line {first_line} in {', '.join(differing)}"
    return rejected
