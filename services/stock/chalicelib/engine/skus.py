"""Creating and changing SKUs, and the lists of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from inventory_common.dynamodb import lost_answers_reported
from inventory_common.errors import (
    InvalidInput,
    PreconditionFailed,
    SkuExists,
    SkuNotFound,
)
from inventory_common.idempotency import IdempotencyKey, id_of
from inventory_common.identity import Scope
from inventory_common.ids import StockKey
from inventory_common.lost_answers import LostAnswers
from inventory_common.pages import Page, PageRequest
from inventory_common.retry_policy import RetryPolicy
from inventory_common.skus import Sku
from inventory_common.timestamps import Clock
from inventory_common.values import value

from ..domain.commands import Actor, ChangeSku, CreateSku
from ..domain.sku_rules import SkuChange, change_sku, new_sku, require_prefix
from ..storage.skus import NotWritten, SkuStore, Written
from ..storage.state import StateStore

__all__ = ["ChangedSku", "CreatedSku", "Skus"]


class CreatedSku(NamedTuple):
    """A SKU, and whether it had already been created by the same command."""

    sku: Sku
    replayed: bool


class ChangedSku(NamedTuple):
    """A SKU after a change, and whether the same command had changed it before; then as it is now."""

    sku: Sku
    replayed: bool


@value
class Skus:
    """SKUs and their attributes."""

    skus: SkuStore
    state: StateStore
    clock: Clock
    retry_policy: RetryPolicy
    draw_change_id: Callable[[], str]

    def get(self, key: StockKey, scope: Scope) -> Sku:
        """Return a SKU, or raise `SkuNotFound`."""
        found = self.skus.get(key)
        if found is None or not scope.covers(found.vendor_id):
            raise SkuNotFound(f"{key.sku} was not found.")
        return found

    def of_product(self, product_id: str, scope: Scope, page: PageRequest) -> Page:
        """List a product's SKUs; none of another vendor's product.

        A SKU that was given to another vendor by hand is left out, and takes no other one with it.
        """
        found = self.skus.of_product(product_id, page)
        covered = [sku for sku in found.documents if scope.covers(sku["vendor_id"])]
        # The cursor of a page of another vendor's product would reveal that the product exists.
        return Page(covered, found.next_cursor if covered or not found.documents else None)

    def of_vendor(self, vendor_id: str, page: PageRequest) -> Page:
        """List a vendor's SKUs, newest change first."""
        return self.skus.of_vendor(vendor_id, page)

    def of_barcode(self, vendor_id: str, barcode: str, page: PageRequest) -> Page:
        """List a vendor's SKUs that have a barcode, by id."""
        return self.skus.of_barcode(vendor_id, barcode, page)

    def low_stock_of_vendor(self, vendor_id: str, page: PageRequest) -> Page:
        """List a vendor's SKUs at or below their thresholds, lowest stock first."""
        return self.skus.low_stock_of_vendor(vendor_id, page)

    def create(self, command: CreateSku, actor: Actor) -> CreatedSku:
        """Create a SKU of an active product in the caller's scope.

        Raises
        ------
        InvalidInput, IdempotencyKeyReused, ProductNotFound, ProductInactive, SkuExists, Busy,
        OutcomeUnknown
        """
        require_prefix(command)
        idempotency_key = command.idempotency_key
        key = StockKey(command.product_id, command.attributes["sku"])
        for _ in self.retry_policy.attempts():
            product, bound, record = self.state.read_for_new_sku(
                command.product_id,
                command.scope.vendor_id,
                id_of(idempotency_key),
            )
            now = self.clock()
            if idempotency_key and idempotency_key.replayed_record(record, now):
                return CreatedSku(self.get(key, command.scope), replayed=True)
            sku = new_sku(command, product, actor, now)
            results = [{"product_id": key.product_id, "sku": key.sku}]
            new_record = None if idempotency_key is None else idempotency_key.record(results, now)
            with lost_answers_reported():
                written = self.skus.add(sku, bound, new_record)
            if isinstance(written, Written):
                return CreatedSku(sku, replayed=False)
            if key in written.found.skus and not self._was_executed(idempotency_key, now):
                raise SkuExists(f"{key.sku} already exists.")
            # Otherwise an earlier attempt of this command created it, which the next read shows.
        raise AssertionError("attempts end by raising Busy")

    def change(self, command: ChangeSku, actor: Actor) -> ChangedSku:
        """Change attributes of a SKU, and return it; a SKU that has them already is not written.

        Its conditions are on the attributes that it changes, so that sales do not invalidate it: only a
        transaction in progress delays it, for milliseconds.

        Raises
        ------
        SkuNotFound, PreconditionFailed, IdempotencyKeyReused, InvalidInput, Busy, OutcomeUnknown
        """
        change_id = self.draw_change_id()
        idempotency_id = id_of(command.idempotency_key)
        records = () if idempotency_id is None else (idempotency_id,)
        current = self.state.read([command.key], idempotency_records=records)
        lost = LostAnswers()
        with lost.reported():
            for _ in self.retry_policy.quick().attempts():
                now = self.clock()
                current.require_readable((command.key, idempotency_id))
                try:
                    change = change_sku(current.state_of(None, idempotency_id), command, actor, now)
                except (InvalidInput, PreconditionFailed):
                    # A read of several items is no snapshot: the SKU may be newer than the record.
                    if not self._was_executed(command.idempotency_key, now):
                        raise
                    change = None
                if not isinstance(change, SkuChange):
                    return ChangedSku(self.get(command.key, command.scope), replayed=True)
                written: Sku | NotWritten | None = None
                with lost.noted():
                    written = self._write(change, change_id)
                if written is None:
                    continue
                if isinstance(written, Sku):
                    return ChangedSku(written, replayed=False)
                if written.is_unknown:
                    lost.note()
                newer = written.found.skus.get(command.key)
                if newer is not None and command.idempotency_key is None:
                    lost.settle(newer.details_version - change.before.details_version)
                current = current.updated(written.found)
        raise AssertionError("attempts end by raising Busy")

    def _write(self, change: SkuChange, change_id: str) -> Sku | NotWritten:
        """Write a change, and return the SKU."""
        record = change.idempotency_record
        if change.after is not None:
            return self.skus.update(change.before, change.after, change_id, record)
        if record is not None:
            # So that a retry after another's change does not undo that one.
            written = self.skus.add_record(record)
            if isinstance(written, NotWritten):
                return written
        return change.before

    def _was_executed(self, idempotency_key: IdempotencyKey | None, now: str) -> bool:
        if idempotency_key is None:
            return False
        idempotency_id = idempotency_key.idempotency_id
        records = self.state.read(idempotency_records=[idempotency_id]).idempotency_records
        return idempotency_key.replayed_record(records.get(idempotency_id), now) is not None
