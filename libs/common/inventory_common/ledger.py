"""What must hold of a SKU's log, record by record: the rules that make it a proof.  No I/O.

A record is looked at as the JSON object that the API serves (`TransactionRecord.document`), whatever it
holds: who looks for damage may not stumble over it.  Whoever walks a log keeps the `Link` to the record
before.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final, Self

from .ids import product_of, transaction_id
from .limits import STOCK_MAX
from .skus import FIRST_PREVIOUS_HASH
from .timestamps import timestamp
from .transactions import EFFECTS, Effect, TransactionRecord, TransactionType, record_hash
from .values import value

__all__ = ["FIRST_LINK", "RECORD_ATTRIBUTES", "Finding", "Link", "check_balance", "check_record"]

RECORD_ATTRIBUTES: Final = tuple(field.name for field in fields(TransactionRecord))
"""What a record consists of; the list is closed, as every hash is of all of them."""

_OPTIONAL: Final = frozenset({"order_id", "notes"})
_WHOLE_NUMBERS: Final = frozenset(
    {
        "quantity_change",
        "stock_before",
        "stock_after",
        "sequence",
        "quantity",
        "reserved_before",
        "reserved_after",
    }
)
_OF_ORDERS: Final = frozenset(
    {
        TransactionType.ORDER_PLACED,
        TransactionType.ORDER_CONFIRMED,
        TransactionType.ORDER_CANCELLED,
        TransactionType.REFUND,
    }
)


@value
class Finding:
    """One thing that is not as it must be: in which record, what was expected, what stands.

    `kind` is the attribute that is wrong, or says what else is: ``missing_record``, ``unexpected_record``,
    ``unreadable_record``, ``attributes``, ``missing_sku``, or ``sku.`` and an attribute of the live SKU.
    """

    transaction_id: str | None
    kind: str
    expected: Any
    found: Any

    def document(self) -> dict[str, Any]:
        """Return the JSON object that the API serves."""
        return {
            "transaction_id": self.transaction_id,
            "kind": self.kind,
            "expected": self.expected,
            "found": self.found,
        }


@value
class Link:
    """What the next record of a log must continue: where the one before it left the SKU, in units."""

    sequence: int
    hash: str
    stock: int
    reserved: int
    timestamp: str | None
    vendor_id: str | None

    @classmethod
    def after(cls, document: Mapping[str, Any]) -> Self | None:
        """Return the link that a record leaves; None if nothing can be continued from it."""
        if _misshapen(document):
            return None
        return cls(
            document["sequence"],
            document["hash"],
            document["stock_after"],
            document["reserved_after"],
            document["timestamp"],
            document["vendor_id"],
        )


FIRST_LINK: Final = Link(0, FIRST_PREVIOUS_HASH, 0, 0, None, None)
"""Before the first record: a new SKU holds nothing."""


def check_record(document: Mapping[str, Any], sku: str, sequence: int, before: Link | None) -> list[Finding]:
    """Check record number `sequence` of a SKU, and that it continues the one before.

    Parameters
    ----------
    document
        The record, with whatever attributes it has.
    before
        None where the record before is missing or beyond reading, so that one fault is not told as two.
    """
    findings: list[Finding] = []

    def expect(kind: str, expected: Any, found: Any) -> None:
        if type(expected) is not type(found) or expected != found:
            findings.append(Finding(transaction_id(sku, sequence), kind, expected, found))

    strange = sorted(document.keys() ^ set(RECORD_ATTRIBUTES))
    expect("attributes", [], strange)
    for name in _misshapen(document):
        if name in document:
            findings.append(Finding(transaction_id(sku, sequence), name, _form_of(name), document[name]))
    expect("transaction_id", transaction_id(sku, sequence), document.get("transaction_id"))
    expect("sequence", sequence, document.get("sequence"))
    expect("sku", sku, document.get("sku"))
    expect("product_id", product_of(sku), document.get("product_id"))
    if before is not None:
        expect("stock_before", before.stock, document.get("stock_before"))
        expect("reserved_before", before.reserved, document.get("reserved_before"))
        expect("previous_hash", before.hash, document.get("previous_hash"))
        if before.vendor_id is not None:
            expect("vendor_id", before.vendor_id, document.get("vendor_id"))
    if not _misshapen(document):
        moment = document["timestamp"]
        if not _is_timestamp(moment):
            expect("timestamp", "a moment in UTC with six fractional digits", moment)
        elif before is not None and before.timestamp is not None and moment <= before.timestamp:
            expect("timestamp", f"later than {before.timestamp}", moment)
        for kind, expected, found in _rules(document):
            expect(kind, expected, found)
    expect("hash", _hash_of(document), document.get("hash"))
    return findings


def check_balance(balance: Mapping[str, Any], last: Mapping[str, Any] | None) -> list[Finding]:
    """Compare a live SKU, as VendorInventory keeps it, with the last record of its log, if there is one.

    Whether `last` is the record that the SKU's own `sequence` names is for the caller to see to.
    """
    if last is None:
        expected = {
            "sequence": 0,
            "ledger_hash": FIRST_PREVIOUS_HASH,
            "current_stock": 0,
            "reserved_stock": 0,
            "available_stock": 0,
            "last_transaction_id": None,
            "last_transaction_at": None,
        }
    else:
        stock, reserved = last.get("stock_after"), last.get("reserved_after")
        expected = {
            "sequence": last.get("sequence"),
            "vendor_id": last.get("vendor_id"),
            "ledger_hash": _hash_of(last),
            "current_stock": stock,
            "reserved_stock": reserved,
            "available_stock": stock - reserved if type(stock) is type(reserved) is int else None,
            "last_transaction_id": last.get("transaction_id"),
            "last_transaction_at": last.get("timestamp"),
        }
    told = None if last is None else last.get("transaction_id")
    return [
        Finding(told, f"sku.{name}", value, balance.get(name))
        for name, value in expected.items()
        if type(value) is not type(balance.get(name)) or value != balance.get(name)
    ]


def _rules(document: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Return ``(attribute, expected, found)`` of what a record's type allows (design 3); most are equal."""
    kind = document["transaction_type"]
    if kind not in EFFECTS:
        return [("transaction_type", "one of the six", kind)]
    rules: list[tuple[str, Any, Any]] = []
    quantity, change = document["quantity"], document["quantity_change"]
    if kind == TransactionType.MANUAL_ADJUSTMENT:
        rules.append(("quantity", abs(change), quantity))
        effect = Effect(0, 0)
    else:
        if quantity < 1:
            rules.append(("quantity", "1 or more", quantity))
        effect = EFFECTS[TransactionType(kind)]
        due = effect.current_stock * quantity
        # What came back and cannot be sold again does not enter the stock.
        if not (kind == TransactionType.REFUND and change == 0):
            rules.append(("quantity_change", due, change))
    rules.append(("stock_after", document["stock_before"] + change, document["stock_after"]))
    reserved = document["reserved_before"] + effect.reserved_stock * quantity
    rules.append(("reserved_after", reserved, document["reserved_after"]))
    if not 0 <= document["reserved_after"] <= document["stock_after"] <= STOCK_MAX:
        allowed = f"0 <= reserved_after <= stock_after <= {STOCK_MAX}"
        rules.append(("stock_after", allowed, document["stock_after"]))
    if (document["order_id"] is not None) != (kind in _OF_ORDERS):
        rules.append(("order_id", "an order" if kind in _OF_ORDERS else None, document["order_id"]))
    return rules


def _misshapen(document: Mapping[str, Any]) -> list[str]:
    """Return the attributes that are absent or of another type than a record's."""
    return [name for name in RECORD_ATTRIBUTES if name not in document or not _has_form(name, document[name])]


def _has_form(name: str, value: Any) -> bool:
    if name in _WHOLE_NUMBERS:
        return type(value) is int
    return isinstance(value, str) or (name in _OPTIONAL and value is None)


def _form_of(name: str) -> str:
    if name in _WHOLE_NUMBERS:
        return "a whole number"
    return "a text or null" if name in _OPTIONAL else "a text"


def _is_timestamp(text: str) -> bool:
    try:
        return timestamp(text) == text
    except ValueError:
        return False


def _hash_of(document: Mapping[str, Any]) -> str | None:
    try:
        return record_hash(document)
    except (ValueError, TypeError, RecursionError):  # what JSON cannot say, such as a Decimal
        return None
