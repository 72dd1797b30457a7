"""Whether the three tables are consistent: every invariant of the stock, read from DynamoDB itself.

Nothing here uses the services' code: item forms, effects, ids and hashes are written down a second time, so
that a mistake in the services is not repeated here.
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import Binary, TypeDeserializer

TABLES = ("Products-table", "VendorInventory", "StockTransactions")
READS_MAX = 10
FIRST_PREVIOUS_HASH = "0" * 64
LEDGER_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:inventory:ledger")
OPTIONAL_RECORD_ATTRIBUTES = ("order_id", "notes", "reason", "order_step", "order_previous")
UNHASHED = ("hash", "signature", "key_id")
COUNTED = "#COUNTED#"
COUNTERS = ("#CATEGORY#", "#VENDOR#")
RECORD_ATTRIBUTES = {
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
SETTLED_BY = {
    "order_placed": "placed",
    "order_confirmed": "confirmed",
    "order_cancelled": "cancelled",
    "refund": "refunded",
}

COMMANDS = {
    "order_placed": ("place", "amend", "reopen"),
    "order_confirmed": ("confirm",),
    "order_cancelled": ("cancel", "expire", "release", "amend"),
    "refund": ("refund",),
    "restock": ("restock",),
    "manual_adjustment": ("adjust",),
}

UNPLACED_BY = {("order_cancelled", "release"), ("order_cancelled", "amend")}
"""What takes units from those placed: a place that is undone, as not every line could be reserved, and an
amend to fewer units."""

Item = dict[str, Any]


@dataclass
class Tables:
    """All items of the three tables, by type."""

    products: dict[str, Item] = field(default_factory=dict)
    skus: dict[str, Item] = field(default_factory=dict)
    orders: dict[str, Item] = field(default_factory=dict)
    bounds: dict[str, int] = field(default_factory=dict)
    external_ids: dict[str, Item] = field(default_factory=dict)
    counters: dict[str, Item] = field(default_factory=dict)
    counted: dict[str, Item] = field(default_factory=dict)
    barcodes: set[tuple[str, str]] = field(default_factory=set)
    product_idempotency_records: dict[str, Item] = field(default_factory=dict)
    stock_idempotency_records: dict[str, Item] = field(default_factory=dict)
    alerts: dict[str, Item] = field(default_factory=dict)
    records: list[Item] = field(default_factory=list)
    unknown: list[Item] = field(default_factory=list)

    def ledger(self, sku: str) -> list[Item]:
        """Return a SKU's records in their order."""
        return sorted((r for r in self.records if r["sku"] == sku), key=lambda r: r["sequence"])

    def records_of(self, order_id: str) -> list[Item]:
        """Return an order's records."""
        return [record for record in self.records if record.get("order_id") == order_id]


def read_tables(client: Any, prefix: str = "") -> Tables:
    """Read the tables one after the other; a write meanwhile may be in one and not in another."""
    tables = Tables()
    for item in scan(client, f"{prefix}Products-table"):
        if item["product_id"].startswith("PROD-"):
            tables.products[item["product_id"]] = item
        elif item["product_id"].startswith("#MARKER#"):
            tables.product_idempotency_records[item["product_id"]] = item
        elif item["product_id"].startswith("#EXTERNAL#"):
            tables.external_ids[item["product_id"]] = item
        elif item["product_id"].startswith(COUNTED):
            tables.counted[item["product_id"].removeprefix(COUNTED)] = item
        elif item["product_id"].startswith(COUNTERS):
            tables.counters[item["product_id"]] = item
        else:
            tables.unknown.append(item)
    parts: list[Item] = []
    for item in scan(client, f"{prefix}VendorInventory"):
        match item["sku"]:
            case "#ORDER":
                tables.orders[item["product_id"]] = item
            case sku if sku.startswith("#PART-"):
                parts.append(item)
            case "#MARKER":
                tables.stock_idempotency_records[item["product_id"]] = item
            case "#ALERT":
                tables.alerts[item["product_id"]] = item
            case "#LOW-STOCK-BOUND":
                tables.bounds[item["product_id"]] = item["bound"]
            case sku if sku.startswith("SKU-"):
                tables.skus[sku] = item
            case sku if sku.startswith("#SKU-") and item.keys() == {"product_id", "sku"}:
                tables.barcodes.add((item["product_id"], sku))
            case _:
                tables.unknown.append(item)
    tables.records = list(scan(client, f"{prefix}StockTransactions"))
    for part in parts:
        # A part belongs to an order, and a line to one part.
        order = tables.orders.get(part["product_id"])
        if order is None or part["version"] > order["version"] or order["lines"].keys() & part["lines"]:
            tables.unknown.append(part)
        else:
            order["lines"] |= part["lines"]
    return tables


