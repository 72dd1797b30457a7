import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
import rfc8785
from fixed_ledger_key import LEDGER_KEY, LEDGER_KEYS
from hypothesis import given
from hypothesis import strategies as st

from inventory_common.items import Item
from inventory_common.ledger_keys import KEY_ID_MAX_CHARACTERS, SigningKey, from_base64url
from inventory_common.limits import (
    NOTES_MAX_BYTES,
    ORDER_NOTES_MAX_BYTES,
    PERFORMED_BY_MAX_CHARACTERS,
    QUANTITY_MAX,
    REASON_MAX_CHARACTERS,
    RECORD_REQUEST_ID_CHARACTERS,
    SKU_VARIANT_MAX_CHARACTERS,
    STOCK_MAX,
)
from inventory_common.order_fold import FOLD
from inventory_common.transactions import (
    BINARY_ATTRIBUTES,
    NO_EFFECT,
    RULES,
    UNHASHED,
    Command,
    TransactionRecord,
    TransactionType,
    TypeRules,
    record_hash,
)

ATTRIBUTES: dict[str, Any] = {
    "transaction_id": "TXN-550e8400-e29b-41d4-a716-446655440000",
    "timestamp": "2026-02-23T14:20:00.000000Z",
    "product_id": "PROD-E4F9A",
    "sku": "SKU-PROD-E4F9A-BLK-L",
    "vendor_id": "VENDOR-001",
    "transaction_type": "restock",
    "quantity_change": 25,
    "stock_before": 50,
    "stock_after": 75,
    "order_id": "ORDER-12345",
    "performed_by": "VENDOR-001",
    "notes": "L\u2019envoi du mois: 25 pièces 📦",
    "sequence": 7,
    "quantity": 25,
    "reserved_before": 5,
    "reserved_after": 5,
    "request_id": "7d9f5c86-5a3e-4c55-b3f9-0c9d0b1de0c1",
    "form": 1,
    "command": "restock",
    "reason": "damaged",
    "order_step": 2,
    "order_previous": 5,
    "previous_hash": "0" * 64,
}
OPTIONAL = ("order_id", "notes", "reason", "order_step", "order_previous")
FULL = TransactionRecord.signed_by(LEDGER_KEY, **ATTRIBUTES)
BARE = TransactionRecord.signed_by(LEDGER_KEY, **{**ATTRIBUTES, **dict.fromkeys(OPTIONAL)})


@pytest.mark.parametrize("record", [FULL, BARE])
def test_a_record_is_unchanged_by_storage(record: TransactionRecord) -> None:
    assert TransactionRecord.from_item(record.to_item()) == record


def test_a_record_is_stored_and_served_under_the_names_of_the_specification() -> None:
    specified = {
        "transaction_id",
        "timestamp",
        "product_id",
        "sku",
        "vendor_id",
        "transaction_type",
        "quantity_change",
        "stock_before",
        "stock_after",
        "order_id",
        "performed_by",
        "notes",
    }
    ours = {
        "sequence",
        "quantity",
        "reserved_before",
        "reserved_after",
        "request_id",
        "form",
        "command",
        "reason",
        "order_step",
        "order_previous",
        "previous_hash",
        "hash",
        "signature",
        "key_id",
    }
    assert len(specified) == 12
    assert set(FULL.to_item()) == specified | ours
    assert set(FULL.document()) == specified | ours


def test_absent_optionals_are_null_in_the_document_and_absent_in_the_item() -> None:
    assert {name for name, value in BARE.document().items() if value is None} == set(OPTIONAL)
    assert set(BARE.to_item()) == set(FULL.to_item()) - set(OPTIONAL)


def test_the_item_has_the_types_of_the_specification() -> None:
    types = {name: next(iter(attribute)) for name, attribute in FULL.to_item().items()}
    assert {name for name, data_type in types.items() if data_type != "S"} == {
        "quantity_change",
        "stock_before",
        "stock_after",
        "sequence",
        "quantity",
        "reserved_before",
        "reserved_after",
        "form",
        "order_step",
        "order_previous",
        *BINARY_ATTRIBUTES,
    }
    assert {name for name, data_type in types.items() if data_type == "B"} == set(BINARY_ATTRIBUTES)
    assert set(types.values()) == {"S", "N", "B"}


def test_attributes_of_a_newer_version_are_tolerated() -> None:
    newer: dict[str, Any] = {**FULL.to_item(), "warehouse": {"S": "BLR"}, "seal": {"B": b"x"}}
    assert TransactionRecord.from_item(newer) == FULL


