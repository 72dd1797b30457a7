"""The rules that every record of a SKU's log obeys, and by which anyone can verify it.  No I/O.

A record is checked as the JSON object that the API serves (`TransactionRecord.document`), whatever it
contains: a check for damage must not fail because of the damage.  A caller that walks through a log passes
each record the `ChainHead` after the previous one.
"""

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any, Final, Self

from .attributes import attributes_of, form_of, is_optional
from .ids import StockKey, transaction_id
from .ledger_keys import PublicKeys
from .limits import STOCK_MAX
from .skus import FIRST_PREVIOUS_HASH
from .timestamps import timestamp
from .transactions import FORM, RULES, TransactionRecord, TransactionType, decoded, record_hash
from .values import value

__all__ = [
    "EMPTY_LOG",
    "RECORD_ATTRIBUTES",
    "ChainHead",
    "Difference",
    "check_balance",
    "check_record",
    "check_signature",
    "has_own_hash",
    "malformed_members",
]

RECORD_ATTRIBUTES: Final = tuple(field.name for field in fields(TransactionRecord))
"""The attributes of a record of the form that is written.  None is ever added to a form."""
_FORMS: Final[Mapping[int, tuple[str, ...]]] = {FORM: RECORD_ATTRIBUTES}
"""The attributes of the records of each form."""


@value
class Difference:
    """One difference between what was expected and what was found at a record.

    `kind` is the attribute that differs, or one of ``missing_record``, ``unexpected_record``,
    ``unreadable_record``, ``attributes``, ``missing_sku``, or ``sku.`` and an attribute of the live SKU.
    A record of an unknown form differs in its ``form``, and is not checked any further.
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
class ChainHead:
    """The state after a record of a log, which the next record has to continue; stock is in units."""

    sequence: int
    hash: str
    stock: int
    reserved: int
    timestamp: str | None
    vendor_id: str | None

    @classmethod
    def after(cls, document: Mapping[str, Any]) -> Self | None:
        """Return the chain head after a record; None if the record is too damaged to have one."""
        if _malformed(document):
            return None
        return cls(
            document["sequence"],
            document["hash"],
            document["stock_after"],
            document["reserved_after"],
            document["timestamp"],
            document["vendor_id"],
        )


EMPTY_LOG: Final = ChainHead(0, FIRST_PREVIOUS_HASH, 0, 0, None, None)
"""The chain head before the first record: a new SKU has no stock."""


def check_record(
    document: Mapping[str, Any],
    sku: str,
    sequence: int,
    before: ChainHead | None,
    keys: PublicKeys | None = None,
) -> list[Difference]:
    """Check record number `sequence` of a SKU, and that it continues the previous one.

    Parameters
    ----------
    document
        The record, whatever attributes it has.
    before
        The chain head after the previous record; None if that record is missing or unreadable, so that one
        fault is not reported twice.
    keys
        The ledger keys, to check its signature as well; None to check all else.
    """
    differences: list[Difference] = []

    def expect(kind: str, expected: Any, found: Any) -> None:
        if type(expected) is not type(found) or expected != found:
            differences.append(Difference(transaction_id(sku, sequence), kind, expected, found))

    form = document.get("form")
    if type(form) is int and form not in _FORMS:
        expect("form", f"one of {', '.join(map(str, _FORMS))}", form)
        return differences
    malformed = _malformed(document)
    expect("attributes", [], sorted(document.keys() ^ set(RECORD_ATTRIBUTES)))
    for name in malformed:
        if name in document:
            differences.append(
                Difference(transaction_id(sku, sequence), name, _description(name), document[name])
            )
    expect("transaction_id", transaction_id(sku, sequence), document.get("transaction_id"))
    expect("sequence", sequence, document.get("sequence"))
    expect("sku", sku, document.get("sku"))
    expect("product_id", StockKey.of(sku).product_id, document.get("product_id"))
    if before is not None:
        expect("stock_before", before.stock, document.get("stock_before"))
        expect("reserved_before", before.reserved, document.get("reserved_before"))
        expect("previous_hash", before.hash, document.get("previous_hash"))
        if before.vendor_id is not None:
            expect("vendor_id", before.vendor_id, document.get("vendor_id"))
    if not malformed:
        moment = document["timestamp"]
        if not _is_timestamp(moment):
            expect("timestamp", "a timestamp in UTC with six fractional digits", moment)
        elif before is not None and before.timestamp is not None and moment <= before.timestamp:
            expect("timestamp", f"later than {before.timestamp}", moment)
        for kind, expected, found in _rules(document):
            expect(kind, expected, found)
    expect("hash", _hash_of(document), document.get("hash"))
    if keys is not None:
        differences += check_signature(document, sku, sequence, keys)
    return differences


def check_signature(
    document: Mapping[str, Any], sku: str, sequence: int, keys: PublicKeys
) -> list[Difference]:
    """Check that a ledger key signed a record's hash, and was not retired before the record was made."""

    def difference(kind: str, expected: str) -> list[Difference]:
        return [Difference(transaction_id(sku, sequence), kind, expected, document.get(kind))]

    key = keys.get(str(document.get("key_id")))
    if key is None:
        return difference("key_id", "a ledger key")
    if key.is_retired_at(str(document.get("timestamp"))):
        return difference("key_id", f"a ledger key that was not retired at {key.retired_at}")
    try:
        digest, signature = (decoded(name, str(document.get(name))) for name in ("hash", "signature"))
    except ValueError:
        return difference("signature", "a signature")
    return [] if key.verifies(digest, signature) else difference("signature", "that of hash by key_id")


