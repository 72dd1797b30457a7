"""What somebody can write past the services.

Each forgery has a department to itself, or an order of many lines, or an object of the bucket, so that all of
them are played in one shop, and a finding shows whose it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any, NamedTuple

from inventory_common.barcode_lookups import barcode_partition, lookup_key
from inventory_common.bound_items import bound_key
from inventory_common.idempotency import IDEMPOTENCY_ID_PREFIX
from inventory_common.ids import StockKey, transaction_id
from inventory_common.items import AttributeValue, Item, to_item
from inventory_common.ledger import RECORD_ATTRIBUTES
from inventory_common.ledger_keys import SigningKey
from inventory_common.order_items import open_orders_partition
from inventory_common.seals import sealed
from inventory_common.timestamps import now, plus_seconds
from inventory_common.transactions import TransactionRecord
from tests.insider.department import BARCODE, Department, LargeOrder
from tests.insider.tables import Document, Tables

__all__ = ["BUCKET", "LARGE_ORDERS", "TABLES", "UNPROVEN", "Forgery"]

INVENTORY, PRODUCTS, LOG = "VendorInventory", "Products-table", "StockTransactions"
DAY_SECONDS = 86_400
FIGURES = ("placed", "reserved", "confirmed", "cancelled", "refunded", "records", "last_record")
"""The numbers of an order's line."""


class Forgery(NamedTuple):
    """What is written by hand."""

    name: str
    play: Callable[[Tables, Department], None]


class LargeOrderForgery(NamedTuple):
    """What is written by hand into a large order."""

    name: str
    play: Callable[[Tables, LargeOrder], None]


class ObjectForgery(NamedTuple):
    """What is written by hand into the bucket; `play` returns the key that a finding names."""

    name: str
    play: Callable[[Tables], str]


# SKUs


def change_sku(tables: Tables, of: Department, **changes: Any) -> None:
    """Change attributes of the first SKU; a callable is given the present number or text."""
    item = tables.sku(of.first)
    values = {
        name: change(plain(item[name])) if callable(change) else change for name, change in changes.items()
    }
    tables.change(INVENTORY, item, **values)


def plain(attribute: AttributeValue) -> Any:
    """Return the value of an attribute, numbers as integers."""
    [(kind, stored)] = attribute.items()
    return int(stored) if kind == "N" else stored


def more(number: int) -> int:
    return number + 500


def swap_skus(tables: Tables, of: Department) -> None:
    first, second = tables.sku(of.first), tables.sku(of.second)
    figures = ("current_stock", "reserved_stock", "available_stock")
    tables.put(INVENTORY, first | {name: second[name] for name in figures})
    tables.put(INVENTORY, second | {name: first[name] for name in figures})


def ghost_item(tables: Tables, of: Department, **values: Any) -> Item:
    """Return the item of a SKU that nobody created, of the department's product."""
    item = tables.sku(of.second)
    return item | to_item({"sku": f"SKU-{of.product_id}-GHOST", **values})


def ghost_without_log(tables: Tables, of: Department) -> None:
    tables.put(INVENTORY, ghost_item(tables, of, current_stock=500, available_stock=500, reserved_stock=0))


def ghost_with_log(tables: Tables, of: Department) -> None:
    item = ghost_item(tables, of)
    sku = item["sku"]["S"]
    first = TransactionRecord.document_of(tables.records(of.second.sku)[0])
    document = first | {"sku": sku, "transaction_id": transaction_id(sku, 1)}
    tables.write_log(item, [document])


def sku_without_product(tables: Tables, of: Department) -> None:
    item = tables.sku(of.second)
    tables.put(INVENTORY, item | to_item({"product_id": StockKey.of(of.ghost).product_id, "sku": of.ghost}))


def remove_lookup(tables: Tables, of: Department) -> None:
    tables.remove(INVENTORY, lookup_key(barcode_partition(of.vendor_id, BARCODE), of.first.sku))


def plant_lookup(tables: Tables, of: Department) -> None:
    tables.put(INVENTORY, lookup_key(barcode_partition(of.vendor_id, "4012345678901"), of.second.sku))


