"""The bus of events of the local stack: events reach the queues of rules, and can be replayed.

The command line reads it as docs/events.md says.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest

from inventory_common.event_bus import EventBus
from inventory_common.events import Event, event_id
from local.events import create_event_bus
from local.settings import EVENT_BUS, REGION


@pytest.fixture
def aws(shared_aws: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes clients of the embedded AWS, which has the bus."""
    for name in ("EVENTBRIDGE", "SQS"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{name}", shared_aws)
    for name, value in (("AWS_ACCESS_KEY_ID", "local"), ("AWS_SECRET_ACCESS_KEY", "local")):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    create_event_bus({"EVENT_BUS": EVENT_BUS})
    return boto3.client


def an_event(number: int) -> Event:
    return Event(
        id=event_id("stock.out", "SKU-1", number),
        source="/inventory/stock",
        type="stock.out",
        subject="SKU-1",
        time="2026-02-23T10:30:00.000000Z",
        sequence=number,
        data={"number": number},
    )


def a_queue(aws: Any, name: str, pattern: dict[str, Any]) -> str:
    """A queue that a rule of the bus sends what matches to."""
    queues, events = aws("sqs"), aws("events")
    url: str = queues.create_queue(QueueName=name)["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name=name, EventBusName=EVENT_BUS, EventPattern=json.dumps(pattern))
    target = {"Id": "queue", "Arn": arn, "InputPath": "$.detail"}
    events.put_targets(Rule=name, EventBusName=EVENT_BUS, Targets=[target])
    return url


def received(aws: Any, url: str, count: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    deadline = time.monotonic() + 20
    while len(found) < count and time.monotonic() < deadline:
        messages = aws("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        found += [json.loads(message["Body"]) for message in messages.get("Messages", ())]
    return found


def test_the_bus_is_created_once(aws: Any) -> None:
    create_event_bus({"EVENT_BUS": EVENT_BUS})
    assert [bus["Name"] for bus in aws("events").list_event_buses()["EventBuses"]].count(EVENT_BUS) == 1
    assert [each["ArchiveName"] for each in aws("events").list_archives()["Archives"]] == [EVENT_BUS]
    create_event_bus({})


def test_events_reach_the_queue_of_a_rule(aws: Any) -> None:
    url = a_queue(aws, "wanted", {"source": ["inventory.stock"], "detail-type": ["stock.out"]})
    other = a_queue(aws, "unwanted", {"detail-type": ["order.placed"]})
    sent = [an_event(number) for number in range(25)]
    EventBus(EVENT_BUS).send(sent)
    assert sorted(each["sequence"] for each in received(aws, url, 25)) == [
        f"{number:020}" for number in range(25)
    ]
    assert received(aws, other, 0) == []


def test_the_command_line_prints_events_and_leaves_nothing_behind(aws: Any, shared_aws: str) -> None:
    environ = {**os.environ, "AWS_PORT": str(urlsplit(shared_aws).port), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "inventory_cli", "events", "tail", "--json", "--type", "stock.out"]
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as tail:
        assert tail.stderr is not None
        assert tail.stdout is not None
        assert "Waiting for events" in tail.stderr.readline()
        rules = {rule["Name"] for rule in aws("events").list_rules(EventBusName=EVENT_BUS)["Rules"]}
        assert [name for name in rules if name.startswith("inventory-tail-")]
        EventBus(EVENT_BUS).send([an_event(901)])
        assert json.loads(tail.stdout.readline()) == an_event(901).document()
        tail.send_signal(signal.SIGTERM)
        assert tail.wait(20) == 0
    rules = {rule["Name"] for rule in aws("events").list_rules(EventBusName=EVENT_BUS)["Rules"]}
    assert not [name for name in rules if name.startswith("inventory-tail-")]
    assert not aws("sqs").list_queues(QueueNamePrefix="inventory-tail-").get("QueueUrls")


def test_archived_events_can_be_replayed(aws: Any) -> None:
    events = aws("events")
    begun = datetime.now(UTC) - timedelta(minutes=1)
    EventBus(EVENT_BUS).send([an_event(77)])
    url = a_queue(aws, "late", {"source": ["inventory.stock"], "detail": {"data": {"number": [77]}}})
    archive = events.describe_archive(ArchiveName=EVENT_BUS)
    events.start_replay(
        ReplayName="again",
        EventSourceArn=archive["ArchiveArn"],
        EventStartTime=begun,
        EventEndTime=datetime.now(UTC) + timedelta(minutes=1),
        Destination={"Arn": archive["EventSourceArn"]},
    )
    [event] = received(aws, url, 1)
    assert event["id"] == an_event(77).id
