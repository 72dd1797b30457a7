"""The service's commands and questions: read, decide, commit, and again if another writer was first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from inventory_common.contention import Persistence
from inventory_common.errors import (
    InvalidInput,
    OrderNotFound,
    ProductInactive,
    ProductNotFound,
    SkuExists,
    SkuNotFound,
)
from inventory_common.identity import Scope
from inventory_common.ids import sku_prefix
from inventory_common.pages import Page, PageRequest
from inventory_common.products import Product
from inventory_common.skus import FIRST_PREVIOUS_HASH, Sku
from inventory_common.timestamps import Clock
from inventory_common.transactions import TransactionRecord

from . import reservations
from .commands import CreateSku, PlaceOrder, Restock, Source
from .inventory_gateway import InventoryGateway, LostRace
from .orders import Order
from .reservations import Commit, Snapshot, TornSnapshot
from .stock_rules import Occasion

__all__ = ["CreatedSku", "Restocked", "SettledOrder", "StockService"]


class CreatedSku(NamedTuple):
    """A SKU, and whether its creation had been done before."""

    sku: Sku
    replayed: bool


class Restocked(NamedTuple):
    """The record of a restock and the SKU, and whether it had been done before."""

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
            sku = _new_sku(command, product, source, now)
            done = [{"product_id": sku.product_id, "sku": sku.sku}]
            try:
                self.gateway.add_sku(sku, bound, None if intent is None else intent.marker(done, now))
                return CreatedSku(sku, replayed=False)
            except LostRace as race:
                if sku.sku in race.found.skus and race.found.marker is None:
                    raise SkuExists(f"{sku.sku} exists already.") from race
        raise AssertionError("attempts end by raising Busy")

    def restock(self, command: Restock, source: Source) -> Restocked:
        """Take units into stock.

        Raises
        ------
        SkuNotFound, SkuInactive, ProductInactive, StockLimitExceeded, IdempotencyKeyReused, Busy
        """
        snapshot = self.gateway.snapshot(
            [(command.product_id, command.sku)], marker_id=command.intent.marker_id
        )
        snapshot, commit = self._until_committed(
            snapshot,
            source,
            lambda seen, occasion: reservations.restock(seen, command, occasion),
            notes=command.notes,
        )
        if commit is not None:
            [movement] = commit.movements
            return Restocked(movement.record, movement.after, replayed=False)
        assert snapshot.marker is not None
        record = self.gateway.record(snapshot.marker.done[0])
        return Restocked(record, snapshot.skus[command.sku], replayed=True)

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

    def confirm(self, order_id: str, source: Source) -> SettledOrder:
        """Settle all that an order holds.

        Raises
        ------
        OrderNotFound, OrderCancelled, ReservationExpired, Busy
        """
        return self._settle(
            Snapshot(order=self.gateway.order(order_id)),
            order_id,
            source,
            lambda seen, occasion: reservations.confirm(seen, order_id, occasion),
        )

    def cancel(self, order_id: str, source: Source) -> SettledOrder:
        """Release all that an order holds.

        Raises
        ------
        OrderConfirmed, Busy
        """
        return self._settle(
            Snapshot(order=self.gateway.order(order_id)),
            order_id,
            source,
            lambda seen, occasion: reservations.cancel(seen, order_id, occasion),
        )

    # How

    def _settle(
        self,
        snapshot: Snapshot,
        order_id: str,
        source: Source,
        decide: Callable[[Snapshot, Occasion], Commit | None],
    ) -> SettledOrder:
        snapshot, commit = self._until_committed(snapshot, source, decide, order_id=order_id)
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
            snapshot = self._with_skus_of_order(snapshot)
            try:
                commit = decide(snapshot, occasion)
            except TornSnapshot:
                snapshot = self._read_again(snapshot)
                continue
            if commit is None:
                return snapshot, None
            try:
                self.gateway.commit(commit)
                return snapshot, commit
            except LostRace as race:
                snapshot = snapshot.updated(race.found)
        raise AssertionError("attempts end by raising Busy")

    def _read_again(self, snapshot: Snapshot) -> Snapshot:
        """Read an order and its SKUs in one call."""
        assert snapshot.order is not None, "only a settled order tears a snapshot"
        skus = [(sku.product_id, sku.sku) for sku in snapshot.skus.values()]
        return self.gateway.snapshot(skus, order_id=snapshot.order.order_id)

    def _with_skus_of_order(self, snapshot: Snapshot) -> Snapshot:
        """Read the SKUs that an order holds, where the snapshot lacks them: the second read of two."""
        if snapshot.order is None:
            return snapshot
        held = [line for line in snapshot.order.lines.values() if line.reserved]
        missing = [(line.product_id, line.sku) for line in held if line.sku not in snapshot.skus]
        return snapshot.updated(self.gateway.snapshot(missing)) if missing else snapshot


def _new_sku(command: CreateSku, product: Product | None, source: Source, now: str) -> Sku:
    if product is None or not command.scope.covers(product.vendor_id):
        raise ProductNotFound(f"There is no {command.product_id}.")
    if not product.is_active:
        raise ProductInactive(f"{product.product_id} is deactivated.", product_id=product.product_id)
    return Sku(
        product_id=product.product_id,
        sku=command.sku,
        vendor_id=product.vendor_id,
        variant_name=command.variant_name,
        variant_attributes=None if command.variant_attributes is None else dict(command.variant_attributes),
        current_stock=0,
        reserved_stock=0,
        reorder_threshold=command.reorder_threshold,
        unit_price=command.unit_price,
        last_updated=now,
        last_updated_by=source.performed_by,
        is_active=True,
        sequence=0,
        ledger_hash=FIRST_PREVIOUS_HASH,
        version=1,
        product_is_active=True,
        product_version=product.version,
    )