SKUS = [
    Forgery("a SKU's stock is raised", partial(change_sku, current_stock=more, available_stock=more)),
    Forgery("a SKU's reserved units are raised", partial(change_sku, reserved_stock=lambda units: units + 1)),
    Forgery("a SKU's available units are raised", partial(change_sku, available_stock=more)),
    Forgery("a SKU's `sequence` is raised", partial(change_sku, sequence=lambda count: count + 1)),
    Forgery("a SKU's `sequence` is lowered", partial(change_sku, sequence=lambda count: count - 1)),
    Forgery("a SKU's `ledger_hash` is changed", partial(change_sku, ledger_hash="ab" * 32)),
    Forgery("a SKU is given to another vendor", partial(change_sku, vendor_id="VENDOR-999")),
    Forgery("a SKU's barcode is changed", partial(change_sku, barcode="4012345678901")),
    Forgery("a SKU's reserved units become a text", partial(change_sku, reserved_stock="many")),
    Forgery("two SKUs swap their figures", swap_skus),
    Forgery("a SKU is put back as it was earlier", lambda t, of: t.put(INVENTORY, of.earlier[0])),
    Forgery("a SKU is removed", lambda t, of: t.remove(INVENTORY, t.sku(of.first))),
    Forgery("a SKU with stock and no log is added", ghost_without_log),
    Forgery("a SKU with a plausible log is added", ghost_with_log),
    Forgery("a SKU of a product that does not exist is added", sku_without_product),
    Forgery("a barcode's lookup item is removed", remove_lookup),
    Forgery("a barcode's lookup item is added", plant_lookup),
]

# Records


def record_with(tables: Tables, of: Department, name: str) -> Item:
    """Return a record of the first SKU that has an attribute: in the middle of its log, if there is one."""
    records = tables.records(of.first.sku)
    return next((record for record in records[1:] if name in record), records[1])


def change_record(tables: Tables, of: Department, *, name: str) -> None:
    """Change one attribute of a record, which is written anew if it belongs to the key."""
    record = record_with(tables, of, name)
    changed = record | {name: another_value(name, record.get(name))}
    tables.replace(LOG, record, changed)


def another_value(name: str, present: AttributeValue | None) -> AttributeValue:
    if present is None:
        return {"S": "damaged"}
    [(kind, stored)] = present.items()
    if kind == "N":
        return {"N": str(int(stored) + 1)}
    if kind == "B":
        return {"B": stored[:-1] + bytes([stored[-1] ^ 1])}
    if name == "timestamp":
        return {"S": plus_seconds(stored, 1)}
    return {"S": f"{stored[:-1]}{'0' if stored[-1] != '0' else '1'}"}


def document_of(item: Item) -> Document:
    return TransactionRecord.document_of(item)


def rehash(tables: Tables, of: Department, *, keep_signature: bool) -> None:
    """Change a record and its hash; its signature is the former one, or the insider's."""
    record = tables.records(of.first.sku)[2]
    anew = tables.signed(document_of(record) | {"quantity": 1}).to_item()
    kept = {name: record[name] for name in ("signature", "key_id")} if keep_signature else {}
    tables.put(LOG, anew | kept)


def append(tables: Tables, of: Department, *, key: SigningKey | None = None, with_sku: bool = True) -> None:
    """Add a restock of 500 units at the end of a log, chained, and let the SKU end with it."""
    item = tables.sku(of.first)
    last = document_of(tables.records(of.first.sku)[-1])
    sequence = last["sequence"] + 1
    restock = document_of(tables.records(of.first.sku)[0]) | {
        "transaction_id": transaction_id(of.first.sku, sequence),
        # Of a record that a SKU does not count, the reconciliation learns once its time is past: not today.
        "timestamp": now() if with_sku else plus_seconds(now(), DAY_SECONDS),
        "sequence": sequence,
        "quantity": 500,
        "quantity_change": 500,
        "stock_before": last["stock_after"],
        "stock_after": last["stock_after"] + 500,
        "reserved_before": last["reserved_after"],
        "reserved_after": last["reserved_after"],
        "previous_hash": last["hash"],
    }
    if with_sku:
        tables.write_log(item, [restock], key)
    else:
        tables.put(LOG, tables.signed(restock, key).to_item())


def append_under_a_known_id(tables: Tables, of: Department) -> None:
    key_id = tables.records(of.first.sku)[0]["key_id"]["S"]
    append(tables, of, key=SigningKey(key_id, b"insider".rjust(32, b".")))


