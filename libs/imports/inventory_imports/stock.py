"""Rows of deliveries and counts, which are recognized by their references.

The rows of one SKU and reference are one delivery or one count: the quantities of deliveries add up, counts
must be equal.  A reference is booked once for ever; a row that says something else than what was booked is
rejected, as only a new reference can correct the stock.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final, TypeVar

from inventory_common.limits import NOTES_MAX_BYTES, QUANTITY_MAX
from inventory_common.transactions import TransactionType

from .plans import Action, Existing, Plan, Rejected, sku_of
from .rows import STOCK_ROW
from .skus import SKU_COLUMNS, key_of_sku_row, resolved_sku_key

__all__ = [
    "BATCH_MAX",
    "NOTED_REFERENCE",
    "RECORD_MEMBERS",
    "STOCK_MEMBERS",
    "StockRules",
    "batches",
    "bookings",
    "reference_key",
    "request_key",
]

STOCK_MEMBERS: Final = (
    "product_id",
    "sku",
    "vendor_id",
    "current_stock",
    "is_active",
    "product_is_active",
    "sequence",
)
"""The members of a SKU that the rules read."""
RECORD_MEMBERS: Final = (
    "transaction_id",
    "sku",
    "transaction_type",
    "sequence",
    "quantity",
    "stock_after",
    "notes",
)
"""The members of a log record that `bookings` reads."""
NOTED_REFERENCE: Final = re.compile(r"\[(undo )?([^\[\]]+)\]")
"""What the notes of a record begin with that an import wrote, or an undo."""
BATCH_MAX: Final = 200
"""Changes of one `POST /stock/batch`.

Fewer than the API allows: each batch has a deadline, which small ones meet on a busy machine too.
"""
Unit = TypeVar("Unit")
_BOOKED_BY: Final = (TransactionType.RESTOCK, TransactionType.MANUAL_ADJUSTMENT)


class StockRules:
    """The rules for deliveries, and for counts that correct the stock."""

    name = "stock"
    row_type = STOCK_ROW
    # A delivery without its wrong row would be booked under the reference, which the corrected row needs.
    is_atomic = True
    has_parts = False
    identity = SKU_COLUMNS
    ignored: frozenset[str] = frozenset({"current_stock", "reserved_stock", "available_stock"})

    def key(self, row: Mapping[str, Any]) -> str:
        """Return the SKU and the reference."""
        return f"{key_of_sku_row(row)} [{row.get('reference', '')}]"

    def resolved_key(self, row: Mapping[str, Any], existing: Existing) -> str:
        """Return the SKU's id and the reference."""
        return f"{resolved_sku_key(row, existing)} [{row['reference']}]"

    def plan(self, rows: Sequence[Mapping[str, Any]], existing: Existing) -> Plan:
        """Plan the rows of a SKU and a reference, unless the log has them.

        `existing` has, by SKU, the members `STOCK_MEMBERS`.
        """
        reference = rows[0]["reference"]
        sku = sku_of(rows[0], existing)
        wanted = _delivery_or_count(rows)
        notes = _notes(rows)
        found = existing(sku)
        if found is None:
            raise Rejected(f"sku_not_found: {sku} was not found.")
        if found["vendor_id"] != rows[0]["vendor_id"]:
            raise Rejected(f"vendor_id: {sku} belongs to {found['vendor_id']}")
        known = existing(reference_key(sku, reference)) or {}
        undone = known.get("undone", 0)
        target = {
            "sku": sku,
            "reference": reference,
            "undone": undone,
            **wanted,
            "notes": notes,
            "since": found["sequence"],
        }
        if known.get("done", 0) > undone:
            booked = known["booked"]
            if any(booked.get(name) != value for name, value in wanted.items()):
                raise Rejected(
                    f"reference: {reference} is booked with {_booked(booked)}; "
                    "correct the stock under another reference"
                )
            return Plan(Action.NONE, target=target)
        now = found["current_stock"]
        if "quantity" in wanted:
            if not (found["is_active"] and found["product_is_active"]):
                if not found["is_active"]:
                    raise Rejected(f"{sku} is inactive and takes no deliveries; reactivate it first")
                raise Rejected(
                    f"{found['product_id']} is inactive and takes no deliveries; reactivate it first, "
                    "or repeat this in a moment if you just did"
                )
            return Plan(Action.CREATE, {"current_stock": [now, now + wanted["quantity"]]}, target)
        return Plan(Action.CREATE, {"current_stock": [now, wanted["counted_stock"]]}, target)

    def values(self, rows: Sequence[Mapping[str, Any]], plan: Plan) -> dict[str, Any]:
        """Return the units that are delivered or counted, of all rows together."""
        if plan.action is not Action.CREATE:
            return {}
        return {name: plan.target[name] for name in ("quantity", "counted_stock") if name in plan.target}

    def shown(self, rows: Sequence[Mapping[str, Any]], plan: Plan) -> str:
        """Return the units and the present stock: ``+12 (now 88)``, ``counted 4000 (now 5006, -1006)``."""
        now, after = plan.differences["current_stock"]
        if "quantity" in plan.target:
            return f"+{plan.target['quantity']} (now {now})"
        return f"counted {after} (now {now}, {after - now:+})"


