from typing import Any

import pytest
from fixed_ledger_key import LEDGER_KEY, LEDGER_KEYS

from inventory_common.ids import transaction_id
from inventory_common.ledger import (
    EMPTY_LOG,
    ChainHead,
    check_balance,
    check_record,
    has_own_hash,
    malformed_members,
)
from inventory_common.ledger_keys import PublicKeys
from inventory_common.limits import STOCK_MAX
from inventory_common.skus import FIRST_PREVIOUS_HASH
from inventory_common.transactions import UNHASHED, TransactionRecord

SKU = "SKU-PROD-E4F9A-BLK-L"
ORDER_TYPES = ("order_placed", "order_confirmed", "order_cancelled", "refund")
COMMANDS = {
    "restock": "restock",
    "order_placed": "place",
    "order_confirmed": "confirm",
    "order_cancelled": "cancel",
    "refund": "refund",
    "manual_adjustment": "adjust",
}
EVERY_TYPE = "restock, refund, order_placed, order_cancelled, order_confirmed, manual_adjustment"


def a_record(transaction_type: str = "restock", quantity: int = 5, **changes: Any) -> dict[str, Any]:
    """Return record number 7 of a SKU with 20 units, of which 8 are reserved."""
    effects = {
        "restock": (quantity, 0),
        "order_placed": (0, quantity),
        "order_confirmed": (-quantity, -quantity),
        "order_cancelled": (0, -quantity),
        "refund": (quantity, 0),
        "manual_adjustment": (quantity, 0),
    }
    stock, reserved = effects.get(transaction_type, (0, 0))
    attributes: dict[str, Any] = {
        "transaction_id": transaction_id(SKU, 7),
        "timestamp": "2026-02-23T10:30:00.000007Z",
        "product_id": "PROD-E4F9A",
        "sku": SKU,
        "vendor_id": "VENDOR-001",
        "transaction_type": transaction_type,
        "quantity_change": stock,
        "stock_before": 20,
        "stock_after": 20 + stock,
        "order_id": "ORDER-1" if transaction_type in ORDER_TYPES else None,
        "performed_by": "VENDOR-001",
        "sequence": 7,
        "quantity": abs(quantity),
        "reserved_before": 8,
        "reserved_after": 8 + reserved,
        "request_id": "request-1",
        "command": COMMANDS.get(transaction_type, "steal"),
        "order_step": 2 if transaction_type in ORDER_TYPES else None,
        "order_previous": 4 if transaction_type in ORDER_TYPES else None,
        "previous_hash": "a" * 64,
    }
    return TransactionRecord.signed_by(LEDGER_KEY, **attributes | changes).document()


BEFORE = ChainHead(6, "a" * 64, 20, 8, "2026-02-23T10:30:00.000006Z", "VENDOR-001")


def differences(record: dict[str, Any], before: ChainHead | None = BEFORE) -> list[tuple[str, Any, Any]]:
    return [(each.kind, each.expected, each.found) for each in check_record(record, SKU, 7, before)]


@pytest.mark.parametrize("transaction_type", [*ORDER_TYPES, "restock", "manual_adjustment"])
def test_a_record_that_obeys_the_rules_of_its_type_has_no_difference(transaction_type: str) -> None:
    assert differences(a_record(transaction_type)) == []


def test_a_record_at_the_edge_of_the_rules_has_no_difference() -> None:
    assert differences(a_record("order_placed", order_step=1, order_previous=None)) == []
    assert differences(a_record("refund", reason="damaged")) == []
    for command in ("expire", "release", "amend"):
        assert differences(a_record("order_cancelled", command=command)) == []
    assert differences(a_record("refund", quantity_change=0, stock_after=20)) == []
    assert differences(a_record("manual_adjustment", -12)) == []
    assert differences(a_record("manual_adjustment", 0)) == []
    assert differences(a_record("order_placed", 12)) == []
    assert differences(a_record("order_cancelled", 8)) == []
    assert differences(a_record("restock", 1)) == []
    assert differences(a_record("restock", STOCK_MAX - 20)) == []


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (
            a_record("theft"),
            [("transaction_type", f"one of {EVERY_TYPE}", "theft")],
        ),
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
        (a_record("refund", command="place"), [("command", "one of refund", "place")]),
        (
            a_record("order_cancelled", command="confirm"),
            [("command", "one of cancel, expire, release, amend", "confirm")],
        ),
        (a_record("order_placed", order_step=None), [("order_step", "1 or more", None)]),
        (a_record("order_placed", order_step=0), [("order_step", "1 or more", 0)]),
        (a_record("order_placed", order_step=1), [("order_previous", None, 4)]),
        (
            a_record("refund", order_previous=7),
            [("order_previous", "the sequence of an earlier record", 7)],
        ),
        (
            a_record("refund", order_previous=None),
            [("order_previous", "the sequence of an earlier record", None)],
        ),
        (a_record("restock", order_step=1), [("order_step", None, 1)]),
        (a_record("restock", order_previous=1), [("order_previous", None, 1)]),
        (a_record("manual_adjustment", reason="damaged"), [("reason", None, "damaged")]),
        (a_record("restock", order_id="ORDER-1"), [("order_id", None, "ORDER-1")]),
        (a_record("manual_adjustment", order_id="ORDER-1"), [("order_id", None, "ORDER-1")]),
    ],
    ids=lambda value: value["transaction_type"] if isinstance(value, dict) else value[0][0],
)
def test_a_record_that_breaks_a_rule_of_its_type_has_a_difference(
    record: dict[str, Any], expected: Any
) -> None:
    assert differences(record) == expected