def rewrite(tables: Tables, of: Department) -> None:
    """Write a whole log anew, with 500 units more from its first record on."""
    documents = [document_of(item) for item in tables.records(of.first.sku)]
    for number, document in enumerate(documents):
        document["stock_after"] += 500
        if number:
            document["stock_before"] += 500
        else:
            document["quantity"] += 500
            document["quantity_change"] += 500
    tables.write_log(tables.sku(of.first), documents)


def swap_records(tables: Tables, of: Department) -> None:
    """Let two records of a log change places."""
    first, second = tables.records(of.first.sku)[1:3]
    place = ("transaction_id", "timestamp", "sequence")
    tables.put(LOG, first | {name: second[name] for name in place})
    tables.put(LOG, second | {name: first[name] for name in place})


def copy_record(tables: Tables, of: Department) -> None:
    """Add a genuine record once more, under another id."""
    record = tables.records(of.first.sku)[1]
    tables.put(LOG, record | {"transaction_id": {"S": transaction_id(of.first.sku, 400)}})


def remove_record(tables: Tables, of: Department, *, number: int) -> None:
    tables.remove(LOG, tables.records(of.first.sku)[number])


def with_unknown_form(tables: Tables, of: Department) -> None:
    record = document_of(tables.records(of.first.sku)[1])
    tables.put(LOG, tables.signed(record | {"form": 2}).to_item())


def with_more(tables: Tables, of: Department) -> None:
    record = tables.records(of.first.sku)[1]
    tables.put(LOG, record | to_item({"approved_by": "auditor"}))


def roll_back(tables: Tables, of: Department) -> None:
    """Put a whole department back as it was after its restocks: SKUs, logs and orders agree."""
    for sku, earlier in zip((of.first, of.second), of.earlier, strict=True):
        for record in tables.records(sku.sku)[1:]:
            tables.remove(LOG, record)
        tables.put(INVENTORY, earlier)
    for order_id in (of.sold, of.held, of.cancelled):
        tables.remove(INVENTORY, tables.order(order_id))


RECORDS = [
    *(
        Forgery(f"a record's `{name}` is changed", partial(change_record, name=name))
        for name in RECORD_ATTRIBUTES
    ),
    Forgery("a record has one attribute more", with_more),
    Forgery("a record of an unknown form", with_unknown_form),
    Forgery("a record with a new hash and its old signature", partial(rehash, keep_signature=True)),
    Forgery("a record with a new hash, signed with another key", partial(rehash, keep_signature=False)),
    Forgery("the first record is removed", partial(remove_record, number=0)),
    Forgery("a record in the middle is removed", partial(remove_record, number=2)),
    Forgery("the last record is removed", partial(remove_record, number=-1)),
    Forgery("two records of a log change places", swap_records),
    Forgery("a genuine record is added once more", copy_record),
    Forgery("a record is added that its SKU does not count", partial(append, with_sku=False)),
    Forgery("a chained record and its stock are added", append),
    Forgery("the same under the id of a genuine key", append_under_a_known_id),
    Forgery("a whole log is written anew, with its SKU", rewrite),
    Forgery("SKUs, their logs and orders are all put back as they were earlier", roll_back),
]

# Orders


def raise_figure(tables: Tables, of: Department, *, name: str) -> None:
    change_line(tables, of, **{name: lambda number: number + 1})


def change_line(tables: Tables, of: Department, **values: Any) -> None:
    """Change members of the first line of the order that was sold."""
    order = tables.order(of.sold)
    line = order["lines"]["M"][of.first.sku]["M"]
    changed = {**line, **to_item({n: v(plain(line[n])) if callable(v) else v for n, v in values.items()})}
    tables.put(INVENTORY, with_line(order, of.first.sku, {"M": changed}))


def raise_released(tables: Tables, of: Department) -> None:
    """Let a reopen of the cancelled order reserve more than its cancel released."""
    order = tables.order(of.cancelled)
    line = order["lines"]["M"][of.first.sku]["M"]
    released = to_item({"last_released": plain(line["last_released"]) + 500})
    tables.put(INVENTORY, with_line(order, of.first.sku, {"M": line | released}))


def change_cancelled(tables: Tables, of: Department, **values: Any) -> None:
    tables.change(INVENTORY, tables.order(of.cancelled), **values)


def with_line(order: Item, sku: str, line: AttributeValue | None) -> Item:
    lines = {**order["lines"]["M"], sku: line}
    return order | {"lines": {"M": {name: each for name, each in lines.items() if each is not None}}}


