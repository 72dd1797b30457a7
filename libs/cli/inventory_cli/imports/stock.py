"""The import of deliveries and counts, which are recognized by their references in the log's notes.

An Idempotency-Key is kept for a day, while the notes of a log record are permanent.  So the notes of a
restock begin with ``[reference]``, those of its compensation with ``[undo reference]``, and an import
compares its rows with the log.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from math import ceil
from typing import Any, Final

from inventory_client import (
    ChangeCommand,
    Problem,
    Sku,
    StockChange,
    TransactionRecord,
    TransactionType,
    problems,
)
from inventory_client.audit import Search
from inventory_common.ids import StockKey
from inventory_common.limits import BULK_PAGE_MAX_ITEMS
from inventory_imports.plans import Rejected, sku_of
from inventory_imports.stock import (
    BATCH_MAX,
    NOTED_REFERENCE,
    RECORD_MEMBERS,
    STOCK_MEMBERS,
    StockRules,
    batches,
    bookings,
    request_key,
)

from ..profiles import Session
from .importer import Result, Undone, add_existing_products, read_each, read_missing
from .journal import Journal, State, Unit

__all__ = ["StockImporter"]

_ATTEMPTS: Final = 5
"""How often a count or an undo is tried while the stock changes."""
_LOG_DELAY_SECONDS: Final = 0.5
"""The log is read from an index, which shows a record a moment after the SKU."""


class StockImporter:
    """Imports deliveries, and counts that correct the stock."""

    rules = StockRules()
    # DynamoDB works on one batch while the service decides another.
    concurrency_max = 4
    batch_max = BATCH_MAX

    def read_existing(self, session: Session, journal: Journal) -> None:
        """Write the vendors' SKUs into the journal, and what their logs have of each reference."""
        add_existing_products(session, journal)
        lengths: Counter[str] = Counter()

        def listed(vendor_id: str) -> Iterator[tuple[str, Any]]:
            for sku in session.stock.inventory_members(vendor_id, STOCK_MEMBERS):
                lengths[vendor_id] += sku["sequence"]
                yield sku["sku"], sku

        for vendor_id in journal.vendors():
            journal.add_existing(listed(vendor_id))
        # The list is not a snapshot: it may not show a SKU, or that it was reactivated.
        read_missing(journal, _skus_to_read(journal), lambda sku: _stock_of(session, sku))
        for vendor_id, skus in _skus_with_log(journal).items():
            for records in _logs(session, vendor_id, lengths[vendor_id], skus):
                journal.add_existing(bookings(records, journal.existing))

    def batches(self, units: Iterator[Unit]) -> Iterator[list[Unit]]:
        """Group changes for `POST /stock/batch`; a stale count is repeated after its batch."""
        return batches(units, lambda unit: unit.plan.target, self.batch_max)

    def serial_key(self, unit: Unit) -> str:
        """Return the SKU: its changes are executed, and undone, one after another."""
        return str(unit.plan.target["sku"])

    def execute(self, session: Session, batch: Sequence[Unit]) -> list[Result]:
        """Restock, or correct the stock to the count."""
        answers = session.stock.change_batch([_command(unit) for unit in batch])
        return [
            self._result(session, unit, answer.transaction, answer.problem)
            for unit, answer in zip(batch, answers, strict=True)
        ]

    def _result(
        self, session: Session, unit: Unit, record: TransactionRecord | None, problem: Problem | None
    ) -> Result:
        target = unit.plan.target
        try:
            if isinstance(problem, problems.CountStale):
                record = self._count(session, target)
            elif isinstance(problem, problems.Unavailable):
                # Nothing is known of it: send it alone, with its key and the client's retries.
                record = session.stock.change(_command(unit)).result.transaction
        except (problems.Conflict, problems.NotFound, problems.Invalid) as refused:
            problem = refused
        if record is None:
            assert problem is not None, "a result without a record has a problem"
            return Result(unit.number, State.REJECTED, target, f"{problem.code}: {problem.detail}")
        executed = {
            "transaction_id": record.transaction_id,
            "sequence": record.sequence,
            "quantity_change": record.quantity_change,
        }
        return Result(unit.number, State.DONE, {**target, **executed})

    def _count(self, session: Session, target: Mapping[str, Any]) -> TransactionRecord:
        """Correct the stock to a count, on condition of the stock that is read before."""
        sku = StockKey.of(target["sku"])
        for attempt in range(1, _ATTEMPTS + 1):
            found = session.stock.sku(*sku)
            command = _count_command(target, found.current_stock, found.sequence)
            try:
                return session.stock.change(command).result.transaction
            except problems.CountStale:
                if attempt == _ATTEMPTS:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def find_sent(self, session: Session, journal: Journal) -> None:
        """Do nothing: a delivery or count is found by its reference."""

    def undo(self, session: Session, unit: Unit, *, dry_run: bool) -> Undone:
        """Take a delivery or count back, unless the stock was counted or corrected since.

        It is a count itself, of the stock without the units and on condition of the stock that was read, so
        that it fails if the stock has changed since the log was read.  A count in that very moment which
        leaves the stock as it is does not make it fail: it is found afterwards, and reported.
        """
        target = unit.plan.target
        sku = StockKey.of(target["sku"])
        notes = f"[undo {target['reference']}]"
        for _ in range(_ATTEMPTS):
            found = session.stock.sku(sku.product_id, sku.sku)
            records = _records_after(session, found, _log_start(target))
            if records is None:
                time.sleep(_LOG_DELAY_SECONDS)
                continue
            booked = _booked(records, target)
            if booked is None:
                return Undone("nothing", "was not booked, or is undone already")
            change = -booked.quantity_change
            left = found.current_stock + change
            if left < found.reserved_stock:
                raise Rejected(
                    f"{sku.sku} has {found.available_stock} of the {-change} units that would be taken back"
                )
            undone = Undone("adjust", f"{change:+} units (now {found.current_stock})")
            if dry_run:
                return undone
            try:
                written = session.stock.count(
                    sku.product_id,
                    sku.sku,
                    counted_stock=left,
                    expected_stock=found.current_stock,
                    notes=notes,
                    idempotency_key=request_key(sku.sku, notes, target["undone"], found.sequence),
                ).result
            except problems.CountStale:
                continue
            _require_no_count(session, found, written)
            return undone
        raise Rejected(f"the stock of {sku.sku} keeps changing; repeat the undo")


