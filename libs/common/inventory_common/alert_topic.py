"""Sends alerts to an SNS topic or, if none is configured, to the log."""

from __future__ import annotations

from typing import Any, Final

import boto3
from botocore.config import Config

from .alerts import Alert
from .exact_json import dumps
from .log_lines import write_event

__all__ = ["AlertTopic"]

# botocore's own timeouts, of minutes, are longer than a Lambda function's.
_CONFIG: Final = Config(
    connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}
)


class AlertTopic:
    """Sends alerts to their subscribers.

    Parameters
    ----------
    topic_arn
        The SNS topic; None writes alerts to the log.
    service
        The application's name, for the log.
    """

    def __init__(self, topic_arn: str | None, service: str) -> None:
        self._topic_arn = topic_arn
        self._service = service
        self._client: Any = None

    def send(self, alert: Alert) -> None:
        """Send an alert; subscribers can filter alerts by kind and vendor.

        Raises
        ------
        Exception
            If it was not sent: the topic refused it, or the log could not be written.
        """
        if self._topic_arn is None:
            write_event(self._service, "alert", level="WARN", **alert.document())
            return
        if self._client is None:
            # Created for the first alert, as most processes send none.
            self._client = boto3.client("sns", region_name=_region_of(self._topic_arn), config=_CONFIG)
        self._client.publish(
            TopicArn=self._topic_arn,
            Message=dumps(alert.document()),
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value}
                for name, value in (("kind", alert.kind), ("vendor_id", alert.vendor_id))
            },
        )


def _region_of(arn: str) -> str:
    return arn.split(":")[3]
