"""The table of forgeries in ``docs/proof.md``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.insider.play import CHECKS, Outcome, Row

__all__ = ["PAGE", "table_of", "written", "written_with"]

PAGE = Path(__file__).resolve().parents[2] / "docs" / "proof.md"
BEGIN = "<!-- forgeries: written by `python -m tests.insider` -->\n"
END = "<!-- end of forgeries -->\n"


def table_of(outcome: Outcome) -> str:
    """Return the forgeries and the checks that found them, and those that nothing finds, as Markdown."""
    return "\n".join([*_proven(outcome.proven), "", *_unproven(outcome.unproven), ""])


def _proven(rows: Iterable[Row]) -> Iterator[str]:
    rows = list(rows)
    yield f"{len(rows)} forgeries; each is found at least once a day:"
    yield ""
    yield f"| written by hand | {' | '.join(f'`{check}`' for check in CHECKS)} |"
    yield "|---|:-:|:-:|:-:|"
    for group in dict.fromkeys(row.group for row in rows):
        yield f"| **{group}** | | | |"
        for row in rows:
            if row.group == group:
                yield f"| {row.name} | {' | '.join('found' if c in row.found_by else '' for c in CHECKS)} |"


def _unproven(rows: Iterable[Row]) -> Iterator[str]:
    yield "No check finds these:"
    yield ""
    yield from (f"- {row.name}" for row in rows)


def written() -> str:
    """Return the table as the page has it."""
    _, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    return rest.partition(END)[0].strip("\n") + "\n"


def written_with(table: str) -> str:
    """Return the page with another table."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    return f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}"