@pytest.mark.parametrize(
    "record",
    [
        a_record("order_placed", 13),
        a_record("order_cancelled", 9),
        a_record("manual_adjustment", -13),
        a_record("restock", STOCK_MAX - 19),
    ],
    ids=["more reserved than in stock", "fewer than 0 reserved", "stock below reserved", "too many units"],
)
def test_stock_and_reserved_units_stay_within_their_bounds(record: dict[str, Any]) -> None:
    [(kind, expected, _)] = differences(record)
    assert (kind, expected) == ("stock_after", f"0 <= reserved_after <= stock_after <= {STOCK_MAX}")


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("transaction_id", transaction_id(SKU, 8), transaction_id(SKU, 7)),
        ("sequence", 8, 7),
        ("sku", "SKU-PROD-E4F9A-WHT-L", SKU),
        ("product_id", "PROD-00000", "PROD-E4F9A"),
        ("vendor_id", "VENDOR-002", "VENDOR-001"),
        ("previous_hash", "b" * 64, "a" * 64),
        ("timestamp", "2026-02-23T10:30:00.000006Z", "later than 2026-02-23T10:30:00.000006Z"),
        ("timestamp", "2026-02-23T10:30:00Z", "a timestamp in UTC with six fractional digits"),
        ("timestamp", "yesterday", "a timestamp in UTC with six fractional digits"),
    ],
)
def test_a_record_at_another_position_of_the_log_has_a_difference(
    name: str, value: Any, expected: Any
) -> None:
    assert differences(a_record(**{name: value})) == [(name, expected, value)]


def test_a_record_continues_the_stock_of_the_previous_one() -> None:
    assert differences(a_record(stock_before=21, stock_after=26)) == [("stock_before", 20, 21)]
    assert differences(a_record(reserved_before=7, reserved_after=7)) == [("reserved_before", 8, 7)]


def test_a_record_after_a_missing_one_is_not_compared_with_it() -> None:
    assert differences(a_record(stock_before=21, stock_after=26, vendor_id="VENDOR-9"), before=None) == []


def test_the_first_record_continues_the_empty_log() -> None:
    first = a_record(
        transaction_id=transaction_id(SKU, 1),
        sequence=1,
        stock_before=0,
        stock_after=5,
        reserved_before=0,
        reserved_after=0,
        previous_hash=FIRST_PREVIOUS_HASH,
    )
    assert check_record(first, SKU, 1, EMPTY_LOG) == []


def test_a_hash_of_other_content_is_a_difference() -> None:
    record = a_record()
    assert differences(record | {"performed_by": "VENDOR-2"})[-1][0] == "hash"
    assert differences(record | {"hash": "0" * 64}) == [("hash", record["hash"], "0" * 64)]


def test_a_record_of_an_unknown_form_is_not_checked_any_further() -> None:
    assert differences(a_record(form=2) | {"hash": "x"}) == [("form", "one of 1", 2)]


def signed(record: dict[str, Any], keys: PublicKeys = LEDGER_KEYS) -> list[tuple[str, Any, Any]]:
    found = check_record(record, SKU, 7, BEFORE, keys)
    return [(each.kind, each.expected, each.found) for each in found]


def test_a_signature_is_that_of_the_hash_by_the_named_key() -> None:
    record = a_record()
    assert signed(record) == []
    other = a_record(quantity=6, quantity_change=6, stock_after=26)
    assert signed(record | {"signature": other["signature"]}) == [
        ("signature", "that of hash by key_id", other["signature"])
    ]
    rewritten = other | {"signature": record["signature"]}
    assert [kind for kind, _, _ in signed(rewritten)] == ["signature"]


@pytest.mark.parametrize("signature", ["", "x", "A" * 85, "A" * 87, "=" * 86, "é" * 86])
def test_a_text_that_is_no_signature_is_a_difference(signature: str) -> None:
    assert [kind for kind, _, _ in signed(a_record() | {"signature": signature})] == ["signature"]


def test_a_record_of_an_unknown_or_retired_key_is_a_difference() -> None:
    record = a_record()
    assert signed(record, PublicKeys()) == [("key_id", "a ledger key", "test-1")]
    [key] = LEDGER_KEYS.values()
    at, before = record["timestamp"], BEFORE.timestamp or ""
    assert signed(record, PublicKeys([key.retired(at)])) == []
    assert signed(record, PublicKeys([key.retired(before)])) == [
        ("key_id", f"a ledger key that was not retired at {before}", "test-1")
    ]


