"""Every change of a product sends one event, at least once, which names what has changed."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest
from collecting_bus import CollectingBus

from chalicelib.engine.product_events import ProductEvents
from inventory_common.event_bus import EventBus
from inventory_common.products import Product

from .shop import a_product


@pytest.fixture
def bus() -> CollectingBus:
    return CollectingBus()


@pytest.fixture
def deliver(service_module: Any, catalog: Any, bus: CollectingBus, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Delivers records of the stream; returns the numbers of those to be delivered again."""
    events = ProductEvents(catalog.store, EventBus("bus", bus, lambda _: None))
    monkeypatch.setattr(service_module, "events", events)

    def deliver(*records: Any) -> list[str]:
        answer = service_module.product_changed({"Records": list(records)}, None)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    return deliver


def a_record(before: Product | None, after: Product, number: int = 1) -> Any:
    change: dict[str, Any] = {
        "Keys": {"product_id": {"S": after.product_id}},
        "SequenceNumber": str(number),
        "NewImage": after.to_item(),
    }
    change |= {} if before is None else {"OldImage": before.to_item()}
    return {"eventName": "MODIFY", "dynamodb": change}


def test_a_new_product_and_each_change_send_an_event(deliver: Any, bus: CollectingBus) -> None:
    first = a_product()
    second = replace(first, brand="SoundMax", version=2, updated_at="2026-02-23T11:00:00.000000Z")
    third = replace(second, is_active=False, version=3)
    assert deliver(a_record(None, first), a_record(first, second, 2), a_record(second, third, 3)) == []
    created, changed, deactivated = bus.events
    assert (created["type"], created["subject"], created["source"]) == (
        "product.changed",
        first.product_id,
        "/inventory/catalog",
    )
    assert {"product_id", "vendor_id", "product_name", "is_active"} <= set(created["data"]["changed"])
    assert changed["data"] == {
        "product_id": first.product_id,
        "vendor_id": first.vendor_id,
        "is_active": True,
        "version": 2,
        "changed": ["brand"],
        "link": f"/products/{first.product_id}",
    }
    assert changed["time"] == second.updated_at
    assert (deactivated["data"]["is_active"], deactivated["data"]["changed"]) == (False, ["is_active"])
    assert [int(event["sequence"]) for event in bus.events] == [1, 2, 3]


def test_a_write_that_changes_no_attribute_sends_none(deliver: Any, bus: CollectingBus) -> None:
    product = a_product()
    assert deliver(a_record(product, replace(product, version=2))) == []
    assert bus.events == []


def test_what_was_not_sent_is_delivered_again_with_the_same_id(deliver: Any, bus: CollectingBus) -> None:
    product = a_product()
    records = [a_record(None, product), a_record(product, replace(product, brand="B", version=2), 2)]
    bus.accepts = 0
    assert deliver(*records) == ["1"]
    bus.accepts = None
    assert deliver(*records) == deliver(*records) == []
    ids = [event["id"] for event in bus.events]
    assert ids[:2] == ids[2:]
    assert len(set(ids)) == 2


def test_an_image_that_cannot_be_read_stops_no_other_event(deliver: Any, bus: CollectingBus) -> None:
    product = a_product()
    damaged = a_record(product, replace(product, brand="B", version=2))
    damaged["dynamodb"]["NewImage"]["version"] = {"B": b64encode(b"x").decode()}
    other = a_record(None, replace(product, product_id="PROD-00000"), 2)
    assert deliver(damaged, other) == []
    assert [event["subject"] for event in bus.events] == ["PROD-00000"]


def test_changes_of_other_items_send_none(deliver: Any, bus: CollectingBus) -> None:
    record = a_record(None, a_product())
    record["dynamodb"]["Keys"] = {"product_id": {"S": "#MARKER#1"}}
    assert deliver(record) == []
    assert bus.events == []