def reference_key(sku: str, reference: str) -> str:
    """Return the key of what the log has of a reference.

    It is ``done`` and ``undone``, how often it was booked and undone, and ``booked``, the last record of it:
    ``transaction_id``, ``sequence``, and ``quantity`` or ``counted_stock``.
    """
    return f"event {sku} [{reference}]"


def bookings(records: Iterable[Mapping[str, Any]], existing: Existing) -> Iterator[tuple[str, Any]]:
    """Yield, by `reference_key`, what the log has of each reference until each record.

    Parameters
    ----------
    records
        Records with the members `RECORD_MEMBERS`, in any order, each once.
    existing
        Returns what was yielded last of a key.
    """
    for record in records:
        if record["transaction_type"] not in _BOOKED_BY:
            continue
        if (named := NOTED_REFERENCE.match(record["notes"] or "")) is None:
            continue
        undo, reference = named.groups()
        key = reference_key(record["sku"], reference)
        known = existing(key) or {"done": 0, "undone": 0, "booked": {"sequence": 0}}
        known["undone" if undo else "done"] += 1
        if not undo and record["sequence"] > known["booked"]["sequence"]:
            is_delivery = record["transaction_type"] == TransactionType.RESTOCK
            figure = (
                {"quantity": record["quantity"]} if is_delivery else {"counted_stock": record["stock_after"]}
            )
            identified = {name: record[name] for name in ("transaction_id", "sequence")}
            known["booked"] = identified | figure
        yield key, known


def batches(
    units: Iterable[Unit], target_of: Callable[[Unit], Mapping[str, Any]], most: int = BATCH_MAX
) -> Iterator[list[Unit]]:
    """Group planned import units for `POST /stock/batch`.

    A count that is stale may be repeated after its batch.  So no batch has another change of the same SKU
    beside a count.

    Parameters
    ----------
    target_of
        Returns the target of a unit's plan.
    """
    batch: list[Unit] = []
    is_count_of: dict[str, bool] = {}
    for unit in units:
        target = target_of(unit)
        sku, is_count = target["sku"], "counted_stock" in target
        has_count = sku in is_count_of and (is_count or is_count_of[sku])
        if has_count or len(batch) == most:
            yield batch
            batch, is_count_of = [], {}
        batch.append(unit)
        is_count_of[sku] = is_count
    if batch:
        yield batch


def request_key(*parts: object) -> str:
    """Return an Idempotency-Key that a repeated import of the same row has again."""
    return "import-" + sha256("\n".join(map(str, parts)).encode()).hexdigest()


def _delivery_or_count(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return the quantity that rows deliver together, or the stock that they count."""
    if len({row["vendor_id"] for row in rows}) > 1:
        raise Rejected("vendor_id: the rows of this SKU and reference differ")
    quantities = [row["quantity"] for row in rows if row.get("quantity") is not None]
    counts = {row["counted_stock"] for row in rows if row.get("counted_stock") is not None}
    if quantities and counts:
        raise Rejected("reference: is that of a delivery and of a count of this SKU")
    if len(counts) > 1:
        raise Rejected(f"counted_stock: the counts of this SKU and reference differ: {_listed(counts)}")
    if counts:
        return {"counted_stock": counts.pop()}
    if sum(quantities) > QUANTITY_MAX:
        raise Rejected(
            f"quantity: the rows of this SKU and reference are {sum(quantities)} units, "
            f"of at most {QUANTITY_MAX} together"
        )
    return {"quantity": sum(quantities)}


def _notes(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the notes of a record of these rows; they begin with the reference."""
    texts = dict.fromkeys(row["notes"] for row in rows if row.get("notes"))
    notes = " ".join(filter(None, (f"[{rows[0]['reference']}]", "; ".join(texts))))
    if len(notes.encode()) > NOTES_MAX_BYTES:
        raise Rejected(
            f"notes: the rows of this SKU and reference have more than {NOTES_MAX_BYTES} bytes together"
        )
    return notes


def _booked(booked: Mapping[str, Any]) -> str:
    figure = (
        f"{booked['quantity']} units" if "quantity" in booked else f"a count of {booked['counted_stock']}"
    )
    return f"{figure} ({booked['transaction_id']})"


def _listed(numbers: set[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))
