import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from inventory_common.items import Item
from inventory_common.limits import (
    NOTES_MAX_BYTES,
    PERFORMED_BY_MAX_CHARACTERS,
    QUANTITY_MAX,
    REQUEST_ID_MAX_CHARACTERS,
    SKU_VARIANT_MAX_CHARACTERS,
    STOCK_MAX,
)
from inventory_common.transactions import EFFECTS, NO_EFFECT, TransactionRecord, TransactionType, record_hash

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
    "previous_hash": "0" * 64,
}
FULL = TransactionRecord.sealed(**ATTRIBUTES)
BARE = TransactionRecord.sealed(**{**ATTRIBUTES, "order_id": None, "notes": None})


@pytest.mark.parametrize("record", [FULL, BARE])
def test_a_record_comes_back_from_its_item_as_it_was(record: TransactionRecord) -> None:
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
        "previous_hash",
        "hash",
    }
    assert len(specified) == 12
    assert set(FULL.to_item()) == specified | ours
    assert set(FULL.document()) == specified | ours


def test_absent_optionals_are_null_in_the_document_and_absent_in_the_item() -> None:
    assert {name for name, value in BARE.document().items() if value is None} == {"order_id", "notes"}
    assert set(BARE.to_item()) == set(FULL.to_item()) - {"order_id", "notes"}


def test_the_item_has_the_types_of_the_specification() -> None:
    kinds = {name: next(iter(attribute)) for name, attribute in FULL.to_item().items()}
    assert {name for name, kind in kinds.items() if kind != "S"} == {
        "quantity_change",
        "stock_before",
        "stock_after",
        "sequence",
        "quantity",
        "reserved_before",
        "reserved_after",
    }
    assert set(kinds.values()) == {"S", "N"}


def test_attributes_of_a_newer_version_are_tolerated() -> None:
    newer: dict[str, Any] = {**FULL.to_item(), "warehouse": {"S": "BLR"}, "seal": {"B": b"x"}}
    assert TransactionRecord.from_item(newer) == FULL


def test_the_types_are_the_six_of_the_specification() -> None:
    assert [str(kind) for kind in TransactionType] == [
        "restock",
        "order_placed",
        "order_confirmed",
        "order_cancelled",
        "refund",
        "manual_adjustment",
    ]


def test_a_unit_of_each_type_does_to_the_stock_what_the_table_says() -> None:
    assert {str(kind): tuple(effect) for kind, effect in EFFECTS.items()} == {
        "order_placed": (0, +1),
        "order_confirmed": (-1, -1),
        "order_cancelled": (0, -1),
        "refund": (+1, 0),
        "restock": (+1, 0),
        "manual_adjustment": (+1, 0),
    }
    assert tuple(NO_EFFECT) == (0, 0)
    assert EFFECTS[TransactionType.ORDER_PLACED].reserved_stock == 1
    assert EFFECTS[TransactionType.ORDER_CONFIRMED].current_stock == -1


def test_a_type_is_stored_and_hashed_as_its_text() -> None:
    record = TransactionRecord.sealed(**{**ATTRIBUTES, "transaction_type": TransactionType.RESTOCK})
    assert record == FULL
    assert record.to_item() == FULL.to_item()