def scan(client: Any, table_name: str) -> Iterator[Item]:
    """Yield all items of a table as plain values; numbers without a fraction are int."""
    decode = TypeDeserializer().deserialize
    for page in client.get_paginator("scan").paginate(TableName=table_name, ConsistentRead=True):
        for item in page["Items"]:
            yield {name: _plain(decode(value)) for name, value in item.items()}


def everything_in(client: Any, prefix: str = "") -> dict[str, list[str]]:
    """Return all items of all tables in a form that can be compared with a later one.

    Priority leases of SKUs do not count, nor the numbers of products, which follow the products later.
    """
    return {
        name: sorted(
            json.dumps({**item, "turn_until": None}, sort_keys=True, default=str)
            for item in scan(client, prefix + name)
            if not str(item.get("product_id")).startswith((COUNTED, *COUNTERS))
        )
        for name in TABLES
    }


def assert_consistent(client: Any, prefix: str = "") -> Tables:
    """Read the tables, assert every invariant, and return what was read.

    A sweeper may write while the tables are read, and the read then mixes two moments: a violation counts
    only if the next read is the same, which shows that nothing was written.
    """
    tables = read_tables(client, prefix)
    for _ in range(READS_MAX):
        if not (found := list(violations(tables))):
            return tables
        before, tables = tables, read_tables(client, prefix)
        if tables == before:
            break
    raise AssertionError(f"{len(found)} violations:\n" + "\n".join(found[:50]))


def violations(tables: Tables) -> Iterator[str]:
    """Yield each violation of an invariant, as a sentence."""
    for item in tables.unknown:
        yield f"an item of unknown type: {item}"
    ledgers: defaultdict[str, list[Item]] = defaultdict(list)
    for record in tables.records:
        ledgers[record["sku"]].append(record)
    reserved_by_orders: Counter[str] = Counter()
    for order in tables.orders.values():
        for sku, line in order["lines"].items():
            reserved_by_orders[sku] += line["reserved"]
    for sku in ledgers.keys() - tables.skus.keys():
        yield f"{sku} has {len(ledgers[sku])} records and no item"
    for sku in reserved_by_orders.keys() - tables.skus.keys():
        yield f"{sku} is in an order and has no item"
    for sku, item in tables.skus.items():
        ledger = sorted(ledgers[sku], key=lambda record: record["sequence"])
        yield from _sku_violations(item, tables)
        yield from _ledger_violations(sku, ledger)
        yield from _step_violations(ledger)
        yield from _head_violations(item, ledger)
        if item["reserved_stock"] != reserved_by_orders[sku]:
            yield f"{sku} has reserved {item['reserved_stock']}, its orders {reserved_by_orders[sku]}"
    yield from _order_violations(tables)
    yield from _external_id_violations(tables)
    yield from _counter_violations(tables)
    yield from _barcode_violations(tables)
    yield from _idempotency_violations(tables)


def _counter_violations(tables: Tables) -> Iterator[str]:
    """The counters are the sum of what was counted of each product; that may lag behind the product."""
    sums: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for product_id, item in tables.counted.items():
        product = tables.products.get(product_id)
        if product is not None and item["counted_version"] > product["version"]:
            yield f"{product_id} was counted in version {item['counted_version']} of {product['version']}"
        if item["counted_removed"]:
            continue
        for counter in (("#CATEGORIES", item["counted_category"]), ("#VENDORS", item["counted_vendor"])):
            sums[counter][0] += 1
            sums[counter][1] += item["counted_active"]
    for key, item in tables.counters.items():
        listed = (item["vendor_id"], item["created_at"])
        numbers = [item["products"], item["active_products"]]
        if numbers != sums.pop(listed, [0, 0]):
            yield f"{key} has {numbers[0]} products, {numbers[1]} of them active, and others were counted"
    for listed in sums:
        yield f"{listed} has no counter"


