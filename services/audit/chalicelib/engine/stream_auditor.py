"""Finds changes in the tables' streams that the services did not make.

In VendorInventory every change of a SKU's stock needs its log record.  In StockTransactions records are
added, never changed or removed.  `stream_batches` examines what can be read for a whole batch at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inventory_common.dynamodb_limits import TRANSACTION_ITEMS_MAX
from inventory_common.ids import transaction_id
from inventory_common.ledger import ChainHead, Difference, check_balance, check_record
from inventory_common.ledger_keys import PublishedKeys
from inventory_common.streams import LOG_CHANGES, STOCK_CHANGES, ItemChange, StreamSubscription
from inventory_common.timestamps import moment_of
from inventory_common.values import value

from ..domain.findings import Finding, FindingKind, finding_id, id_in
from ..domain.ownership import OWNER
from ..domain.stock_figures import STOCK_FIGURES, chain_head_of, changed_attributes, figures_of
from ..domain.stored_items import document_of, read_balance
from ..storage.log_store import LogStore
from ..storage.record_archive import RecordArchive
from .existence_check import ExistenceCheck
from .findings_log import FindingsLog

__all__ = ["StreamAuditor"]


@value
class StreamAuditor:
    """Examines each change of a stream; `bootstrap` makes it."""

    log: LogStore
    archive: RecordArchive
    findings: FindingsLog
    existence: ExistenceCheck
    keys: PublishedKeys

    def stock_changed(self, change: ItemChange) -> None:
        """Report a change of a SKU's stock that has no log record, of its vendor, or its removal."""
        before = None if change.before is None else read_balance(change.before)
        after = None if change.after is None else read_balance(change.after)
        if after is None:
            removed = Difference(None, "missing_sku", figures_of(before or {}), None)
            self._report(STOCK_CHANGES, change, "sku_removed", before or {}, [removed])
            return
        if before is not None and (given_away := changed_attributes(before, after, [OWNER], None)):
            self._report(STOCK_CHANGES, change, "owner_changed", before, given_away)
        if before is None:
            differences = check_balance(after, None)
        elif figures_of(before) == figures_of(after):
            return
        else:
            differences = self._unlogged(change.key["sku"]["S"], before, after)
        if differences:
            self._report(STOCK_CHANGES, change, "stock_without_record", after, differences)

    def log_changed(self, change: ItemChange) -> None:
        """Report a record that was changed or removed."""
        assert change.before is not None, "a new record is examined with its batch"
        before = document_of(change.before)
        record_id = _text(before.get("transaction_id"))
        if change.after is None:
            removed = Difference(record_id, "missing_record", before, None)
            self._report(LOG_CHANGES, change, "record_removed", before, [removed])
            return
        after = document_of(change.after)
        differences = changed_attributes(before, after, sorted(before.keys() | after.keys()), record_id)
        self._report(LOG_CHANGES, change, "record_modified", before, differences)

    def conflict_with_archive(self, change: ItemChange, record: Mapping[str, Any], archived: Any) -> None:
        """Report a new record that cannot be archived, as no service writes such, or that is not archived
        where it should be: `archived` says what is expected instead.
        """
        conflict = Difference(_text(record.get("transaction_id")), "archive", archived, record)
        self._report(LOG_CHANGES, change, "archive_conflict", record, [conflict])

    def record_without_stock(
        self, change: ItemChange, record: Mapping[str, Any], differences: Sequence[Difference]
    ) -> None:
        """Report a new record that breaks the rules of a log, or is not in the chain of a SKU."""
        self._report(LOG_CHANGES, change, "record_without_stock", record, differences)

    def record_without_owner(
        self, change: ItemChange, record: Mapping[str, Any], kinds: Mapping[FindingKind, Sequence[Difference]]
    ) -> None:
        """Report what is missing of a new record's SKU and product, by kind of finding."""
        for kind, missing in kinds.items():
            self._report(LOG_CHANGES, change, kind, record, missing)

    def _unlogged(self, sku: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
        """Return the differences between a change of a SKU and the log records that it should have."""
        first, last = before.get("sequence"), after.get("sequence")
        if type(first) is not int or type(last) is not int or not 0 < last - first <= TRANSACTION_ITEMS_MAX:
            return changed_attributes(before, after, STOCK_FIGURES, None)
        differences: list[Difference] = []
        chain_head = chain_head_of(before)
        document: dict[str, Any] = {}
        for sequence in range(first + 1, last + 1):
            record_id = transaction_id(sku, sequence)
            items = self.log.items_of_id(record_id)
            if not items:
                missing = Difference(record_id, "missing_record", figures_of(before), figures_of(after))
                return [*differences, missing]
            document = document_of(items[0])
            differences += check_record(document, sku, sequence, chain_head, self.keys.all())
            chain_head = ChainHead.after(document)
        return differences + check_balance(after, document)

    def _report(
        self,
        subscription: StreamSubscription,
        change: ItemChange,
        kind: FindingKind,
        subject: Mapping[str, Any],
        differences: Sequence[Difference],
    ) -> None:
        """Report a finding about a SKU or a record."""
        self.findings.report(
            Finding(
                # A stream numbers its changes: a change that is delivered twice has the same number.
                finding_id=finding_id(subscription.table.name, change.sequence_number, kind),
                kind=kind,
                occurred_at=moment_of(change.happened_at),
                vendor_id=id_in(subject, "vendor_id"),
                product_id=id_in(subject, "product_id"),
                sku=id_in(subject, "sku"),
                transaction_id=id_in(subject, "transaction_id"),
                differences=differences,
            )
        )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
