"""The import of deliveries and counts, which are recognized by their references in the log's notes.

An Idempotency-Key is kept for a day, while the notes of a log record are permanent.  So the notes of a
restock begin with ``[reference]``, those of its compensation with ``[undo reference]``, and an import
compares its rows with the log.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

from inventory_client import StockChange, TransactionRecord, TransactionType, problems
from inventory_client.audit import Search
from inventory_common.ids import StockKey
from inventory_imports.stock import StockRules, reference_key

from ..profiles import Session
from .importer import Result, add_existing_products, one_by_one
from .journal import Journal, State, Unit

__all__ = ["StockImporter"]

_NOTES: Final = re.compile(r"\[(undo )?([^\[\]]+)\]")
_COUNT_ATTEMPTS: Final = 5


class StockImporter:
    """Imports deliveries, and counts that correct the stock."""

    rules = StockRules()
    concurrency_max = 32
    batches = staticmethod(one_by_one)

    def read_existing(self, session: Session, journal: Journal) -> None:
        """Write into the journal how often each reference of the vendors' logs was done and undone."""
        add_existing_products(session, journal)
        for vendor_id in journal.vendors():
            for transaction_type in (TransactionType.RESTOCK, TransactionType.MANUAL_ADJUSTMENT):
                search = Search(transaction_type=transaction_type)
                self._add_references(journal, session.audit.records_of_vendor(vendor_id, search))

    def _add_references(self, journal: Journal, records: Iterable[TransactionRecord]) -> None:
        for record in records:
            if (named := _NOTES.match(record.notes or "")) is None:
                continue
            undo, reference = named.groups()
            key = reference_key(record.sku, reference)
            counts = Counter(journal.existing(key) or {})
            counts["undone" if undo else "done"] += 1
            journal.add_existing([(key, counts)])

    def execute(self, session: Session, batch: Sequence[Unit]) -> list[Result]:
        """Restock, or correct the stock to the count."""
        [unit] = batch
        row, target = unit.rows[0], unit.plan.target
        key = StockKey.of(target["sku"])
        reference = row["reference"]
        notes = " ".join(filter(None, (f"[{reference}]", row.get("notes"))))
        if row.get("quantity") is not None:
            idempotency_key = _idempotency_key(key.sku, reference, target["undone"])
            change = session.stock.restock(
                key.product_id, key.sku, row["quantity"], notes=notes, idempotency_key=idempotency_key
            ).result
        else:
            change = self._count(session, key, row["counted_stock"], notes, target["undone"])
        executed = {"quantity_change": change.transaction.quantity_change, "reference": reference}
        return [Result(unit.number, State.DONE, {**target, **executed})]

    def _count(self, session: Session, key: StockKey, counted: int, notes: str, undone: int) -> StockChange:
        for attempt in range(1, _COUNT_ATTEMPTS + 1):
            found = session.stock.sku(key.product_id, key.sku)
            try:
                return session.stock.count(
                    key.product_id,
                    key.sku,
                    counted_stock=counted,
                    expected_stock=found.current_stock,
                    notes=notes,
                    idempotency_key=_idempotency_key(key.sku, notes, undone, found.sequence),
                ).result
            except problems.CountStale:
                if attempt == _COUNT_ATTEMPTS:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def undo(self, session: Session, unit: Unit) -> None:
        """Adjust the stock by the opposite; units that orders have reserved since cannot be removed."""
        target = unit.plan.target
        key, reference = StockKey.of(target["sku"]), target["reference"]
        if target["quantity_change"] == 0:
            return
        session.stock.adjust(
            key.product_id,
            key.sku,
            -target["quantity_change"],
            notes=f"[undo {reference}]",
            idempotency_key=_idempotency_key(key.sku, f"undo {reference}", target["undone"]),
        )


def _idempotency_key(*parts: object) -> str:
    """Return an Idempotency-Key that a repeated import of the same row has again."""
    return "import-" + sha256("\n".join(map(str, parts)).encode()).hexdigest()