def _sku_violations(item: Item, tables: Tables) -> Iterator[str]:
    sku = item["sku"]
    if not 0 <= item["reserved_stock"] <= item["current_stock"]:
        yield f"{sku} has reserved {item['reserved_stock']} of {item['current_stock']}"
    if item["available_stock"] != item["current_stock"] - item["reserved_stock"]:
        yield f"{sku} has the wrong available_stock {item['available_stock']}"
    if item["version"] < item["sequence"] + 1:
        yield f"{sku} is in version {item['version']} after {item['sequence']} stock writes"
    if tables.bounds.get(item["vendor_id"], -1) < item["reorder_threshold"]:
        yield f"{sku} has a threshold above the bound of {item['vendor_id']}"
    product = tables.products.get(item["product_id"])
    if product is None:
        yield f"{sku} has no product"
        return
    if product["vendor_id"] != item["vendor_id"]:
        yield f"{sku} is {item['vendor_id']}'s, its product {product['vendor_id']}'s"
    if item["product_version"] > product["version"]:
        yield f"{sku} has version {item['product_version']} of a product in version {product['version']}"
    is_active = product["is_active"] == "true"
    if item["product_version"] == product["version"] and item["product_is_active"] is not is_active:
        yield f"{sku} has the wrong flag of its product, which has is_active {is_active}"


def _ledger_violations(sku: str, ledger: list[Item]) -> Iterator[str]:
    stock, reserved, previous_hash, previous_time = 0, 0, FIRST_PREVIOUS_HASH, ""
    for sequence, record in enumerate(ledger, start=1):
        name = f"record {sequence} of {sku}"
        if record["sequence"] != sequence:
            yield f"{name} has the number {record['sequence']}"
            return
        if record["transaction_id"] != transaction_id(sku, sequence):
            yield f"{name} has the id {record['transaction_id']}"
        if record["previous_hash"] != previous_hash:
            yield f"{name} does not continue the hash chain"
        if record["hash"] != record_hash(record):
            yield f"{name} has a hash that does not match its content"
        if record["timestamp"] <= previous_time:
            yield f"{name} is not later than the record before it"
        if (record["stock_before"], record["reserved_before"]) != (stock, reserved):
            yield f"{name} begins at {record['stock_before']}, {record['reserved_before']}"
        stock, reserved = record["stock_after"], record["reserved_after"]
        if not 0 <= reserved <= stock:
            yield f"{name} leaves {reserved} of {stock} reserved"
        if (stock - record["stock_before"], reserved - record["reserved_before"]) not in _effects(record):
            yield f"{name} has another effect than {record['transaction_type']}"
        if record["quantity_change"] != stock - record["stock_before"]:
            yield f"{name} has the wrong quantity_change {record['quantity_change']}"
        if (record.get("order_id") is None) != (record["transaction_type"] not in SETTLED_BY):
            yield f"{name}, {record['transaction_type']}, has order_id {record.get('order_id')}"
        previous_hash, previous_time = record["hash"], record["timestamp"]


def _effects(record: Item) -> list[tuple[int, int]]:
    quantity = record["quantity"]
    return {
        "order_placed": [(0, quantity)],
        "order_confirmed": [(-quantity, -quantity)],
        "order_cancelled": [(0, -quantity)],
        "refund": [(quantity, 0), (0, 0)],
        "restock": [(quantity, 0)],
        "manual_adjustment": [(quantity, 0), (-quantity, 0)],
    }.get(record["transaction_type"], [])


def _head_violations(item: Item, ledger: list[Item]) -> Iterator[str]:
    """Compare a SKU with its last record, which is the sum of all, as each continues the one before it."""
    sku = item["sku"]
    if item["sequence"] != len(ledger):
        yield f"{sku} has sequence {item['sequence']}, but {len(ledger)} records"
    if not ledger:
        head = {"current_stock": 0, "reserved_stock": 0, "ledger_hash": FIRST_PREVIOUS_HASH}
    else:
        last = ledger[-1]
        head = {
            "current_stock": last["stock_after"],
            "reserved_stock": last["reserved_after"],
            "ledger_hash": last["hash"],
            "last_transaction_id": last["transaction_id"],
            "last_transaction_at": last["timestamp"],
        }
    for name, value in head.items():
        if item.get(name) != value:
            yield f"{sku} has {name} {item.get(name)}, its log ends at {value}"
    for record in ledger:
        if (record["product_id"], record["vendor_id"]) != (item["product_id"], item["vendor_id"]):
            yield f"record {record['sequence']} of {sku} names {record['product_id']}, {record['vendor_id']}"