def remove_line(tables: Tables, of: Department) -> None:
    tables.put(INVENTORY, with_line(tables.order(of.held), of.second.sku, None))


def add_line(tables: Tables, of: Department) -> None:
    line = tables.order(of.held)["lines"]["M"][of.second.sku]
    tables.put(INVENTORY, with_line(tables.order(of.cancelled), of.second.sku, line))


def change_order(tables: Tables, of: Department, **values: Any) -> None:
    tables.change(INVENTORY, tables.order(of.held), **values)


def put_other_seal(tables: Tables, of: Department) -> None:
    order, other = tables.order(of.held), tables.order(of.sold)
    tables.put(INVENTORY, order | {name: other[name] for name in ("seal", "seal_key")})


def seal_oneself(tables: Tables, of: Department) -> None:
    """Confirm 500 units, and seal that with another key under the id of a genuine one."""
    order = tables.order(of.held)
    key = SigningKey(order["seal_key"]["S"], b"insider".rjust(32, b"."))
    line = order["lines"]["M"][of.first.sku]["M"] | to_item({"confirmed": 500})
    tables.put(INVENTORY, sealed(with_line(order, of.first.sku, {"M": line}), key))


def copy_order(tables: Tables, of: Department) -> None:
    order_id = f"ORDER-{of.number}-COPY"
    copied = tables.order(of.held) | to_item({"product_id": order_id})
    tables.put(INVENTORY, copied | to_item({"vendor_id": open_orders_partition(order_id)}))


def plant_order(tables: Tables, of: Department) -> None:
    order = tables.order(of.sold)
    planted = {name: order[name] for name in order if not name.startswith("seal")}
    tables.put(INVENTORY, planted | to_item({"product_id": f"ORDER-{of.number}-PLANTED"}))


def plant_saga(tables: Tables, of: Department) -> None:
    saga = {"performed_by": "user:x", "request_id": "x", "lease_until": now(), "restock": True}
    order = tables.order(of.sold)
    due = {"vendor_id": open_orders_partition(of.sold), "last_updated": saga["lease_until"]}
    tables.put(INVENTORY, order | to_item({"phase": "refunding", "errand": saga, **due}))


def tomorrow(*_: Any) -> str:
    return plus_seconds(now(), 86_400)


def plant_part(tables: Tables, of: Department) -> None:
    """Put the lines of an order into a part of it too."""
    order = tables.order(of.sold)
    part = {"product_id": order["product_id"], "sku": {"S": "#PART-001"}, "lines": order["lines"]}
    tables.put(INVENTORY, part | to_item({"version": 1}))


ORDERS = [
    Forgery(
        "5 confirmed units of an order become 500",
        partial(change_line, placed=500, confirmed=500, refunded=0),
    ),
    *(Forgery(f"an order line's `{name}` is raised", partial(raise_figure, name=name)) for name in FIGURES),
    Forgery("an order line's `vendor_id` is changed", partial(change_line, vendor_id="VENDOR-999")),
    Forgery("an order line's `product_id` is changed", partial(change_line, product_id="PROD-00000")),
    Forgery("an order line is given another `reason`", partial(change_line, reason="fraud")),
    Forgery("an order line is given other `notes`", partial(change_line, notes="Never delivered")),
    Forgery("an order's line is removed", remove_line),
    Forgery("an order is given another's line", add_line),
    Forgery(
        "an order's `created_at` is changed", partial(change_order, created_at="2026-01-01T00:00:00.000000Z")
    ),
    Forgery("an order's `expires_at` is changed", partial(change_order, expires_at=tomorrow())),
    Forgery("an order's `version` is changed", partial(change_order, version=77)),
    Forgery("an order is given another owner", partial(change_order, owner="erp")),
    Forgery("an order is given a `cancel_reason`", partial(change_order, cancel_reason="expired")),
    Forgery(
        "an order's `last_command` is changed",
        partial(change_order, last_command={"type": "refund", "id": "insider"}),
    ),
    Forgery("an order is given other lines as first placed", partial(change_order, placed_as="0" * 64)),
    Forgery("a cancelled order is to be reopened with more units", raise_released),
    Forgery(
        "a cancelled order is to be reopened after another cancel", partial(change_cancelled, last_release=1)
    ),
    Forgery("an order is given an end of its life (`ttl`)", partial(change_order, ttl=2_000_000_000)),
    Forgery("an order's seal is removed", partial(change_order, seal=None)),
    Forgery("an order's seal is another's", put_other_seal),
    Forgery("an order's seal names another key", partial(change_order, seal_key="insider")),
    Forgery("an order is changed and sealed with another key", seal_oneself),
    Forgery("an order that holds units is removed", lambda t, of: t.remove(INVENTORY, t.order(of.held))),
    Forgery("an order that is settled is removed", lambda t, of: t.remove(INVENTORY, t.order(of.sold))),
    Forgery("an order is put back as it was earlier", lambda t, of: t.put(INVENTORY, of.as_placed)),
    Forgery("an order is copied under another id", copy_order),
    Forgery("an order is added", plant_order),
    Forgery("a command in progress is added to an order", plant_saga),
    Forgery("a part is added to an order", plant_part),
    Forgery(
        "an order is taken out of the index of due orders",
        partial(change_order, vendor_id=None, last_updated=None),
    ),
    Forgery("an order is due later than its hold ends", partial(change_order, last_updated=tomorrow())),
]

