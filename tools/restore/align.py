"""Makes the logs of restored tables end where their SKUs do.

DynamoDB restores each table by itself.  Tables that were restored to one second can disagree about the last
change before it: a SKU may have it and the log not, or the other way round.  The SKU decides, as its stock is
what is sold:

- records beyond the SKU's own sequence are removed; the archive has them, as all that the restore has undone;
- records that are missing up to it are put back from the archive, if their hashes are those that the SKU and
  the following records name.

Nothing else is changed.  What remains, such as an order that has a change which its SKU does not have, is for
the reconciliation to report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from inventory_common.archive_keys import EPOCH_PREFIX, RECORDS_PREFIX, record_in
from inventory_common.ids import transaction_id
from inventory_common.items import Item
from inventory_common.ledger import has_own_hash
from inventory_common.schema import STOCK_TRANSACTIONS, VENDOR_INVENTORY
from inventory_common.skus import FIRST_PREVIOUS_HASH, Sku
from inventory_common.transactions import TransactionRecord

__all__ = ["Aligned", "Alignment"]

_AT_ONCE: Final = 8
_DELIVERY_DAYS: Final = (0, 1)
"""The day of a record, and the next one: its object is named after the day on which the stream had it."""


@dataclass(slots=True)
class Aligned:
    """How many SKUs were checked, records put back and removed, and the SKUs whose log stays incomplete."""

    skus: int
    put_back: int
    removed: int
    incomplete: list[str]

    def report(self, *, is_rehearsal: bool = False) -> list[str]:
        """Return it as lines for people."""
        done = "would be " if is_rehearsal else ""
        return [
            *(
                f"{sku}: the log lacks its last record, and the archive has none with its hash"
                for sku in self.incomplete
            ),
            f"{self.skus} SKUs checked: {self.put_back} records {done}put back, "
            f"{self.removed} {done}removed, {len(self.incomplete)} logs incomplete.",
        ]


@dataclass(slots=True)
class _End:
    """A SKU's end, and how its log differs from it."""

    sku: Sku
    beyond: list[Item]
    is_incomplete: bool


