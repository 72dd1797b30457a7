"""What each type of rows implements to be sent and undone; `run` does the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from inventory_imports.plans import Rules, product_key

from ..profiles import Session
from .journal import Journal, State, Unit

__all__ = ["Importer", "Result", "add_existing_products", "one_by_one"]


@dataclass(frozen=True, slots=True)
class Result:
    """The result of an import unit."""

    number: int
    state: State
    target: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None


class Importer(Protocol):
    """The import of one type of rows."""

    @property
    def rules(self) -> Rules:
        """How the rows are recognized and compared."""

    @property
    def concurrency_max(self) -> int:
        """The number of concurrent requests beyond which an import does not get faster."""

    def read_existing(self, session: Session, journal: Journal) -> None:
        """Write into the journal what the services have of all rows."""

    def batches(self, units: Iterator[Unit]) -> Iterator[list[Unit]]:
        """Group the import units that are executed together."""

    def execute(self, session: Session, batch: Sequence[Unit]) -> list[Result]:
        """Execute a batch; for a batch of one unit it may raise `Rejected` or a problem."""

    def undo(self, session: Session, unit: Unit) -> None:
        """Undo what `execute` did, or raise `Rejected` or a problem."""


def one_by_one(units: Iterator[Unit]) -> Iterator[list[Unit]]:
    """Yield batches of one import unit each."""
    for unit in units:
        yield [unit]


def add_existing_products(session: Session, journal: Journal) -> None:
    """Write all products of the rows' vendors into the journal."""
    for vendor_id in journal.vendors():
        journal.add_existing(
            (product_key(vendor_id, product.external_id or product.product_id), product.document())
            for product in session.catalog.products_of_vendor(vendor_id)
        )
