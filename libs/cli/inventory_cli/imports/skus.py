"""The import of SKUs, which are recognized by their ids, made of product and variant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from inventory_client import Sku, problems
from inventory_common.ids import StockKey
from inventory_common.skus import FIRST_DETAILS_VERSION
from inventory_imports.plans import Action, Rejected, differences, merge_patch, shown_differences
from inventory_imports.resources import ACTIVE_FLAG, SKU
from inventory_imports.skus import SkuRules

from ..profiles import Session
from .importer import Result, Undone, add_existing_products, left_by_undo, one_by_one
from .journal import Journal, State, Unit

__all__ = ["SkuImporter"]


class SkuImporter:
    """Imports SKUs of any number of vendors."""

    rules = SkuRules()
    concurrency_max = 32
    batch_max = 1
    batches = staticmethod(one_by_one)

    def read_existing(self, session: Session, journal: Journal) -> None:
        """Write all products and SKUs of the vendors into the journal, and how undoes left the SKUs."""
        add_existing_products(session, journal)
        inactive = 0

        def found(vendor_id: str) -> Iterator[tuple[str, Any]]:
            nonlocal inactive
            for sku in session.stock.inventory(vendor_id):
                inactive += not sku.is_active
                yield sku.sku, sku.document()

        for vendor_id in journal.vendors():
            journal.add_existing(found(vendor_id))
        if inactive:
            journal.add_existing(left_by_undo(journal, "sku"))

    def serial_key(self, unit: Unit) -> None:
        """Return None: SKUs do not depend on each other."""

    def execute(self, session: Session, batch: Sequence[Unit]) -> list[Result]:
        """Create or change a SKU."""
        [unit] = batch
        row, target = unit.rows[0], dict(unit.plan.target)
        product_id, sku = StockKey.of(target["sku"])
        changes = merge_patch(unit.plan.differences)
        if unit.plan.action is Action.CREATE:
            try:
                created = _create(session, unit)
                changes = {ACTIVE_FLAG: False} if row.get(ACTIVE_FLAG) is False else {}
                target |= {"details_version": created.details_version, "created": True}
            except problems.SkuExists:
                # The list is not a snapshot: it did not show this SKU.
                found = session.stock.sku(product_id, sku)
                missed = differences(row, found.document(), SKU.changed)
                changes = merge_patch(missed)
                target |= {"missed": missed}
                if not changes:
                    return [Result(unit.number, State.UNCHANGED, target)]
        if changes:
            try:
                changed = session.stock.change_sku(product_id, sku, changes)
            except (problems.Conflict, problems.Invalid) as problem:
                if "created" not in target:
                    raise
                reason = f"created, but {problem.code}: {problem.detail}"
                return [Result(unit.number, State.HALF_DONE, target, reason)]
            target |= {"details_version": changed.details_version}
        return [Result(unit.number, State.DONE, target)]

    def find_sent(self, session: Session, journal: Journal) -> None:
        """Do nothing: a SKU is found by its id."""

    def undo(self, session: Session, unit: Unit, *, dry_run: bool) -> Undone:
        """Deactivate a created SKU, or restore a changed one, unless it was changed since."""
        target = unit.plan.target
        is_sending = unit.state is State.SENDING
        try:
            found = session.stock.sku(*StockKey.of(target["sku"]))
        except problems.SkuNotFound:
            if is_sending:
                return Undone("nothing", "was not created")
            raise
        if target.get("created") or (is_sending and unit.plan.action is Action.CREATE):
            return self._undo_creation(session, unit, found, dry_run=dry_run)
        document = found.document()
        changed = target.get("missed") or unit.plan.differences
        if is_sending and all(document[name] == before for name, (before, _) in changed.items()):
            return Undone("nothing", "was not changed")
        if since := [name for name, (_, after) in changed.items() if document[name] != after]:
            raise Rejected(f"{found.sku} has been changed since: {', '.join(since)}")
        restored = {name: [after, before] for name, (before, after) in changed.items()}
        left = None
        if not dry_run:
            after = _changed(session, found, merge_patch(restored))
            left = None if after.is_active or ACTIVE_FLAG not in restored else after.details_version
        return Undone("restore", f"{found.sku} {shown_differences(restored)}", left)

    def _undo_creation(self, session: Session, unit: Unit, found: Sku, *, dry_run: bool) -> Undone:
        if unit.state is State.SENDING and not dry_run:
            _require_created_by(session, unit)
        if not found.is_active:
            return Undone("nothing", f"{found.sku} is inactive already")
        if found.details_version != unit.plan.target.get("details_version", FIRST_DETAILS_VERSION):
            raise Rejected(f"{found.sku} has been changed since")
        if dry_run:
            return Undone("deactivate", found.sku)
        after = _changed(session, found, {ACTIVE_FLAG: False})
        return Undone("deactivate", found.sku, after.details_version)


def _create(session: Session, unit: Unit) -> Sku:
    attributes: Any = {name: unit.rows[0][name] for name in SKU.created if name in unit.rows[0]}
    product_id, sku = StockKey.of(unit.plan.target["sku"])
    return session.stock.create_sku(product_id, sku, idempotency_key=unit.request_key, **attributes).result


def _require_created_by(session: Session, unit: Unit) -> None:
    """Raise `Rejected` unless the SKU was created by the unit's request.

    The request is repeated with its Idempotency-Key.  It cannot create the SKU, as that exists; for a day it
    succeeds as it did the first time.
    """
    try:
        _create(session, unit)
    except (problems.SkuExists, problems.IdempotencyKeyReused) as error:
        raise Rejected(
            f"{unit.plan.target['sku']} exists, and it is not known whether this import created it: "
            "if so, deactivate it"
        ) from error


def _changed(session: Session, found: Sku, changes: Mapping[str, Any]) -> Sku:
    try:
        return session.stock.change_sku(
            found.product_id, found.sku, changes, if_version=found.details_version
        )
    except problems.PreconditionFailed as error:
        raise Rejected(f"{found.sku} has been changed since") from error