class Alignment:
    """Aligns the log with the SKUs of one set of tables; nothing may write them meanwhile.

    Parameters
    ----------
    dynamodb, storage
        Clients of boto3 for the tables and the archive.
    table_name_prefix, bucket
        The names.
    say
        Takes a line for each record that is put back or removed.
    is_rehearsal
        Whether nothing is written.
    """

    def __init__(
        self,
        dynamodb: Any,
        storage: Any,
        table_name_prefix: str,
        bucket: str,
        say: Callable[[str], None],
        *,
        is_rehearsal: bool = False,
    ) -> None:
        self._dynamodb = dynamodb
        self._storage = storage
        self._inventory = table_name_prefix + VENDOR_INVENTORY.name
        self._log = table_name_prefix + STOCK_TRANSACTIONS.name
        self._bucket = bucket
        self._say = say
        self._is_rehearsal = is_rehearsal

    def run(self) -> Aligned:
        """Align every SKU, and return what was done.

        Raises
        ------
        botocore.exceptions.ClientError, BotoCoreError
            What was done until then stays done: the next run goes on.
        """
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            ends = list(pool.map(self._end, self._skus()))
        archived = self._archived(end.sku for end in ends if end.is_incomplete)
        aligned = Aligned(len(ends), 0, 0, [])
        for end in ends:
            for item in end.beyond:
                aligned.removed += 1
                self._remove(item)
            if end.is_incomplete:
                missing = self._missing(end.sku, archived)
                aligned.put_back += len(missing)
                for record in missing:
                    self._put_back(record)
                if not self._reaches_the_log(end.sku, missing):
                    aligned.incomplete.append(end.sku.sku)
        return aligned

    def _skus(self) -> Iterator[Sku]:
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=self._inventory, ConsistentRead=True)
        for page in pages:
            for item in page["Items"]:
                if item["sku"]["S"].startswith("SKU-"):
                    try:
                        yield Sku.from_item(item)
                    except (KeyError, TypeError, ValueError) as error:
                        self._say(f"{item['sku']['S']} cannot be read, and its log is left as it is: {error}")

    def _end(self, sku: Sku) -> _End:
        beyond: list[Item] = []
        while found := self._records(sku, sku.sequence + len(beyond) + 1):
            beyond += found
        return _End(sku, beyond, sku.sequence > 0 and not self._has(sku, sku.sequence, sku.ledger_hash))

    def _records(self, sku: Sku, sequence: int) -> list[Item]:
        response = self._dynamodb.query(
            TableName=self._log,
            KeyConditionExpression="transaction_id = :id",
            ExpressionAttributeValues={":id": {"S": transaction_id(sku.sku, sequence)}},
            ConsistentRead=True,
        )
        items: list[Item] = response["Items"]
        return items

    def _has(self, sku: Sku, sequence: int, hash_: str) -> bool:
        return any(TransactionRecord.from_item(item).hash == hash_ for item in self._records(sku, sequence))

    def _archived(self, skus: Iterable[Sku]) -> dict[str, TransactionRecord]:
        """Return the archived records of SKUs by hash: those of the days of their last changes."""
        wanted = {sku.sku: sku.last_transaction_at for sku in skus}
        days = {
            (date.fromisoformat(moment[:10]) + timedelta(days=later)).isoformat()
            for moment in wanted.values()
            if moment is not None
            for later in _DELIVERY_DAYS
        }
        records: dict[str, TransactionRecord] = {}
        for key in self._keys(days):
            body = self._storage.get_object(Bucket=self._bucket, Key=key)["Body"].read()
            for document in map(record_in, body.splitlines()):
                if document is not None and document.get("sku") in wanted and has_own_hash(document):
                    record = TransactionRecord(**document)
                    records[record.hash] = record
        return records

    def _keys(self, days: Iterable[str]) -> Iterator[str]:
        """Yield the keys of the objects of some days, in every epoch."""
        pages = self._storage.get_paginator("list_objects_v2")
        folders = [RECORDS_PREFIX]
        epochs = f"{RECORDS_PREFIX}{EPOCH_PREFIX}"
        for page in pages.paginate(Bucket=self._bucket, Prefix=epochs, Delimiter="/"):
            folders += [each["Prefix"] for each in page.get("CommonPrefixes", ())]
        for folder in folders:
            for day in sorted(days):
                for page in pages.paginate(Bucket=self._bucket, Prefix=f"{folder}{day}/"):
                    yield from (each["Key"] for each in page.get("Contents", ()))

    def _missing(self, sku: Sku, archived: dict[str, TransactionRecord]) -> list[TransactionRecord]:
        """Return the archived records that lead from the SKU's end back to its log, the last one first."""
        missing: list[TransactionRecord] = []
        sequence, hash_ = sku.sequence, sku.ledger_hash
        while sequence and not self._has(sku, sequence, hash_):
            record = archived.get(hash_)
            if record is None or (record.sku, record.sequence) != (sku.sku, sequence):
                break
            missing.append(record)
            sequence, hash_ = sequence - 1, record.previous_hash
        return missing

    def _reaches_the_log(self, sku: Sku, missing: list[TransactionRecord]) -> bool:
        sequence = sku.sequence - len(missing)
        hash_ = missing[-1].previous_hash if missing else sku.ledger_hash
        return hash_ == FIRST_PREVIOUS_HASH if sequence == 0 else self._has(sku, sequence, hash_)

    def _put_back(self, record: TransactionRecord) -> None:
        self._say(f"{record.sku}: record {record.sequence} put back, {record.transaction_id}")
        if not self._is_rehearsal:
            self._dynamodb.put_item(TableName=self._log, Item=record.to_item())

    def _remove(self, item: Item) -> None:
        record = TransactionRecord.from_item(item)
        self._say(f"{record.sku}: record {record.sequence} removed, {record.transaction_id}")
        if not self._is_rehearsal:
            key = {name: item[name] for name in STOCK_TRANSACTIONS.key}
            self._dynamodb.delete_item(TableName=self._log, Key=key)
