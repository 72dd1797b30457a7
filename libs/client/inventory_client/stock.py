"""The stock service: SKUs, their stock, and orders."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeVar, Unpack

from inventory_common.limits import BULK_PAGE_MAX_ITEMS, PAGE_MAX_ITEMS
from inventory_common.skus import Sku, SkuAttributes
from inventory_common.timestamps import plus_seconds

from .connection import FIELDS, Client, Params, path_of
from .documents import (
    Availability,
    AvailabilityLine,
    BatchCommand,
    BatchResult,
    ChangeCommand,
    ChangeResult,
    LineRequest,
    Order,
    Outcome,
    StockChange,
    read,
    read_availability,
    read_batch_result,
    read_change_result,
    read_order,
    read_stock_change,
    selected,
)
from .retries import new_key

__all__ = ["StockClient"]

T = TypeVar("T")

_OVERLAP_SECONDS: Final = 30
"""How much older than the newest change of a walk a change can be that was written after it: API Gateway ends
a request after 29 seconds."""
_QUIET_WALKS: Final = 2
"""Walks through the newest changes, of several pages each, that show nothing new before a list ends."""
_WALKS_MAX: Final = 20
"""Walks through an inventory, the first and those through its newest changes."""

_NO_MEMBERS: Final[Mapping[str, Any]] = {}

_sku = partial(read, Sku)


class StockClient(Client):
    """The SKUs that the token's principal may read or change, and orders for an order system.

    A command that requires an Idempotency-Key gets a generated one if the caller passes none, which makes the
    client's own retries safe.  To repeat a command itself, for example after a crash, the caller passes the
    key.
    """

    # SKUs

    def sku(self, product_id: str, sku: str) -> Sku:
        """Return a SKU with its stock, or raise `SkuNotFound`."""
        return self._get(_sku_path(product_id, sku), _sku)

    def skus_of_product(self, product_id: str) -> Iterator[Sku]:
        """Yield a product's SKUs."""
        return self._items(path_of("products", product_id, "skus"), _sku)

    def inventory(self, vendor_id: str, *, barcode: str | None = None) -> Iterator[Sku]:
        """Yield every SKU of a vendor once, as it was when it was read; newest change first.

        With a `barcode`, yield those that have it, by id.  A text that cannot be a barcode, such as a GTIN
        with a wrong check digit, raises `InvalidInput`.

        A SKU that changes while pages are read moves to the top of the list, and no later page shows it.  So
        the newest changes are read again after the last page, back to the start of the walk, until that is
        one page or shows no SKU for the first time.
        """
        if barcode is not None:
            return self._items(path_of("vendors", vendor_id, "inventory"), _sku, {"barcode": barcode})
        return self._inventory(vendor_id, _sku)

    def inventory_members(self, vendor_id: str, members: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Yield the named members alone of every SKU of a vendor, as `inventory` lists them."""
        # The walk needs two members to know where it is.
        fields = dict.fromkeys((*members, "sku", "last_updated"))
        return self._inventory(vendor_id, lambda item: selected(item, members), {FIELDS: ",".join(fields)})

    def low_stock(self, vendor_id: str) -> Iterator[Sku]:
        """Yield a vendor's active SKUs at or below their thresholds, each once, lowest stock first.

        Not a snapshot: a SKU whose stock changes while pages are read moves, and may be missed.
        """
        seen: set[str] = set()
        for sku in self._items(path_of("vendors", vendor_id, "low-stock"), _sku):
            if sku.sku not in seen:
                seen.add(sku.sku)
                yield sku

    def create_sku(
        self,
        product_id: str,
        sku: str,
        *,
        idempotency_key: str | None = None,
        **attributes: Unpack[SkuAttributes],
    ) -> Outcome[Sku]:
        """Create a SKU without stock, or raise `SkuExists`."""
        # A caller may pass any Mapping; JSON is written from dictionaries alone.
        members = {
            name: dict(each) if isinstance(each, Mapping) else each for name, each in attributes.items()
        }
        path = path_of("products", product_id, "skus")
        body = {"sku": sku, **members}
        return self._command("POST", path, _sku, body=body, key=idempotency_key or new_key())

    def change_sku(
        self,
        product_id: str,
        sku: str,
        changes: Mapping[str, Any],
        *,
        if_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Sku:
        """Change attributes, but not the stock: None removes an optional one.

        `if_version` is the `details_version` that the SKU must have, unless it is as requested already; sales
        do not change it.
        """
        response = self._send(
            "PATCH",
            _sku_path(product_id, sku),
            body=changes,
            if_version=if_version,
            key=idempotency_key or new_key(),
        )
        return self._decoded(response, _sku)

    def deactivate_sku(
        self,
        product_id: str,
        sku: str,
        *,
        if_version: int | None = None,
        idempotency_key: str | None = None,
    ) -> None:
        """Deactivate a SKU, which keeps its stock; `if_version` is its `details_version`."""
        key = idempotency_key or new_key()
        self._send("DELETE", _sku_path(product_id, sku), if_version=if_version, key=key)

    # Stock

    def restock(
        self,
        product_id: str,
        sku: str,
        quantity: int,
        *,
        notes: str | None = None,
        idempotency_key: str | None = None,
    ) -> Outcome[StockChange]:
        """Add delivered units to the stock."""
        return self.change(
            ChangeCommand.restock(product_id, sku, quantity, notes=notes, idempotency_key=idempotency_key)
        )

    def adjust(
        self,
        product_id: str,
        sku: str,
        quantity_change: int,
        *,
        notes: str,
        idempotency_key: str | None = None,
    ) -> Outcome[StockChange]:
        """Correct the stock by a signed change, or raise `AdjustmentBelowReserved`."""
        return self.change(
            ChangeCommand.adjustment(
                product_id, sku, quantity_change, notes=notes, idempotency_key=idempotency_key
            )
        )

    def count(
        self,
        product_id: str,
        sku: str,
        *,
        counted_stock: int,
        expected_stock: int,
        notes: str,
        idempotency_key: str | None = None,
    ) -> Outcome[StockChange]:
        """Correct the stock to the counted units; raise `CountStale` if it is not the expected stock."""
        return self.change(
            ChangeCommand.count(
                product_id,
                sku,
                counted_stock=counted_stock,
                expected_stock=expected_stock,
                notes=notes,
                idempotency_key=idempotency_key,
            )
        )

    def change(self, command: ChangeCommand) -> Outcome[StockChange]:
        """Execute a command of `change_batch` alone."""
        members = dict(command.members)
        resource = "restocks" if members.pop("type") == "restock" else "adjustments"
        path = f"{_sku_path(command.product_id, command.sku)}/{resource}"
        return self._command("POST", path, read_stock_change, body=members, key=command.idempotency_key)

    def change_batch(self, changes: Sequence[ChangeCommand]) -> list[ChangeResult]:
        """Restock and adjust SKUs, each change independently; return their results in the same order.

        Changes of one SKU are executed in their order.  A result that is a problem of the status 503 may be
        sent again, as the change has its Idempotency-Key.
        """
        outcome = self._command(
            "POST",
            "/stock/batch",
            lambda document: [read_change_result(result) for result in document["results"]],
            body={"changes": [change.document() for change in changes]},
        )
        return outcome.result

    # Orders

    def availability(self, lines: Iterable[AvailabilityLine]) -> Availability:
        """Return whether units can be ordered now, as an order of all lines would find; reserves nothing.

        At most 100 lines, 25 of them without a SKU; each of these becomes a line for each active SKU of the
        product.  A client without a token learns of at most 10 units of a SKU, and whether more can be had.
        """
        body = {"lines": [line.document() for line in lines]}
        return self._command("POST", "/availability", read_availability, body=body).result

    def order(self, order_id: str) -> Order:
        """Return an order, or raise `OrderNotFound`."""
        return self._get(path_of("orders", order_id), read_order)

    def orders_due(self, due_before: str | None = None) -> Iterator[Order]:
        """Yield the orders with reserved units whose holds end before a point in time, now by default."""
        return self._items("/orders", read_order, {"due_before": due_before})

    def place(
        self,
        order_id: str,
        lines: Iterable[LineRequest],
        *,
        hold_seconds: int | None = None,
        owner: str | None = None,
    ) -> Outcome[Order]:
        """Reserve all lines of an order, or none.

        Only callers who see the orders of all owners may name an `owner`.  An order of many lines that is
        accepted and finishes later (202) is waited for, as `Retries.finish_seconds` says.

        Raises
        ------
        InsufficientStock
            Its `lines` are those with insufficient stock.
        OrderCancelled
            If it was cancelled, or was accepted and then could not be reserved: its `order` has the
            `cancel_reason` and `short_lines`.
        OrderExists, SkuNotFound, SkuInactive, ProductInactive
        """
        body: dict[str, Any] = {"lines": [line.document() for line in lines]}
        if hold_seconds is not None:
            body["hold_seconds"] = hold_seconds
        if owner is not None:
            body["owner"] = owner
        return self._command("PUT", path_of("orders", order_id), read_order, body=body)

    def confirm(
        self, order_id: str, lines: Mapping[str, int] | None = None, *, idempotency_key: str | None = None
    ) -> Outcome[Order]:
        """Confirm the reserved units of an order, all or those in `lines` (units by SKU)."""
        return self._settle(order_id, "confirm", lines, idempotency_key)

    def cancel(
        self,
        order_id: str,
        lines: Mapping[str, int] | None = None,
        *,
        reason: str | None = None,
        notes: str | None = None,
        idempotency_key: str | None = None,
    ) -> Outcome[Order]:
        """Release the reserved units of an order, all or those in `lines` (units by SKU).

        The log, and the lines concerned, keep the `reason`, a word of ``a-z0-9_-``, and the `notes`.
        """
        return self._settle(order_id, "cancel", lines, idempotency_key, {"reason": reason, "notes": notes})

    def refund(
        self,
        order_id: str,
        lines: Mapping[str, int] | None = None,
        *,
        restock: bool | Mapping[str, bool] = True,
        reason: str | None = None,
        notes: str | None = None,
        idempotency_key: str | None = None,
    ) -> Outcome[Order]:
        """Refund confirmed units of an order, all or those in `lines`; with `restock` back into stock.

        `restock` may differ by SKU; those that it does not name return to the stock.  `reason` and `notes`
        are kept as those of `cancel`.
        """
        members: dict[str, Any] = {"reason": reason, "notes": notes}
        if restock is False:
            members["restock"] = False
        by_sku = restock if isinstance(restock, Mapping) else {}
        return self._settle(order_id, "refund", lines, idempotency_key, members, by_sku)

    def extend(self, order_id: str, hold_seconds: int | None = None) -> Outcome[Order]:
        """Extend the hold of an order, counted from now."""
        body = None if hold_seconds is None else {"hold_seconds": hold_seconds}
        return self._command("POST", path_of("orders", order_id, "extend"), read_order, body=body)

    def amend(
        self, order_id: str, lines: Iterable[LineRequest], *, idempotency_key: str | None = None
    ) -> Outcome[Order]:
        """Change what an order reserves, all of it or nothing: of each SKU the quantity in `lines`, which may
        be 0; lines that are not named stay.

        Raises
        ------
        InsufficientStock
            Its `lines` are those with insufficient stock for the units that are added.
        TooManyChanges
            If the lines that change are more than one transaction can write, or the order would have too
            many.
        OrderCancelled, OrderConfirmed, ReservationExpired
            If it reserves nothing.
        OrderNotFound, SkuNotFound, SkuInactive, ProductInactive
        """
        body = {"lines": [line.document() for line in lines]}
        path = path_of("orders", order_id, "amend")
        return self._command("POST", path, read_order, body=body, key=idempotency_key or new_key())

    def reopen(
        self, order_id: str, hold_seconds: int | None = None, *, idempotency_key: str | None = None
    ) -> Outcome[Order]:
        """Reserve again what the last cancellation or expiry of an order released, all of it or nothing.

        Raises
        ------
        NotReopenable
            If it reserves units, or nothing was released since it was last reopened.
        InsufficientStock
            Its `lines` are those with insufficient stock.
        OrderNotFound, TooManyChanges, SkuInactive, ProductInactive
        """
        body = None if hold_seconds is None else {"hold_seconds": hold_seconds}
        path = path_of("orders", order_id, "reopen")
        return self._command("POST", path, read_order, body=body, key=idempotency_key or new_key())

    def batch(self, commands: Sequence[BatchCommand]) -> list[BatchResult]:
        """Execute commands on orders, each independently; return their results in the same order.

        Those that have begun and finish later (202) are sent again, as `Retries.finish_seconds` says.
        """
        results = self._batch(commands)
        waited = 0.0
        while unfinished := [number for number, result in enumerate(results) if result.status_code == 202]:
            pause = self._retries.pause_until_finished(waited, None)
            if pause is None:
                break
            self._sleep(pause)
            began = time.monotonic()
            for number, result in zip(
                unfinished, self._batch([commands[number] for number in unfinished]), strict=True
            ):
                results[number] = result
            waited += pause + time.monotonic() - began
        return results

    def _batch(self, commands: Sequence[BatchCommand]) -> list[BatchResult]:
        body = {"orders": [command.document() for command in commands]}
        outcome = self._command(
            "POST",
            "/orders/batch",
            lambda document: [read_batch_result(result) for result in document["results"]],
            body=body,
        )
        return outcome.result

    # Helpers

    def _inventory(
        self, vendor_id: str, decode: Callable[[Any], T], params: Params | None = None
    ) -> Iterator[T]:
        path = path_of("vendors", vendor_id, "inventory")
        seen: set[str] = set()
        start = ""  # of the walk before: the first one reads the whole list
        quiet = 0
        for walk in range(_WALKS_MAX):
            pages = self._pages(
                path,
                lambda item: (item["sku"], item["last_updated"], decode(item)),
                params,
                limit=BULK_PAGE_MAX_ITEMS,
                first_limit=PAGE_MAX_ITEMS if walk else None,
            )
            newest: str | None = None
            is_new = False
            count = 0
            for page in pages:
                count += 1
                for sku, changed_at, item in page:
                    newest = newest or changed_at
                    if changed_at >= start and sku not in seen:
                        seen.add(sku)
                        is_new = True
                        yield item
                if page and page[-1][1] < start:
                    break
            quiet = 0 if is_new else quiet + 1
            # Nothing moves within a page.
            if newest is None or (walk and (count == 1 or quiet == _QUIET_WALKS)):
                return
            start = plus_seconds(newest, -_OVERLAP_SECONDS)

    def _settle(
        self,
        order_id: str,
        command: str,
        lines: Mapping[str, int] | None,
        key: str | None,
        members: Mapping[str, Any] = _NO_MEMBERS,
        restock: Mapping[str, bool] = _NO_MEMBERS,
    ) -> Outcome[Order]:
        body = {name: member for name, member in members.items() if member is not None}
        if lines is not None:
            body["lines"] = [
                {"sku": sku, "quantity": quantity} | ({"restock": restock[sku]} if sku in restock else {})
                for sku, quantity in lines.items()
            ]
        path = path_of("orders", order_id, command)
        # Also for all of an order: it may have been settled in part, and then requires a key.
        return self._command("POST", path, read_order, body=body or None, key=key or new_key())


def _sku_path(product_id: str, sku: str) -> str:
    return path_of("products", product_id, "skus", sku)
