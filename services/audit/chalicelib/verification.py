"""Whether a SKU's log is whole: a walk through its records, a page a call.

The index shows the records in their order and may lag behind; any record can be asked for by its own id with
a consistent read, as the id follows from SKU and sequence.  What is absent there is missing.

A page begins where the index's page before ended, with the sequence that is due next; the live SKU is read
after the page of the index, so that no record of an honest log lies beyond it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from inventory_common.errors import InvalidCursor, SkuNotFound
from inventory_common.identity import Scope
from inventory_common.ids import transaction_id
from inventory_common.items import Item
from inventory_common.ledger import FIRST_LINK, Finding, Link, check_balance, check_record
from inventory_common.limits import VERIFICATION_EXTRA_READS_MAX
from inventory_common.pages import PageRequest, Position, encode_cursor
from inventory_common.values import value

from .documents import Reading, balance_of, read_record
from .log_gateway import LogGateway

__all__ = ["Verification", "verify"]


@value
class Verification:
    """What a page of the walk found; `head_hash` is the live SKU's, None where there is no SKU."""

    checked: int
    head_hash: str | None
    findings: list[Finding]
    next_cursor: str | None

    def document(self) -> dict[str, Any]:
        """Return the JSON object that the API serves."""
        return {
            "checked": self.checked,
            "head_hash": self.head_hash,
            "findings": [finding.document() for finding in self.findings],
            "next_cursor": self.next_cursor,
        }


def verify(gateway: LogGateway, sku: str, scope: Scope, page: PageRequest) -> Verification:
    """Check some of a SKU's records, and the live SKU against its last one.

    Raises
    ------
    SkuNotFound
        If there is neither a SKU nor a record, or it is another vendor's.
    InvalidCursor
        If the page's position is not one of this walk.
    """
    done, position = _place_of(sku, page.after)
    items, after = gateway.items_of_sku(sku, PageRequest(page.limit, position))
    stored = gateway.sku_item(sku)
    readings = [read_record(item) for item in items]
    balance = None if stored is None else balance_of(stored)
    owners = [balance] if balance is not None else [reading.document for reading in readings[:1]]
    if not owners or not scope.covers(str(owners[0].get("vendor_id"))):
        raise SkuNotFound(f"There is no {sku}.")
    head = _head_of(balance, readings)
    walk = _Walk(gateway, sku, head, done, _link_before(gateway, sku, done))
    if balance is None:
        walk.findings.append(Finding(None, "missing_sku", sku, None))
    last = position
    for item, reading in zip(items, readings, strict=True):
        if not walk.take(reading):
            # Too many records to ask for by their ids; the next page begins with this one.
            return walk.result(balance, last)
        last = gateway.position_of(item)
    if after is None and walk.to_the_head():
        return walk.result(balance, None, is_last=True)
    return walk.result(balance, last)


