"""The invariants after every single commit, checked on its changes alone, and those at rest.

The items are those of design 2 and 3; ids and hashes are computed by the integration tests' ledger checks.
"""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from inventory_common.streams import ItemChange
from services.audit.chalicelib.engine.order_auditor import OrderAuditor
from tests.integration.ledger_checks import (
    FIRST_PREVIOUS_HASH,
    Item,
    read_tables,
    record_hash,
    transaction_id,
    violations,
)
from tests.simulation.watched_tables import Change
from tests.support.fixed_ledger_key import FixedLedgerKey

ORDER_SHARDS = 16


def is_sku(change: Change) -> bool:
    return change.key[0] == "VendorInventory" and change.key[2].startswith("SKU-")


def is_order(change: Change) -> bool:
    return change.key[0] == "VendorInventory" and change.key[2] == "#ORDER"


def is_part(change: Change) -> bool:
    return change.key[0] == "VendorInventory" and change.key[2].startswith("#PART-")


def is_record(change: Change) -> bool:
    return change.key[0] == "StockTransactions"


class _Findings:
    """Collects the findings of orders in place of a log of them."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def orders_without_seal(self, items: list[Any], version: str) -> None:
        self.found += [f"the audit's stream finds no genuine seal in {item}" for item in items]

    def of_order(self, kind: str, differences: list[Any], version: str) -> None:
        self.found += [f"the audit's stream finds {kind}: {each}" for each in differences]


class CommitChecks:
    """Checks all commits from the first on; yields a sentence for each violation."""

    def __init__(self) -> None:
        self._findings = _Findings()
        findings: Any = self._findings
        self._auditor = OrderAuditor(FixedLedgerKey(), findings)
        self._last_records: dict[str, Item] = {}
        self._reserved: Counter[str] = Counter()
        self._parts: defaultdict[str, dict[str, Item]] = defaultdict(dict)

    def violations(self, changes: list[Change]) -> Iterator[str]:
        for change in sorted(
            filter(is_record, changes), key=lambda each: (each.after or {}).get("sequence", 0)
        ):
            yield from self._record(change)
        for change in changes:
            for item, sign in ((change.before, -1), (change.after, 1)):
                # The lines of orders, and of the parts of large ones, reserve units.
                for sku, line in (item or {}).get("lines", {}).items():
                    self._reserved[sku] += sign * line["reserved"]
            if change.after is not None and "lines" in change.after:
                yield from _lines(change.key[1], change.after)
            if change.after is None and not is_order(change) and not is_part(change):
                yield f"{change.key} was removed"
        yield from self._orders(changes)
        yield from self._audited(changes)
        written = {change.after["sku"] for change in changes if is_record(change) and change.after}
        for change in changes:
            if is_sku(change) and change.after is not None:
                yield from self._sku(change)
                written.discard(change.after["sku"])
        for sku in written:
            yield f"{sku} has a new log record, but was not changed with it"

    def _audited(self, changes: list[Change]) -> Iterator[str]:
        """Show orders to the audit as their stream does: what the stock service writes is no finding."""
        for change in changes:
            if is_order(change) or is_part(change):
                self._auditor.order_changed(ItemChange(change.raw_key, change.raw_before, change.raw_after))
        yield from self._findings.found
        self._findings.found.clear()

    def _orders(self, changes: list[Change]) -> Iterator[str]:
        """Check orders after the commit; a part changes only together with its order's own item."""
        orders = {change.key[1]: change for change in changes if is_order(change)}
        for change in filter(is_part, changes):
            owner, parts = change.key[1], self._parts[change.key[1]]
            if change.after is None:
                del parts[change.key[2]]
            else:
                parts[change.key[2]] = change.after
            order = orders[owner].after if owner in orders else None
            if owner not in orders:
                yield f"{change.key[2]} of {owner} changed without the order's own item"
            elif order is not None and change.after and change.after["version"] != order["version"]:
                yield f"{change.key[2]} of {owner} has another version than the order"
        for order_id, change in orders.items():
            yield from _order(change, self._parts[order_id])

    def _record(self, change: Change) -> Iterator[str]:
        record = change.after
        if change.before is not None or record is None:
            yield f"a log record was overwritten: {change.before} by {record}"
            return
        sku = record["sku"]
        last = self._last_records.get(sku)
        self._last_records[sku] = record
        sequence = 1 if last is None else last["sequence"] + 1
        name = f"record {sequence} of {sku}"
        if record["sequence"] != sequence or record["transaction_id"] != transaction_id(sku, sequence):
            yield f"{name} has the number {record['sequence']}, {record['transaction_id']}"
        if record["previous_hash"] != (FIRST_PREVIOUS_HASH if last is None else last["hash"]):
            yield f"{name} does not continue the hash chain"
        if record["hash"] != record_hash(record):
            yield f"{name} has a hash that does not match its content"
        before = (0, 0) if last is None else (last["stock_after"], last["reserved_after"])
        if (record["stock_before"], record["reserved_before"]) != before:
            yield f"{name} begins at {record['stock_before']}, {record['reserved_before']}, not at {before}"
        if last is not None and record["timestamp"] <= last["timestamp"]:
            yield f"{name} is of {record['timestamp']}, the one before it of {last['timestamp']}"

    def _sku(self, change: Change) -> Iterator[str]:
        item, before = change.after, change.before
        assert item is not None
        sku = item["sku"]
        if not 0 <= item["reserved_stock"] <= item["current_stock"]:
            yield f"{sku} has reserved {item['reserved_stock']} of {item['current_stock']}"
        if item["available_stock"] != item["current_stock"] - item["reserved_stock"]:
            yield f"{sku} has the wrong available_stock {item['available_stock']}"
        if item["reserved_stock"] != self._reserved[sku]:
            yield f"{sku} has reserved {item['reserved_stock']}, its orders {self._reserved[sku]}"
        # Each movement of a transaction is a change.
        changes = 1 if before is None else max(1, item["sequence"] - before["sequence"])
        if before is not None and item["version"] != before["version"] + changes:
            yield f"{sku} went from version {before['version']} to {item['version']}"
        last = self._last_records.get(sku)
        head: tuple[Any, ...] = (0, 0, 0, FIRST_PREVIOUS_HASH, None, None)
        if last is not None:
            ends = ("stock_after", "reserved_after", "sequence", "hash", "transaction_id", "timestamp")
            head = tuple(last[name] for name in ends)
        names = ("current_stock", "reserved_stock", "sequence", "ledger_hash")
        actual = (*(item[name] for name in names),
                  item.get("last_transaction_id"), item.get("last_transaction_at"))  # fmt: skip
        if actual != head:
            yield f"{sku} is {actual}, its log ends at {head}"


