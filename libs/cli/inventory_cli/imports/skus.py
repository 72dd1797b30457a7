"""Importing SKUs: known again by their ids, which follow from product and variant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from inventory_client import problems
from inventory_common.fields import Body
from inventory_common.ids import product_of

from ..profiles import Session
from .journal import Action, Journal, Plan, State, Unit
from .kind import Done, Refused, There, differences, one_by_one, plan_of, remember_products, sku_of
from .rows import SkuRow

__all__ = ["Skus", "key_of_sku_row"]

_ATTRIBUTES: Final = (
    "variant_name",
    "unit_price",
    "reorder_threshold",
    "variant_attributes",
    "is_active",
)


def key_of_sku_row(row: Mapping[str, Any]) -> str:
    """Return which SKU a row means, in the row's own words."""
    if row.get("sku"):
        return f"sku {row['sku']}"
    if row.get("external_id"):
        return f"sku of {row.get('vendor_id', '')} {row.get('variant', '')} {row['external_id']}"
    return f"sku SKU-{row.get('product_id', '')}-{row.get('variant', '')}"


class Skus:
    """SKUs of any number of vendors."""

    name = "skus"
    model: type[Body] = SkuRow
    is_whole = False
    concurrency_max = 32
    ignored: frozenset[str] = frozenset()
    bundles = staticmethod(one_by_one)

    def key(self, row: Mapping[str, Any]) -> str:
        """Return the SKU."""
        return key_of_sku_row(row)

    def look(self, session: Session, journal: Journal) -> None:
        """Remember all products and SKUs of the vendors."""
        remember_products(session, journal)
        for vendor_id in journal.vendors():
            journal.remember((found.sku, found.document()) for found in session.stock.inventory(vendor_id))

    def plan(self, rows: Sequence[Mapping[str, Any]], there: There) -> Plan:
        """Compare a row with its SKU."""
        row = rows[0]
        sku = sku_of(row, there)
        found = there(sku)
        if found is not None and found["vendor_id"] != row["vendor_id"]:
            raise Refused(f"vendor_id: {sku} is of {found['vendor_id']}")
        version = {} if found is None else {"version": found["version"]}
        return plan_of(row, found, _ATTRIBUTES, {"sku": sku} | version)

    def carry_out(self, session: Session, bundle: Sequence[Unit]) -> list[Done]:
        """Create or change a SKU."""
        [unit] = bundle
        row, target = unit.rows[0], dict(unit.plan.target)
        sku, product_id = target["sku"], product_of(target["sku"])
        changes = merge_patch(unit.plan.differences)
        if unit.plan.action is Action.CREATE:
            try:
                created = session.stock.create_sku(
                    product_id,
                    sku,
                    variant_name=row["variant_name"],
                    unit_price=row["unit_price"],
                    reorder_threshold=row["reorder_threshold"],
                    variant_attributes=row.get("variant_attributes"),
                ).result
                changes = {"is_active": False} if row.get("is_active") is False else {}
                target |= {"version": created.version, "created": True}
            except problems.SkuExists:
                # The list is no snapshot: it did not show this one.
                found = session.stock.sku(product_id, sku)
                missed = differences(row, found.document(), _ATTRIBUTES)
                changes = merge_patch(missed)
                target |= {"version": found.version, "missed": missed}
                if not changes:
                    return [Done(unit.number, State.UNCHANGED, target)]
        if changes:
            # Not on condition of the version: every sale raises it, and touches none of these attributes.
            session.stock.change_sku(product_id, sku, changes)
        return [Done(unit.number, State.DONE, target)]

    def take_back(self, session: Session, unit: Unit) -> None:
        """Deactivate what was created, and change back what was changed, if it still is as it was made."""
        target = unit.plan.target
        sku, product_id = target["sku"], product_of(target["sku"])
        found = session.stock.sku(product_id, sku)
        if target.get("created"):
            session.stock.deactivate_sku(product_id, sku)
            return
        document = found.document()
        changed = target.get("missed") or unit.plan.differences
        if since := [name for name, (_, after) in changed.items() if document[name] != after]:
            raise Refused(f"{sku} has been changed since: {', '.join(since)}")
        back = {name: [after, before] for name, (before, after) in changed.items()}
        session.stock.change_sku(product_id, sku, merge_patch(back))


def merge_patch(changes: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Return the merge patch (RFC 7396) from before to after: a map's members that go are null."""
    patch: dict[str, Any] = {}
    for name, (before, after) in changes.items():
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            patch[name] = dict.fromkeys(before.keys() - after.keys()) | dict(after)
        else:
            patch[name] = after
    return patch
