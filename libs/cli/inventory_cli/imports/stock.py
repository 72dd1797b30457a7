"""Importing deliveries and counts: known again by their references, which the log keeps for ever.

An Idempotency-Key is remembered for a day; the notes of a log record are never lost.  So a restock's notes
begin with ``[reference]``, those of its compensation with ``[undo reference]``, and the log is what an import
compares its rows with.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from inventory_client import TransactionRecord, TransactionType, problems
from inventory_client.audit import Search
from inventory_common.fields import Body
from inventory_common.ids import product_of

from ..profiles import Session
from .journal import Action, Journal, Plan, State, Unit
from .kind import Done, There, one_by_one, remember_products, sku_of
from .rows import StockRow
from .skus import key_of_sku_row

__all__ = ["Stock"]

_NOTES: Final = re.compile(r"\[(undo )?([^\[\]]+)\]")
_COUNT_ATTEMPTS: Final = 5


class Stock:
    """Restocks, and counts that correct the stock."""

    name = "stock"
    model: type[Body] = StockRow
    is_whole = False
    concurrency_max = 32
    ignored = frozenset({"current_stock", "reserved_stock", "available_stock"})
    bundles = staticmethod(one_by_one)

    def key(self, row: Mapping[str, Any]) -> str:
        """Return the SKU and the reference."""
        return f"{key_of_sku_row(row)} [{row.get('reference', '')}]"

    def look(self, session: Session, journal: Journal) -> None:
        """Remember which references the vendors' logs have, and how often they were undone."""
        remember_products(session, journal)
        for vendor_id in journal.vendors():
            for kind in (TransactionType.RESTOCK, TransactionType.MANUAL_ADJUSTMENT):
                records = session.audit.records_of_vendor(vendor_id, Search(transaction_type=kind))
                self._remember(journal, records)

    def _remember(self, journal: Journal, records: Iterable[TransactionRecord]) -> None:
        for record in records:
            if (named := _NOTES.match(record.notes or "")) is None:
                continue
            undo, reference = named.groups()
            key = _event(record.sku, reference)
            counts = Counter(journal.there(key) or {})
            counts["undone" if undo else "done"] += 1
            journal.remember([(key, counts)])

    def plan(self, rows: Sequence[Mapping[str, Any]], there: There) -> Plan:
        """Look whether the log has the row's reference."""
        row = rows[0]
        sku = sku_of(row, there)
        counts = there(_event(sku, row["reference"])) or {"done": 0}
        undone = counts.get("undone", 0)
        target = {"sku": sku, "undone": undone}
        return Plan(Action.NONE if counts.get("done", 0) > undone else Action.CREATE, target=target)

    def carry_out(self, session: Session, bundle: Sequence[Unit]) -> list[Done]:
        """Restock, or correct to the count."""
        [unit] = bundle
        row, target = unit.rows[0], unit.plan.target
        sku, product_id = target["sku"], product_of(target["sku"])
        reference = row["reference"]
        notes = " ".join(filter(None, (f"[{reference}]", row.get("notes"))))
        if row.get("quantity") is not None:
            key = _key(sku, reference, target["undone"])
            change = session.stock.restock(
                product_id, sku, row["quantity"], notes=notes, idempotency_key=key
            ).result
        else:
            change = self._count(session, product_id, sku, row["counted_stock"], notes, target["undone"])
        done = {"quantity_change": change.transaction.quantity_change, "reference": reference}
        return [Done(unit.number, State.DONE, {**target, **done})]

    def _count(
        self, session: Session, product_id: str, sku: str, counted: int, notes: str, undone: int
    ) -> Any:
        for attempt in range(1, _COUNT_ATTEMPTS + 1):
            found = session.stock.sku(product_id, sku)
            try:
                return session.stock.count(
                    product_id,
                    sku,
                    counted_stock=counted,
                    expected_stock=found.current_stock,
                    notes=notes,
                    idempotency_key=_key(sku, notes, undone, found.sequence),
                ).result
            except problems.CountStale:
                if attempt == _COUNT_ATTEMPTS:
                    raise
        raise AssertionError("the last attempt raises")

    def take_back(self, session: Session, unit: Unit) -> None:
        """Adjust by the opposite; what orders have reserved meanwhile cannot go."""
        target = unit.plan.target
        sku, reference = target["sku"], target["reference"]
        if target["quantity_change"] == 0:
            return
        session.stock.adjust(
            product_of(sku),
            sku,
            -target["quantity_change"],
            notes=f"[undo {reference}]",
            idempotency_key=_key(sku, f"undo {reference}", target["undone"]),
        )


def _event(sku: str, reference: str) -> str:
    return f"event {sku} [{reference}]"


def _key(*parts: object) -> str:
    """Return an Idempotency-Key that a later run of the same import has again."""
    return "import-" + sha256("\n".join(map(str, parts)).encode()).hexdigest()
