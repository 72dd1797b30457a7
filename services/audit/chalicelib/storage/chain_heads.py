"""What a check of the whole archive has to remember, in a temporary file: memory stays bounded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any, Final, NamedTuple, Self

from inventory_common.exact_json import dumps, loads
from inventory_common.ledger import EMPTY_LOG, ChainHead

__all__ = ["ChainHeads", "Doubtful", "Reached", "Restored"]

_SCHEMA: Final = """
    CREATE TABLE reached (sku TEXT PRIMARY KEY, sequence INTEGER NOT NULL, head TEXT, is_live INTEGER)
                          WITHOUT ROWID;
    CREATE TABLE waiting (sku TEXT, sequence INTEGER, key TEXT NOT NULL, document TEXT NOT NULL,
                          PRIMARY KEY (sku, sequence)) WITHOUT ROWID;
    CREATE TABLE signed (sku TEXT, sequence INTEGER, hash TEXT, key TEXT NOT NULL, is_archived INTEGER,
                         PRIMARY KEY (sku, sequence, hash)) WITHOUT ROWID;
    CREATE TABLE restored (epoch INTEGER, sku TEXT, sequence INTEGER NOT NULL, hash TEXT NOT NULL,
                           PRIMARY KEY (epoch, sku)) WITHOUT ROWID;
    CREATE TABLE first (epoch INTEGER, sku TEXT, sequence INTEGER NOT NULL, PRIMARY KEY (epoch, sku))
                        WITHOUT ROWID;
    CREATE TABLE doubtful (epoch INTEGER, sku TEXT, sequence INTEGER, kind TEXT, text TEXT, document TEXT);
"""
_CACHE_KIB: Final = 32_768


class Reached(NamedTuple):
    """How far a SKU's records have been checked; `head` is None after a record that is too damaged."""

    sequence: int
    head: ChainHead | None


class Restored(NamedTuple):
    """A SKU at the beginning of an epoch; `sequence` and `hash` are None if it does not exist in it."""

    sku: str
    sequence: int | None
    hash: str | None


class Doubtful(NamedTuple):
    """An archived record of an earlier epoch that the tables do not have: a fault, or lost in a restore."""

    epoch: int
    sku: str
    sequence: int
    kind: str
    text: str
    document: dict[str, Any]


