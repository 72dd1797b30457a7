"""The import of SKUs, which are recognized by their ids, made of product and variant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inventory_client import problems
from inventory_common.ids import StockKey
from inventory_imports.plans import Action, Rejected, differences
from inventory_imports.resources import ACTIVE_FLAG, SKU
from inventory_imports.skus import SkuRules

from ..profiles import Session
from .importer import Result, add_existing_products, one_by_one
from .journal import Journal, State, Unit

__all__ = ["SkuImporter"]


class SkuImporter:
    """Imports SKUs of any number of vendors."""

    rules = SkuRules()
    concurrency_max = 32
    batches = staticmethod(one_by_one)

    def read_existing(self, session: Session, journal: Journal) -> None:
        """Write all products and SKUs of the vendors into the journal."""
        add_existing_products(session, journal)
        for vendor_id in journal.vendors():
            skus = session.stock.inventory(vendor_id)
            journal.add_existing((sku.sku, sku.document()) for sku in skus)

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
