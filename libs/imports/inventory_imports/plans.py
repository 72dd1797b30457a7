"""Plans: what an import would do, found by comparing rows with what the services have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol

from inventory_common.ids import is_id

from .cells import cell_of
from .resources import ACTIVE_FLAG
from .rows import RowType

__all__ = [
    "ONLY_WHEN_CREATED",
    "Action",
    "Existing",
    "Plan",
    "Rejected",
    "Rules",
    "differences",
    "left_by_undo_key",
    "merge_patch",
    "plan_of",
    "product_key",
    "shown_differences",
    "shown_plan",
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
    """What to do: an action, the differences, and the ids of what it concerns.

    `stays_inactive` says that the product or SKU is inactive, and that the row does not reactivate it.
    """

    action: Action
    differences: Mapping[str, Any] = field(default_factory=dict)
    target: Mapping[str, Any] = field(default_factory=dict)
    stays_inactive: bool = False


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
    def has_parts(self) -> bool:
        """Whether each row of an import unit is a part of it, so that no mapping may let the first count."""

    @property
    def identity(self) -> frozenset[str]:
        """Columns that rows of one import unit may fill differently, as they name the same thing."""

    @property
    def ignored(self) -> frozenset[str]:
        """Columns of an export that an import ignores."""

    def key(self, row: Mapping[str, Any]) -> str:
        """Return what identifies the import unit that a row belongs to; also of a row with errors."""

    def resolved_key(self, row: Mapping[str, Any], existing: Existing) -> str:
        """Return the key of a row's import unit, the same for all rows that name one thing differently.

        It is `key` if what the row names does not exist.
        """

    def plan(self, rows: Sequence[Mapping[str, Any]], existing: Existing) -> Plan:
        """Compare rows with what exists, or raise `Rejected`."""

    def values(self, rows: Sequence[Mapping[str, Any]], plan: Plan) -> dict[str, Any]:
        """Return the values of what a plan creates; an empty dict for one that changes something."""

    def shown(self, rows: Sequence[Mapping[str, Any]], plan: Plan) -> str:
        """Return what a plan does, as people read it."""


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


def merge_patch(changes: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Return the merge patch (RFC 7396) from before to after; null removes a member of a map."""
    patch: dict[str, Any] = {}
    for name, (before, after) in changes.items():
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            patch[name] = dict.fromkeys(before.keys() - after.keys()) | dict(after)
        else:
            patch[name] = after
    return patch


def shown_differences(changed: Mapping[str, Any]) -> str:
    """Return differences as people read them."""
    return ", ".join(
        f"{name}: {cell_of(before)} → {cell_of(after)}" for name, (before, after) in changed.items()
    )


def shown_plan(values: Mapping[str, Any], plan: Plan) -> str:
    """Return the values that a plan creates, or the differences that it makes, as people read them."""
    if plan.action is Action.CREATE:
        return ", ".join(f"{name}: {cell_of(value)}" for name, value in values.items())
    return shown_differences(plan.differences)


def plan_of(
    row: Mapping[str, Any],
    existing: Mapping[str, Any] | None,
    attributes: Sequence[str],
    target: Mapping[str, Any],
    *,
    is_left_by_undo: bool = False,
) -> Plan:
    """Return the plan to create what does not exist, or to change what differs.

    What an undo has deactivated is reactivated, unless the row says otherwise: `is_left_by_undo` says that it
    is as the undo left it.
    """
    if existing is None:
        return Plan(Action.CREATE, target=target)
    changed = differences(row, existing, attributes)
    is_open = not existing[ACTIVE_FLAG] and row.get(ACTIVE_FLAG) is None
    if is_open and is_left_by_undo:
        changed[ACTIVE_FLAG] = [False, True]
    stays_inactive = is_open and not is_left_by_undo
    return Plan(Action.CHANGE if changed else Action.NONE, changed, target, stays_inactive)


def left_by_undo_key(name: str) -> str:
    """Return the key of the version in which an undo left a product or SKU that it had deactivated."""
    return f"left by undo {name}"
