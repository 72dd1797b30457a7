"""The transaction that changes stock: the items that it writes, attribute by attribute."""

from __future__ import annotations

from chalicelib.bootstrap import Storage
from chalicelib.domain.stock_changes import restock
from inventory_common.ids import transaction_id
from inventory_common.ledger_keys import from_base64url
from inventory_common.timestamps import epoch_seconds

from ..shop import BLACK, PRODUCT, VENDOR, Tables, a_context, a_key, a_restock, a_sku
from ..stores import commit, current_state


def test_a_restock_writes_the_sku_its_log_record_and_its_idempotency_record(
    storage: Storage, tables: Tables
) -> None:
    tables.put(a_sku(current=50, reserved=5))
    context = a_context("2026-02-23T11:00:00.000000Z", notes="monthly")
    decision = restock(current_state(storage.state, BLACK), a_restock(25), context)
    write_set = commit(storage.state, decision)

    record = write_set.movements[0].record
    assert tables.item(PRODUCT, BLACK) == a_sku(current=50, reserved=5).to_item() | {
        "current_stock": {"N": "75"},
        "available_stock": {"N": "70"},
        "last_updated": {"S": context.now},
        "last_updated_by": {"S": "client:order-system"},
        "sequence": {"N": "1"},
        "ledger_hash": {"S": record.hash},
        "last_transaction_at": {"S": context.now},
        "last_transaction_id": {"S": record.transaction_id},
        "version": {"N": "2"},
    }
    assert tables.items("StockTransactions") == [
        {
            "transaction_id": {"S": transaction_id(BLACK, 1)},
            "timestamp": {"S": context.now},
            "product_id": {"S": PRODUCT},
            "sku": {"S": BLACK},
            "vendor_id": {"S": VENDOR},
            "transaction_type": {"S": "restock"},
            "quantity_change": {"N": "25"},
            "stock_before": {"N": "50"},
            "stock_after": {"N": "75"},
            "performed_by": {"S": "client:order-system"},
            "notes": {"S": "monthly"},
            "sequence": {"N": "1"},
            "quantity": {"N": "25"},
            "reserved_before": {"N": "5"},
            "reserved_after": {"N": "5"},
            "request_id": {"S": "request-1"},
            "form": {"N": "1"},
            "command": {"S": "restock"},
            "previous_hash": {"B": bytes(32)},
            "hash": {"B": bytes.fromhex(record.hash)},
            "signature": {"B": from_base64url(record.signature)},
            "key_id": {"S": "test-1"},
        }
    ]
    idempotency_key = a_key()
    assert idempotency_key.idempotency_id.startswith("#MARKER#")
    assert tables.item(idempotency_key.idempotency_id, "#MARKER") == {
        "product_id": {"S": idempotency_key.idempotency_id},
        "sku": {"S": "#MARKER"},
        "body_hash": {"S": idempotency_key.payload_hash},
        "done": {
            "L": [
                {"M": {"transaction_id": {"S": record.transaction_id}, "timestamp": {"S": record.timestamp}}}
            ]
        },
        "written_at": {"S": context.now},
        "ttl": {"N": str(epoch_seconds(context.now) + 86_401)},
    }
    stored = current_state(storage.state, BLACK, key="key-1").idempotency_record
    assert stored == write_set.idempotency_record
