"""Plans: what an import would do, found by comparing rows with what the services have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol

from inventory_common.ids import is_id

from .rows import RowType

__all__ = [
    "ONLY_WHEN_CREATED",
    "Action",
    "Existing",
    "Plan",
    "Rejected",
    "Rules",
    "differences",
    "plan_of",
    "product_key",
    "sku_of",
]

Existing = Callable[[str], Any]
"""Returns what the services have of a key, or None."""


ONLY_WHEN_CREATED: Final = "only_when_created"
"""The member of a row that names its attributes that do not change what exists."""


class Rejected(Exception):
    """An import unit cannot be executed or undone; the message says why."""


class Action(StrEnum):
    """What an import unit requires."""

    CREATE = "create"
    CHANGE = "change"
    NONE = "unchanged"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do: an action, the differences, and the ids of what it concerns."""

    action: Action
    differences: Mapping[str, Any] = field(default_factory=dict)
    target: Mapping[str, Any] = field(default_factory=dict)


class Rules(Protocol):
    """How rows of one type are recognized and compared with what exists."""

    @property
    def name(self) -> str:
        """The name in the command."""

    @property
    def row_type(self) -> RowType:
        """The columns and rules of a row."""

    @property
    def is_atomic(self) -> bool:
        """Whether several rows can be one import unit, which is executed as a whole or not at all."""

    @property
    def ignored(self) -> frozenset[str]:
        """Columns of an export that an import ignores."""

    def key(self, row: Mapping[str, Any]) -> str:
        """Return what identifies the import unit that a row belongs to; also of a row with errors."""

    def plan(self, rows: Sequence[Mapping[str, Any]], existing: Existing) -> Plan:
        """Compare rows with what exists, or raise `Rejected`."""


def product_key(vendor_id: str, name: str) -> str:
    """Return the key of a product, from its external id or, without one, its own."""
    return f"product {vendor_id} {name}"


def sku_of(row: Mapping[str, Any], existing: Existing) -> str:
    """Return the SKU of a row.

    Raises
    ------
    Rejected
        If its product does not exist.
    """
    if row.get("sku"):
        return str(row["sku"])
    product_id = row.get("product_id")
    if row.get("external_id") is not None:
        product = existing(product_key(row["vendor_id"], row["external_id"]))
        if product is None:
            raise Rejected(f"external_id: {row['vendor_id']} has no product {row['external_id']!r}")
        product_id = product["product_id"]
    sku = f"SKU-{product_id}-{row['variant']}"
    if not is_id("sku", sku):
        raise Rejected(f"variant: {sku} is not a valid SKU")
    return sku


def differences(
    row: Mapping[str, Any], existing: Mapping[str, Any], attributes: Sequence[str]
) -> dict[str, list[Any]]:
    """Return attribute to before and after, for the attributes of a row that differ from what exists.

    Attributes that the row does not have, or has only for what is created, stay as they are.
    """
    kept = row.get(ONLY_WHEN_CREATED, ())
    return {
        name: [existing[name], row[name]]
        for name in attributes
        if row.get(name) is not None and row[name] != existing[name] and name not in kept
    }


def plan_of(
    row: Mapping[str, Any],
    existing: Mapping[str, Any] | None,
    attributes: Sequence[str],
    target: Mapping[str, Any],
) -> Plan:
    """Return the plan to create what does not exist, or to change what differs."""
    if existing is None:
        return Plan(Action.CREATE, target=target)
    changed = differences(row, existing, attributes)
    return Plan(Action.CHANGE if changed else Action.NONE, changed, target)