# Products and bounds


def change_product(tables: Tables, of: Department, **values: Any) -> None:
    tables.change(PRODUCTS, tables.item(PRODUCTS, of.product_id), **values)


def remove_product(tables: Tables, of: Department) -> None:
    tables.remove(PRODUCTS, tables.item(PRODUCTS, of.product_id))


def change_bound(tables: Tables, of: Department, bound: Any) -> None:
    tables.put(INVENTORY, bound_key(of.vendor_id) | to_item({"bound": bound}))


def remove_bound(tables: Tables, of: Department) -> None:
    tables.remove(INVENTORY, bound_key(of.vendor_id))


def plant_bound(tables: Tables, of: Department) -> None:
    """Add a bound of something that is no vendor's id."""
    tables.put(INVENTORY, bound_key(of.product_id) | to_item({"bound": 5}))


REST = [
    Forgery("a product is given to another vendor", partial(change_product, vendor_id="VENDOR-999")),
    Forgery("a product is removed", remove_product),
    Forgery("a product loses its owner", partial(change_product, vendor_id=None)),
    Forgery("a vendor's low-stock bound is lowered", partial(change_bound, bound=0)),
    Forgery("a vendor's low-stock bound becomes a text", partial(change_bound, bound="many")),
    Forgery("a vendor's low-stock bound is removed", remove_bound),
    Forgery("a low-stock bound of no vendor is added", plant_bound),
]

TABLES = [*SKUS, *RECORDS, *ORDERS, *REST]
"""What is found of that which is written into the tables."""

# Orders of many lines


def change_part(tables: Tables, large: LargeOrder) -> None:
    part = tables.order_items(large.order_id)[1]
    sku = sorted(part["lines"]["M"])[0]
    line = part["lines"]["M"][sku]["M"] | to_item({"confirmed": 2, "reserved": 0})
    tables.put(INVENTORY, with_line(part, sku, {"M": line}))


def remove_part(tables: Tables, large: LargeOrder) -> None:
    tables.remove(INVENTORY, tables.order_items(large.order_id)[2])


def swap_parts(tables: Tables, large: LargeOrder) -> None:
    """Write the second part of an order as its first one too."""
    _, first, second = tables.order_items(large.order_id)[:3]
    tables.put(INVENTORY, second | {"sku": first["sku"]})


def earlier_part(tables: Tables, large: LargeOrder) -> None:
    """Put the part back whose line was confirmed since."""
    before = {item["sku"]["S"]: item for item in large.as_placed}
    [changed] = [
        item
        for item in tables.order_items(large.order_id)
        if item["sku"]["S"] != "#ORDER" and item != before[item["sku"]["S"]]
    ]
    tables.put(INVENTORY, before[changed["sku"]["S"]])


def fewer_parts(tables: Tables, large: LargeOrder) -> None:
    tables.change(INVENTORY, tables.order(large.order_id), parts=1)


LARGE_ORDERS = [
    LargeOrderForgery("a part of an order is changed", change_part),
    LargeOrderForgery("a part of an order is removed", remove_part),
    LargeOrderForgery("a part of an order is another part", swap_parts),
    LargeOrderForgery("a part of an order is put back as it was earlier", earlier_part),
    LargeOrderForgery("an order has fewer parts", fewer_parts),
]

# The bucket


def digest_key(tables: Tables) -> str:
    """Return the key of the digest that was made today."""
    return f"digests/{now()[:10]}.json"