class ChainHeads:
    """The chain head of each SKU, records that arrived before their turn, and the hashes that digests name.

    Numbers beyond 64 bits cannot be stored; no service writes such.
    """

    def __init__(self) -> None:
        import sqlite3  # only the verification of the archive needs it

        # An empty name: SQLite deletes the file when it is closed.
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.executescript(_SCHEMA)
        self._db.execute("BEGIN")

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Delete the file."""
        self._db.close()

    def reached(self, sku: str) -> Reached:
        """Return how far a SKU's records have been checked."""
        found = self._one("SELECT sequence, head FROM reached WHERE sku = ?", sku)
        if found is None:
            return Reached(0, EMPTY_LOG)
        sequence, head = found
        return Reached(sequence, None if head is None else ChainHead(*loads(head.encode())))

    def reach(self, sku: str, sequence: int, head: ChainHead | None) -> None:
        """Note how far a SKU's records have been checked."""
        members = [] if head is None else [getattr(head, name) for name in ChainHead.__dataclass_fields__]
        self._db.execute(
            "INSERT OR REPLACE INTO reached (sku, sequence, head) VALUES (?, ?, ?)",
            (sku, sequence, dumps(members) if members else None),
        )

    def count(self) -> int:
        """Return the number of SKUs that have records."""
        [count] = self._one("SELECT COUNT(*) FROM reached") or (0,)
        return int(count)

    def wait(self, sku: str, sequence: int, key: str, document: dict[str, Any]) -> None:
        """Keep a record whose predecessor has not been checked yet."""
        self._db.execute(
            "INSERT OR IGNORE INTO waiting VALUES (?, ?, ?, ?)", (sku, sequence, key, dumps(document))
        )

    def next_waiting(self, sku: str, sequence: int) -> tuple[str, dict[str, Any]] | None:
        """Return and forget the object's key and the document of a record that waits, if it does."""
        found = self._one("SELECT key, document FROM waiting WHERE sku = ? AND sequence = ?", sku, sequence)
        if found is None:
            return None
        self._db.execute("DELETE FROM waiting WHERE sku = ? AND sequence = ?", (sku, sequence))
        key, document = found
        return key, loads(document.encode())

    def first_waiting(self) -> tuple[str, int] | None:
        """Return the first SKU with waiting records, and the sequence of the first of them."""
        found: tuple[str, int] | None = self._one(
            "SELECT sku, sequence FROM waiting ORDER BY sku, sequence LIMIT 1"
        )
        return found

    def sign(self, sku: str, sequence: int, hash_: str, key: str) -> None:
        """Note the hash that a digest names; the first digest that names it counts."""
        self._db.execute(
            "INSERT OR IGNORE INTO signed (sku, sequence, hash, key) VALUES (?, ?, ?, ?)",
            (sku, sequence, hash_, key),
        )

    def archive(self, sku: str, sequence: int, hash_: Any) -> None:
        """Note that a record with this hash is archived."""
        if isinstance(hash_, str):
            self._db.execute(
                "UPDATE signed SET is_archived = 1 WHERE sku = ? AND sequence = ? AND hash = ?",
                (sku, sequence, hash_),
            )

    def unarchived(self) -> Iterator[tuple[str, int, str]]:
        """Yield SKU, sequence and digest of the hashes in digests that no archived record has."""
        statement = (
            "SELECT sku, sequence, key FROM signed WHERE is_archived IS NULL ORDER BY key, sku, sequence"
        )
        yield from self._all(statement)

    def restore(self, epoch: int, sku: str, sequence: int, hash_: str) -> None:
        """Note the last record of a SKU in the tables that begin an epoch."""
        self._db.execute("INSERT OR REPLACE INTO restored VALUES (?, ?, ?, ?)", (epoch, sku, sequence, hash_))

    def restored(self, epoch: int) -> list[Restored]:
        """Return all SKUs that are known or were restored, as they are at the beginning of an epoch."""
        statement = """
            SELECT known.sku, restored.sequence, restored.hash
            FROM (SELECT sku FROM reached UNION SELECT sku FROM restored WHERE epoch = :epoch) AS known
            LEFT JOIN restored ON restored.sku = known.sku AND restored.epoch = :epoch
        """
        return [Restored(*row) for row in self._db.execute(statement, {"epoch": epoch}).fetchall()]

    def forget(self, sku: str) -> None:
        """Forget a SKU, which does not exist any more."""
        self._db.execute("DELETE FROM reached WHERE sku = ?", (sku,))

    def begin(self, epoch: int, sku: str, sequence: int) -> None:
        """Note that a record was archived in an epoch; the first one counts."""
        self._db.execute(
            "INSERT INTO first VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET sequence = min(sequence, excluded.sequence)",
            (epoch, sku, sequence),
        )

    def kept_until(self, sku: str, epoch: int, present: int) -> int:
        """Return the last record of a SKU in an epoch that all later ones, up to the present one, have."""
        kept = []
        for later in range(epoch + 1, present + 1):
            [sequence] = self._one(
                "SELECT sequence FROM restored WHERE epoch = ? AND sku = ?", later, sku
            ) or (0,)
            [first] = self._one("SELECT sequence FROM first WHERE epoch = ? AND sku = ?", later, sku) or (
                sequence + 1,
            )
            kept.append(min(sequence, first - 1))
        return min(kept)

    def doubt(self, doubtful: Doubtful) -> None:
        """Keep a record of an earlier epoch that the tables do not have."""
        *members, document = doubtful
        self._db.execute("INSERT INTO doubtful VALUES (?, ?, ?, ?, ?, ?)", (*members, dumps(document)))

    def doubtful(self) -> Iterator[Doubtful]:
        """Yield those records in the order in which they were found."""
        for *members, document in self._all("SELECT * FROM doubtful ORDER BY rowid"):
            epoch, sku, sequence, kind, text = members
            yield Doubtful(epoch, sku, sequence, kind, text, loads(document.encode()))

    def find_live(self, sku: str) -> None:
        """Note that a SKU has an item."""
        self._db.execute("UPDATE reached SET is_live = 1 WHERE sku = ?", (sku,))

    def without_item(self) -> Iterator[str]:
        """Yield the SKUs that have archived records, but no item."""
        for (sku,) in self._all("SELECT sku FROM reached WHERE is_live IS NULL ORDER BY sku"):
            yield sku

    def _one(self, statement: str, *values: Any) -> Any:
        return self._db.execute(statement, values).fetchone()

    def _all(self, statement: str) -> Iterator[Any]:
        with closing(self._db.execute(statement)) as found:
            yield from found