def check_balance(balance: Mapping[str, Any], last: Mapping[str, Any] | None) -> list[Difference]:
    """Compare a live SKU, as VendorInventory stores it, with the last record of its log, if there is one.

    The caller ensures that `last` is the record with the SKU's own `sequence`.
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
    record_id = None if last is None else last.get("transaction_id")
    return [
        Difference(record_id, f"sku.{name}", value, balance.get(name))
        for name, value in expected.items()
        if type(value) is not type(balance.get(name)) or value != balance.get(name)
    ]


def has_own_hash(document: Mapping[str, Any]) -> bool:
    """Return whether the `hash` of a record is that of its content."""
    stored = document.get("hash")
    return isinstance(stored, str) and _hash_of(document) == stored


def malformed_members(document: Mapping[str, Any]) -> list[str]:
    """Return the attributes of a record that are absent, or of another type than the services write."""
    return _malformed(document)


def _rules(document: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Return ``(attribute, expected, found)`` for each rule of a record's type (design 3), met or not."""
    transaction_type = document["transaction_type"]
    if transaction_type not in RULES:
        return [("transaction_type", f"one of {', '.join(RULES)}", transaction_type)]
    type_rules = RULES[TransactionType(transaction_type)]
    rules: list[tuple[str, Any, Any]] = []
    quantity, change = document["quantity"], document["quantity_change"]
    if type_rules.is_signed:
        rules.append(("quantity", abs(change), quantity))
    elif quantity < 1:
        rules.append(("quantity", "1 or more", quantity))
    if not type_rules.is_signed and not (type_rules.may_skip_stock and change == 0):
        rules.append(("quantity_change", type_rules.effect.current_stock * quantity, change))
    rules.append(("stock_after", document["stock_before"] + change, document["stock_after"]))
    reserved = document["reserved_before"] + type_rules.effect.reserved_stock * quantity
    rules.append(("reserved_after", reserved, document["reserved_after"]))
    if not 0 <= document["reserved_after"] <= document["stock_after"] <= STOCK_MAX:
        allowed = f"0 <= reserved_after <= stock_after <= {STOCK_MAX}"
        rules.append(("stock_after", allowed, document["stock_after"]))
    if (document["order_id"] is not None) != type_rules.is_order:
        expected = "an order" if type_rules.is_order else None
        rules.append(("order_id", expected, document["order_id"]))
    if document["command"] not in type_rules.commands:
        rules.append(("command", f"one of {', '.join(type_rules.commands)}", document["command"]))
    return rules + (_order_rules(document) if type_rules.is_order else _no_order_rules(document))


def _order_rules(document: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Return the rules of a record's place among those of an order's line."""
    step, previous = document["order_step"], document["order_previous"]
    if step is None or step < 1:
        return [("order_step", "1 or more", step)]
    if step == 1:
        return [("order_previous", None, previous)]
    if previous is None or not 1 <= previous < document["sequence"]:
        return [("order_previous", "the sequence of an earlier record", previous)]
    return []


def _no_order_rules(document: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    return [(name, None, document[name]) for name in ("reason", "order_step", "order_previous")]


def _malformed(document: Mapping[str, Any]) -> list[str]:
    """Return the attributes that are absent, or of another type than a record's."""
    return [name for name in RECORD_ATTRIBUTES if name not in document or not _has_type(name, document[name])]


def _has_type(name: str, value: Any) -> bool:
    if value is None:
        return name in _optional()
    return type(value) is int if name in _integers() else isinstance(value, str)


def _description(name: str) -> str:
    expected = "an integer" if name in _integers() else "a string"
    return f"{expected} or null" if name in _optional() else expected


# Not constants: the annotations are evaluated when the first record is checked, not at a cold start.


@cache
def _integers() -> frozenset[str]:
    annotations = attributes_of(TransactionRecord).items()
    return frozenset(name for name, annotation in annotations if form_of(annotation).get("type") == "integer")


@cache
def _optional() -> frozenset[str]:
    annotations = attributes_of(TransactionRecord).items()
    return frozenset(name for name, annotation in annotations if is_optional(annotation))


def _is_timestamp(text: str) -> bool:
    try:
        return timestamp(text) == text
    except ValueError:
        return False


def _hash_of(document: Mapping[str, Any]) -> str | None:
    try:
        return record_hash(document)
    except (ValueError, TypeError, RecursionError):  # a value that JSON cannot represent, such as a Decimal
        return None
