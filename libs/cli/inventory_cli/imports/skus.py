"""The import of SKUs, which are recognized by their ids, made of product and variant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inventory_client import problems
from inventory_common.ids import StockKey

from ..profiles import Session
from ..resources import ACTIVE_FLAG, SKU
from .importer import (
    Existing,
    Rejected,
    Result,
    add_existing_products,
    differences,
    one_by_one,
    plan_of,
    sku_of,
)
from .journal import Action, Journal, Plan, State, Unit
from .rows import SKU_ROW

__all__ = ["SkuImporter", "key_of_sku_row"]


def key_of_sku_row(row: Mapping[str, Any]) -> str:
    """Return what identifies the SKU of a row, from the columns that the row has."""
    if row.get("sku"):
        return f"sku {row['sku']}"
    if row.get("external_id"):
        return f"sku of {row.get('vendor_id', '')} {row.get('variant', '')} {row['external_id']}"
    return f"sku SKU-{row.get('product_id', '')}-{row.get('variant', '')}"


class SkuImporter:
    """Imports SKUs of any number of vendors."""

    name = "skus"
    row_type = SKU_ROW
    is_atomic = False
    concurrency_max = 32
    ignored: frozenset[str] = frozenset()
    batches = staticmethod(one_by_one)

    def key(self, row: Mapping[str, Any]) -> str:
        """Return the SKU."""
        return key_of_sku_row(row)

    def read_existing(self, session: Session, journal: Journal) -> None:
        """Write all products and SKUs of the vendors into the journal."""
        add_existing_products(session, journal)
        for vendor_id in journal.vendors():
            skus = session.stock.inventory(vendor_id)
            journal.add_existing((sku.sku, sku.document()) for sku in skus)

    def plan(self, rows: Sequence[Mapping[str, Any]], existing: Existing) -> Plan:
        """Compare a row with its SKU."""
        row = rows[0]
        sku = sku_of(row, existing)
        found = existing(sku)
        if found is not None and found["vendor_id"] != row["vendor_id"]:
            raise Rejected(f"vendor_id: {sku} belongs to {found['vendor_id']}")
        version = {} if found is None else {"version": found["version"]}
        return plan_of(row, found, SKU.changed, {"sku": sku} | version)

    def execute(self, session: Session, batch: Sequence[Unit]) -> list[Result]:
        """Create or change a SKU."""
        [unit] = batch
        row, target = unit.rows[0], dict(unit.plan.target)
        product_id, sku = StockKey.of(target["sku"])
        changes = merge_patch(unit.plan.differences)
        if unit.plan.action is Action.CREATE:
            attributes: Any = {name: row[name] for name in SKU.created if name in row}
            try:
                created = session.stock.create_sku(product_id, sku, **attributes).result
                changes = {ACTIVE_FLAG: False} if row.get(ACTIVE_FLAG) is False else {}
                target |= {"version": created.version, "created": True}
            except problems.SkuExists:
                # The list is not a snapshot: it did not show this SKU.
                found = session.stock.sku(product_id, sku)
                missed = differences(row, found.document(), SKU.changed)
                changes = merge_patch(missed)
                target |= {"version": found.version, "missed": missed}
                if not changes:
                    return [Result(unit.number, State.UNCHANGED, target)]
        if changes:
            # Without a condition on the version: every sale raises it, but changes none of these attributes.
            session.stock.change_sku(product_id, sku, changes)
        return [Result(unit.number, State.DONE, target)]

    def undo(self, session: Session, unit: Unit) -> None:
        """Deactivate a created SKU, or restore a changed one, unless it was changed since."""
        target = unit.plan.target
        product_id, sku = StockKey.of(target["sku"])
        found = session.stock.sku(product_id, sku)
        if target.get("created"):
            session.stock.deactivate_sku(product_id, sku)
            return
        document = found.document()
        changed = target.get("missed") or unit.plan.differences
        if since := [name for name, (_, after) in changed.items() if document[name] != after]:
            raise Rejected(f"{sku} has been changed since: {', '.join(since)}")
        restored = {name: [after, before] for name, (before, after) in changed.items()}
        session.stock.change_sku(product_id, sku, merge_patch(restored))


def merge_patch(changes: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Return the merge patch (RFC 7396) from before to after; null removes a member of a map."""
    patch: dict[str, Any] = {}
    for name, (before, after) in changes.items():
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            patch[name] = dict.fromkeys(before.keys() - after.keys()) | dict(after)
        else:
            patch[name] = after
    return patch