def _independent_hash(document: dict[str, Any]) -> str:
    unsealed = {name: value for name, value in document.items() if name != "hash"}
    text = json.dumps(unsealed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("record", [FULL, BARE])
def test_a_record_s_hash_is_what_anyone_can_compute_from_the_served_object(record: TransactionRecord) -> None:
    served = json.loads(json.dumps(record.document()))
    assert record.hash == _independent_hash(served)
    del served["hash"]
    assert record.hash == sha256(rfc8785.dumps(served)).hexdigest()


def test_a_record_s_hash_never_changes() -> None:
    assert BARE.hash == "a99fefd4efcfb540bb71794fe81fe951dd75f8feac2a143bbc203beb17421bd7"
    assert FULL.hash == "2157c71986ba0256d4d0f35110533927af75b87ca5ba8686a19f43ea8cbacbdc"


@given(notes=st.text(), stock=st.integers(0, STOCK_MAX), change=st.integers(-QUANTITY_MAX, QUANTITY_MAX))
def test_a_hash_of_any_text_and_figures_equals_the_independent_one(
    notes: str, stock: int, change: int
) -> None:
    attributes = {**ATTRIBUTES, "notes": notes, "stock_after": stock, "quantity_change": change}
    record = TransactionRecord.sealed(**attributes)
    assert record.hash == _independent_hash(record.document())


def test_the_hash_of_a_document_is_the_same_with_its_hash_and_without() -> None:
    unsealed = {name: value for name, value in FULL.document().items() if name != "hash"}
    assert record_hash(unsealed) == record_hash(FULL.document()) == FULL.hash


def test_a_hash_is_of_all_that_is_served_but_itself() -> None:
    assert (
        record_hash({"barcode": "1", "hash": "x", "zone": 2})
        == sha256(b'{"barcode":"1","zone":2}').hexdigest()
    )


@pytest.mark.parametrize("name", sorted(ATTRIBUTES))
def test_a_changed_attribute_changes_the_hash(name: str) -> None:
    changed = ATTRIBUTES[name] + 1 if isinstance(ATTRIBUTES[name], int) else ATTRIBUTES[name] + "x"
    assert record_hash(replace(FULL, **{name: changed}).document()) != FULL.hash


@pytest.mark.parametrize("name", ["order_id", "notes"])
def test_a_removed_attribute_changes_the_hash(name: str) -> None:
    assert record_hash(replace(FULL, **{name: None}).document()) != FULL.hash
    absent = {key: value for key, value in BARE.document().items() if key != name}
    assert record_hash(absent) != BARE.hash


def test_a_hash_survives_storage() -> None:
    stored = TransactionRecord.from_item(FULL.to_item())
    assert record_hash(stored.document()) == stored.hash


def _size_bytes(item: Item) -> int:
    """An item's size by DynamoDB's rules: names and texts in UTF-8, two digits of a number to a byte."""
    size = 0
    for name, attribute in item.items():
        [(kind, value)] = attribute.items()
        if kind == "S":
            content = len(value.encode())
        else:
            assert kind == "N"
            content = (len(value.lstrip("-")) + 1) // 2 + 1 + value.startswith("-")
        size += len(name.encode()) + content
    return size


@pytest.mark.parametrize(
    "optional",
    # A record with notes has no order: restocks and adjustments carry notes, order commands do not.
    [
        {"notes": "é" * (NOTES_MAX_BYTES // 2)},
        {"notes": "n" * NOTES_MAX_BYTES},
        {"order_id": "ORDER-" + "o" * 64},
    ],
)
def test_the_largest_record_takes_one_write_unit(optional: dict[str, str]) -> None:
    record = TransactionRecord.sealed(
        transaction_id="TXN-ffffffff-ffff-ffff-ffff-ffffffffffff",
        timestamp="9999-12-31T23:59:59.999999Z",
        product_id="PROD-" + "Z" * 12,
        sku="SKU-PROD-" + "Z" * 12 + "-" + "A" * SKU_VARIANT_MAX_CHARACTERS,
        vendor_id="VENDOR-" + "V" * 32,
        transaction_type=max(TransactionType, key=len),
        quantity_change=-QUANTITY_MAX,
        stock_before=STOCK_MAX,
        stock_after=STOCK_MAX,
        performed_by="p" * PERFORMED_BY_MAX_CHARACTERS,
        sequence=10**15 - 1,
        quantity=QUANTITY_MAX,
        reserved_before=STOCK_MAX,
        reserved_after=STOCK_MAX,
        request_id="r" * REQUEST_ID_MAX_CHARACTERS,
        previous_hash="f" * 64,
        **optional,
    )
    assert _size_bytes(record.to_item()) < 1_024
