"""The journal of an import: its rows, what exists, what is planned, and what was done.

It is an SQLite file: rows are read and written a few at a time, whatever their number, and it outlives the
process, so that an import can be undone.  An import unit is written as being sent before its request is, so
that the journal of a killed process names everything that may have been done.

One process at a time opens a journal: SQLite locks the file until it is closed, also by a kill.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from inventory_common.exact_json import dumps, loads
from inventory_imports.plans import Action, Plan
from inventory_imports.presets.assembling import line_of
from inventory_imports.reading import ReadRow
from inventory_imports.tables import RejectedRow

__all__ = [
    "TO_UNDO",
    "Journal",
    "JournalError",
    "State",
    "Unit",
    "journals",
    "journals_folder",
    "others_of_kind",
]

_CHUNK_ROWS: Final = 200
"""The rows that are in memory at a time."""

_LOCK_TIMEOUT_SECONDS: Final = 0.2
"""How long opening a journal waits for another process that only lists it."""

_SCHEMA: Final = """
    CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE rows (
        line INTEGER PRIMARY KEY,   -- in the file
        source TEXT NOT NULL,       -- the row as in the file, JSON
        key TEXT,                   -- its import unit; NULL for a row that was rejected when it was read
        row TEXT,                   -- checked, JSON
        reason TEXT                 -- why it was rejected
    );
    CREATE INDEX rows_by_key ON rows (key, line);
    CREATE TABLE invalid_rows (key TEXT PRIMARY KEY, line INTEGER NOT NULL, reason TEXT NOT NULL);
    CREATE TABLE vendors (vendor_id TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE existing (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE units (
        number INTEGER PRIMARY KEY, -- the line of its first row
        key TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL,
        action TEXT,
        differences TEXT,           -- attribute to [before, after], JSON
        target TEXT,                -- ids, and what undoing it requires, JSON
        reason TEXT,
        stays_inactive INTEGER      -- 1 for an inactive product or SKU that the row does not reactivate
    );
"""


class State(StrEnum):
    """The progress of an import unit."""

    READ = "read"
    PLANNED = "planned"
    SENDING = "sending"
    """Its requests may have been sent; written before the first of them."""
    DONE = "done"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"
    HALF_DONE = "half_done"
    """Rejected after a first request had been executed: an order was placed, but could not be confirmed."""
    UNDONE = "undone"


TO_UNDO: Final = (State.DONE, State.HALF_DONE, State.SENDING)
"""The states of import units that an undo concerns."""


class JournalError(Exception):
    """A journal cannot be created or read; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Unit:
    """An import unit: the row of a product, or all lines of an order, and the plan.

    `request_key` is the Idempotency-Key of the request that creates it: the same whenever it is repeated for
    this import, and another one for every other import.
    """

    number: int
    key: str
    rows: list[dict[str, Any]]
    plan: Plan
    state: State
    request_key: str


def journals_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder of the journals."""
    if named := environ.get("INVENTORY_STATE"):
        return Path(named)
    home = Path(environ.get("HOME") or Path.home())
    return Path(environ.get("XDG_STATE_HOME") or home / ".local" / "state") / "inventory" / "imports"


class Journal:
    """An import's journal; used by one thread."""

    def __init__(self, path: Path, *, is_new: bool = False) -> None:
        self.path = path
        self.import_id = path.stem
        self._db = sqlite3.connect(path, timeout=_LOCK_TIMEOUT_SECONDS, isolation_level=None)
        try:
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            if not is_new:
                self._require_facts()
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            if is_new:
                self._db.executescript(_SCHEMA)
        except BaseException:
            self._db.close()
            raise
        self._request_key = self.fact("request_key")

    @classmethod
    def begin(cls, folder: Path, name: str, file: Path) -> Self:
        """Create the journal of a new import of products, skus, stock or orders.

        Raises
        ------
        JournalError
            If it cannot be written.
        """
        now = datetime.now(UTC)
        # With milliseconds, so that the names sort by time.
        stamp = f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03}Z"
        path = folder / f"{stamp}-{name}-{secrets.token_hex(2)}.sqlite"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            journal = cls(path, is_new=True)
            journal._request_key = secrets.token_hex(16)
            journal.note("request_key", journal._request_key)
            journal.note("file", str(file.absolute()))
            # The last one: a journal without it was never begun.
            journal.note("kind", name)
        except (OSError, sqlite3.Error) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise JournalError(
                f"The journal {path} cannot be written: {reason}. INVENTORY_STATE names another folder."
            ) from error
        return journal

    @classmethod
    def open(cls, folder: Path, import_id: str) -> Self:
        """Open the journal of an earlier import.

        Raises
        ------
        FileNotFoundError
            If there is none.
        JournalError
            If the file is damaged or no journal, or another process has it open.
        """
        path = folder / f"{import_id}.sqlite"
        if Path(import_id).name != import_id or not path.is_file():
            raise FileNotFoundError(path)
        try:
            return cls(path)
        except sqlite3.Error as error:
            raise _unreadable(path, error) from error

    def _require_facts(self) -> None:
        """Raise `sqlite3.Error` or `JournalError` unless the file is the journal of an import."""
        tables = {name for (name,) in self._db.execute("SELECT name FROM sqlite_master")}
        if not {"facts", "rows", "units"} <= tables or not self.fact("kind"):
            raise JournalError(f"{self.path} is not the journal of an import.")

    @property
    def begun_at(self) -> str:
        """When the import began, in a form that sorts."""
        return self.import_id.partition("-")[0]

    def __enter__(self) -> Self:
        """Return the journal."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def discard(self) -> None:
        """Remove the journal of an import that did nothing to undo."""
        self.close()
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    # Facts about the import

    def note(self, name: str, value: str) -> None:
        """Store a fact."""
        self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def fact(self, name: str) -> str:
        """Return a fact, or an empty text."""
        found = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return "" if found is None else str(found[0])

    # Rows

    def add_rows(self, rows: Iterable[ReadRow]) -> None:
        """Write rows, and then their import units."""
        with self._transaction():
            for read in rows:
                row = None if read.row is None else dumps(read.row)
                key = None if read.row is None else read.key
                written = (read.line, json.dumps(read.source), key, row, read.reason)
                self._db.execute("INSERT INTO rows VALUES (?, ?, ?, ?, ?)", written)
                if read.row is None and read.key is not None:
                    invalid = (read.key, read.line, read.reason)
                    self._db.execute("INSERT OR IGNORE INTO invalid_rows VALUES (?, ?, ?)", invalid)
                if read.row is not None and read.row.get("vendor_id"):
                    self._db.execute("INSERT OR IGNORE INTO vendors VALUES (?)", (read.row["vendor_id"],))
            self._db.execute(
                "INSERT INTO units (number, key, state)"
                " SELECT MIN(line), key, 'read' FROM rows WHERE key IS NOT NULL GROUP BY key"
            )

    def reject_row(self, line: int, reason: str) -> None:
        """Reject a row and remove it from its import unit."""
        self._db.execute("UPDATE rows SET key = NULL, reason = ? WHERE line = ?", (reason, line))

    def vendors(self) -> list[str]:
        """Return the vendors of the rows."""
        return [vendor_id for (vendor_id,) in self._db.execute("SELECT vendor_id FROM vendors ORDER BY 1")]

    def first_invalid_row(self, key: str) -> tuple[int, str] | None:
        """Return the line and the error of the first wrong row of an import unit, if there is one."""
        found = self._db.execute("SELECT line, reason FROM invalid_rows WHERE key = ?", (key,)).fetchone()
        return None if found is None else (found[0], found[1])

    # What exists

    def add_existing(self, documents: Iterable[tuple[str, Any]]) -> None:
        """Write what the services or the files of lookups have, by key."""
        with self._transaction():
            for key, document in documents:
                self._db.execute("INSERT OR REPLACE INTO existing VALUES (?, ?)", (key, dumps(document)))

    def existing(self, key: str) -> Any:
        """Return what exists under a key, or None."""
        found = self._db.execute("SELECT value FROM existing WHERE key = ?", (key,)).fetchone()
        return None if found is None else loads(found[0].encode())

    # Units

    def move_unit(self, unit: Unit, key: str) -> None:
        """Give an import unit another key; if there is one with this key, the two become one."""
        with self._transaction():
            self._db.execute("UPDATE rows SET key = ? WHERE key = ?", (key, unit.key))
            self._db.execute("UPDATE OR IGNORE invalid_rows SET key = ? WHERE key = ?", (key, unit.key))
            self._db.execute("DELETE FROM units WHERE number = ?", (unit.number,))
            [other] = self._db.execute("SELECT MIN(number) FROM units WHERE key = ?", (key,)).fetchone()
            number = unit.number if other is None else min(other, unit.number)
            self._db.execute("DELETE FROM units WHERE key = ?", (key,))
            self._db.execute(
                "INSERT INTO units (number, key, state) VALUES (?, ?, ?)", (number, key, State.READ)
            )

    def units(self, *states: State, descending: bool = False) -> Iterator[Unit]:
        """Yield the import units in some states, by line; their states may change meanwhile."""
        order, beyond = ("DESC", "<") if descending else ("ASC", ">")
        last: float = float("inf") if descending else 0
        statement = (
            "SELECT number, key, state, action, differences, target FROM units"  # noqa: S608
            f" WHERE state IN ({', '.join('?' * len(states))}) AND number {beyond} ?"
            f" ORDER BY number {order} LIMIT ?"
        )
        while True:
            chunk = self._db.execute(statement, (*map(str, states), last, _CHUNK_ROWS)).fetchall()
            for number, key, state, action, differences, target in chunk:
                plan = Plan(
                    Action(action or Action.NONE),
                    _read(differences) or {},
                    _read(target) or {},
                )
                rows = [row for _, row in self.rows_of(key)]
                yield Unit(number, key, rows, plan, State(state), f"import-{self._request_key}-{number}")
                last = number
            if not chunk:
                return

    def rows_of(self, key: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the lines and rows of an import unit."""
        for line, row in self._db.execute("SELECT line, row FROM rows WHERE key = ? ORDER BY line", (key,)):
            yield line, _read(row)

    def plan(self, number: int, plan: Plan) -> None:
        """Write the plan of an import unit."""
        state = State.UNCHANGED if plan.action is Action.NONE else State.PLANNED
        self._db.execute(
            "UPDATE units SET state = ?, action = ?, differences = ?, target = ?, stays_inactive = ?"
            " WHERE number = ?",
            (
                state,
                plan.action,
                dumps(plan.differences),
                dumps(plan.target),
                int(plan.stays_inactive),
                number,
            ),
        )

    def mark(self, numbers: Iterable[int], state: State) -> None:
        """Write the state of import units that are about to be sent, or are not sent after all."""
        with self._transaction():
            self._db.executemany("UPDATE units SET state = ? WHERE number = ?", ((state, n) for n in numbers))

    def finish(
        self, number: int, state: State, *, target: Mapping[str, Any] | None = None, reason: str | None = None
    ) -> None:
        """Write the final state of an import unit."""
        self._db.execute(
            "UPDATE units SET state = ?, target = COALESCE(?, target), reason = ? WHERE number = ?",
            (state, None if target is None else dumps(target), reason, number),
        )

    @contextmanager
    def together(self) -> Iterator[None]:
        """Write what follows in one transaction: SQLite then writes to the disk once."""
        with self._transaction():
            yield

    # Counts

    def count_rows(self) -> dict[str, int]:
        """Return the number of rows by the state of their import unit, or rejected."""
        found = self._db.execute(
            "SELECT CASE COALESCE(units.state, 'rejected') WHEN 'half_done' THEN 'rejected'"
            " ELSE COALESCE(units.state, 'rejected') END, COUNT(*) FROM rows"
            " LEFT JOIN units ON units.key = rows.key GROUP BY 1"
        )
        return dict(found.fetchall())

    def count_units(self, *states: State) -> int:
        """Return the number of import units in some states."""
        marks = ", ".join("?" * len(states))
        statement = f"SELECT COUNT(*) FROM units WHERE state IN ({marks})"  # noqa: S608
        [count] = self._db.execute(statement, tuple(map(str, states))).fetchone()
        return int(count)

    def count_actions(self) -> dict[str, int]:
        """Return the number of rows by the action of their import unit, without rejected ones."""
        found = self._db.execute(
            "SELECT units.action, COUNT(*) FROM rows JOIN units ON units.key = rows.key"
            " WHERE units.state != 'rejected' GROUP BY 1"
        )
        return dict(found.fetchall())

    def count_inactive_rows(self) -> int:
        """Return the number of rows whose product or SKU is inactive, and stays so."""
        [count] = self._db.execute(
            "SELECT COUNT(*) FROM rows JOIN units ON units.key = rows.key"
            " WHERE units.stays_inactive = 1 AND units.state != 'rejected'"
        ).fetchone()
        return int(count)

    def has_executed(self, key: str) -> bool:
        """Return whether the import executed the import unit with a key."""
        found = self._db.execute("SELECT state FROM units WHERE key = ?", (key,)).fetchone()
        return found is not None and found[0] in (State.DONE, State.HALF_DONE)

    def targets_of_undone(self) -> Iterator[dict[str, Any]]:
        """Yield the targets of the import units that are undone."""
        try:
            for (target,) in self._db.execute("SELECT target FROM units WHERE state = 'undone'"):
                yield _read(target) or {}
        except sqlite3.Error:
            return  # A damaged page of an old journal does not keep others from being imported.

    def rejected(self) -> Iterator[RejectedRow]:
        """Yield the rejected rows by line."""
        last = 0
        while True:
            chunk = self._db.execute(
                "SELECT line, COALESCE(rows.reason, units.reason), source FROM rows"
                " LEFT JOIN units ON units.key = rows.key"
                " WHERE line > ? AND (rows.key IS NULL OR units.state IN ('rejected', 'half_done'))"
                " ORDER BY line LIMIT ?",
                (last, _CHUNK_ROWS),
            ).fetchall()
            for line, reason, source in chunk:
                yield RejectedRow(line_of(line), reason or "", json.loads(source))
                last = line
            if not chunk:
                return

    def _transaction(self) -> sqlite3.Connection:
        self._db.execute("BEGIN")
        return self._db


def journals(folder: Path, *, without: Journal | None = None) -> Iterator[Journal | JournalError]:
    """Yield a folder's journals, newest first, each open until the next; an error for an unreadable one."""
    for path in sorted(folder.glob("*.sqlite"), reverse=True):
        if without is not None and path == without.path:
            continue
        try:
            with Journal.open(folder, path.stem) as journal:
                yield journal
        except FileNotFoundError:
            continue
        except JournalError as error:
            yield error


def others_of_kind(journal: Journal) -> Iterator[Journal]:
    """Yield the other readable journals of imports of the same kind on this machine, newest first."""
    for other in journals(journal.path.parent, without=journal):
        if isinstance(other, Journal) and other.fact("kind") == journal.fact("kind"):
            yield other


def _unreadable(path: Path, error: sqlite3.Error) -> JournalError:
    if "locked" in str(error):
        return JournalError(f"{path} is in use: its import is still running.")
    return JournalError(f"{path} cannot be read as the journal of an import: {error}.")


def _read(text: str | None) -> Any:
    return None if text is None else loads(text.encode())
