"""What an import of one kind of rows has to know; `run` does the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from inventory_common.fields import Body
from inventory_common.ids import is_id

from ..profiles import Session
from .journal import Action, Journal, Plan, State, Unit

__all__ = [
    "Done",
    "Kind",
    "Refused",
    "There",
    "differences",
    "one_by_one",
    "plan_of",
    "product_key",
    "remember_products",
    "sku_of",
]

There = Callable[[str], Any]
"""Returns what the services have of a key, or None."""


class Refused(Exception):
    """A unit cannot be applied, or taken back; the message says why."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a unit."""

    number: int
    state: State
    target: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None


class Kind(Protocol):
    """One kind of rows."""

    @property
    def name(self) -> str:
        """What the command calls it."""

    @property
    def model(self) -> type[Body]:
        """The form of a row."""

    @property
    def is_whole(self) -> bool:
        """Whether several rows make one thing, which is done whole or not at all."""

    @property
    def concurrency_max(self) -> int:
        """How many requests at a time are of use."""

    @property
    def ignored(self) -> frozenset[str]:
        """Columns of an export that an import does not look at."""

    def key(self, row: Mapping[str, Any]) -> str:
        """Return what a row speaks of; of a row that is wrong as much as it says."""

    def look(self, session: Session, journal: Journal) -> None:
        """Remember what the services have of it all."""

    def plan(self, rows: Sequence[Mapping[str, Any]], there: There) -> Plan:
        """Compare what rows ask for with what is there, or raise `Refused`."""

    def bundles(self, units: Iterator[Unit]) -> Iterator[list[Unit]]:
        """Put units together that are carried out by one request."""

    def carry_out(self, session: Session, bundle: Sequence[Unit]) -> list[Done]:
        """Do it; a unit alone may raise `Refused` or a problem."""

    def take_back(self, session: Session, unit: Unit) -> None:
        """Undo what `carry_out` did, or raise `Refused` or a problem."""


def one_by_one(units: Iterator[Unit]) -> Iterator[list[Unit]]:
    """Let each unit be a request of its own."""
    for unit in units:
        yield [unit]


def product_key(vendor_id: str, name: str) -> str:
    """Return the key under which `remember_products` keeps a product: by its external id, or else its own."""
    return f"product {vendor_id} {name}"


def remember_products(session: Session, journal: Journal) -> None:
    """Remember all products of the rows' vendors, by their external ids or else their own."""
    for vendor_id in journal.vendors():
        journal.remember(
            (product_key(vendor_id, product.external_id or product.product_id), product.document())
            for product in session.catalog.products_of_vendor(vendor_id)
        )


def sku_of(row: Mapping[str, Any], there: There) -> str:
    """Return the SKU that a row means.

    Raises
    ------
    Refused
        If there is no such product.
    """
    if row.get("sku"):
        return str(row["sku"])
    product_id = row.get("product_id")
    if row.get("external_id") is not None:
        found = there(product_key(row["vendor_id"], row["external_id"]))
        if found is None:
            raise Refused(f"external_id: {row['vendor_id']} has no product {row['external_id']!r}")
        product_id = found["product_id"]
    sku = f"SKU-{product_id}-{row['variant']}"
    if not is_id("sku", sku):
        raise Refused(f"variant: {sku} is no SKU")
    return sku


def differences(
    row: Mapping[str, Any], found: Mapping[str, Any], attributes: Sequence[str]
) -> dict[str, list[Any]]:
    """Return what a row wants otherwise: attribute to before and after; what it leaves out stays as it is."""
    return {
        name: [found[name], row[name]]
        for name in attributes
        if row.get(name) is not None and row[name] != found[name]
    }


def plan_of(
    row: Mapping[str, Any], found: Mapping[str, Any] | None, attributes: Sequence[str], ids: Mapping[str, Any]
) -> Plan:
    """Compare a row with what is there: create it, change it, or leave it."""
    if found is None:
        return Plan(Action.CREATE, target=ids)
    changed = differences(row, found, attributes)
    return Plan(Action.CHANGE if changed else Action.NONE, changed, ids)
