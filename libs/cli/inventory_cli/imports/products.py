"""The import of products, which are recognized by vendor and external id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inventory_client import problems
from inventory_imports.plans import Action, Rejected, differences
from inventory_imports.products import ProductRules, target_of_product
from inventory_imports.resources import ACTIVE_FLAG, PRODUCT

from ..profiles import Session
from .importer import Result, add_existing_products, one_by_one
from .journal import Journal, State, Unit

__all__ = ["ProductImporter"]


class ProductImporter:
    """Imports products of any number of vendors."""

    rules = ProductRules()
    concurrency_max = 32
    batches = staticmethod(one_by_one)

    def read_existing(self, session: Session, journal: Journal) -> None:
        """Write all products of the vendors into the journal."""
        add_existing_products(session, journal)

    def execute(self, session: Session, batch: Sequence[Unit]) -> list[Result]:
        """Create or change a product."""
        [unit] = batch
        row, target = unit.rows[0], dict(unit.plan.target)
        changes = {name: after for name, (_, after) in unit.plan.differences.items()}
        if unit.plan.action is Action.CREATE:
            attributes: Any = {name: row[name] for name in PRODUCT.created if name in row}
            try:
                product = session.catalog.create_product(**attributes).result
                changes = {ACTIVE_FLAG: False} if row.get(ACTIVE_FLAG) is False else {}
                target = target_of_product(product.document()) | {"created": True}
            except problems.ExternalIdExists as exists:
                # The list is read from an index, which did not show the product yet.
                product = session.catalog.product(exists.product_id)
                missed = differences(row, product.document(), PRODUCT.changed)
                changes = {name: after for name, (_, after) in missed.items()}
                target = target_of_product(product.document()) | {"missed": missed}
                if not changes:
                    return [Result(unit.number, State.UNCHANGED, target)]
        if changes:
            changed = session.catalog.change_product(
                target["product_id"], changes, if_version=target["version"]
            )
            target |= {"version": changed.version}
        return [Result(unit.number, State.DONE, target)]

    def undo(self, session: Session, unit: Unit) -> None:
        """Deactivate a created product, or restore a changed one, unless it was changed since."""
        target = unit.plan.target
        try:
            if target.get("created"):
                session.catalog.deactivate_product(target["product_id"], if_version=target["version"])
                return
            changed = target.get("missed") or unit.plan.differences
            restored = {name: before for name, (before, _) in changed.items()}
            session.catalog.change_product(target["product_id"], restored, if_version=target["version"])
        except problems.PreconditionFailed as error:
            raise Rejected(f"{target['product_id']} has been changed since") from error