@pytest.mark.parametrize("name", sorted(a_record().keys() - UNHASHED))
def test_an_attribute_that_is_absent_or_of_another_type_is_a_difference(name: str) -> None:
    record = a_record("order_placed")
    assert {"attributes", "hash"} <= {kind for kind, _, _ in differences(without(record, name))}
    for wrong in (1.5, True, ["a"]):
        kinds = {kind for kind, _, _ in differences(record | {name: wrong})}
        assert {name, "hash"} <= kinds
    assert ChainHead.after(record | {name: 1.5}) is None


def without(record: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != name}


def test_an_unexpected_attribute_is_a_difference() -> None:
    assert ("attributes", [], ["approved"]) in differences(a_record() | {"approved": True})


def test_a_chain_head_is_the_state_after_a_record() -> None:
    record = a_record()
    assert ChainHead.after(record) == ChainHead(7, record["hash"], 25, 8, record["timestamp"], "VENDOR-001")


def a_balance(record: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "sequence": 7,
        "vendor_id": "VENDOR-001",
        "ledger_hash": record["hash"],
        "current_stock": 25,
        "reserved_stock": 8,
        "available_stock": 17,
        "last_transaction_id": record["transaction_id"],
        "last_transaction_at": record["timestamp"],
    } | changes


def test_a_live_sku_agrees_with_its_last_record() -> None:
    record = a_record()
    assert check_balance(a_balance(record), record) == []
    for name, value in a_balance(record).items():
        [difference] = check_balance(a_balance(record, **{name: "x"}), record)
        assert (difference.kind, difference.expected, difference.found) == (f"sku.{name}", value, "x")


def test_a_live_sku_without_records_has_no_stock() -> None:
    new = {
        "sequence": 0,
        "ledger_hash": FIRST_PREVIOUS_HASH,
        "current_stock": 0,
        "reserved_stock": 0,
        "available_stock": 0,
    }
    assert check_balance(new, None) == []
    [difference] = check_balance(new | {"current_stock": 1}, None)
    assert (difference.kind, difference.expected) == ("sku.current_stock", 0)


def test_a_difference_is_served_with_its_four_members() -> None:
    [difference] = check_record(a_record() | {"hash": "x"}, SKU, 7, BEFORE)
    assert difference.document() == {
        "transaction_id": transaction_id(SKU, 7),
        "kind": "hash",
        "expected": a_record()["hash"],
        "found": "x",
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("quantity", "an integer"),
        ("order_step", "an integer or null"),
        ("notes", "a string or null"),
        ("performed_by", "a string"),
    ],
)
def test_a_difference_of_type_names_the_expected_type(name: str, expected: str) -> None:
    assert (name, expected, 1.5) in differences(a_record() | {name: 1.5})
    if name == "performed_by":
        assert (name, expected, None) in differences(a_record(performed_by=None))


def test_a_balance_of_another_type_is_a_difference() -> None:
    record = a_record()
    [difference] = check_balance(a_balance(record, current_stock=25.0), record)
    assert (difference.kind, difference.transaction_id) == ("sku.current_stock", record["transaction_id"])


def test_a_new_sku_has_no_last_record() -> None:
    new = {"sequence": 0, "ledger_hash": FIRST_PREVIOUS_HASH}
    new |= dict.fromkeys(("current_stock", "reserved_stock", "available_stock"), 0)
    for name in ("last_transaction_id", "last_transaction_at"):
        [difference] = check_balance(new | {name: "x"}, None)
        assert (difference.kind, difference.expected, difference.transaction_id) == (
            f"sku.{name}",
            None,
            None,
        )
    assert [difference.expected for difference in check_balance({}, None)] == [
        0,
        FIRST_PREVIOUS_HASH,
        0,
        0,
        0,
    ]


def test_a_record_that_json_cannot_represent_has_no_hash() -> None:
    assert ("hash", None, a_record()["hash"]) in differences(a_record() | {"notes": "\ud800"})


@pytest.mark.parametrize("name", sorted(a_record().keys() - UNHASHED | {"hash"}))
def test_a_record_in_which_one_attribute_was_changed_has_not_its_own_hash(name: str) -> None:
    record = a_record()
    assert has_own_hash(record)
    changed: Any
    for changed in ("x", 77, None, 1.5, ["x"]):
        if changed != record[name]:
            assert not has_own_hash(record | {name: changed})


def test_the_attributes_of_another_type_are_named() -> None:
    assert malformed_members(a_record()) == []
    without = {name: member for name, member in a_record().items() if name != "sku"}
    assert malformed_members(without) == ["sku"]
    assert malformed_members(a_record() | {"quantity": "5", "notes": 5}) == ["notes", "quantity"]
