"""Events are sent at least once: refused entries alone are sent again, and the first that fails is named."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from inventory_common.event_bus import _ATTEMPTS_MAX, _CALL_BYTES_MAX, EventBus, NotSent
from inventory_common.events import Event


class Bus:
    """EventBridge: collects the events, and refuses those with certain subjects, so many times."""

    def __init__(self, refusals: dict[str, int] | None = None, fails: bool = False) -> None:
        self.refusals = refusals or {}
        self.fails = fails
        self.calls: list[list[str]] = []
        self.accepted: list[str] = []

    def put_events(self, Entries: Sequence[dict[str, str]]) -> dict[str, Any]:
        if self.fails:
            raise ConnectionError("no route")
        assert sum(len(text.encode()) for entry in Entries for text in entry.values()) <= 256 * 1024
        subjects = [json.loads(entry["Detail"])["subject"] for entry in Entries]
        self.calls.append(subjects)
        results = []
        for subject in subjects:
            if self.refusals.get(subject, 0) > 0:
                self.refusals[subject] -= 1
                results.append({"ErrorCode": "ThrottlingException", "ErrorMessage": "slow down"})
            else:
                self.accepted.append(subject)
                results.append({"EventId": "1"})
        return {"Entries": results, "FailedEntryCount": sum("ErrorCode" in each for each in results)}


def an_event(subject: str, data: str = "") -> Event:
    return Event(
        id=f"id-{subject}",
        source="/inventory/stock",
        type="stock.out",
        subject=subject,
        time="2026-02-23T10:31:00.000000Z",
        sequence=12,
        data={"text": data},
    )


def some(count: int, data: str = "") -> list[Event]:
    return [an_event(f"S{number}", data) for number in range(count)]


def a_bus(client: Any, pauses: list[float] | None = None) -> EventBus:
    return EventBus("inventory-dev", client, (pauses if pauses is not None else []).append)


def test_an_event_is_an_entry_with_the_attributes_of_cloudevents() -> None:
    entries: list[dict[str, str]] = []

    class Recording(Bus):
        def put_events(self, Entries: Sequence[dict[str, str]]) -> dict[str, Any]:
            entries.extend(Entries)
            return super().put_events(Entries)

    a_bus(Recording()).send([an_event("SKU-1", "x")])
    [entry] = entries
    assert {name: text for name, text in entry.items() if name != "Detail"} == {
        "EventBusName": "inventory-dev",
        "Source": "inventory.stock",
        "DetailType": "stock.out",
    }
    assert json.loads(entry["Detail"]) == {
        "specversion": "1.0",
        "id": "id-SKU-1",
        "source": "/inventory/stock",
        "type": "stock.out",
        "subject": "SKU-1",
        "time": "2026-02-23T10:31:00.000000Z",
        "datacontenttype": "application/json",
        "sequence": "00000000000000000012",
        "data": {"text": "x"},
    }


def test_ten_events_are_sent_in_one_call() -> None:
    client = Bus()
    a_bus(client).send(some(23))
    assert [len(call) for call in client.calls] == [10, 10, 3]
    assert client.accepted == [f"S{number}" for number in range(23)]


def test_a_call_has_as_many_events_as_its_bytes_allow() -> None:
    client = Bus()
    a_bus(client).send(some(5, "x" * (_CALL_BYTES_MAX // 2 - 1_000)))
    assert [len(call) for call in client.calls] == [2, 2, 1]
    a_bus(client).send(some(2, "x" * (_CALL_BYTES_MAX - 1_000)))
    assert [len(call) for call in client.calls[3:]] == [1, 1]


def test_the_events_that_a_call_refused_are_sent_again_alone() -> None:
    client, pauses = Bus({"S1": 1, "S3": 2}), []  # type: ignore[var-annotated]
    a_bus(client, pauses).send(some(4))
    assert client.calls == [["S0", "S1", "S2", "S3"], ["S1", "S3"], ["S3"]]
    assert sorted(client.accepted) == ["S0", "S1", "S2", "S3"]
    assert len(pauses) == 2


def test_the_first_event_that_is_refused_for_good_is_named() -> None:
    client = Bus({"S12": _ATTEMPTS_MAX, "S13": 1})
    with pytest.raises(NotSent, match="ThrottlingException: slow down") as raised:
        a_bus(client).send(some(25))
    assert raised.value.position == 12
    assert {"S20", "S12"}.isdisjoint(client.accepted)
    assert {f"S{number}" for number in range(12)} <= set(client.accepted)


def test_an_unreachable_bus_names_the_first_event_of_the_call() -> None:
    with pytest.raises(NotSent, match="ConnectionError: no route") as raised:
        a_bus(Bus(fails=True)).send(some(3))
    assert raised.value.position == 0


def test_without_a_bus_nothing_is_sent() -> None:
    EventBus(None, Bus(fails=True)).send(some(3))
    a_bus(Bus(fails=True)).send([])
