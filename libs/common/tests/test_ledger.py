from typing import Any

import pytest

from inventory_common.ids import transaction_id
from inventory_common.ledger import FIRST_LINK, Link, check_balance, check_record
from inventory_common.limits import STOCK_MAX
from inventory_common.skus import FIRST_PREVIOUS_HASH
from inventory_common.transactions import TransactionRecord

SKU = "SKU-PROD-E4F9A-BLK-L"


def a_record(kind: str = "restock", quantity: int = 5, **differences: Any) -> dict[str, Any]:
    """Record number 7: of a SKU with 20 units, 8 of them reserved."""
    moves = {
        "restock": (quantity, 0),
        "order_placed": (0, quantity),
        "order_confirmed": (-quantity, -quantity),
        "order_cancelled": (0, -quantity),
        "refund": (quantity, 0),
        "manual_adjustment": (quantity, 0),
    }
    stock, reserved = moves.get(kind, (0, 0))
    attributes: dict[str, Any] = {
        "transaction_id": transaction_id(SKU, 7),
        "timestamp": "2026-02-23T10:30:00.000007Z",
        "product_id": "PROD-E4F9A",
        "sku": SKU,
        "vendor_id": "VENDOR-001",
        "transaction_type": kind,
        "quantity_change": stock,
        "stock_before": 20,
        "stock_after": 20 + stock,
        "order_id": "ORDER-1" if kind.startswith("order") or kind == "refund" else None,
        "performed_by": "VENDOR-001",
        "sequence": 7,
        "quantity": abs(quantity),
        "reserved_before": 8,
        "reserved_after": 8 + reserved,
        "request_id": "request-1",
        "previous_hash": "a" * 64,
    }
    return TransactionRecord.sealed(**attributes | differences).document()


BEFORE = Link(6, "a" * 64, 20, 8, "2026-02-23T10:30:00.000006Z", "VENDOR-001")


def faults(record: dict[str, Any], before: Link | None = BEFORE) -> list[tuple[str, Any, Any]]:
    return [(each.kind, each.expected, each.found) for each in check_record(record, SKU, 7, before)]


@pytest.mark.parametrize(
    "kind", ["restock", "order_placed", "order_confirmed", "order_cancelled", "refund", "manual_adjustment"]
)
def test_a_record_of_each_type_is_right(kind: str) -> None:
    assert faults(a_record(kind)) == []


def test_what_is_as_far_as_it_may_go_is_right() -> None:
    assert faults(a_record("refund", quantity_change=0, stock_after=20)) == []
    assert faults(a_record("manual_adjustment", -12)) == []
    assert faults(a_record("manual_adjustment", 0)) == []
    assert faults(a_record("order_placed", 12)) == []
    assert faults(a_record("order_cancelled", 8)) == []
    assert faults(a_record("restock", 1)) == []
    assert faults(a_record("restock", STOCK_MAX - 20)) == []


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (a_record("theft"), [("transaction_type", "one of the six", "theft")]),
        (a_record("restock", 0), [("quantity", "1 or more", 0)]),
        (a_record("order_placed", 0), [("quantity", "1 or more", 0)]),
        (a_record("restock", quantity=5, quantity_change=4, stock_after=24), [("quantity_change", 5, 4)]),
        (a_record("restock", quantity_change=0, stock_after=20), [("quantity_change", 5, 0)]),
        (a_record("refund", quantity_change=1, stock_after=21), [("quantity_change", 5, 1)]),
        (a_record("refund", quantity_change=-5, stock_after=15), [("quantity_change", 5, -5)]),
        (a_record("restock", stock_after=26), [("stock_after", 25, 26)]),
        (a_record("order_placed", reserved_after=12), [("reserved_after", 13, 12)]),
        (a_record("restock", reserved_after=9), [("reserved_after", 8, 9)]),
        (a_record("manual_adjustment", 5, quantity_change=4, stock_after=24), [("quantity", 4, 5)]),
        (a_record("order_placed", order_id=None), [("order_id", "an order", None)]),
        (a_record("refund", order_id=None), [("order_id", "an order", None)]),
        (a_record("restock", order_id="ORDER-1"), [("order_id", None, "ORDER-1")]),
        (a_record("manual_adjustment", order_id="ORDER-1"), [("order_id", None, "ORDER-1")]),
    ],
    ids=lambda value: value["transaction_type"] if isinstance(value, dict) else value[0][0],
)
def test_a_record_breaks_the_rule_of_its_type(record: dict[str, Any], expected: Any) -> None:
    assert faults(record) == expected


@pytest.mark.parametrize(
    "record",
    [
        a_record("order_placed", 13),
        a_record("order_cancelled", 9),
        a_record("manual_adjustment", -13),
        a_record("restock", STOCK_MAX - 19),
    ],
    ids=["more reserved than there", "less than none reserved", "below the reserved", "too many units"],
)
def test_units_stay_within_their_bounds(record: dict[str, Any]) -> None:
    [(kind, expected, _)] = faults(record)
    assert (kind, expected) == ("stock_after", f"0 <= reserved_after <= stock_after <= {STOCK_MAX}")