def _command(unit: Unit) -> ChangeCommand:
    """Return the restock or count of an import unit; a count expects the stock that was compared."""
    target = unit.plan.target
    if "counted_stock" in target:
        return _count_command(target, unit.plan.differences["current_stock"][0], target["since"])
    sku, notes = target["sku"], target["notes"]
    key = request_key(sku, target["reference"], target["undone"])
    return ChangeCommand.restock(*StockKey.of(sku), target["quantity"], notes=notes, idempotency_key=key)


def _count_command(target: Mapping[str, Any], expected_stock: int, sequence: int) -> ChangeCommand:
    sku, notes = target["sku"], target["notes"]
    return ChangeCommand.count(
        *StockKey.of(sku),
        counted_stock=target["counted_stock"],
        expected_stock=expected_stock,
        notes=notes,
        idempotency_key=request_key(sku, notes, target["undone"], sequence),
    )


def _skus_with_log(journal: Journal) -> dict[str, dict[str, int]]:
    """Return, by vendor, the rows' SKUs that have log records, with their numbers of records."""
    found: dict[str, dict[str, int]] = {}
    for unit in journal.units(State.READ):
        with suppress(Rejected):
            sku = journal.existing(sku_of(unit.rows[0], journal.existing))
            if sku is not None and sku["sequence"]:
                found.setdefault(sku["vendor_id"], {})[sku["sku"]] = sku["sequence"]
    return found


def _logs(
    session: Session, vendor_id: str, length: int, skus: Mapping[str, int]
) -> Iterator[Iterable[Mapping[str, Any]]]:
    """Yield the logs of SKUs, or that of their vendor if fewer requests read it.

    Parameters
    ----------
    length
        The number of records of the vendor.
    skus
        The number of records of each SKU.
    """
    if sum(map(_pages, skus.values())) <= _pages(length):
        yield from read_each(skus, lambda sku: list(session.audit.record_members_of_sku(sku, RECORD_MEMBERS)))
    else:
        yield session.audit.record_members_of_vendor(vendor_id, RECORD_MEMBERS)


