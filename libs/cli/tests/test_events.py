"""``inventory events tail`` reads a bus through a queue and a rule of its own, and leaves nothing behind."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from inventory_cli import event_tail
from inventory_cli.event_tail import EventTail, pattern_of


class Aws:
    """EventBridge and SQS: `waiting` are the bodies of the queue's messages; `refuses` names a call."""

    def __init__(self) -> None:
        self.queues: dict[str, dict[str, str]] = {}
        self.rules: dict[str, dict[str, Any]] = {}
        self.targets: dict[str, Any] = {}
        self.waiting: list[str] = []
        self.refuses = ""
        self.unreachable = False

    def _check(self, operation: str) -> None:
        if self.unreachable:
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1:4566")
        if operation == self.refuses:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, operation)

    def describe_event_bus(self, Name: str) -> dict[str, str]:
        self._check("DescribeEventBus")
        return {"Name": Name}

    def create_queue(self, QueueName: str, Attributes: dict[str, str]) -> dict[str, str]:
        self._check("CreateQueue")
        self.queues[QueueName] = dict(Attributes)
        return {"QueueUrl": QueueName}

    def get_queue_attributes(self, QueueUrl: str, AttributeNames: list[str]) -> Any:
        return {"Attributes": {name: f"arn:{QueueUrl}" for name in AttributeNames}}

    def set_queue_attributes(self, QueueUrl: str, Attributes: dict[str, str]) -> None:
        self.queues[QueueUrl] |= Attributes

    def put_rule(self, Name: str, **rule: Any) -> dict[str, str]:
        self._check("PutRule")
        self.rules[Name] = rule
        return {"RuleArn": f"arn:rule:{Name}"}

    def put_targets(self, Rule: str, EventBusName: str, Targets: Any) -> None:
        self._check("PutTargets")
        self.targets[Rule] = Targets

    def remove_targets(self, Rule: str, EventBusName: str, Ids: Any) -> None:
        del self.targets[Rule]

    def delete_rule(self, Name: str, EventBusName: str) -> None:
        assert Name not in self.targets, "AWS deletes no rule that has targets"
        del self.rules[Name]

    def delete_queue(self, QueueUrl: str) -> None:
        del self.queues[QueueUrl]

    def receive_message(self, **_: Any) -> Any:
        bodies, self.waiting = self.waiting[:10], self.waiting[10:]
        if not bodies:
            raise KeyboardInterrupt  # nothing comes any more
        return {"Messages": [{"Body": body, "ReceiptHandle": "r"} for body in bodies]}

    def delete_message(self, **_: Any) -> None:
        pass

    @property
    def is_clean(self) -> bool:
        return not (self.queues or self.rules or self.targets)


def an_event(number: int, **data: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "time": "2026-02-23T10:30:00.000000Z",
        "type": "stock.out",
        "subject": f"SKU-{number}",
        "data": data or {"available_stock": 0, "current_stock": 5},
    }


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    aws = Aws()
    monkeypatch.setattr("inventory_cli.commands.events.connect", lambda *_: aws)
    return aws


def test_events_are_printed_as_they_come_each_once(inventory, aws, capsys):
    aws.waiting = [json.dumps(an_event(number)) for number in (1, 2, 1, 3)]
    assert inventory("events", "tail") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[2] for line in lines] == ["SKU-1", "SKU-2", "SKU-3"]
    assert lines[0].split()[1] == "stock.out"
    assert "available_stock=0 current_stock=5" in lines[0]
    assert aws.is_clean


def test_json_is_the_event(inventory, aws, capsys):
    aws.waiting = [json.dumps(an_event(1))]
    assert inventory("events", "tail", "--json", "--limit", 1) == 0
    assert json.loads(capsys.readouterr().out) == an_event(1)


def test_a_rule_takes_only_what_is_wanted_and_only_it_may_send_to_the_queue(inventory, aws, monkeypatch):
    made: list[Any] = []
    monkeypatch.setattr(aws, "delete_queue", lambda QueueUrl: made.append(aws.queues.pop(QueueUrl)))
    monkeypatch.setattr(aws, "delete_rule", lambda Name, EventBusName: made.append(aws.rules.pop(Name)))
    wanted = (
        "--type",
        "stock.out",
        "--type",
        "stock.back",
        "--vendor",
        "VENDOR-001",
        "--bus",
        "inventory-prod",
    )
    assert inventory("events", "tail", *wanted) == 0
    rule, queue = made
    assert rule["EventBusName"] == "inventory-prod"
    assert json.loads(rule["EventPattern"]) == {
        "source": [{"prefix": "inventory."}],
        "detail-type": ["stock.out", "stock.back"],
        "detail": {"data": {"vendor_id": ["VENDOR-001"]}},
    }
    [statement] = json.loads(queue["Policy"])["Statement"]
    assert statement["Condition"]["ArnEquals"]["aws:SourceArn"].startswith("arn:rule:inventory-tail-")
    assert queue["MessageRetentionPeriod"] == "300"
    assert pattern_of([], ["SKU-1"], None)["detail"] == {"subject": ["SKU-1"]}


@pytest.mark.parametrize("refused", ["DescribeEventBus", "CreateQueue", "PutRule", "PutTargets"])
def test_whatever_aws_refuses_nothing_is_left(inventory, aws, capsys, refused):
    aws.refuses = refused
    assert inventory("events", "tail") == 1
    assert "not you" in capsys.readouterr().err
    assert aws.queues == aws.targets == {}
    assert aws.rules == {} or refused == "PutTargets"


def test_without_an_answer_the_exit_code_says_so(inventory, aws, capsys):
    aws.unreachable = True
    assert inventory("events", "tail") == 4
    assert "127.0.0.1:4566" in capsys.readouterr().err


def test_another_profile_has_to_name_its_bus(inventory, aws, capsys):
    assert inventory("--profile", "production", "events", "tail") == 2
    assert "--bus inventory-prod" in capsys.readouterr().err


def test_without_boto3_the_message_says_what_to_install(inventory, monkeypatch, capsys):
    def not_installed(*_: Any) -> None:
        raise ImportError

    monkeypatch.setattr("inventory_cli.commands.events.connect", not_installed)
    assert inventory("events", "tail") == 2
    assert "inventory-cli[events]" in capsys.readouterr().err


def test_it_ends_after_its_time():
    now = iter(range(0, 100, 4))
    aws = Aws()
    aws.waiting = [json.dumps(an_event(number)) for number in range(60)]
    tail = EventTail(aws, aws, "bus", lambda: float(next(now)))
    with tail.listening(pattern_of([], [], None)):
        assert len(list(tail.received(20))) == 20
    assert aws.is_clean
    assert event_tail.connect("sqs", "http://127.0.0.1:1").meta.endpoint_url == "http://127.0.0.1:1"
