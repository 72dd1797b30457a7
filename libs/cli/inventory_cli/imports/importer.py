"""What each type of rows implements to be sent and undone; `run` does the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, Protocol, TypeVar

from inventory_imports.plans import Rules, left_by_undo_key, product_key

from ..profiles import Session
from .journal import Journal, State, Unit, others_of_kind

__all__ = [
    "Importer",
    "Result",
    "Undone",
    "add_existing_products",
    "left_by_undo",
    "one_by_one",
    "read_each",
    "read_missing",
]

T = TypeVar("T")

_READERS: Final = 8
_READ_AHEAD: Final = 200


@dataclass(frozen=True, slots=True)
class Result:
    """The result of an import unit."""

    number: int
    state: State
    target: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing an import unit does, or would do.

    Attributes
    ----------
    action
        ``deactivate``, ``restore``, ``adjust``, ``cancel``, ``refund``, or ``nothing``.
    shown
        The details, for people.
    left
        The version in which it left a product or SKU that it has deactivated.
    """

    action: str
    shown: str = ""
    left: int | None = None


class Importer(Protocol):
    """The import of one type of rows."""

    @property
    def rules(self) -> Rules:
        """How the rows are recognized and compared."""

    @property
    def concurrency_max(self) -> int:
        """The number of concurrent requests beyond which an import does not get faster."""

    @property
    def batch_max(self) -> int:
        """The number of import units of a batch."""

    def read_existing(self, session: Session, journal: Journal) -> None:
        """Write into the journal what the services have of all rows."""

    def batches(self, units: Iterator[Unit]) -> Iterator[list[Unit]]:
        """Group the import units that are executed together."""

    def execute(self, session: Session, batch: Sequence[Unit]) -> list[Result]:
        """Execute a batch; for a batch of one unit it may raise `Rejected` or a problem."""

    def serial_key(self, unit: Unit) -> str | None:
        """Return a key if units with the same one must be executed, and undone, one after another."""

    def find_sent(self, session: Session, journal: Journal) -> None:
        """Write into the journal what undoing the units requires that were being sent when it ended."""

    def undo(self, session: Session, unit: Unit, *, dry_run: bool) -> Undone:
        """Undo what `execute` did, or raise `Rejected` or a problem; a dry run checks alone.

        The unit may be one that was being sent when the process ended: it is undone if it was executed.
        """


def one_by_one(units: Iterator[Unit]) -> Iterator[list[Unit]]:
    """Yield batches of one import unit each."""
    for unit in units:
        yield [unit]


def add_existing_products(session: Session, journal: Journal) -> int:
    """Write all products of the rows' vendors into the journal; return the number of inactive ones."""
    inactive = 0

    def found(vendor_id: str) -> Iterator[tuple[str, Any]]:
        nonlocal inactive
        for product in session.catalog.products_of_vendor(vendor_id):
            inactive += not product.is_active
            yield product_key(vendor_id, product.external_id or product.product_id), product.document()

    for vendor_id in journal.vendors():
        journal.add_existing(found(vendor_id))
    return inactive


def left_by_undo(journal: Journal, id_name: str) -> Iterator[tuple[str, int]]:
    """Yield the last version in which an undo on this machine left each product or SKU, deactivated."""
    for other in others_of_kind(journal):
        for target in other.targets_of_undone():
            if (left := target.get("left")) is not None:
                key = left_by_undo_key(target[id_name])
                yield key, max(left, journal.existing(key) or 0)


def read_missing(
    journal: Journal, keys: Iterable[str], read: Callable[[str], tuple[str, Any] | None]
) -> None:
    """Write into the journal what the services have of each key (`read_each`)."""
    journal.add_existing(each for each in read_each(keys, read) if each is not None)


def read_each(keys: Iterable[str], read: Callable[[str], T]) -> Iterator[T]:
    """Yield what `read` returns of each key, read one by one, a few at a time."""
    waiting = iter(keys)
    with ThreadPoolExecutor(_READERS) as pool:
        while chunk := list(islice(waiting, _READ_AHEAD)):
            yield from pool.map(read, chunk)
