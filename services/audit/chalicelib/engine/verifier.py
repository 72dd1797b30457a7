"""Verifies a SKU's log: reads its records in order, a page for each call.

The index lists the records in their order, but it is eventually consistent.  A record's id is derived from
SKU and sequence, so each record can be read consistently by its id: one that is not found there is missing.

A page continues where the index's previous page ended, with the next expected sequence.  The live SKU is read
after the page of the index, so that no record of an intact log lies beyond the SKU's sequence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from inventory_common.errors import InvalidCursor, SkuNotFound
from inventory_common.identity import Scope
from inventory_common.ids import transaction_id
from inventory_common.ledger import EMPTY_LOG, ChainHead, Difference, check_balance, check_record
from inventory_common.ledger_keys import PublicKeys, PublishedKeys
from inventory_common.limits import VERIFICATION_EXTRA_READS_MAX
from inventory_common.order_fold import OrderLines
from inventory_common.pages import PageRequest, Position, encode_cursor
from inventory_common.values import value

from ..domain.stored_items import StoredRecord, read_balance, read_record
from ..domain.verification import (
    Verification,
    expected_length,
    missing_records,
    missing_sku,
    sequence_of,
    unexpected_record,
    unreadable_record,
)
from ..storage.inventory_stores import SkuStore
from ..storage.log_store import LogStore

__all__ = ["Verifier"]


@value
class Verifier:
    """Verifies logs; `bootstrap` makes it."""

    log: LogStore
    skus: SkuStore
    keys: PublishedKeys

    def verify(self, sku: str, scope: Scope, page: PageRequest) -> Verification:
        """Check a page of a SKU's records, and the live SKU against its last record.

        Raises
        ------
        SkuNotFound
            If there is neither a SKU nor a record, or it is another vendor's.
        InvalidCursor
            If the page's position is not one of this verification.
        LedgerKeyUnavailable
            If signatures cannot be verified at the moment.
        """
        last_checked, position = _start_of(sku, page.after)
        items, after = self.log.items_of_sku(sku, PageRequest(page.limit, position))
        sku_item = self.skus.sku_item(sku)
        records = [read_record(item) for item in items]
        balance = None if sku_item is None else read_balance(sku_item)
        _require_visible(sku, scope, balance, records)

        length = expected_length(balance, records)
        walk = _LogWalk(
            self.log,
            self.keys.all(),
            sku,
            length,
            last_checked,
            self._chain_head(sku, last_checked),
            OrderLines(is_from_the_start=last_checked == 0),
        )
        if balance is None:
            walk.differences.append(missing_sku(sku))
        for item, record in zip(items, records, strict=True):
            if not walk.check_indexed(record):
                # Too many records would have to be read by their ids: the next page begins with this one.
                return walk.result(balance, position)
            position = self.log.position_of(item)
        is_complete = after is None and walk.check_to_end()
        return walk.result(balance, position, is_complete=is_complete)

    def _chain_head(self, sku: str, sequence: int) -> ChainHead | None:
        """Return the chain head after the record that was checked last."""
        if sequence == 0:
            return EMPTY_LOG
        items = self.log.items_of_id(transaction_id(sku, sequence))
        return ChainHead.after(read_record(items[0]).document) if items else None


@dataclass
class _LogWalk:
    """The check of one page, record by record.

    Attributes
    ----------
    keys
        The ledger keys.
    length
        How many records the log should have.
    last_checked
        The sequence that was checked last.
    chain_head
        What the next record must continue, None if it is unknown.
    orders
        The lines of orders; None after a missing record, as it may be one of theirs.
    newest
        The record that was checked last, None if it is missing.
    """

    log: LogStore
    keys: PublicKeys
    sku: str
    length: int
    last_checked: int
    chain_head: ChainHead | None
    orders: OrderLines | None
    differences: list[Difference] = field(default_factory=list)
    checked: int = 0
    extra_reads: int = 0
    newest: StoredRecord | None = None

    def check_indexed(self, record: StoredRecord) -> bool:
        """Check the next record of the index; return False if that would take too many reads."""
        sequence = sequence_of(record, self.sku, self.last_checked)
        if sequence is None or not self.last_checked < sequence <= self.length:
            self.differences.append(unexpected_record(record))
            return True
        gap = sequence - self.last_checked - 1
        if gap > VERIFICATION_EXTRA_READS_MAX and self._read(sequence - 1):
            # The previous record exists, so the index shows this one too early: its timestamp was changed.
            # It is read by its id when its sequence is due.
            self.differences.append(unexpected_record(record))
            return True
        if not self._read_gap(until=sequence, may_skip=gap >= VERIFICATION_EXTRA_READS_MAX):
            return False
        self._check(sequence, record)
        return True

    def check_to_end(self) -> bool:
        """Check the records that the index lacks; return False if that would take too many reads."""
        if self.last_checked >= self.length:
            return True
        last_is_missing = not self._read(self.length)
        return self._read_gap(until=self.length + 1, may_skip=last_is_missing)

    def result(
        self, balance: dict[str, Any] | None, position: Position | None, *, is_complete: bool = False
    ) -> Verification:
        """Compare the live SKU, and return the result; the next page begins after `position`."""
        if balance is not None:
            self._check_balance(balance)
        cursor = None
        if not is_complete:
            cursor = encode_cursor({**(position or {"sku": self.sku}), "sequence": self.last_checked})
        head_hash = None if balance is None else balance.get("ledger_hash")
        return Verification(
            self.checked, head_hash if isinstance(head_hash, str) else None, self.differences, cursor
        )

    def _read_gap(self, *, until: int, may_skip: bool) -> bool:
        """Check the records before sequence `until` by their ids; return False if they are too many.

        With `may_skip`, the end of the gap is known to be missing: of a long gap only the beginning is read,
        and the rest counts as missing.
        """
        reads = 0
        while self.last_checked + 1 < until:
            sequence = self.last_checked + 1
            if reads == VERIFICATION_EXTRA_READS_MAX:
                if not may_skip:
                    return False
                self._skip_missing(sequence, until - 1)
                return True
            if self.extra_reads >= 2 * VERIFICATION_EXTRA_READS_MAX:
                return False
            reads += 1
            found = self._read(sequence)
            if not found:
                self._skip_missing(sequence, sequence)
                continue
            self.differences += map(unexpected_record, found[1:])
            self._check(sequence, found[0])
        return True

    def _check(self, sequence: int, record: StoredRecord) -> None:
        if not record.is_well_formed:
            self.differences.append(unreadable_record(self.sku, sequence))
        document = record.document
        found = check_record(document, self.sku, sequence, self.chain_head, self.keys)
        if self.orders is not None:
            named = transaction_id(self.sku, sequence)
            in_order = [Difference(named, *each) for each in self.orders.add(document)]
            found += [] if found else in_order
        self.differences += found
        self.chain_head = ChainHead.after(document)
        self.last_checked = sequence
        self.checked += 1
        self.newest = record

    def _skip_missing(self, first: int, last: int) -> None:
        self.differences.append(missing_records(self.sku, first, last))
        self.last_checked, self.chain_head, self.newest, self.orders = last, None, None, None

    def _check_balance(self, balance: dict[str, Any]) -> None:
        if self.length == 0:
            self.differences += check_balance(balance, None)
            return
        newest = self.newest if self.last_checked == self.length else None
        if newest is None:
            found = self._read(self.length)
            if not found:
                if self.last_checked < self.length:
                    self.differences.append(missing_records(self.sku, self.length, self.length))
                return
            newest = found[0]
        self.differences += check_balance(balance, newest.document)

    def _read(self, sequence: int) -> list[StoredRecord]:
        self.extra_reads += 1
        return [read_record(item) for item in self.log.items_of_id(transaction_id(self.sku, sequence))]


def _require_visible(
    sku: str, scope: Scope, balance: dict[str, Any] | None, records: list[StoredRecord]
) -> None:
    """Raise `SkuNotFound` unless the SKU, or else its first record, exists and is within the scope."""
    owner = balance if balance is not None else records[0].document if records else None
    if owner is None or not scope.covers(str(owner.get("vendor_id"))):
        raise SkuNotFound(f"{sku} was not found.")


def _start_of(sku: str, after: Position | None) -> tuple[int, Position | None]:
    """Return the sequence that was checked last, and the position in the index that follows it."""
    if after is None:
        return 0, None
    position = dict(after)
    last_checked = position.pop("sequence", None)
    if type(last_checked) is not int or last_checked < 0 or position.get("sku") != sku:
        raise InvalidCursor("The cursor does not belong to this verification.")
    return last_checked, position if len(position) > 1 else None