def test_the_types_are_the_six_of_the_specification() -> None:
    assert [str(each) for each in TransactionType] == [
        "restock",
        "order_placed",
        "order_confirmed",
        "order_cancelled",
        "refund",
        "manual_adjustment",
    ]


def test_a_unit_of_each_type_changes_the_stock_according_to_the_specification() -> None:
    assert {str(each): tuple(rules.effect) for each, rules in RULES.items()} == {
        "order_placed": (0, +1),
        "order_confirmed": (-1, -1),
        "order_cancelled": (0, -1),
        "refund": (+1, 0),
        "restock": (+1, 0),
        "manual_adjustment": (+1, 0),
    }
    assert tuple(NO_EFFECT) == (0, 0)
    assert RULES[TransactionType.ORDER_PLACED].effect.reserved_stock == 1
    assert RULES[TransactionType.ORDER_CONFIRMED].effect.current_stock == -1


def test_every_type_has_rules() -> None:
    assert set(RULES) == set(TransactionType)


@pytest.mark.parametrize(
    ("transaction_type", "expected"),
    [
        ("restock", {"needs_active", "returns_sku"}),
        ("refund", {"is_order", "may_skip_stock"}),
        ("order_placed", {"is_order", "needs_active"}),
        ("order_cancelled", {"is_order"}),
        ("order_confirmed", {"is_order"}),
        ("manual_adjustment", {"is_signed", "returns_sku"}),
    ],
)
def test_the_rules_of_each_type_are_those_of_the_specification(
    transaction_type: str, expected: set[str]
) -> None:
    flags = {"is_signed", "needs_active", "is_order", "returns_sku", "may_skip_stock"}
    assert set(TypeRules._fields) == flags | {"effect", "lane", "commands"}
    rules = RULES[TransactionType(transaction_type)]
    assert {flag for flag in flags if getattr(rules, flag)} == expected


def test_the_picture_of_a_history_has_a_lane_for_each_direction_of_goods() -> None:
    assert [(str(each), rules.lane) for each, rules in RULES.items()] == [
        ("restock", "in"),
        ("refund", "in"),
        ("order_placed", "hold"),
        ("order_cancelled", "hold"),
        ("order_confirmed", "out"),
        ("manual_adjustment", "fix"),
    ]


@pytest.mark.parametrize("record", [FULL, BARE])
def test_the_document_of_a_stored_record_is_read_directly_from_its_item(record: TransactionRecord) -> None:
    newer: dict[str, Any] = {**record.to_item(), "warehouse": {"S": "BLR"}}
    assert TransactionRecord.document_of(newer) == record.document()


def test_a_type_is_stored_and_hashed_as_its_text() -> None:
    record = TransactionRecord.signed_by(
        LEDGER_KEY, **{**ATTRIBUTES, "transaction_type": TransactionType.RESTOCK}
    )
    assert record == FULL
    assert record.to_item() == FULL.to_item()