def _order_violations(tables: Tables) -> Iterator[str]:
    logged: Counter[tuple[str, str, str]] = Counter()
    for record in tables.records:
        if record.get("order_id") is not None:
            kind = SETTLED_BY.get(record["transaction_type"], "no order's quantity")
            if (record["transaction_type"], record["command"]) in UNPLACED_BY:
                logged[record["order_id"], record["sku"], "placed"] -= record["quantity"]
            elif record["command"] == "reopen":
                logged[record["order_id"], record["sku"], "cancelled"] -= record["quantity"]
            else:
                logged[record["order_id"], record["sku"], kind] += record["quantity"]
    chains = _chains(tables)
    for order_id, order in tables.orders.items():
        for sku, line in order["lines"].items():
            name = f"{sku} of {order_id}"
            chain = chains.get((order_id, sku), [])
            is_there = line.get("records", 0), line.get("last_record")
            if is_there != (len(chain), chain[-1]["sequence"] if chain else None):
                yield f"{name}: records {is_there}, but {[each['sequence'] for each in chain]} in the log"
            if line["placed"] != line["reserved"] + line["confirmed"] + line["cancelled"]:
                yield f"{name}: placed is not the sum of {line}"
            if min(line["reserved"], line["confirmed"], line["cancelled"]) < 0:
                yield f"{name}: negative units in {line}"
            if not 0 <= line["refunded"] <= line["confirmed"]:
                yield f"{name}: more refunded than confirmed in {line}"
            for kind in SETTLED_BY.values():
                if (units := logged.pop((order_id, sku, kind), 0)) != line[kind]:
                    yield f"{name}: {line[kind]} {kind}, but {units} in the log"
        reserved = sum(line["reserved"] for line in order["lines"].values())
        due = (order.get("vendor_id"), order.get("last_updated"))
        shard = f"OPEN-ORDERS#{zlib.crc32(order_id.encode()) % 16}"
        if due != ((shard, order.get("expires_at")) if reserved else (None, None)):
            yield f"{order_id} reserves {reserved} units and is in the index at {due}"
        if not order["lines"] and "ttl" not in order:
            yield f"{order_id} is a tombstone without a ttl"
    for (order_id, sku, kind), units in logged.items():
        if units:
            yield f"{units} units of {sku} are {kind} for {order_id}, which does not contain them"


def _chains(tables: Tables) -> dict[tuple[str, str], list[Item]]:
    """Return the records of each order's line since it was placed last, by order and SKU."""
    chains: dict[tuple[str, str], list[Item]] = {}
    for record in sorted(tables.records, key=lambda each: each["sequence"]):
        if record.get("order_id") is not None:
            chain = chains.setdefault((record["order_id"], record["sku"]), [])
            if record["order_step"] == 1:
                chain.clear()
            chain.append(record)
    return chains


def _step_violations(ledger: list[Item]) -> Iterator[str]:
    """Each record of an order names its predecessor; the first one follows an order that was released."""
    last: dict[str, Item] = {}
    placed: Counter[str] = Counter()
    for record in ledger:
        name, order_id = f"record {record['sequence']} of {record['sku']}", record.get("order_id")
        if record["command"] not in COMMANDS.get(record["transaction_type"], ()):
            yield f"{name}, {record['transaction_type']}, has the command {record['command']}"
        link = record.get("order_step"), record.get("order_previous")
        if order_id is None:
            if link != (None, None):
                yield f"{name} has no order, but {link}"
            continue
        before = last.get(order_id)
        if link != ((1, None) if before is None else (before["order_step"] + 1, before["sequence"])):
            yield f"{name} of {order_id} has {link}"
        placed[order_id] += {"place": 1, "release": -1}.get(record["command"], 0) * record["quantity"]
        last[order_id] = record
        if record["command"] == "release" and not placed[order_id]:
            del last[order_id]


