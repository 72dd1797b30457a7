"""Examines the changes of a batch of a stream: what they need is read together, and archived together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from inventory_common.ids import transaction_id
from inventory_common.items import Item
from inventory_common.ledger import Difference, check_record
from inventory_common.streams import SKU_CHANGES, ChangeFailed, ItemChange, one_by_one
from inventory_common.values import value

from ..domain.stock_figures import STOCK_FIGURES
from ..domain.stored_items import document_of, read_balance
from ..storage.inventory_stores import SkuStore
from ..storage.log_store import RecordKey
from ..storage.record_archive import archive_line
from .order_auditor import OrderAuditor
from .stream_auditor import StreamAuditor

__all__ = ["StreamBatches"]

_KEY_OF_LAST: Final = ("last_transaction_id", "last_transaction_at")


@value
class StreamBatches:
    """Examines batches of changes; `bootstrap` makes it."""

    auditor: StreamAuditor
    orders: OrderAuditor
    skus: SkuStore

    def stock_changed(self, changes: Sequence[ItemChange]) -> None:
        """Examine changes of SKUs and orders; the SKUs' last log records are read together."""
        log = self.auditor.log
        items = log.items_of_keys(key for key in map(_last_record, changes) if key is not None)
        auditor = replace(self.auditor, log=log.holding(items.values()))

        def examine(change: ItemChange) -> None:
            if SKU_CHANGES.matches(change.key):
                auditor.stock_changed(change)
            else:
                self.orders.order_changed(change)

        one_by_one(examine)(changes)

    def log_changed(self, changes: Sequence[ItemChange]) -> None:
        """Archive the new records in one object, and report what no service has written."""
        inserted = [change for change in changes if change.before is None]
        if inserted:
            self._inserted(inserted)
        one_by_one(self.auditor.log_changed)([change for change in changes if change.before is not None])

    def _inserted(self, changes: Sequence[ItemChange]) -> None:
        records: list[tuple[ItemChange, dict[str, Any]]] = []
        odd: list[tuple[ItemChange, dict[str, Any]]] = []
        lines: list[bytes] = []
        for change in changes:
            assert change.after is not None, "a stream record has an old image, a new image or both"
            document = document_of(change.after)
            line = archive_line(document)
            if line is None:
                odd.append((change, document))
            else:
                records.append((change, document))
                lines.append(line)
        if lines:
            # Archived first, whatever the records are: the object is also the evidence.
            conflict = self.auditor.archive.add([change for change, _ in records], lines)
            if conflict is not None:
                change, document = records[0]
                self.auditor.conflict_with_archive(change, document, f"{conflict.key}: {conflict.archived}")
        for change, document in odd:
            self.auditor.conflict_with_archive(change, document, "unreadable")
        items = self.skus.heads(document["sku"] for _, document in records)
        for change, document, differences in self._unexpected(records, items):
            try:
                self.auditor.record_without_stock(change, document, differences)
            except Exception as error:
                raise ChangeFailed(change) from error
        missing = self.auditor.existence.differences([document for _, document in records], items)
        for (change, document), kinds in zip(records, missing, strict=True):
            try:
                self.auditor.record_without_owner(change, document, kinds)
            except Exception as error:
                raise ChangeFailed(change) from error

    def _unexpected(
        self, records: Sequence[tuple[ItemChange, dict[str, Any]]], items: Mapping[str, Item]
    ) -> Iterator[tuple[ItemChange, dict[str, Any], list[Difference]]]:
        """Yield the new records that break the rules of a log, have no genuine signature, or do not belong
        to the chain of a SKU, among `items`.

        A record belongs to the chain if the SKU, read now, ends with it, or if the next record of the SKU
        continues it.  That next record is examined in the same way when its own change is delivered: of
        records that were added by hand, at least the last one belongs to no chain.
        """
        keys = self.auditor.keys.all()
        heads = {sku: _Link.at_head(item) for sku, item in items.items()}
        links = {_Link.before(document) for _, document in records} | set(heads.values())
        links |= self._links_in_table({_Link.to(each) for _, each in records} - links, items)
        for change, document in records:
            sku, sequence = document["sku"], document["sequence"]
            differences = check_record(document, sku, sequence, None, keys)
            head = heads.get(sku)
            # What an added record continues counts only up to the SKU's own end.
            if head is None or sequence > head.sequence or _Link.to(document) not in links:
                expected = None if head is None else {"sequence": head.sequence, "hash": head.hash}
                record_id = transaction_id(sku, sequence)
                differences.append(Difference(record_id, "unexpected_record", expected, document))
            if differences:
                yield change, document, differences

    def _links_in_table(self, wanted: Iterable[_Link], items: Mapping[str, Item]) -> set[_Link]:
        """Return which records the next ones in the table continue."""
        next_ids: dict[_Link, str] = {}
        last_records: list[RecordKey | None] = []
        for link in wanted:
            item = items.get(link.sku, {})
            if link.sequence < _Link.at_head(item).sequence:
                next_ids[link] = transaction_id(link.sku, link.sequence + 1)
                # The SKU names the key of its last record; others have to be found by their ids.
                last_records.append(_key_of_last(read_balance(item)))
        log, ids = self.auditor.log, frozenset(next_ids.values())
        last = log.items_of_keys(key for key in last_records if key is not None)
        read = {key.transaction_id: item for key, item in last.items() if key.transaction_id in ids}
        # Behind a storm of batches, most of the next records were written together.
        read |= log.items_of_ids(sorted(ids - read.keys()))
        links = {_Link.before(document_of(item)) for item in read.values()}
        for link in next_ids.keys() - links:
            # Several items have the id if somebody has added one: the genuine one counts.
            links |= {_Link.before(document_of(item)) for item in log.items_of_id(next_ids[link])}
        return links


class _Link(NamedTuple):
    """A record of a SKU by its place in the chain and its hash."""

    sku: str
    sequence: int
    hash: str

    @classmethod
    def to(cls, document: Mapping[str, Any]) -> _Link:
        """Return that of a record itself."""
        return cls(document["sku"], document["sequence"], str(document["hash"]))

    @classmethod
    def before(cls, document: Mapping[str, Any]) -> _Link:
        """Return that of the record which a record continues."""
        sequence = document["sequence"]
        last = sequence - 1 if type(sequence) is int else 0
        return cls(str(document["sku"]), last, str(document["previous_hash"]))

    @classmethod
    def at_head(cls, item: Item) -> _Link:
        """Return that of the last record that a SKU's item names; none has a sequence below 1."""
        balance = read_balance(item)
        sequence = balance.get("sequence")
        last = sequence if type(sequence) is int else 0
        return cls(str(balance.get("sku")), last, str(balance.get("ledger_hash")))


def _key_of_last(balance: Mapping[str, Any]) -> RecordKey | None:
    return RecordKey.of(*map(balance.get, _KEY_OF_LAST))


def _last_record(change: ItemChange) -> RecordKey | None:
    """Return the key of the last record of a SKU whose stock changed."""
    before, after = change.before, change.after
    if before is None or after is None or all(before.get(each) == after.get(each) for each in STOCK_FIGURES):
        return None
    return _key_of_last(read_balance({name: after[name] for name in _KEY_OF_LAST if name in after}))
