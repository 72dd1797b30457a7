"""Processes between a stream and a consumer, which tests kill at any point.

``python -m tests.support.event_processes publish FOLDER`` hands the batches of VendorInventory's stream to
the stock service's function and keeps its position in the folder after each, as an event source mapping of
Lambda does.  ``… consume FOLDER QUEUE_URL`` appends the events of a queue to a file of the folder, and then
deletes them from the queue.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import boto3

from local.event_source import connect_streams
from local.service import load_app
from local.settings import SERVICES_FOLDER

__all__ = ["POSITIONS", "RECEIVED", "began_file"]

POSITIONS = "positions.json"
RECEIVED = "received.jsonl"
_PAUSE_SECONDS = 0.05


def began_file(folder: Path, pid: int) -> Path:
    """Return the file that a process makes once it has begun to work."""
    return folder / f"began-{pid}"


class Publisher:
    """Reads the stream from its kept positions on."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / POSITIONS
        self._function = _stock().sku_changed
        self._streams = connect_streams()
        tables = boto3.client("dynamodb")
        self._arn = tables.describe_table(TableName="VendorInventory")["Table"]["LatestStreamArn"]
        self._positions: dict[str, str] = json.loads(self._file.read_text()) if self._file.exists() else {}
        self._iterators: dict[str, str | None] = {}

    def poll(self) -> bool:
        """Read and hand over a batch of each shard; return whether there was one."""
        shards = self._streams.describe_stream(StreamArn=self._arn)["StreamDescription"]["Shards"]
        return any([self._advance(shard["ShardId"]) for shard in shards])

    def _advance(self, shard: str) -> bool:
        iterator = self._iterators.get(shard) or self._iterator(shard)
        response = self._streams.get_records(ShardIterator=iterator, Limit=100)
        records = response["Records"]
        if records:
            answer = self._function({"Records": records}, None)
            failures = answer["batchItemFailures"]
            handled = records
            if failures:
                numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
                handled = records[: numbers.index(failures[0]["itemIdentifier"])]
            if handled:
                self._keep(shard, handled[-1]["dynamodb"]["SequenceNumber"])
            if failures:
                self._iterators[shard] = None
                return True
        self._iterators[shard] = response.get("NextShardIterator")
        return bool(records)

    def _iterator(self, shard: str) -> str:
        position = self._positions.get(shard)
        start = (
            {"ShardIteratorType": "TRIM_HORIZON"}
            if position is None
            else {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": position}
        )
        found = self._streams.get_shard_iterator(StreamArn=self._arn, ShardId=shard, **start)
        return str(found["ShardIterator"])

    def _keep(self, shard: str, position: str) -> None:
        self._positions[shard] = position
        written = self._file.with_suffix(".new")
        written.write_text(json.dumps(self._positions))
        written.replace(self._file)


def _stock() -> Any:
    load_app(SERVICES_FOLDER / "stock")
    return sys.modules["app"]


def _publish(folder: Path) -> None:
    publisher = Publisher(folder)
    began_file(folder, os.getpid()).touch()
    while True:
        if not publisher.poll():
            time.sleep(_PAUSE_SECONDS)


def _consume(folder: Path, queue_url: str) -> None:
    queues = boto3.client("sqs")
    began_file(folder, os.getpid()).touch()
    while True:
        messages = queues.receive_message(
            QueueUrl=queue_url, MaxNumberOfMessages=10, VisibilityTimeout=5, WaitTimeSeconds=1
        ).get("Messages", ())
        if not messages:
            continue
        # In one write, so that a kill leaves whole lines, and before they are deleted.
        lines = "".join(f"{message['Body']}\n" for message in messages)
        descriptor = os.open(folder / RECEIVED, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(descriptor, lines.encode())
        os.close(descriptor)
        queues.delete_message_batch(
            QueueUrl=queue_url,
            Entries=[
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                for number, message in enumerate(messages)
            ],
        )


if __name__ == "__main__":
    if sys.argv[1] == "publish":
        _publish(Path(sys.argv[2]))
    else:
        _consume(Path(sys.argv[2]), sys.argv[3])