def _lines(owner: str, item: Item) -> Iterator[str]:
    for sku, line in item["lines"].items():
        if line["placed"] != line["reserved"] + line["confirmed"] + line["cancelled"]:
            yield f"{sku} of {owner}: placed is not the sum of {line}"
        if min(line["reserved"], line["confirmed"], line["cancelled"]) < 0:
            yield f"{sku} of {owner}: negative units in {line}"
        if not 0 <= line["refunded"] <= line["confirmed"]:
            yield f"{sku} of {owner}: more refunded than confirmed in {line}"


def _order(change: Change, parts: Mapping[str, Item]) -> Iterator[str]:
    order_id, before, after = change.key[1], change.before, change.after
    if after is None:
        if parts:
            yield f"{order_id} was removed, but not its parts {sorted(parts)}"
        return
    # A new order replaces an expired tombstone.
    if before is not None and "ttl" not in before and after["version"] != before["version"] + 1:
        yield f"{order_id} went from version {before['version']} to {after['version']}"
    possible = {f"#PART-{number:03}" for number in range(1, after.get("parts", 0) + 1)}
    if not parts.keys() <= possible:
        yield f"{order_id} has {after.get('parts', 0)} parts: not {sorted(parts)}"
    lines_of = [after["lines"], *(part["lines"] for part in parts.values())]
    skus = Counter(sku for lines in lines_of for sku in lines)
    if max(skus.values(), default=0) > 1 or (possible and after["lines"]):
        yield f"{order_id} has lines in more than one item: {skus}"
    if ("phase" in after) != ("errand" in after):
        yield f"{order_id} has the phase {after.get('phase')} with the saga {after.get('errand')}"
    reserved = sum(line["reserved"] for lines in lines_of for line in lines.values())
    due_at = (
        after["errand"]["lease_until"] if "errand" in after else after["expires_at"] if reserved else None
    )
    shard = f"OPEN-ORDERS#{zlib.crc32(order_id.encode()) % ORDER_SHARDS}"
    due = (shard, due_at) if due_at else (None, None)
    if (after.get("vendor_id"), after.get("last_updated")) != due:
        yield f"{order_id} should be in the index under {due}, not {after.get('vendor_id')}"


def lasting_violations(client: Any, prefix: str) -> Iterator[str]:
    """Read all three tables and yield each inconsistency."""
    tables = read_tables(client, prefix)
    for idempotency_id, idempotency_record in list(tables.stock_idempotency_records.items()):
        orders = [done["order_id"] for done in idempotency_record["done"] if "order_id" in done]
        if orders:
            del tables.stock_idempotency_records[idempotency_id]
        for order_id in orders:
            if order_id not in tables.orders:
                yield f"an idempotency record names {order_id}, which does not exist"
    for violation in violations(tables):
        # The next use of a key replaces its expired record; each commit was checked for its record.
        if not violation.endswith(" has 0 idempotency records"):
            yield violation
    for sku in tables.skus.values():
        is_active = tables.products[sku["product_id"]]["is_active"] == "true"
        if sku["product_is_active"] is not is_active:
            yield f"{sku['sku']} has the wrong flag of its product: {is_active} is right"


def low_stock_entries(changes: Iterable[Change]) -> Iterator[str]:
    """Yield the id of the alert for each change that puts a SKU into the low-stock list.

    A new SKU enters it with its first units, if they leave it low.
    """
    for change in changes:
        before, after = change.before, change.after
        if not is_sku(change) or before is None or after is None:
            continue
        has_first_units = before["sequence"] == 0 and after["sequence"] == 1
        if _is_listed(after) and (has_first_units or not _is_listed(before)):
            yield f"low_stock:{after['sku']}:{after['version']}"


def _is_listed(sku: Item) -> bool:
    is_low: bool = sku["current_stock"] <= sku["reorder_threshold"]
    return is_low and sku["is_active"] and sku["product_is_active"]