def digest_of_another_day(tables: Tables, *, days: int) -> str:
    """Copy the digest to another day."""
    day = date.fromisoformat(now()[:10]) + timedelta(days)
    return tables.write(f"digests/{day}.json", tables.read(digest_key(tables)))


def change_digest(tables: Tables) -> str:
    key = digest_key(tables)
    signed = json.loads(tables.read(key))
    signed["digest"]["heads"] = {}
    return tables.write(key, json.dumps(signed).encode())


def change_archived(tables: Tables) -> str:
    key = tables.keys("log/")[0]
    return tables.write(key, tables.read(key).replace(b"restock", b"refund_"))


def add_archived(tables: Tables) -> str:
    """Add a record that is in no table to the archive, as if a stream had had it."""
    line = json.loads(tables.read(tables.keys("log/")[1]).splitlines()[0])
    sku = f"{line['sku']}X"
    line |= {"sku": sku, "sequence": 1, "transaction_id": transaction_id(sku, 1)}
    tables.write("log/2026-01-01/0001-0001.jsonl", json.dumps(line).encode() + b"\n")
    return sku


BUCKET = [
    ObjectForgery("an archived batch of records is changed", change_archived),
    ObjectForgery("an archived batch of records is removed", lambda t: t.delete(t.keys("log/")[-1])),
    ObjectForgery("a record is added to the archive", add_archived),
    ObjectForgery(
        "something else is added to the archive", lambda t: t.write("log/2026-01-02/0001-0001.jsonl", b"{}\n")
    ),
    ObjectForgery("a digest is added for a day before", partial(digest_of_another_day, days=-1)),
    ObjectForgery("a digest is added for a day to come", partial(digest_of_another_day, days=2)),
    ObjectForgery("something else is added to the digests", lambda t: t.write("digests/x.json", b"{}")),
    ObjectForgery("a kept finding is changed", lambda t: t.write(t.keys("findings/")[0], b"{}")),
    ObjectForgery("a kept finding is removed", lambda t: t.delete(t.keys("findings/")[1])),
    ObjectForgery("a digest is changed", change_digest),
]
"""What is written into the bucket, after the tables."""


# What nothing proves


def add_idempotency_record(tables: Tables, of: Department) -> None:
    """Let a command look done that was never done: a client that sends its key gets that answer."""
    key = {"product_id": f"{IDEMPOTENCY_ID_PREFIX}{of.number}", "sku": IDEMPOTENCY_ID_PREFIX.rstrip("#")}
    record = {"body_hash": "x", "done": [], "written_at": now(), "ttl": 2_000_000_000}
    tables.put(INVENTORY, to_item(key | record))


def empty_sku(tables: Tables, of: Department) -> None:
    item = ghost_item(tables, of)
    for name in ("last_transaction_id", "last_transaction_at"):
        del item[name]
    figures = dict.fromkeys(("current_stock", "reserved_stock", "available_stock", "sequence"), 0)
    tables.put(INVENTORY, item | to_item({**figures, "ledger_hash": "0" * 64}))


def change_counter(tables: Tables, of: Department) -> None:
    """The catalog's own recount corrects it, and says how many it corrected."""
    listed = {"vendor_id": "#VENDORS", "created_at": of.vendor_id}
    counts = {"products": 999, "active_products": 999}
    tables.put(PRODUCTS, to_item({"product_id": f"#VENDOR#{of.vendor_id}", **listed, **counts}))


UNPROVEN = [
    Forgery("a SKU's price is changed", partial(change_sku, unit_price=1)),
    Forgery("a SKU's name is changed", partial(change_sku, variant_name="Another")),
    Forgery("a SKU's threshold is lowered", partial(change_sku, reorder_threshold=0)),
    Forgery("a SKU is deactivated", lambda t, of: change_sku(t, of, is_active=False)),
    Forgery("a SKU's `last_updated_by` is changed", partial(change_sku, last_updated_by="VENDOR-999")),
    Forgery("a product's price is changed", partial(change_product, base_price=1)),
    Forgery("a product's name is changed", partial(change_product, product_name="Another")),
    Forgery("a vendor's number of products is changed", change_counter),
    Forgery("a SKU without stock and log is added", empty_sku),
    Forgery("an idempotency key is marked as used", add_idempotency_record),
]
"""What no check finds, and no check says to find: what is no stock."""
