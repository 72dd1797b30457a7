"""What the tables' streams tell of changes that the services did not make.

Of VendorInventory: every change of a SKU's stock needs its log record.  Of StockTransactions: records are
added, never changed or removed; each goes to the archive.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from inventory_common.dynamodb_limits import TRANSACTION_ITEMS_MAX
from inventory_common.ids import is_id, transaction_id
from inventory_common.items import Item
from inventory_common.ledger import Finding, Link, check_balance, check_record
from inventory_common.streams import LOG_CHANGES, SKU_CHANGES, ItemChange, StreamSubscription
from inventory_common.values import value

from .archive import Archive
from .documents import balance_of, read_record
from .findings import FindingLog, LedgerFinding, finding_id, moment_of
from .log_gateway import LogGateway

__all__ = ["StreamAudit"]

_WATCHED: Final = (
    "current_stock",
    "reserved_stock",
    "available_stock",
    "sequence",
    "ledger_hash",
    "last_transaction_id",
    "last_transaction_at",
)


@value
class StreamAudit:
    """The stream auditor; `bootstrap` makes it."""

    gateway: LogGateway
    archive: Archive
    findings: FindingLog

    def stock_changed(self, change: ItemChange) -> None:
        """Find a change of a SKU's stock that no log record accounts for, or a SKU that was removed."""
        before = None if change.before is None else balance_of(change.before)
        after = None if change.after is None else balance_of(change.after)
        sku = change.key["sku"]["S"]
        if after is None:
            kind = "sku_removed"
            differences = [Finding(None, "missing_sku", _figures(before or {}), None)]
        elif before is None:
            kind, differences = "stock_without_record", check_balance(after, None)
        elif _figures(before) == _figures(after):
            return
        else:
            kind, differences = "stock_without_record", self._unaccounted(sku, before, after)
        if differences:
            self._tell(SKU_CHANGES, change, kind, after or before or {}, differences)

    def log_changed(self, change: ItemChange) -> None:
        """Archive a new record; find one that was changed, removed, or is another than the archived one."""
        before = None if change.before is None else read_record(change.before).document
        after = None if change.after is None else read_record(change.after).document
        if before is None and after is not None:
            archived = self.archive.keep(after)
            if archived is not None:
                named = _text(after.get("transaction_id"))
                conflict = Finding(named, "archive", archived, after)
                self._tell(LOG_CHANGES, change, "archive_conflict", after, [conflict])
            return
        assert before is not None, "a stream tells an old image, a new one or both"
        named = _text(before.get("transaction_id"))
        if after is None:
            removed = Finding(named, "missing_record", before, None)
            self._tell(LOG_CHANGES, change, "record_removed", before, [removed])
            return
        differences = [
            Finding(named, name, before.get(name), after.get(name))
            for name in sorted(before.keys() | after.keys())
            if before.get(name) != after.get(name)
        ]
        self._tell(LOG_CHANGES, change, "record_modified", before, differences)

    def _unaccounted(self, sku: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Finding]:
        """Return what differs between a change of a SKU and the log records that it should have."""
        first, last = before.get("sequence"), after.get("sequence")
        if type(first) is not int or type(last) is not int or not 0 < last - first <= TRANSACTION_ITEMS_MAX:
            return [
                Finding(None, name, before.get(name), after.get(name))
                for name in _WATCHED
                if before.get(name) != after.get(name)
            ]
        differences: list[Finding] = []
        link: Link | None = _link(before)
        document: dict[str, Any] = {}
        for sequence in range(first + 1, last + 1):
            named = transaction_id(sku, sequence)
            items: list[Item] = self.gateway.items_of_id(named)
            if not items:
                return [*differences, Finding(named, "missing_record", _figures(before), _figures(after))]
            document = read_record(items[0]).document
            differences += check_record(document, sku, sequence, link)
            link = Link.after(document)
        return differences + check_balance(after, document)

    def _tell(
        self,
        subscription: StreamSubscription,
        change: ItemChange,
        kind: str,
        about: Mapping[str, Any],
        differences: list[Finding],
    ) -> None:
        vendor_id, product_id, sku = (_id(about, name) for name in ("vendor_id", "product_id", "sku"))
        self.findings.tell(
            LedgerFinding(
                # A stream numbers its changes, and delivers each with the same number.
                finding_id=finding_id(subscription.table.name, change.sequence_number, kind),
                kind=kind,
                occurred_at=moment_of(change.happened_at),
                vendor_id=vendor_id,
                product_id=product_id,
                sku=sku,
                transaction_id=_id(about, "transaction_id"),
                differences=[finding.document() for finding in differences],
            )
        )


def _figures(balance: Mapping[str, Any]) -> dict[str, Any]:
    return {name: balance.get(name) for name in _WATCHED}


def _link(balance: Mapping[str, Any]) -> Link | None:
    figures = [balance.get(name) for name in ("sequence", "current_stock", "reserved_stock")]
    if not all(type(figure) is int for figure in figures):
        return None
    sequence, stock, reserved = figures
    last_at, vendor_id = balance.get("last_transaction_at"), balance.get("vendor_id")
    return Link(sequence or 0, str(balance.get("ledger_hash")), stock or 0, reserved or 0, last_at, vendor_id)


def _id(about: Mapping[str, Any], name: str) -> str | None:
    value = _text(about.get(name))
    return value if value is not None and is_id(name, value) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