@pytest.mark.parametrize(
    ("name", "value", "before"),
    [
        ("transaction_id", transaction_id(SKU, 8), transaction_id(SKU, 7)),
        ("sequence", 8, 7),
        ("sku", "SKU-PROD-E4F9A-WHT-L", SKU),
        ("product_id", "PROD-00000", "PROD-E4F9A"),
        ("vendor_id", "VENDOR-002", "VENDOR-001"),
        ("previous_hash", "b" * 64, "a" * 64),
        ("timestamp", "2026-02-23T10:30:00.000006Z", "later than 2026-02-23T10:30:00.000006Z"),
        ("timestamp", "2026-02-23T10:30:00Z", "a moment in UTC with six fractional digits"),
        ("timestamp", "yesterday", "a moment in UTC with six fractional digits"),
    ],
)
def test_a_record_in_the_wrong_place(name: str, value: Any, before: Any) -> None:
    assert faults(a_record(**{name: value})) == [(name, before, value)]


def test_a_record_that_does_not_continue_the_one_before() -> None:
    assert faults(a_record(stock_before=21, stock_after=26)) == [("stock_before", 20, 21)]
    assert faults(a_record(reserved_before=7, reserved_after=7)) == [("reserved_before", 8, 7)]


def test_what_the_record_before_was_is_not_told_twice() -> None:
    assert faults(a_record(stock_before=21, stock_after=26, vendor_id="VENDOR-9"), before=None) == []


def test_a_first_record_continues_nothing() -> None:
    first = a_record(
        transaction_id=transaction_id(SKU, 1),
        sequence=1,
        stock_before=0,
        stock_after=5,
        reserved_before=0,
        reserved_after=0,
        previous_hash=FIRST_PREVIOUS_HASH,
    )
    assert check_record(first, SKU, 1, FIRST_LINK) == []


def test_a_hash_of_something_else() -> None:
    record = a_record()
    assert faults(record | {"performed_by": "VENDOR-2"})[-1][0] == "hash"
    assert faults(record | {"hash": "0" * 64}) == [("hash", record["hash"], "0" * 64)]


@pytest.mark.parametrize("name", sorted(a_record().keys() - {"hash"}))
def test_an_attribute_that_is_absent_or_of_another_type(name: str) -> None:
    record = a_record("order_placed")
    assert {"attributes", "hash"} <= {kind for kind, _, _ in faults(without(record, name))}
    for odd in (1.0, True, ["a"]):
        kinds = {kind for kind, _, _ in faults(record | {name: odd})}
        assert {name, "hash"} <= kinds
    assert Link.after(record | {name: 1.5}) is None


def without(record: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != name}


def test_an_attribute_more() -> None:
    assert ("attributes", [], ["approved"]) in faults(a_record() | {"approved": True})


def test_a_link_is_where_a_record_left_the_sku() -> None:
    record = a_record()
    assert Link.after(record) == Link(7, record["hash"], 25, 8, record["timestamp"], "VENDOR-001")


def a_balance(record: dict[str, Any], **differences: Any) -> dict[str, Any]:
    return {
        "sequence": 7,
        "vendor_id": "VENDOR-001",
        "ledger_hash": record["hash"],
        "current_stock": 25,
        "reserved_stock": 8,
        "available_stock": 17,
        "last_transaction_id": record["transaction_id"],
        "last_transaction_at": record["timestamp"],
    } | differences


def test_a_live_sku_is_what_its_last_record_says() -> None:
    record = a_record()
    assert check_balance(a_balance(record), record) == []
    for name, value in a_balance(record).items():
        [finding] = check_balance(a_balance(record, **{name: "x"}), record)
        assert (finding.kind, finding.expected, finding.found) == (f"sku.{name}", value, "x")


def test_a_live_sku_without_records_holds_nothing() -> None:
    new = {
        "sequence": 0,
        "ledger_hash": FIRST_PREVIOUS_HASH,
        "current_stock": 0,
        "reserved_stock": 0,
        "available_stock": 0,
    }
    assert check_balance(new, None) == []
    [finding] = check_balance(new | {"current_stock": 1}, None)
    assert (finding.kind, finding.expected) == ("sku.current_stock", 0)


def test_a_finding_is_served_as_it_is() -> None:
    [finding] = check_record(a_record() | {"hash": "x"}, SKU, 7, BEFORE)
    assert finding.document() == {
        "transaction_id": transaction_id(SKU, 7),
        "kind": "hash",
        "expected": a_record()["hash"],
        "found": "x",
    }


@pytest.mark.parametrize(
    ("name", "form"),
    [("quantity", "a whole number"), ("notes", "a text or null"), ("performed_by", "a text")],
)
def test_what_form_an_attribute_has_is_told(name: str, form: str) -> None:
    assert (name, form, 1.5) in faults(a_record() | {name: 1.5})
    if name == "performed_by":
        assert (name, form, None) in faults(a_record(performed_by=None))


def test_a_balance_of_another_type_is_another_balance() -> None:
    record = a_record()
    [finding] = check_balance(a_balance(record, current_stock=25.0), record)
    assert (finding.kind, finding.transaction_id) == ("sku.current_stock", record["transaction_id"])


def test_a_new_sku_names_no_record() -> None:
    new = {"sequence": 0, "ledger_hash": FIRST_PREVIOUS_HASH}
    new |= dict.fromkeys(("current_stock", "reserved_stock", "available_stock"), 0)
    for name in ("last_transaction_id", "last_transaction_at"):
        [finding] = check_balance(new | {name: "x"}, None)
        assert (finding.kind, finding.expected, finding.transaction_id) == (f"sku.{name}", None, None)
    assert [finding.expected for finding in check_balance({}, None)] == [0, FIRST_PREVIOUS_HASH, 0, 0, 0]


def test_what_json_cannot_say_has_no_hash() -> None:
    assert ("hash", None, a_record()["hash"]) in faults(a_record() | {"notes": "\ud800"})
