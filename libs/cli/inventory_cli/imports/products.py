"""The import of products, which are recognized by vendor and external id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from inventory_client import Product, problems
from inventory_imports.plans import Action, Rejected, differences, shown_differences
from inventory_imports.products import ProductRules, target_of_product
from inventory_imports.resources import ACTIVE_FLAG, PRODUCT

from ..profiles import Session
from .importer import Result, Undone, add_existing_products, left_by_undo, one_by_one
from .journal import Journal, State, Unit

__all__ = ["ProductImporter"]

FIRST_VERSION: Final = 1
"""The version of a new product."""


class ProductImporter:
    """Imports products of any number of vendors."""

    rules = ProductRules()
    concurrency_max = 32
    batch_max = 1
    batches = staticmethod(one_by_one)

    def read_existing(self, session: Session, journal: Journal) -> None:
        """Write all products of the vendors into the journal, and how undoes on this machine left them."""
        if add_existing_products(session, journal):
            journal.add_existing(left_by_undo(journal, "product_id"))

    def serial_key(self, unit: Unit) -> None:
        """Return None: products do not depend on each other."""

    def execute(self, session: Session, batch: Sequence[Unit]) -> list[Result]:
        """Create or change a product."""
        [unit] = batch
        row, target = unit.rows[0], dict(unit.plan.target)
        changes = {name: after for name, (_, after) in unit.plan.differences.items()}
        if unit.plan.action is Action.CREATE:
            try:
                product = _create(session, unit)
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
            try:
                changed = session.catalog.change_product(
                    target["product_id"], changes, if_version=target["version"]
                )
            except (problems.Conflict, problems.PreconditionFailed, problems.Invalid) as problem:
                if "created" not in target:
                    raise
                reason = f"created, but {problem.code}: {problem.detail}"
                return [Result(unit.number, State.HALF_DONE, target, reason)]
            target |= {"version": changed.version}
        return [Result(unit.number, State.DONE, target)]

    def find_sent(self, session: Session, journal: Journal) -> None:
        """Write the ids of products that were being created into their targets."""
        add_existing_products(session, journal)
        for unit in journal.units(State.SENDING):
            if unit.plan.action is Action.CREATE and (product := journal.existing(unit.key)):
                journal.finish(unit.number, State.SENDING, target=target_of_product(product))

    def undo(self, session: Session, unit: Unit, *, dry_run: bool) -> Undone:
        """Deactivate a created product, or restore a changed one, unless it was changed since."""
        target = unit.plan.target
        is_created = target.get("created") or (
            unit.state is State.SENDING and unit.plan.action is Action.CREATE
        )
        if "product_id" not in target:
            return Undone("nothing", "was not created")
        product = session.catalog.product(target["product_id"])
        version = target["version"]
        if unit.state is State.SENDING:
            if is_created:
                if not dry_run:
                    _require_created_by(session, unit, product)
                version = FIRST_VERSION
            elif product.version == version:
                return Undone("nothing", "was not changed")
            elif product.version == version + 1 and _is_as_planned(unit, product.document()):
                version += 1
        if is_created and not product.is_active:
            return Undone("nothing", f"{product.product_id} is inactive already")
        if product.version != version:
            raise Rejected(f"{product.product_id} has been changed since")
        changed = (
            {ACTIVE_FLAG: [False, True]} if is_created else target.get("missed") or unit.plan.differences
        )
        restored = {name: before for name, (before, _) in changed.items()}
        left = None
        if not dry_run:
            try:
                # Not DELETE: its response has no version.
                after = session.catalog.change_product(product.product_id, restored, if_version=version)
            except problems.PreconditionFailed as error:
                raise Rejected(f"{product.product_id} has been changed since") from error
            left = after.version if restored.get(ACTIVE_FLAG) is False else None
        if is_created:
            return Undone("deactivate", product.product_id, left)
        shown = shown_differences({name: [after, before] for name, (before, after) in changed.items()})
        return Undone("restore", f"{product.product_id} {shown}", left)


def _create(session: Session, unit: Unit) -> Product:
    attributes: Any = {name: unit.rows[0][name] for name in PRODUCT.created if name in unit.rows[0]}
    return session.catalog.create_product(idempotency_key=unit.request_key, **attributes).result


def _require_created_by(session: Session, unit: Unit, product: Product) -> None:
    """Raise `Rejected` unless the product was created by the unit's request.

    The request is repeated with its Idempotency-Key.  It cannot create a second product, as the external id
    is in use; for a day it returns the first.
    """
    try:
        created = _create(session, unit)
    except (problems.ExternalIdExists, problems.IdempotencyKeyReused):
        created = None
    if created is None or created.product_id != product.product_id:
        raise Rejected(
            f"{product.product_id} exists, and it is not known whether this import created it: "
            "if so, deactivate it"
        )


def _is_as_planned(unit: Unit, document: Mapping[str, Any]) -> bool:
    return all(document[name] == after for name, (_, after) in unit.plan.differences.items())
