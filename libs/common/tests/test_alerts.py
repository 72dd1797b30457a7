"""Alerts: what subscribers receive from SNS, or the log."""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from inventory_common.alert_topic import AlertTopic
from inventory_common.alerts import Alert

ALERT = Alert("low_stock:SKU-1:7", "low_stock", "VENDOR-001", {"sku": "SKU-1", "current_stock": 5})
DOCUMENT = {
    "alert_id": "low_stock:SKU-1:7",
    "kind": "low_stock",
    "vendor_id": "VENDOR-001",
    "sku": "SKU-1",
    "current_stock": 5,
}


class Subscriber:
    """A queue that is subscribed to a topic in another region than the service's own."""

    def __init__(self) -> None:
        self._sqs = boto3.client("sqs", region_name="eu-west-1")
        self.sns = boto3.client("sns", region_name="eu-west-1")
        self.topic_arn: str = self.sns.create_topic(Name="alerts")["TopicArn"]
        self._queue = self._sqs.create_queue(QueueName="alerts")["QueueUrl"]
        wanted = ["QueueArn"]
        attributes = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=wanted)["Attributes"]
        self.sns.subscribe(TopicArn=self.topic_arn, Protocol="sqs", Endpoint=attributes["QueueArn"])

    def received(self) -> list[dict[str, Any]]:
        answer = self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in answer.get("Messages", ())]


@pytest.fixture
def subscriber(monkeypatch: pytest.MonkeyPatch) -> Iterator[Subscriber]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    with mock_aws():
        yield Subscriber()


def test_an_alert_is_one_flat_json_object() -> None:
    assert ALERT.document() == DOCUMENT


def test_a_subscriber_receives_the_document_and_can_filter_by_kind_and_vendor(
    subscriber: Subscriber, capsys: pytest.CaptureFixture[str]
) -> None:
    AlertTopic(subscriber.topic_arn, "shop").send(ALERT)
    [message] = subscriber.received()
    assert json.loads(message["Message"]) == DOCUMENT
    assert message["MessageAttributes"] == {
        "kind": {"Type": "String", "Value": "low_stock"},
        "vendor_id": {"Type": "String", "Value": "VENDOR-001"},
    }
    assert capsys.readouterr().out == ""


def test_several_alerts_are_sent_to_the_same_topic(subscriber: Subscriber) -> None:
    topic = AlertTopic(subscriber.topic_arn, "shop")
    for number in range(3):
        topic.send(replace(ALERT, alert_id=f"low_stock:SKU-1:{number}"))
    sent = {json.loads(message["Message"])["alert_id"] for message in subscriber.received()}
    assert sent == {f"low_stock:SKU-1:{number}" for number in range(3)}


def test_an_alert_that_cannot_be_sent_raises_an_error(subscriber: Subscriber) -> None:
    subscriber.sns.delete_topic(TopicArn=subscriber.topic_arn)
    with pytest.raises(ClientError):
        AlertTopic(subscriber.topic_arn, "shop").send(ALERT)


def test_an_alert_without_a_topic_is_a_line_in_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    AlertTopic(None, "shop").send(ALERT)
    [line] = map(json.loads, capsys.readouterr().out.splitlines())
    assert line.pop("timestamp")
    assert line == {"level": "WARN", "message": "alert", "service": "shop"} | DOCUMENT


def test_an_alert_whose_log_line_cannot_be_written_raises_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch, open("/dev/full", "w") as full:
        patch.setattr(sys, "stdout", full)
        with pytest.raises(OSError, match="No space left"):
            AlertTopic(None, "shop").send(ALERT)
