"""A SKU that enters the low-stock list sends one alert, whatever put it there, however it is delivered."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from front_door import Client

from chalicelib.storage.items import sent_alert_key
from chalicelib.storage.sent_alerts import SentAlertStore
from inventory_common.alert_topic import AlertTopic
from inventory_common.items import from_item
from inventory_common.timestamps import epoch_seconds, moment_of
from inventory_common.tuning import SENT_ALERT_TTL_SECONDS

from ..calls import noted_requests
from ..process import Process
from ..shop import (
    BLACK,
    ORDER_PATH,
    PRODUCT,
    SKU_PATH,
    SKUS_PATH,
    VENDOR,
    WHITE,
    Clock,
    Tables,
    a_product,
    a_sku,
    order_body,
)
from ..streams import HAPPENED_AT, Streams, a_product_change, a_stream_record

LATER = "2026-02-23T11:00:00.000000Z"

Change = Callable[[Client, str, str], None]
"""Changes a SKU as a vendor or an order system."""


def stock(tables: Tables, current: int = 12, reserved: int = 0, **differences: Any) -> None:
    """Store a SKU with a threshold of 10 that has had a movement, and its product."""
    tables.put(a_product(), a_sku(BLACK, current, reserved, **{"sequence": 1} | differences))


def adjust(shop: Client, token: str, change: int, key: str = "k") -> None:
    body = {"quantity_change": change, "notes": "counted"}
    assert shop.post(f"{SKU_PATH}/adjustments", body, token, idempotency_key=key).status == 201


def restock(shop: Client, token: str, quantity: int, key: str = "k") -> None:
    body = {"quantity": quantity}
    assert shop.post(f"{SKU_PATH}/restocks", body, token, idempotency_key=key).status == 201


def patch(shop: Client, token: str, **body: Any) -> None:
    assert shop.send("PATCH", SKU_PATH, token, body).status == 200


def place(shop: Client, token: str, quantity: int) -> None:
    assert shop.put(ORDER_PATH, order_body((BLACK, quantity)), token).status == 201


def confirm(shop: Client, token: str, quantity: int) -> None:
    place(shop, token, quantity)
    assert shop.post(f"{ORDER_PATH}/confirm", None, token).status == 200


@pytest.fixture
def requests(dynamodb: Any) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """The calls to DynamoDB from now on."""
    with noted_requests(dynamodb) as requests:
        yield requests


# Changes that send an alert


def test_a_confirmed_order_that_reaches_the_threshold_sends_an_alert(
    streams: Streams, tables: Tables, shop: Client, orders: str, clock: Clock
) -> None:
    stock(tables, 13)
    shop.put("/orders/ORDER-OTHER", order_body((BLACK, 1)), orders)
    shop.put(ORDER_PATH, order_body((BLACK, 3)), orders)
    clock.now = LATER
    with streams.changes_of(BLACK) as records:
        shop.post(f"{ORDER_PATH}/confirm", None, orders)
    assert streams.deliver_skus(*records) == []
    [alert] = streams.outbox.sent
    assert alert.document() == {
        "alert_id": f"low_stock:{BLACK}:4",
        "kind": "low_stock",
        "vendor_id": VENDOR,
        "product_id": PRODUCT,
        "sku": BLACK,
        "variant_name": "Black - Large",
        "current_stock": 10,
        "reserved_stock": 1,
        "available_stock": 9,
        "reorder_threshold": 10,
        "occurred_at": LATER,
    }


def test_an_adjustment_that_reaches_the_threshold_sends_an_alert(
    streams: Streams, tables: Tables, shop: Client, vendor: str
) -> None:
    stock(tables)
    with streams.changes_of(BLACK) as records:
        adjust(shop, vendor, -12)
    streams.deliver_skus(*records)
    assert [alert.details["current_stock"] for alert in streams.outbox.sent] == [0]


def test_a_threshold_that_is_raised_to_the_stock_sends_an_alert(
    streams: Streams, tables: Tables, shop: Client, vendor: str
) -> None:
    stock(tables)
    with streams.changes_of(BLACK) as below:
        patch(shop, vendor, reorder_threshold=11)
    with streams.changes_of(BLACK) as reached:
        patch(shop, vendor, reorder_threshold=12)
    streams.deliver_skus(*below, *reached)
    assert [alert.details["reorder_threshold"] for alert in streams.outbox.sent] == [12]


def test_each_fall_to_the_threshold_sends_an_alert_of_its_own(
    streams: Streams, tables: Tables, shop: Client, vendor: str
) -> None:
    stock(tables)
    records = []
    for number, change in enumerate((-2, -1, 20, -20)):
        with streams.changes_of(BLACK) as changes:
            adjust(shop, vendor, change, f"k{number}")
        records += changes
    assert streams.deliver_skus(*records) == []
    assert [alert.details["current_stock"] for alert in streams.outbox.sent] == [10, 9]
    assert len({alert.alert_id for alert in streams.outbox.sent}) == 2


WITH_ALERT: dict[str, tuple[dict[str, Any], Change]] = {
    "low, and reactivated": (
        {"current": 3, "is_active": False},
        lambda shop, vendor, _: patch(shop, vendor, is_active=True),
    ),
    "reactivated as its threshold rises": (
        {"current": 12, "is_active": False},
        lambda shop, vendor, _: patch(shop, vendor, is_active=True, reorder_threshold=50),
    ),
    "never stocked, and reactivated": (
        {"current": 0, "sequence": 0, "is_active": False},
        lambda shop, vendor, _: patch(shop, vendor, is_active=True),
    ),
    "a threshold above the stock": (
        {"current": 12},
        lambda shop, vendor, _: patch(shop, vendor, reorder_threshold=50),
    ),
    "its first units, and still low": (
        {"current": 0, "sequence": 0},
        lambda shop, vendor, _: restock(shop, vendor, 10),
    ),
    "its first units counted, and still low": (
        {"current": 0, "sequence": 0},
        lambda shop, vendor, _: adjust(shop, vendor, 1),
    ),
}


@pytest.mark.parametrize(("attributes", "change"), WITH_ALERT.values(), ids=WITH_ALERT)
def test_a_change_that_puts_a_sku_into_the_list_sends_one_alert(
    streams: Streams,
    tables: Tables,
    shop: Client,
    vendor: str,
    orders: str,
    clock: Clock,
    attributes: dict[str, Any],
    change: Change,
) -> None:
    stock(tables, **attributes)
    clock.now = LATER
    with streams.changes_of(BLACK) as records:
        change(shop, vendor, orders)
    assert streams.deliver_skus(*records, *records) == []
    [alert] = streams.outbox.sent
    assert alert.details["occurred_at"] == LATER


def test_a_new_sku_whose_first_units_leave_it_low_sends_one_alert_then(
    streams: Streams, tables: Tables, shop: Client, vendor: str
) -> None:
    tables.put(a_product())
    body = {"sku": BLACK, "variant_name": "Black", "unit_price": 90, "reorder_threshold": 10}
    records = []
    for step in (
        lambda: shop.post(SKUS_PATH, body, vendor),
        lambda: restock(shop, vendor, 3),
        lambda: restock(shop, vendor, 3, "k2"),
    ):
        with streams.changes_of(BLACK) as changes:
            step()
        records += changes
    assert len(records) == 3
    assert streams.deliver_skus(*records) == []
    assert [alert.details["current_stock"] for alert in streams.outbox.sent] == [3]


def test_a_reactivated_product_sends_an_alert_of_each_of_its_low_skus(
    streams: Streams, tables: Tables
) -> None:
    deactivated, active = a_product(version=2, is_active=False), a_product(version=3)
    inactive = {"product_is_active": False, "product_version": 2, "sequence": 1}
    tables.put(active, a_sku(BLACK, 50, **inactive), a_sku(WHITE, 3, **inactive))
    with streams.changes_of(BLACK, WHITE) as records:
        streams.deliver_products(a_product_change(deactivated, active))
    assert len(records) == 2
    assert streams.deliver_skus(*records, *records) == []
    [alert] = streams.outbox.sent
    # The product's flag sets no `last_updated`: the stream knows when it was copied.
    assert (alert.details["sku"], alert.details["occurred_at"]) == (WHITE, moment_of(HAPPENED_AT))


@pytest.mark.parametrize("flag", ["is_active", "product_is_active"])
def test_the_list_and_the_alerts_leave_out_what_is_deactivated(
    tables: Tables, shop: Client, vendor: str, process: Process, flag: str
) -> None:
    tables.put(a_sku(BLACK, 3), a_sku(WHITE, 3, **{flag: False}))
    process.storage.bounds.raise_to(VENDOR, 10)
    [page] = shop.walk(f"/vendors/{VENDOR}/low-stock", vendor)
    assert [sku["sku"] for sku in page] == [BLACK]


# Changes that send none

WITHOUT_ALERT: dict[str, tuple[dict[str, Any], Change]] = {
    "raised above the threshold": ({"current": 3}, lambda shop, vendor, _: adjust(shop, vendor, 20)),
    "raised, and still low": ({"current": 3}, lambda shop, vendor, _: adjust(shop, vendor, 1)),
    "lowered, and low before": ({"current": 10}, lambda shop, vendor, _: adjust(shop, vendor, -1)),
    "lowered, and not yet low": ({"current": 12}, lambda shop, vendor, _: adjust(shop, vendor, -1)),
    "low, and sold": ({"current": 10}, lambda shop, _, orders: confirm(shop, orders, 2)),
    "low, and renamed": ({"current": 3}, lambda shop, vendor, _: patch(shop, vendor, variant_name="B")),
    "low, and a higher threshold": (
        {"current": 3},
        lambda shop, vendor, _: patch(shop, vendor, reorder_threshold=90),
    ),
    "a lower threshold": ({"current": 3}, lambda shop, vendor, _: patch(shop, vendor, reorder_threshold=1)),
    "all of it reserved": ({"current": 12}, lambda shop, _, orders: place(shop, orders, 12)),
    "inactive, and lowered": (
        {"current": 12, "is_active": False},
        lambda shop, vendor, _: adjust(shop, vendor, -5),
    ),
    "low, and deactivated": ({"current": 3}, lambda shop, vendor, _: patch(shop, vendor, is_active=False)),
    "deactivated as its threshold rises": (
        {"current": 12},
        lambda shop, vendor, _: patch(shop, vendor, is_active=False, reorder_threshold=50),
    ),
    "reactivated above the threshold": (
        {"current": 12, "is_active": False},
        lambda shop, vendor, _: patch(shop, vendor, is_active=True),
    ),
    "of a deactivated product, and reactivated": (
        {"current": 3, "is_active": False, "product_is_active": False},
        lambda shop, vendor, _: patch(shop, vendor, is_active=True),
    ),
    "of a deactivated product, and lowered": (
        {"current": 12, "product_is_active": False},
        lambda shop, vendor, _: adjust(shop, vendor, -5),
    ),
    "of a deactivated product, and a higher threshold": (
        {"current": 12, "product_is_active": False},
        lambda shop, vendor, _: patch(shop, vendor, reorder_threshold=50),
    ),
    "its first units, above the threshold": (
        {"current": 0, "sequence": 0},
        lambda shop, vendor, _: restock(shop, vendor, 11),
    ),
    "restocked, and low before": (
        {"current": 0},
        lambda shop, vendor, _: restock(shop, vendor, 3),
    ),
    "never stocked, and a higher threshold": (
        {"current": 0, "sequence": 0},
        lambda shop, vendor, _: patch(shop, vendor, reorder_threshold=50),
    ),
}


@pytest.mark.parametrize(("attributes", "change"), WITHOUT_ALERT.values(), ids=WITHOUT_ALERT)
def test_a_change_that_puts_no_sku_into_the_list_sends_no_alert_and_makes_no_call(
    streams: Streams,
    tables: Tables,
    shop: Client,
    vendor: str,
    orders: str,
    requests: Any,
    attributes: dict[str, Any],
    change: Change,
) -> None:
    stock(tables, **attributes)
    with streams.changes_of(BLACK) as records:
        change(shop, vendor, orders)
    assert len(records) == 1
    requests.clear()
    assert streams.deliver_skus(*records) == []
    assert (streams.outbox.sent, requests) == ([], [])


def test_a_new_sku_sends_no_alert(streams: Streams, tables: Tables, shop: Client, vendor: str) -> None:
    tables.put(a_product())
    body = {"sku": BLACK, "variant_name": "Black", "unit_price": 90, "reorder_threshold": 10}
    with streams.changes_of(BLACK) as records:
        assert shop.post(SKUS_PATH, body, vendor).status == 201
    assert len(records) == 1
    assert streams.deliver_skus(*records) == []
    assert streams.outbox.sent == []


def test_a_deactivated_product_sends_no_alert_of_its_low_skus(streams: Streams, tables: Tables) -> None:
    active, deactivated = a_product(version=1), a_product(version=2, is_active=False)
    tables.put(deactivated, a_sku(BLACK, 50), a_sku(WHITE, 3))
    with streams.changes_of(WHITE) as records:
        streams.deliver_products(a_product_change(active, deactivated))
    assert len(records) == 1
    assert streams.deliver_skus(*records) == []
    assert streams.outbox.sent == []


# Changes that are delivered again


@pytest.fixture
def fall(streams: Streams, tables: Tables, shop: Client, vendor: str) -> Any:
    """The record of a SKU's fall to its threshold, not yet delivered."""
    stock(tables)
    with streams.changes_of(BLACK) as records:
        adjust(shop, vendor, -2)
    [record] = records
    return record


