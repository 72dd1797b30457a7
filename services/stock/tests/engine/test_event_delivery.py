"""Every committed change sends its events, at least once, whatever fails between stream and bus."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from collecting_bus import CollectingBus

from chalicelib.domain.commands import SettleOrder
from chalicelib.engine.stream_handlers import StreamHandlers
from inventory_common.event_bus import EventBus
from inventory_common.items import Item
from inventory_common.order_items import order_key

from ..process import Process
from ..shop import BLACK, ORDER, WHITE, Tables, a_sku, an_order_of
from ..streams import Outbox, Streams, a_stream_record, stream_handlers_of


@pytest.fixture
def bus() -> CollectingBus:
    return CollectingBus()


@pytest.fixture
def streams(
    service_module: Any, process: Process, bus: CollectingBus, monkeypatch: pytest.MonkeyPatch
) -> Streams:
    streams = Streams(service_module, process.storage.state.database.client)
    handlers = stream_handlers_of(process, streams.outbox, EventBus("bus", bus, lambda _: None))
    monkeypatch.setattr(service_module, "stream_handlers", handlers)
    return streams


def stored(tables: Tables) -> list[Item]:
    """The SKUs and the order."""
    keys = [("PROD-E4F9A", BLACK), ("PROD-E4F9A", WHITE), (ORDER, "#ORDER")]
    return [item for key in keys if (item := tables.item(*key)) is not None]


@pytest.fixture
def records(process: Process, tables: Tables) -> list[Any]:
    """The records of a place of two SKUs, one of them sold out and low by it, and of its confirm."""
    tables.put(a_sku(BLACK, 2, sequence=1), a_sku(WHITE, 50, sequence=1))
    images = [stored(tables)]
    process.place(an_order_of((BLACK, 2), (WHITE, 5)))
    images.append(stored(tables))
    process.confirm(SettleOrder(ORDER))
    images.append(stored(tables))
    records = []
    for before, after in pairwise(images):
        former = {item["sku"]["S"]: item for item in before}
        records += [a_stream_record(former.get(item["sku"]["S"]), item) for item in after]
    for number, record in enumerate(records):
        record["dynamodb"]["SequenceNumber"] = str(number)
    return records


EXPECTED = [
    ("stock.changed", BLACK),
    ("stock.out", BLACK),
    ("stock.changed", WHITE),
    ("order.placed", ORDER),
    ("stock.changed", BLACK),
    ("stock.changed", WHITE),
    ("order.confirmed", ORDER),
]


def test_the_changes_of_skus_and_orders_send_their_events(
    streams: Streams, records: list[Any], bus: CollectingBus
) -> None:
    assert streams.deliver_skus(*records) == []
    assert bus.seen == EXPECTED
    [placed] = [event for event in bus.events if event["type"] == "order.placed"]
    assert (placed["source"], placed["data"]["status"]) == ("/inventory/stock", "reserved")


@pytest.mark.parametrize("accepts", range(len(EXPECTED)))
def test_after_a_failure_the_rest_is_delivered_again_and_nothing_is_lost(
    streams: Streams, records: list[Any], bus: CollectingBus, accepts: int
) -> None:
    bus.accepts = accepts
    [failed] = streams.deliver_skus(*records)
    bus.accepts = None
    assert streams.deliver_skus(*records[int(failed) :]) == []
    assert {(event["id"], event["type"]) for event in bus.events} == {
        (event["id"], event["type"]) for event in _all_events(streams, records, bus)
    }
    assert set(bus.seen) == set(EXPECTED)


def _all_events(streams: Streams, records: list[Any], bus: CollectingBus) -> list[dict[str, Any]]:
    before = len(bus.events)
    assert streams.deliver_skus(*records) == []
    events, bus.events = bus.events[before:], bus.events[:before]
    return events


def test_an_alert_that_fails_has_its_change_delivered_again(
    streams: Streams, process: Process, tables: Tables, bus: CollectingBus
) -> None:
    tables.put(a_sku(BLACK, 20, sequence=1))
    with streams.changes_of(BLACK) as records:
        process.place(an_order_of((BLACK, 1)))
        process.confirm(SettleOrder(ORDER))
        tables.set_attributes(BLACK, reorder_threshold={"N": "19"})
    streams.outbox.broken = True
    assert len(streams.deliver_skus(*records)) == 1
    sent = len(bus.events)
    streams.outbox.broken = False
    assert streams.deliver_skus(*records) == []
    assert [event["id"] for event in bus.events[sent:]] == [event["id"] for event in bus.events[:sent]]


def test_an_order_that_somebody_else_has_written_raises_no_event(
    streams: Streams, records: list[Any], bus: CollectingBus
) -> None:
    order = records[2]["dynamodb"]
    order["NewImage"] = order["NewImage"] | {"owner": {"S": "forged"}}
    assert streams.deliver_skus(records[2]) == []
    assert bus.events == []


def test_a_key_that_is_not_available_delays_the_events_of_orders_and_loses_none(
    streams: Streams,
    records: list[Any],
    bus: CollectingBus,
    process: Process,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unavailable(_: Any) -> None:
        raise ConnectionError("no keys")

    database = process.storage.state.database
    monkeypatch.setattr(type(database.ledger_key), "public_key", lambda *_: unavailable(_))
    assert streams.deliver_skus(*records) == ["2"]
    assert bus.seen == EXPECTED[:3]


def test_a_removed_order_raises_none(streams: Streams, records: list[Any], bus: CollectingBus) -> None:
    image = records[2]["dynamodb"]["NewImage"]
    removed = {"Keys": order_key(ORDER), "SequenceNumber": "9", "OldImage": image}
    assert streams.deliver_skus({"eventName": "REMOVE", "dynamodb": removed}) == []
    assert bus.events == []


def test_without_a_bus_alerts_are_sent_all_the_same(process: Process) -> None:
    handlers = stream_handlers_of(process, Outbox())
    assert isinstance(handlers, StreamHandlers)
