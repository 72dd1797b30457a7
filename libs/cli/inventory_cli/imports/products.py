"""Importing products: known again by their vendor and external id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from inventory_client import problems
from inventory_common.fields import Body

from ..profiles import Session
from .journal import Action, Journal, Plan, State, Unit
from .kind import Done, Refused, There, differences, one_by_one, plan_of, product_key, remember_products
from .rows import ProductRow

__all__ = ["Products"]

_ATTRIBUTES: Final = (
    "product_name",
    "category",
    "base_price",
    "description",
    "subcategory",
    "brand",
    "images",
    "tags",
    "is_active",
)


class Products:
    """Products of any number of vendors."""

    name = "products"
    model: type[Body] = ProductRow
    is_whole = False
    concurrency_max = 32
    ignored: frozenset[str] = frozenset()
    bundles = staticmethod(one_by_one)

    def key(self, row: Mapping[str, Any]) -> str:
        """Return vendor and external id."""
        return product_key(row.get("vendor_id", ""), row.get("external_id") or row.get("product_id", ""))

    def look(self, session: Session, journal: Journal) -> None:
        """Remember all products of the vendors."""
        remember_products(session, journal)

    def plan(self, rows: Sequence[Mapping[str, Any]], there: There) -> Plan:
        """Compare a row with the product of its external id."""
        row = rows[0]
        found = there(self.key(row))
        if found is None and row.get("external_id") is None:
            raise Refused(f"product_id: {row['vendor_id']} has no {row['product_id']} without an external id")
        return plan_of(row, found, _ATTRIBUTES, {} if found is None else _target(found))

    def carry_out(self, session: Session, bundle: Sequence[Unit]) -> list[Done]:
        """Create or change a product."""
        [unit] = bundle
        row, target = unit.rows[0], dict(unit.plan.target)
        changes = {name: after for name, (_, after) in unit.plan.differences.items()}
        if unit.plan.action is Action.CREATE:
            attributes: Any = {
                name: value for name, value in row.items() if name not in ("is_active", "product_id")
            }
            try:
                product = session.catalog.create_product(**attributes).result
                changes = {"is_active": False} if row.get("is_active") is False else {}
                target = _target(product.document()) | {"created": True}
            except problems.ExternalIdExists as exists:
                # The list did not show it yet.
                product = session.catalog.product(exists.product_id)
                missed = differences(row, product.document(), _ATTRIBUTES)
                changes = {name: after for name, (_, after) in missed.items()}
                target = _target(product.document()) | {"missed": missed}
                if not changes:
                    return [Done(unit.number, State.UNCHANGED, target)]
        if changes:
            changed = session.catalog.change_product(
                target["product_id"], changes, if_version=target["version"]
            )
            target |= {"version": changed.version}
        return [Done(unit.number, State.DONE, target)]

    def take_back(self, session: Session, unit: Unit) -> None:
        """Deactivate what was created, and change back what was changed, if nobody has changed it since."""
        target = unit.plan.target
        try:
            if target.get("created"):
                session.catalog.deactivate_product(target["product_id"], if_version=target["version"])
                return
            before = {name: was for name, (was, _) in (target.get("missed") or unit.plan.differences).items()}
            session.catalog.change_product(target["product_id"], before, if_version=target["version"])
        except problems.PreconditionFailed as error:
            raise Refused(f"{target['product_id']} has been changed since") from error


def _target(product: Mapping[str, Any]) -> dict[str, Any]:
    return {"product_id": product["product_id"], "version": product["version"]}