def sent_alert(dynamodb: Any, fall: Any) -> Any:
    """Return DynamoDB's response for the item that records the alert of a fall as sent."""
    version = fall["dynamodb"]["NewImage"]["version"]["N"]
    key = sent_alert_key(f"low_stock:{BLACK}:{version}")
    return dynamodb.get_item(TableName="VendorInventory", Key=key)


def test_a_fall_that_is_delivered_again_sends_no_second_alert(streams: Streams, fall: Any) -> None:
    assert streams.deliver_skus(fall, fall) == []
    assert streams.deliver_skus(fall) == []
    assert len(streams.outbox.sent) == 1


def test_a_fall_that_is_delivered_again_after_a_restock_sends_no_second_alert(
    streams: Streams, fall: Any, shop: Client, vendor: str
) -> None:
    streams.deliver_skus(fall)
    with streams.changes_of(BLACK) as restocked:
        adjust(shop, vendor, 50, "k2")
    assert streams.deliver_skus(*restocked, fall) == []
    assert len(streams.outbox.sent) == 1


def test_an_alert_that_cannot_be_sent_is_sent_when_its_change_is_delivered_again(
    streams: Streams, fall: Any, dynamodb: Any
) -> None:
    streams.outbox.broken = True
    failed = [fall["dynamodb"]["SequenceNumber"]]
    assert [streams.deliver_skus(fall), streams.deliver_skus(fall)] == [failed, failed]
    assert "Item" not in sent_alert(dynamodb, fall)
    streams.outbox.broken = False
    assert [streams.deliver_skus(fall), streams.deliver_skus(fall)] == [[], []]
    assert len(streams.outbox.sent) == 1