@dataclass
class _Walk:
    """A walk in progress; `done` is the sequence checked last, `before` what it left, None if unknown."""

    gateway: LogGateway
    sku: str
    head: int
    done: int
    before: Link | None
    findings: list[Finding] = field(default_factory=list)
    checked: int = 0
    extra_reads: int = 0
    newest: Reading | None = None

    def take(self, reading: Reading) -> bool:
        """Check the next record that the index shows; return False if that takes too many reads."""
        place = self._place_of(reading)
        if place is None or not self.done < place <= self.head:
            self._unexpected(reading)
            return True
        if place > self.done + 1 + VERIFICATION_EXTRA_READS_MAX and self._read(place - 1):
            # It stands too early: the one before it is elsewhere.  Its turn comes.
            self._unexpected(reading)
            return True
        if not self._fill(until=place, limit=place - self.done > VERIFICATION_EXTRA_READS_MAX):
            return False
        self._check(place, reading)
        return True

    def to_the_head(self) -> bool:
        """Check what the index does not show yet, up to the live SKU; return False if it is too much."""
        if self.done >= self.head:
            return True
        is_cut = not self._read(self.head)
        return self._fill(until=self.head + 1, limit=is_cut)

    def result(
        self, balance: dict[str, Any] | None, position: Position | None, *, is_last: bool = False
    ) -> Verification:
        """Compare the live SKU, and say where the walk goes on."""
        if balance is not None:
            self._compare(balance)
        cursor = None
        if not is_last:
            cursor = encode_cursor({**(position or {"sku": self.sku}), "sequence": self.done})
        head_hash = None if balance is None else balance.get("ledger_hash")
        return Verification(
            self.checked, head_hash if isinstance(head_hash, str) else None, self.findings, cursor
        )

    def _fill(self, *, until: int, limit: bool) -> bool:
        """Ask for the records up to one by their ids, with `limit` those of a gap's beginning alone.

        Where the end of a gap is known to be missing too, the rest of it counts as missing.
        """
        asked = 0
        while self.done + 1 < until:
            sequence = self.done + 1
            if asked == VERIFICATION_EXTRA_READS_MAX:
                if not limit:
                    return False
                self._missing(sequence, until - 1)
                return True
            if self.extra_reads >= 2 * VERIFICATION_EXTRA_READS_MAX:
                return False
            asked += 1
            found = self._read(sequence)
            if not found:
                self._missing(sequence, sequence)
                continue
            for reading in found[1:]:
                self._unexpected(reading)
            self._check(sequence, found[0])
        return True

    def _check(self, sequence: int, reading: Reading) -> None:
        named = transaction_id(self.sku, sequence)
        if not reading.is_plain:
            self.findings.append(
                Finding(named, "unreadable_record", "a record as the stock service writes it", None)
            )
        self.findings += check_record(reading.document, self.sku, sequence, self.before)
        self.before = Link.after(reading.document)
        self.done = sequence
        self.checked += 1
        self.newest = reading

    def _missing(self, first: int, last: int) -> None:
        self._tell_missing(first, last)
        self.done, self.before, self.newest = last, None, None

    def _tell_missing(self, first: int, last: int) -> None:
        expected = {"first_sequence": first, "last_sequence": last}
        named = transaction_id(self.sku, first)
        self.findings.append(Finding(named, "missing_record", expected, None))

    def _unexpected(self, reading: Reading) -> None:
        document = reading.document
        found = {name: document[name] for name in ("transaction_id", "timestamp", "sequence")}
        named = document["transaction_id"]
        self.findings.append(
            Finding(named if isinstance(named, str) else None, "unexpected_record", None, found)
        )

    def _place_of(self, reading: Reading) -> int | None:
        """Return the sequence that a record's id stands for, whatever it says of itself."""
        named, said = reading.document["transaction_id"], reading.document["sequence"]
        near = range(self.done + 1, self.done + 2 + VERIFICATION_EXTRA_READS_MAX)
        for sequence in ([said] if type(said) is int else []) + list(near):
            if named == transaction_id(self.sku, sequence):
                return sequence
        return None

    def _compare(self, balance: dict[str, Any]) -> None:
        if self.head == 0:
            self.findings += check_balance(balance, None)
            return
        newest = self.newest if self.done == self.head else None
        if newest is None:
            found = self._read(self.head)
            if not found:
                if self.done < self.head:
                    self._tell_missing(self.head, self.head)
                return
            newest = found[0]
        self.findings += check_balance(balance, newest.document)

    def _read(self, sequence: int) -> list[Reading]:
        self.extra_reads += 1
        named = transaction_id(self.sku, sequence)
        return [read_record(item) for item in self.gateway.items_of_id(named)]


def _head_of(balance: dict[str, Any] | None, readings: list[Reading]) -> int:
    """Return how many records there must be; without a SKU that says so, as many as are shown."""
    said = None if balance is None else balance.get("sequence")
    if type(said) is int and said >= 0:
        return said
    shown = [reading.document["sequence"] for reading in readings]
    return max((sequence for sequence in shown if type(sequence) is int), default=0)


def _link_before(gateway: LogGateway, sku: str, done: int) -> Link | None:
    """Return what the record that was checked last has left behind."""
    if done == 0:
        return FIRST_LINK
    found: list[Item] = gateway.items_of_id(transaction_id(sku, done))
    return Link.after(read_record(found[0]).document) if found else None


def _place_of(sku: str, after: Position | None) -> tuple[int, Position | None]:
    """Return the sequence that was checked last, and the position in the index behind it."""
    if after is None:
        return 0, None
    position = dict(after)
    done = position.pop("sequence", None)
    if type(done) is not int or done < 0 or position.get("sku") != sku:
        raise InvalidCursor("The cursor does not belong to this walk.")
    return done, position if len(position) > 1 else None