def _external_id_violations(tables: Tables) -> Iterator[str]:
    """Each external id belongs to one product of its vendor, and each product with one has it."""
    named = {
        f"#EXTERNAL#{product['vendor_id']}#{product['external_id']}": product_id
        for product_id, product in tables.products.items()
        if product.get("external_id") is not None
    }
    guarded = {guard: item["belongs_to"] for guard, item in tables.external_ids.items()}
    for guard in named.keys() | guarded.keys():
        if named.get(guard) != guarded.get(guard):
            yield f"{guard} belongs to {guarded.get(guard)}, but {named.get(guard)} has it"


def _barcode_violations(tables: Tables) -> Iterator[str]:
    """Each SKU with a barcode has one lookup item, and each lookup item belongs to a SKU that has it."""
    expected = {
        (f"BARCODE#{item['vendor_id']}#{item['barcode']}", f"#{sku}")
        for sku, item in tables.skus.items()
        if item.get("barcode") is not None
    }
    for partition, sort_key in expected - tables.barcodes:
        yield f"{sort_key[1:]} has no lookup item {partition}"
    for partition, sort_key in tables.barcodes - expected:
        yield f"{sort_key[1:]} has a lookup item {partition}, but not the barcode"


def _idempotency_violations(tables: Tables) -> Iterator[str]:
    for idempotency_record in tables.product_idempotency_records.values():
        for succeeded in idempotency_record["done"]:
            if succeeded["product_id"] not in tables.products:
                yield f"an idempotency record names {succeeded['product_id']}, which does not exist"
    named_by: Counter[str] = Counter()
    known = {(record["transaction_id"], record["timestamp"]) for record in tables.records}
    for idempotency_record in tables.stock_idempotency_records.values():
        for succeeded in idempotency_record["done"]:
            if "transaction_id" in succeeded:
                named_by[succeeded["transaction_id"]] += 1
                if (succeeded["transaction_id"], succeeded["timestamp"]) not in known:
                    yield f"an idempotency record names {succeeded['transaction_id']}, which does not exist"
            elif "order_id" in succeeded:
                if succeeded["order_id"] not in tables.orders:
                    yield f"an idempotency record names {succeeded['order_id']}, which does not exist"
            elif succeeded["sku"] not in tables.skus:
                yield f"an idempotency record names {succeeded['sku']}, which does not exist"
    for record in tables.records:
        # Restocks and adjustments require an Idempotency-Key.
        expected = 1 if record["transaction_type"] in ("restock", "manual_adjustment") else 0
        if record["transaction_type"] != "refund" and named_by[record["transaction_id"]] != expected:
            yield (
                f"{record['transaction_type']} {record['sequence']} of {record['sku']} "
                f"has {named_by[record['transaction_id']]} idempotency records"
            )


def transaction_id(sku: str, sequence: int) -> str:
    """Return the id of a SKU's record number `sequence`."""
    return f"TXN-{uuid.uuid5(LEDGER_NAMESPACE, f'{sku}#{sequence}')}"


def record_hash(record: Mapping[str, Any]) -> str:
    """Return the hash of a record or a served object: SHA-256 of its RFC 8785 form without `UNHASHED`.

    The record has only texts, integers and null, and ASCII names: for these, this is RFC 8785.
    """
    hashed = {name: None for name in OPTIONAL_RECORD_ATTRIBUTES} | dict(record)
    assert hashed.keys() == RECORD_ATTRIBUTES, hashed.keys() ^ RECORD_ATTRIBUTES
    for name in UNHASHED:
        del hashed[name]
    assert all(value is None or type(value) in (str, int) for value in hashed.values()), hashed
    text = json.dumps(hashed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def text_of(data: bytes) -> str:
    """Return bytes as the API serves them: a hash in hexadecimal digits, a signature in base64url."""
    return data.hex() if len(data) == 32 else base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _plain(value: Any) -> Any:
    match value:
        case Binary():
            return text_of(value.value)
        case Decimal():
            return int(value) if value == int(value) else value
        case dict():
            return {name: _plain(member) for name, member in value.items()}
        case list():
            return [_plain(member) for member in value]
        case _:
            return value