def _pages(records: int) -> int:
    return ceil(records / BULK_PAGE_MAX_ITEMS)


def _skus_to_read(journal: Journal) -> Iterator[str]:
    for unit in journal.units(State.READ):
        try:
            sku = sku_of(unit.rows[0], journal.existing)
        except Rejected:
            continue
        found = journal.existing(sku)
        if found is None or not (found["is_active"] and found["product_is_active"]):
            yield sku


def _stock_of(session: Session, sku: str) -> tuple[str, Any] | None:
    try:
        document = session.stock.sku(*StockKey.of(sku)).document()
    except (problems.NotFound, problems.Forbidden, problems.Invalid):
        return None
    return sku, {name: document[name] for name in STOCK_MEMBERS}


def _log_start(target: Mapping[str, Any]) -> int:
    """Return the sequence of the first record that may be that of an import unit."""
    if "sequence" in target:
        return int(target["sequence"])
    # It was being sent when the process ended, or the journal is older than these members.
    return int(target.get("since", 0)) + 1


def _records_after(session: Session, sku: Sku, start: int) -> list[TransactionRecord] | None:
    """Return a SKU's records from a sequence on, newest first; None if the log does not show all yet."""
    records: list[TransactionRecord] = []
    for record in session.audit.records_of_sku(sku.sku, Search(order="desc")):
        if record.sequence < start:
            break
        records.append(record)
    newest = records[0].sequence if records else start - 1
    return None if newest < sku.sequence else [each for each in records if each.sequence <= sku.sequence]


def _booked(records: Sequence[TransactionRecord], target: Mapping[str, Any]) -> TransactionRecord | None:
    """Return the record of an import unit; None if there is none, or it is undone.

    Raises
    ------
    Rejected
        If the stock was counted or corrected after it: taking units back would falsify that count.
    """
    undone: Counter[str] = Counter()
    newer: TransactionRecord | None = None
    for record in records:
        named = NOTED_REFERENCE.match(record.notes or "")
        undo, reference = named.groups() if named else (None, "")
        if undo:
            undone[reference] += 1
            continue
        is_own = (
            record.transaction_id == target["transaction_id"]
            if "transaction_id" in target
            else reference == target["reference"]
        )
        if undone[reference]:
            undone[reference] -= 1
            if is_own:
                return None
        elif is_own:
            if newer is not None and record.quantity_change:
                raise Rejected(
                    f"{record.sku} was counted or corrected since, to {newer.stock_after} units "
                    f"({newer.transaction_id}, {newer.timestamp}); its units cannot be taken back"
                )
            return record
        elif _is_count(record):
            newer = newer or record
    return None


def _require_no_count(session: Session, read: Sku, undone: StockChange) -> None:
    """Raise `Rejected` if the stock was counted between the reading of the log and the undo.

    Such a count was one that left the stock as it was, as the undo was on condition of it.
    """
    written = undone.transaction
    first, last = read.sequence + 1, written.sequence - 1
    if first > last:
        return
    for _ in range(_ATTEMPTS):
        records = _records_after(session, undone.sku, first)
        if records is None:
            time.sleep(_LOG_DELAY_SECONDS)
            continue
        for record in records:
            if record.sequence <= last and _is_count(record):
                raise Rejected(
                    f"{read.sku} was undone ({written.transaction_id}), but was counted at the same moment "
                    f"({record.transaction_id}, {record.stock_after} units): count it again"
                )
        return
    raise Rejected(
        f"{read.sku} was undone ({written.transaction_id}), but the log does not show yet whether it was "
        "counted at the same moment: see inventory log sku"
    )


def _is_count(record: TransactionRecord) -> bool:
    """Return whether a record may be a count: the log does not distinguish them from other corrections."""
    named = NOTED_REFERENCE.match(record.notes or "")
    is_undo = named is not None and named.group(1) is not None
    return record.transaction_type == TransactionType.MANUAL_ADJUSTMENT and not is_undo