def test_an_alert_that_the_log_cannot_take_is_not_recorded_as_sent(
    streams_of: Callable[[Process], Streams],
    process: Process,
    fall: Any,
    dynamodb: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Without a topic, alerts go to the log: a full disk is no reason to lose one."""
    streams = streams_of(process)
    to_the_log = replace(streams.app.stream_handlers, alerts=AlertTopic(None, "inventory-stock"))
    monkeypatch.setattr(streams.app, "stream_handlers", to_the_log)
    with monkeypatch.context() as patch, open("/dev/full", "w") as full:
        patch.setattr(sys, "stdout", full)
        assert streams.deliver_skus(fall) == [fall["dynamodb"]["SequenceNumber"]]
    assert "Item" not in sent_alert(dynamodb, fall)
    assert streams.deliver_skus(fall) == []
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["sku"] for line in lines if line["message"] == "alert"] == [BLACK]
    assert "Item" in sent_alert(dynamodb, fall)


class BrokenSentAlertStore(SentAlertStore):
    """A store that cannot record that an alert was sent."""

    def add(self, alert_id: str, now: str) -> None:
        raise ConnectionError("no connection")


def test_an_alert_that_cannot_be_recorded_as_sent_is_sent_again_with_the_same_id(
    streams: Streams, streams_of: Callable[[Process], Streams], process: Process, fall: Any
) -> None:
    broken = process.over(sent_alerts=BrokenSentAlertStore(process.storage.state.database))
    first = streams_of(broken)
    assert first.deliver_skus(fall) == [fall["dynamodb"]["SequenceNumber"]]
    second = streams_of(process)
    assert second.deliver_skus(fall) == []
    sent = first.outbox.sent + second.outbox.sent
    assert len(sent) == 2
    assert len({alert.alert_id for alert in sent}) == 1


# The record of a sent alert


def test_a_sent_alert_is_recorded_for_longer_than_its_stream_retains_the_change(
    streams: Streams, fall: Any, dynamodb: Any, clock: Clock
) -> None:
    clock.now = LATER
    streams.deliver_skus(fall)
    item = from_item(sent_alert(dynamodb, fall)["Item"])
    # It has no attribute that would put it into an index.
    assert item.keys() == {"product_id", "sku", "ttl"}
    assert item["ttl"] == epoch_seconds(LATER) + SENT_ALERT_TTL_SECONDS
    assert SENT_ALERT_TTL_SECONDS >= 2 * 24 * 3600


def test_whether_an_alert_was_sent_is_read_consistently(streams: Streams, fall: Any, dynamodb: Any) -> None:
    with noted_requests(dynamodb) as requests:
        streams.deliver_skus(fall)
    assert [name for name, _ in requests] == ["GetItem", "PutItem"]
    assert requests[0][1]["ConsistentRead"] is True


def test_orders_idempotency_records_and_sent_alerts_are_ignored(
    streams: Streams, fall: Any, dynamodb: Any
) -> None:
    streams.deliver_skus(fall)
    items = dynamodb.scan(TableName="VendorInventory")["Items"]
    others = [item for item in items if not item["sku"]["S"].startswith("SKU-")]
    assert {item["sku"]["S"] for item in others} == {"#ALERT", "#MARKER"}
    records = [a_stream_record(item | {"version": {"N": "1"}}, None) for item in others]
    with noted_requests(dynamodb) as requests:
        assert streams.deliver_skus(*records) == []
    assert requests == []


def test_sent_alerts_are_in_no_list_of_skus(streams: Streams, fall: Any, shop: Client, vendor: str) -> None:
    streams.deliver_skus(fall)
    for path in (SKUS_PATH, f"/vendors/{VENDOR}/inventory"):
        assert [sku["sku"] for page in shop.walk(path, vendor) for sku in page] == [BLACK]
