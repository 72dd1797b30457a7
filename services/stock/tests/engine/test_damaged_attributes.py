"""Every attribute of every type of item, damaged in every way: sweeps, lists, runs and streams go on.

Each test stores all damaged copies of one type of item at once, among items that are intact.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from damage import Damaged, each_damage, is_stored
from front_door import Client

from chalicelib.bootstrap import rest_service
from chalicelib.domain.commands import BatchedCommand, Explanation
from chalicelib.domain.holds import expire
from chalicelib.domain.orders import OrderCommand, OrderOutcome, SagaState
from chalicelib.engine.low_stock_bounds import LowStockBounds
from chalicelib.storage.order_items import order_to_item, part_to_item
from inventory_common.bound_items import bound_key
from inventory_common.errors import InventoryError
from inventory_common.items import Item, to_item
from inventory_common.order_items import open_orders_partition, order_key
from inventory_common.pages import PageRequest

from ..large_orders import MULTI_PART_LINES, Ledger, a_large_order
from ..process import Process
from ..shop import (
    BLACK,
    NOW,
    ORDER,
    PRODUCT,
    SKUS_PATH,
    VENDOR,
    WHITE,
    Clock,
    Tables,
    a_line,
    a_product,
    a_saga,
    a_sku,
    an_order,
    an_order_of,
)
from ..streams import Streams

KEY = ("product_id", "sku")
INVENTORY = "VendorInventory"
_ALL = PageRequest(100)
INTACT = "ORDER-INTACT"
BARCODE = "4006381333931"
WHOLE_SKU = a_sku(
    BLACK,
    5,
    1,
    variant_attributes={"color": "Black"},
    barcode=BARCODE,
    sequence=2,
    version=3,
    last_transaction_at=NOW,
    last_transaction_id="TXN-550e8400-e29b-41d4-a716-446655440000",
)
DUE: dict[str, Any] = {"expires_at": NOW}
WHOLE_ORDER = an_order(
    a_line(BLACK, 1, confirmed=1, cancelled=1, released=(1, 2)).explained(
        Explanation("damaged", "Broken in the box")
    ),
    last_release=2,
    **DUE,
    cancel_reason="requested",
    ttl=1,
    owner="web",
    was_settled_in_part=True,
    after=OrderCommand.CONFIRM,
    placed_as="h",
)
WHOLE_SAGA = an_order(
    a_line(BLACK, 1),
    **DUE,
    saga=a_saga(
        SagaState.CANCELLING,
        lease_until=NOW,
        cancel_reason="requested",
        idempotency_id="#MARKER#1",
        lines_hash="h",
        hold_seconds=60,
        acknowledged=True,
        command_id="c",
        explanation=Explanation("damaged", "Broken in the box"),
    ),
)
SIMPLE_ORDER = an_order(a_line(BLACK, 1), **DUE)
OPTIONAL = (
    *("variant_attributes", "barcode", "last_transaction_at", "last_transaction_id", "details_version"),
    *("cancel_reason", "ttl", "owner", "settled_in_part", "expires_at", "short_lines", "phase", "errand"),
    *("asked", "restock", "command", "hold_seconds", "acknowledged", "vendor_id", "last_updated", "color"),
    *("last_command", "command_id", "placed_as", "last_release", "last_released", "released_by"),
    *("confirmed", "cancelled", "refunded", "available_stock", "parts", BLACK),
    *("reason", "notes"),
)


def copies(item: Item, key_of: Callable[[int], Item]) -> Iterator[Damaged]:
    """Yield damaged copies of an item, each under a key of its own."""
    for number, each in enumerate(each_damage(item, (*key_of(0),), OPTIONAL)):
        yield each._replace(item=each.item | key_of(number))


def sku_key(number: int) -> Item:
    return to_item({"product_id": PRODUCT, "sku": f"SKU-{PRODUCT}-D{number:04}"})


def due_key(number: int) -> Item:
    order_id = f"ORDER-D{number:04}"
    return order_key(order_id) | to_item({"vendor_id": open_orders_partition(order_id), "last_updated": NOW})


@pytest.fixture
def shop(process: Process, tables: Tables, ledger: Ledger) -> Process:
    """Two SKUs, their product and bound, and three orders: of one transaction, by saga, and with parts."""
    tables.put(a_product(), a_sku(BLACK, 50_000, barcode=BARCODE), a_sku(WHITE, 5, barcode=BARCODE))
    process.storage.bounds.raise_to(VENDOR, 10)
    tables.put_item(to_item({"product_id": f"BARCODE#{VENDOR}#{BARCODE}", "sku": f"#{WHITE}"}))
    process.place(an_order_of((WHITE, 1), order_id=INTACT, hold_seconds=60))
    ledger.put_skus(MULTI_PART_LINES)
    process.place(a_large_order(MULTI_PART_LINES, 1, f"{INTACT}-LARGE"))
    return process.restarted()


ORDERS = {
    "an order": order_to_item(WHOLE_ORDER),
    "a saga": order_to_item(WHOLE_SAGA),
    "a simple order": order_to_item(SIMPLE_ORDER),
    "an order with parts": order_to_item(SIMPLE_ORDER) | to_item({"parts": 2}),
}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_damaged_orders_stop_no_sweep_and_no_list(
    shop: Process, dynamodb: Any, clock: Clock, orders: str, order: Item
) -> None:
    kept = [each for each in copies(order, due_key) if is_stored(dynamodb, INVENTORY, each.item)]
    assert len(kept) > 100
    clock.advance(86_400)
    served = [
        document["order_id"]
        for page in _client(shop).walk("/orders?due_before=2030-01-01T00:00:00Z&limit=7", orders)
        for document in page
    ]
    assert {INTACT, f"{INTACT}-LARGE"} <= set(served)
    # Nobody serves as an order what the types of its attributes show to be none.
    visible = {each.item["product_id"]["S"]: each.name for each in kept if each.is_visible}
    assert [visible[order_id] for order_id in served if order_id in visible] == []
    with suppress(AssertionError):  # a defect that an order meets is raised when all others are done
        shop.sweep()
    for order_id in (INTACT, f"{INTACT}-LARGE"):
        assert shop.orders.get(order_id).status == "cancelled"


def test_damaged_parts_stop_no_sweep_and_no_list(
    shop: Process, tables: Tables, clock: Clock, ledger: Ledger
) -> None:
    large = shop.storage.orders.get(f"{INTACT}-LARGE")
    assert large is not None
    part = part_to_item(large, 2)
    for number, each in enumerate(each_damage(part, KEY, OPTIONAL)):
        order_id = f"ORDER-D{number:04}"
        own = order_to_item(SIMPLE_ORDER) | due_key(number) | to_item({"parts": 1})
        tables.put_item(own)
        tables.put_item(each.item | to_item({"product_id": order_id, "sku": "#PART-001"}))
    newer = order_key("ORDER-D9999")
    tables.put_item(order_to_item(SIMPLE_ORDER) | due_key(9_999) | to_item({"parts": 1}))
    tables.put_item(part | newer | to_item({"sku": "#PART-001", "version": 99}))
    clock.advance(86_400)
    due = shop.orders.due(None, _ALL)
    assert {INTACT, f"{INTACT}-LARGE"} <= {document["order_id"] for document in due.documents}
    assert "ORDER-D9999" not in {document["order_id"] for document in due.documents}
    shop.sweep()
    for order_id in (INTACT, f"{INTACT}-LARGE"):
        assert shop.orders.get(order_id).status == "cancelled"


def test_damaged_skus_stop_no_list_no_sweep_and_no_batch(
    shop: Process, dynamodb: Any, tables: Tables, clock: Clock, vendor: str
) -> None:
    kept = [
        each for each in copies(WHOLE_SKU.to_item(), sku_key) if is_stored(dynamodb, INVENTORY, each.item)
    ]
    assert len(kept) > 200
    for number, each in enumerate(kept):
        sku = each.item["sku"]["S"]
        tables.put_item(to_item({"product_id": f"BARCODE#{VENDOR}#{BARCODE}", "sku": f"#{sku}"}))
        order = an_order(a_line(sku, 1), **DUE, order_id=f"ORDER-D{number:04}")
        tables.put_order(order)
    client = _client(shop)
    visible = {each.item["sku"]["S"]: each.name for each in kept if each.is_visible}
    for path in (
        f"{SKUS_PATH}?limit=7",
        f"/vendors/{VENDOR}/inventory?limit=7",
        f"/vendors/{VENDOR}/low-stock?limit=7",
        f"/vendors/{VENDOR}/inventory?barcode={BARCODE}&limit=7",
    ):
        served = {sku["sku"] for page in client.walk(path, vendor) for sku in page}
        assert WHITE in served, path
        names = [visible[sku] for sku in served if sku in visible]
        # Nobody reads the stored one: it is calculated.
        assert [name for name in names if not name.startswith("available_stock:")] == [], path
    placed = [BatchedCommand("ORDER-GOOD", "place", an_order_of((BLACK, 1)).lines, 60)]
    placed += [
        BatchedCommand(f"ORDER-BAD{number}", "place", an_order_of((each.item["sku"]["S"], 1)).lines, 60)
        for number, each in enumerate(kept[:40])
    ]
    outcomes = shop.batch(placed)
    assert isinstance(outcomes[0], OrderOutcome)
    assert all(isinstance(outcome, OrderOutcome | InventoryError) for outcome in outcomes)
    clock.advance(86_400)
    shop.sweep()
    assert shop.orders.get(INTACT).status == "cancelled"


def test_damaged_skus_stop_no_stream(streams: Streams, tables: Tables) -> None:
    low = a_sku(WHITE, 3, sequence=1, version=2).to_item()
    high = a_sku(WHITE, 30, sequence=1, version=1).to_item()
    for each in copies(WHOLE_SKU.to_item(), sku_key):
        for before, after in (
            (WHOLE_SKU.to_item() | {"sku": each.item["sku"]}, each.item),
            (each.item, None),
        ):
            assert streams.deliver_skus(_change(before, after)) == [], each.name
    assert streams.deliver_skus(_change(high, low)) == []
    assert [alert.details["sku"] for alert in streams.outbox.sent][-1] == WHITE


def test_a_name_that_no_alert_can_carry_is_cut(streams: Streams) -> None:
    """SNS takes 256 KB; a refused alert would be delivered again and again, and the stream stand still."""
    before = a_sku(WHITE, 30, variant_name="x" * 300_000)
    after = a_sku(WHITE, 3, variant_name="x" * 300_000, version=2)
    assert streams.deliver_skus(_change(before.to_item(), after.to_item())) == []
    [alert] = streams.outbox.sent
    assert alert.details["variant_name"] == "x" * 200


def test_damaged_skus_keep_no_product_flag_from_the_others(
    streams: Streams, tables: Tables, dynamodb: Any
) -> None:
    tables.put(a_product(version=2, is_active=False), a_sku(WHITE, 5))
    for each in copies(WHOLE_SKU.to_item(), sku_key):
        is_stored(dynamodb, INVENTORY, each.item)
    active, inactive = a_product().to_item(), a_product(version=2, is_active=False).to_item()
    assert streams.deliver_products(_change(active, inactive)) == []
    assert tables.item(PRODUCT, WHITE)["product_is_active"] == {"BOOL": False}  # type: ignore[index]


def test_damaged_products_stop_no_stream(streams: Streams, tables: Tables) -> None:
    whole = a_product(
        description="x", subcategory="x", brand="x", images=["x"], tags=["x"], external_id="1", version=2
    )
    tables.put(a_product(version=2, is_active=False), a_sku(WHITE, 5))
    optional = ("description", "subcategory", "brand", "images", "tags", "external_id")
    for each in each_damage(whole.to_item(), ("product_id",), optional):
        assert streams.deliver_products(_change(a_product().to_item(), each.item)) == [], each.name
        assert streams.deliver_products(_change(each.item, whole.to_item())) == [], each.name


def test_damaged_bounds_stop_no_run_and_hide_no_sku(
    shop: Process, tables: Tables, vendor: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound = bound_key(VENDOR) | to_item({"bound": 20, "lowering_to": 10, "lowering_at": NOW})
    for number, each in enumerate(each_damage(bound, KEY, ("lowering_to", "lowering_at"))):
        vendor_id = f"VENDOR-D{number}"
        tables.put_item(each.item | bound_key(vendor_id))
        sku = a_sku(f"SKU-{PRODUCT}-B{number:04}", 3, vendor_id=vendor_id)
        tables.put(sku)
    tables.put_item(bound_key("no vendor") | to_item({"bound": 20}))
    tables.put_item(bound_key(VENDOR) | to_item({"bound": 5}))
    for _ in range(3):
        LowStockBounds(shop.storage.bounds, clock).correct()
        clock.advance(86_400)
    for found in tables.items():
        if found["sku"] == {"S": "#LOW-STOCK-BOUND"} and found["product_id"]["S"] != "no vendor":
            assert float(found["bound"]["N"]) >= 10, found
    served = [
        sku["sku"] for page in _client(shop).walk(f"/vendors/{VENDOR}/low-stock", vendor) for sku in page
    ]
    assert WHITE in served


def test_a_sweep_goes_on_after_a_defect(
    shop: Process, tables: Tables, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever one order does: the others of its transaction batch are released."""

    def broken(state: Any, context: Any) -> Any:
        if context.order_id == ORDER:
            raise ZeroDivisionError
        return expire(state, context)

    shop.place(an_order_of((BLACK, 1), hold_seconds=60))
    monkeypatch.setattr("chalicelib.engine.sweeper.expire", broken)
    clock.advance(86_400)
    with pytest.raises(ZeroDivisionError):
        shop.sweep()
    assert shop.orders.get(ORDER).status == "reserved"
    assert shop.orders.get(INTACT).status == "cancelled"
    assert shop.orders.get(f"{INTACT}-LARGE").status == "cancelled"


def _client(process: Process) -> Client:
    return Client(rest_service(process.engine), holds_damage=True)


def _change(before: Item | None, after: Item | None) -> Any:
    image = after or before or {}
    images = {"OldImage": before, "NewImage": after}
    return {
        "eventName": "MODIFY",
        "dynamodb": {
            "Keys": {name: image[name] for name in ("product_id", "sku") if name in image},
            "SequenceNumber": "1",
            "ApproximateCreationDateTime": 1_771_844_400.0,
            **{name: _as_in_an_event(value) for name, value in images.items() if value is not None},
        },
    }


def _as_in_an_event(image: Item) -> Item:
    return {
        name: {"B": b64encode(attribute["B"]).decode()} if "B" in attribute else attribute
        for name, attribute in image.items()
    }
