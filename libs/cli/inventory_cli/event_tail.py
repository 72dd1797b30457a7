"""A temporary queue of a bus's events: a rule sends it what matches, and both are removed at the end."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, Final

from inventory_client import ClientError, NoAnswer

__all__ = ["EventTail", "connect", "errors_of_aws", "pattern_of"]

_PREFIX: Final = "inventory-tail-"
_SOURCES: Final = [{"prefix": "inventory."}]
_WAIT_SECONDS: Final = 5
"""How long one request waits for events."""
_KEPT_SECONDS: Final = 300
"""How long the queue keeps an event that nobody reads, if the process was killed."""


def connect(name: str, local_url: str | None) -> Any:
    """Return a client of an AWS service: that of the environment, or of the embedded AWS at a URL.

    Raises
    ------
    ImportError
        If boto3 is not installed.
    """
    import boto3

    if local_url is None:
        return boto3.client(name)
    access = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
    return boto3.client(name, endpoint_url=local_url, region_name="ap-south-1", **access)


def pattern_of(types: Sequence[str], subjects: Sequence[str], vendor_id: str | None) -> dict[str, Any]:
    """Return the pattern of a rule for events of any of the types, about any of the subjects, of a vendor."""
    detail: dict[str, Any] = {}
    if subjects:
        detail["subject"] = list(subjects)
    if vendor_id is not None:
        detail["data"] = {"vendor_id": [vendor_id]}
    pattern: dict[str, Any] = {"source": _SOURCES}
    if types:
        pattern["detail-type"] = list(types)
    return pattern | ({"detail": detail} if detail else {})


@contextmanager
def errors_of_aws() -> Iterator[None]:
    """Raise errors of AWS as those of the client: `ClientError` if it refuses, `NoAnswer` if it is away."""
    from botocore import exceptions

    try:
        yield
    except exceptions.ClientError as error:
        raise ClientError(str(error)) from error
    except exceptions.BotoCoreError as error:
        raise NoAnswer(str(error)) from error


class EventTail:
    """Events of a bus from now on.

    Parameters
    ----------
    events, queues
        Clients of EventBridge and SQS.
    bus
        The bus's name.
    monotonic
        The clock, in seconds.
    """

    def __init__(
        self, events: Any, queues: Any, bus: str, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._events = events
        self._queues = queues
        self._bus = bus
        self._monotonic = monotonic
        self._url = ""

    @contextmanager
    def listening(self, pattern: Mapping[str, Any]) -> Iterator[None]:
        """Create a queue and a rule that sends it what matches, and remove both at the end of the block."""
        name = f"{_PREFIX}{secrets.token_hex(4)}"
        # AWS accepts a missing bus, and then delivers nothing.
        self._events.describe_event_bus(Name=self._bus)
        retention = {"MessageRetentionPeriod": str(_KEPT_SECONDS)}
        self._url = self._queues.create_queue(QueueName=name, Attributes=retention)["QueueUrl"]
        try:
            wanted = self._queues.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
            queue_arn = wanted["Attributes"]["QueueArn"]
            rule = self._events.put_rule(
                Name=name,
                EventBusName=self._bus,
                EventPattern=json.dumps(pattern),
                Description="Temporary: inventory events tail",
            )
            policy = _policy(queue_arn, rule["RuleArn"])
            self._queues.set_queue_attributes(QueueUrl=self._url, Attributes={"Policy": json.dumps(policy)})
            target = {"Id": "queue", "Arn": queue_arn, "InputPath": "$.detail"}
            self._events.put_targets(Rule=name, EventBusName=self._bus, Targets=[target])
            yield
        finally:
            # Each by itself: the others are removed whatever happens to one.
            rule_key = {"EventBusName": self._bus}
            removals: list[Callable[[], Any]] = [
                partial(self._events.remove_targets, Rule=name, Ids=["queue"], **rule_key),
                partial(self._events.delete_rule, Name=name, **rule_key),
                partial(self._queues.delete_queue, QueueUrl=self._url),
            ]
            for remove in removals:
                with suppress(Exception):
                    remove()

    def received(self, seconds: float | None = None) -> Iterator[dict[str, Any]]:
        """Yield events as they come, each id once, for so many seconds or without an end."""
        deadline = None if seconds is None else self._monotonic() + seconds
        seen: set[str] = set()
        while deadline is None or self._monotonic() < deadline:
            left = _WAIT_SECONDS if deadline is None else int(deadline - self._monotonic())
            messages = self._queues.receive_message(
                QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=max(0, min(_WAIT_SECONDS, left))
            ).get("Messages", ())
            for message in messages:
                event = json.loads(message["Body"])
                if event["id"] not in seen:
                    seen.add(event["id"])
                    yield event
                self._queues.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])


def _policy(queue_arn: str, rule_arn: str) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule_arn}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