def _independent_hash(document: dict[str, Any]) -> str:
    unhashed = {name: value for name, value in document.items() if name not in UNHASHED}
    text = json.dumps(unhashed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("record", [FULL, BARE])
def test_anyone_can_compute_the_hash_of_a_record_from_the_served_object(record: TransactionRecord) -> None:
    served = json.loads(json.dumps(record.document()))
    assert record.hash == _independent_hash(served)
    for name in ("hash", "signature", "key_id"):
        del served[name]
    assert record.hash == sha256(rfc8785.dumps(served)).hexdigest()


def test_the_hash_of_a_record_never_changes() -> None:
    assert BARE.hash == "65c93af1cc1b5680970516fdc0818a739043570e233bae40112289b3db2bf694"
    assert FULL.hash == "297143ea74011ed507d65e4592148b36c76ff9eb000a8997f406acd36bb7ee9d"


@given(notes=st.text(), stock=st.integers(0, STOCK_MAX), change=st.integers(-QUANTITY_MAX, QUANTITY_MAX))
def test_the_hash_of_any_text_and_numbers_equals_the_independent_one(
    notes: str, stock: int, change: int
) -> None:
    attributes = {**ATTRIBUTES, "notes": notes, "stock_after": stock, "quantity_change": change}
    record = TransactionRecord.signed_by(LEDGER_KEY, **attributes)
    assert record.hash == _independent_hash(record.document())


def test_the_hash_of_a_document_is_the_same_with_its_hash_and_without() -> None:
    unhashed = {name: value for name, value in FULL.document().items() if name not in UNHASHED}
    assert record_hash(unhashed) == record_hash(FULL.document()) == FULL.hash


def test_a_hash_covers_every_served_member_but_itself_and_its_signature() -> None:
    assert (
        record_hash({"barcode": "1", "hash": "x", "key_id": "x", "signature": "x", "zone": 2})
        == sha256(b'{"barcode":"1","zone":2}').hexdigest()
    )


@pytest.mark.parametrize("name", sorted(ATTRIBUTES))
def test_a_changed_attribute_changes_the_hash(name: str) -> None:
    changed = ATTRIBUTES[name] + 1 if isinstance(ATTRIBUTES[name], int) else ATTRIBUTES[name] + "x"
    assert record_hash(replace(FULL, **{name: changed}).document()) != FULL.hash


@pytest.mark.parametrize("name", OPTIONAL)
def test_a_removed_attribute_changes_the_hash(name: str) -> None:
    removed: dict[str, Any] = {name: None}
    assert record_hash(replace(FULL, **removed).document()) != FULL.hash
    absent = {key: value for key, value in BARE.document().items() if key != name}
    assert record_hash(absent) != BARE.hash


def test_a_hash_survives_storage() -> None:
    stored = TransactionRecord.from_item(FULL.to_item())
    assert record_hash(stored.document()) == stored.hash


def _size_bytes(item: Item) -> int:
    """Return an item's size by DynamoDB's rules: texts in UTF-8, two digits of a number in a byte."""
    size = 0
    for name, attribute in item.items():
        [(data_type, value)] = attribute.items()
        if data_type == "S":
            content = len(value.encode())
        elif data_type == "B":
            content = len(value)
        else:
            assert data_type == "N"
            content = (len(value.lstrip("-")) + 1) // 2 + 1 + value.startswith("-")
        size += len(name.encode()) + content
    return size


@pytest.mark.parametrize("command", Command)
@pytest.mark.parametrize("character", ["n", "é", "📦"])
def test_the_largest_record_of_each_command_takes_one_write_unit(command: Command, character: str) -> None:
    [transaction_type, *_] = (each for each, rules in RULES.items() if command in rules.commands)
    is_order = RULES[transaction_type].is_order
    notes_bytes = ORDER_NOTES_MAX_BYTES if is_order else NOTES_MAX_BYTES
    optional: dict[str, Any] = {"notes": character * (notes_bytes // len(character.encode()))}
    if is_order:
        optional |= {"order_id": "ORDER-" + "o" * 64, "reason": "r" * REASON_MAX_CHARACTERS}
        optional |= {"order_step": 10**15 - 2, "order_previous": 10**15 - 2}
    key = SigningKey("k" * KEY_ID_MAX_CHARACTERS, bytes(32))
    record = TransactionRecord.signed_by(
        key,
        transaction_id="TXN-ffffffff-ffff-ffff-ffff-ffffffffffff",
        timestamp="9999-12-31T23:59:59.999999Z",
        product_id="PROD-" + "Z" * 12,
        sku="SKU-PROD-" + "Z" * 12 + "-" + "A" * SKU_VARIANT_MAX_CHARACTERS,
        vendor_id="VENDOR-" + "V" * 32,
        transaction_type=transaction_type.value,
        command=command.value,
        quantity_change=-QUANTITY_MAX,
        stock_before=STOCK_MAX,
        stock_after=STOCK_MAX,
        performed_by="p" * PERFORMED_BY_MAX_CHARACTERS,
        sequence=10**15 - 1,
        quantity=QUANTITY_MAX,
        reserved_before=STOCK_MAX,
        reserved_after=STOCK_MAX,
        request_id="r" * RECORD_REQUEST_ID_CHARACTERS,
        previous_hash="f" * 64,
        **optional,
    )
    assert _size_bytes(record.to_item()) <= 1_024


def test_a_record_is_signed_by_the_key_that_it_names() -> None:
    key = LEDGER_KEYS[FULL.key_id]
    assert key.verifies(bytes.fromhex(FULL.hash), from_base64url(FULL.signature))
    assert not key.verifies(bytes.fromhex(BARE.hash), from_base64url(FULL.signature))


@pytest.mark.parametrize("name", BINARY_ATTRIBUTES)
@pytest.mark.parametrize("stored", [{"S": "ab" * 32}, {"N": "1"}])
def test_a_hash_that_is_not_stored_as_bytes_cannot_be_read(name: str, stored: dict[str, str]) -> None:
    for read in (TransactionRecord.from_item, TransactionRecord.document_of):
        with pytest.raises(TypeError, match=f"{name} is not stored as bytes"):
            read({**FULL.to_item(), name: stored})


def test_each_order_command_has_a_type_and_changes_a_line() -> None:
    declared = {
        (each, command) for each, rules in RULES.items() if rules.is_order for command in rules.commands
    }
    assert declared == set(FOLD)
