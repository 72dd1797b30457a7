"""The service's commands and questions: read, decide, commit, and again if another writer was first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from inventory_common.contention import Persistence
from inventory_common.errors import (
    Conflict,
    InvalidInput,
    OrderNotFound,
    SkuExists,
    SkuNotFound,
)
from inventory_common.idempotency import Intent
from inventory_common.identity import Scope
from inventory_common.ids import product_of, sku_prefix
from inventory_common.pages import Page, PageRequest
from inventory_common.skus import Sku
from inventory_common.timestamps import Clock
from inventory_common.transactions import TransactionRecord

from . import reservations, stock_changes
from .commands import AdjustStock, ChangeSku, CreateSku, PlaceOrder, Restock, SettleOrder, Source
from .inventory_gateway import InventoryGateway, LostRace
from .orders import Order
from .sku_rules import changed_sku, new_sku
from .snapshot import Commit, IncompleteSnapshot, Snapshot
from .stock_rules import Occasion

__all__ = ["CreatedSku", "SettledOrder", "StockChanged", "StockService"]


class CreatedSku(NamedTuple):
    """A SKU, and whether its creation had been done before."""

    sku: Sku
    replayed: bool


class StockChanged(NamedTuple):
    """The record of a change and the SKU, and whether it had been done before."""

    record: TransactionRecord
    sku: Sku
    replayed: bool


class SettledOrder(NamedTuple):
    """An order as it stands, and whether the command on it had been done before."""

    order: Order
    replayed: bool


@dataclass(frozen=True, slots=True)
class StockService:
    """What the stock service does; `bootstrap` makes it."""

    gateway: InventoryGateway
    clock: Clock
    persistence: Persistence

    # Questions

    def sku(self, product_id: str, sku: str, scope: Scope) -> Sku:
        """Return a SKU, or raise `SkuNotFound`."""
        found = self.gateway.sku(product_id, sku)
        if found is None or not scope.covers(found.vendor_id):
            raise SkuNotFound(f"There is no {sku}.")
        return found

    def skus_of_product(self, product_id: str, scope: Scope, page: PageRequest) -> Page:
        """List a product's SKUs; another vendor's product has none to show."""
        found = self.gateway.skus_of_product(product_id, page)
        covered = all(scope.covers(sku["vendor_id"]) for sku in found.documents)
        return found if covered else Page([], None)

    def skus_of_vendor(self, vendor_id: str, page: PageRequest) -> Page:
        """List a vendor's SKUs, newest change first."""
        return self.gateway.skus_of_vendor(vendor_id, page)

    def low_stock_of_vendor(self, vendor_id: str, page: PageRequest) -> Page:
        """List a vendor's SKUs that need a restock, lowest stock first."""
        return self.gateway.low_stock_of_vendor(vendor_id, page)

    def order(self, order_id: str) -> Order:
        """Return an order, or raise `OrderNotFound`."""
        found = reservations.standing(self.gateway.order(order_id), self.clock())
        if found is None:
            raise OrderNotFound(f"There is no {order_id}.")
        return found

    # Commands

    def create_sku(self, command: CreateSku, source: Source) -> CreatedSku:
        """Offer a variant of an active product of one's own.

        Raises
        ------
        InvalidInput, IdempotencyKeyReused, ProductNotFound, ProductInactive, SkuExists, Busy
        """
        if not command.sku.startswith(sku_prefix(command.product_id)):
            raise InvalidInput([("body.sku", f"should begin with {sku_prefix(command.product_id)}")])
        intent = command.intent
        for _ in self.persistence.attempts():
            product, bound, marker = self.gateway.product_and_bound(
                command.product_id, command.scope.vendor_id, None if intent is None else intent.marker_id
            )
            now = self.clock()
            if intent and intent.already_done(marker, now):
                return CreatedSku(self.sku(command.product_id, command.sku, command.scope), replayed=True)
            sku = new_sku(command, product, source, now)
            done = [{"product_id": sku.product_id, "sku": sku.sku}]
            try:
                self.gateway.add_sku(sku, bound, None if intent is None else intent.marker(done, now))
                return CreatedSku(sku, replayed=False)
            except LostRace as race:
                if sku.sku in race.found.skus and not self._is_done(intent, now):
                    raise SkuExists(f"{sku.sku} exists already.") from race
        raise AssertionError("attempts end by raising Busy")

    def change_sku(self, command: ChangeSku, source: Source) -> Sku:
        """Set attributes of a SKU, and return it as it stands then; what is so already is no change.

        Raises
        ------
        SkuNotFound, PreconditionFailed, Busy
        """
        key = (command.product_id, command.sku)
        snapshot = self.gateway.snapshot([key])
        for _ in self.persistence.attempts():
            sku = snapshot.skus.get(command.sku)
            if sku is None or not command.scope.covers(sku.vendor_id):
                raise SkuNotFound(f"There is no {command.sku}.")
            command.if_match.require(sku.version)
            next_version = changed_sku(sku, command, source, self.clock())
            if next_version is None:
                return sku
            try:
                self.gateway.update_sku(sku, to=next_version)
                return next_version
            except LostRace as race:
                snapshot = snapshot.updated(race.found)
        raise AssertionError("attempts end by raising Busy")

    def restock(self, command: Restock, source: Source) -> StockChanged:
        """Take units into stock.

        Raises
        ------
        SkuNotFound, SkuInactive, ProductInactive, StockLimitExceeded, IdempotencyKeyReused, Busy
        """
        return self._change_stock(
            command, source, lambda seen, occasion: stock_changes.restock(seen, command, occasion)
        )

    def adjust(self, command: AdjustStock, source: Source) -> StockChanged:
        """Correct the stock.

        Raises
        ------
        SkuNotFound, CountStale, AdjustmentBelowReserved, StockLimitExceeded, IdempotencyKeyReused, Busy
        """
        return self._change_stock(
            command, source, lambda seen, occasion: stock_changes.adjust(seen, command, occasion)
        )

    def place(self, command: PlaceOrder, source: Source) -> SettledOrder:
        """Reserve every line of an order, or nothing.

        Raises
        ------
        InvalidInput, OrderExists, OrderCancelled, SkuNotFound, SkuInactive, ProductInactive,
        InsufficientStock, Busy
        """
        command = replace(command, lines=reservations.sum_lines(command.lines))
        snapshot = self.gateway.snapshot(
            [(line.product_id, line.sku) for line in command.lines], order_id=command.order_id
        )
        return self._settle(
            snapshot,
            command.order_id,
            source,
            lambda seen, occasion: reservations.place(seen, command, occasion),
        )

    def confirm(self, command: SettleOrder, source: Source) -> SettledOrder:
        """Settle what an order holds, all or part.

        Raises
        ------
        OrderNotFound, OrderCancelled, ReservationExpired, SkuNotFound, QuantityExceedsReserved,
        IdempotencyKeyReused, Busy
        """
        return self._settle_placed(reservations.confirm, command, source)

    def cancel(self, command: SettleOrder, source: Source) -> SettledOrder:
        """Release what an order holds, all or part.

        Raises
        ------
        OrderNotFound, OrderCancelled, OrderConfirmed, SkuNotFound, QuantityExceedsReserved,
        IdempotencyKeyReused, Busy
        """
        return self._settle_placed(reservations.cancel, command, source)

    def refund(self, command: SettleOrder, source: Source) -> SettledOrder:
        """Take back what has left for an order, all or part.

        Raises
        ------
        OrderNotFound, SkuNotFound, RefundExceedsConfirmed, StockLimitExceeded, IdempotencyKeyReused, Busy
        """
        return self._settle_placed(reservations.refund, command, source)

    # How

    def _settle_placed(
        self,
        decide: Callable[[Snapshot, SettleOrder, Occasion], Commit | None],
        command: SettleOrder,
        source: Source,
    ) -> SettledOrder:
        # What is known of the command's items before its order is: the SKUs of its lines, if it has any.
        skus = [(product_of(sku), sku) for sku in command.lines or ()]
        marker_id = None if command.intent is None else command.intent.marker_id
        snapshot = self.gateway.snapshot(skus, order_id=command.order_id, marker_id=marker_id)
        return self._settle(
            snapshot,
            command.order_id,
            source,
            lambda seen, occasion: decide(seen, command, occasion),
            marker_id,
        )

    def _change_stock(
        self,
        command: Restock | AdjustStock,
        source: Source,
        decide: Callable[[Snapshot, Occasion], Commit | None],
    ) -> StockChanged:
        snapshot = self.gateway.snapshot(
            [(command.product_id, command.sku)], marker_id=command.intent.marker_id
        )
        snapshot, commit = self._until_committed(
            snapshot, source, decide, marker_id=command.intent.marker_id, notes=command.notes
        )
        if commit is not None:
            [movement] = commit.movements
            return StockChanged(movement.record, movement.after, replayed=False)
        assert snapshot.marker is not None
        # The SKU of the snapshot may be of a moment before the marker.
        record, sku = self.gateway.record_and_sku(snapshot.marker.done[0], command.product_id, command.sku)
        return StockChanged(record, sku, replayed=True)

    def _settle(
        self,
        snapshot: Snapshot,
        order_id: str,
        source: Source,
        decide: Callable[[Snapshot, Occasion], Commit | None],
        marker_id: str | None = None,
    ) -> SettledOrder:
        snapshot, commit = self._until_committed(
            snapshot, source, decide, order_id=order_id, marker_id=marker_id
        )
        order = snapshot.order if commit is None else commit.order
        assert order is not None
        return SettledOrder(order, replayed=commit is None)

    def _until_committed(
        self,
        snapshot: Snapshot,
        source: Source,
        decide: Callable[[Snapshot, Occasion], Commit | None],
        *,
        order_id: str | None = None,
        marker_id: str | None = None,
        notes: str | None = None,
    ) -> tuple[Snapshot, Commit | None]:
        """Decide on the snapshot and commit, again on what a faster writer left; refusals pass through."""
        for _ in self.persistence.attempts():
            occasion = Occasion(
                now=self.clock(),
                performed_by=source.performed_by,
                request_id=source.request_id,
                order_id=order_id,
                notes=notes,
            )
            try:
                snapshot, commit = self._decided(snapshot, decide, occasion)
            except IncompleteSnapshot:
                continue
            except Conflict:
                found = self._done_meanwhile(snapshot, order_id, marker_id)
                if found is None:
                    raise
                snapshot = snapshot.updated(found)
                continue
            if commit is None:
                return snapshot, None
            try:
                self.gateway.commit(commit)
                return snapshot, commit
            except LostRace as race:
                snapshot = snapshot.updated(race.found)
        raise AssertionError("attempts end by raising Busy")

    def _is_done(self, intent: Intent | None, now: str) -> bool:
        if intent is None:
            return False
        marker = self.gateway.snapshot(marker_id=intent.marker_id).marker
        return intent.already_done(marker, now) is not None

    def _done_meanwhile(
        self, snapshot: Snapshot, order_id: str | None, marker_id: str | None
    ) -> Snapshot | None:
        """Look again for what would make a refused command a repeated one; None if it is not there.

        Several items are not read at one moment: an earlier copy of the command may have committed between
        the read of its order or marker and that of a SKU, whose stock is then short by that very command.
        """
        missing_order = order_id if snapshot.order is None else None
        missing_marker = marker_id if snapshot.marker is None else None
        if missing_order is None and missing_marker is None:
            return None
        found = self.gateway.snapshot(order_id=missing_order, marker_id=missing_marker)
        return found if found.order is not None or found.marker is not None else None

    def _decided(
        self,
        snapshot: Snapshot,
        decide: Callable[[Snapshot, Occasion], Commit | None],
        occasion: Occasion,
    ) -> tuple[Snapshot, Commit | None]:
        """Decide; where that takes SKUs which only the order tells of, read them with it first."""
        try:
            return snapshot, decide(snapshot, occasion)
        except IncompleteSnapshot as incomplete:
            together = self.gateway.snapshot(incomplete.skus, order_id=occasion.order_id)
            snapshot = snapshot.updated(together)
            return snapshot, decide(snapshot, occasion)
