"""A Lambda event source mapping: reads a stream and invokes a function with its records."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from inventory_common.streams import BATCH_SIZE

ATTEMPTS = 10
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 5.0
FIND_SHARDS_SECONDS = 5.0
SHARDS_AT_ONCE = 8

log = logging.getLogger(__name__)

Record = dict[str, Any]
Function = Callable[[Mapping[str, Any]], Mapping[str, Any] | None]
"""A Lambda function with ``ReportBatchItemFailures``."""


@dataclass
class Shard:
    """The position in one shard, and the records that the function has not processed yet."""

    iterator: str | None
    pending: list[Record] = field(default_factory=list)
    attempts: int = 0
    next_attempt_at: float = 0.0
    was_full: bool = False
    """Whether the last read returned as many records as it may."""

    @property
    def is_done(self) -> bool:
        """Whether it is closed and all its records have been processed."""
        return self.iterator is None and not self.pending


def connect_streams() -> Any:
    """Make a client of DynamoDB Streams whose records have the form in which Lambda delivers them.

    That is the JSON of the response.  botocore's own parser takes longer, and returns binary values
    as bytes, which an event of Lambda never has.
    """
    client = boto3.client("dynamodbstreams")
    client.meta.events.register("before-parse.dynamodb-streams.GetRecords", _keep_json)
    return client


def _keep_json(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    if response_dict["status_code"] == HTTPStatus.OK:
        customized_response_dict |= json.loads(response_dict["body"])
        response_dict["body"] = b"{}"


class EventSource:
    """Reads a stream from its oldest record on and invokes a function with batches.

    As the mapping in production does: parent shards before their children, shards side by side, records of a
    shard in order, again from the first that failed, and past a record that keeps failing.

    Parameters
    ----------
    streams : Any
        A DynamoDB Streams client of boto3.
    stream_arn : str
        The stream.
    wanted : Callable[[Mapping], bool]
        Returns by a record's key whether the function receives it.
    function : Function
        Invoked with Lambda's form of a batch.
    batch_size : int
        The most records of a batch.
    monotonic : Callable[[], float]
        The clock, in seconds.
    """

    def __init__(
        self,
        streams: Any,
        stream_arn: str,
        matches: Callable[[Mapping[str, Any]], bool],
        function: Function,
        batch_size: int = BATCH_SIZE,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._streams = streams
        self._arn = stream_arn
        self._matches = matches
        self._function = function
        self._batch_size = batch_size
        self._monotonic = monotonic
        self._shards: dict[str, Shard] = {}
        self._find_shards_at = 0.0
        self._is_reachable = True

    @property
    def is_behind(self) -> bool:
        """Whether a shard probably has more records than were read last."""
        return any(shard.was_full for shard in self._shards.values())

    def poll_to_the_end(self) -> bool:
        """Read and deliver records, also of shards that are new; return whether there were none."""
        self._find_shards_at = 0.0
        is_busy = self.poll()
        pending = any(shard.pending for shard in self._shards.values())
        return self._is_reachable and not is_busy and not pending

    def poll(self) -> bool:
        """Read and deliver records; return whether there were any."""
        try:
            self._find_shards()
            busy = self._advance_all()
        except (BotoCoreError, ClientError) as error:
            if self._is_reachable:
                log.warning("%s cannot be read for now: %s", self._arn, error)
            self._is_reachable = False
            return False
        if not self._is_reachable:
            log.warning("%s can be read again", self._arn)
            self._is_reachable = True
        return any(busy)

    def _advance_all(self) -> list[bool]:
        """Advance all shards, several at once, as the mapping in production invokes a function for each."""
        open_shards = [(name, shard) for name, shard in self._shards.items() if not shard.is_done]
        if len(open_shards) < 2:
            return [self._advance(name, shard) for name, shard in open_shards]
        with ThreadPoolExecutor(min(len(open_shards), SHARDS_AT_ONCE)) as pool:
            return list(pool.map(lambda each: self._advance(*each), open_shards))

    def _find_shards(self) -> None:
        now = self._monotonic()
        if now < self._find_shards_at:
            return
        # Collected first: a child may be described before its parent.
        parents = {shard["ShardId"]: shard.get("ParentShardId", "") for shard in self._described_shards()}
        self._shards = {
            name: shard for name, shard in self._shards.items() if name in parents or not shard.is_done
        }
        for name, parent_name in parents.items():
            parent = self._shards.get(parent_name)
            # A parent that is neither known nor described has been trimmed; any other is read first.
            is_next = parent_name not in parents if parent is None else parent.is_done
            if name not in self._shards and is_next:
                self._shards[name] = Shard(self._oldest_of(name))
        self._find_shards_at = now + FIND_SHARDS_SECONDS

    def _described_shards(self) -> Iterator[Mapping[str, Any]]:
        page: dict[str, str] = {}
        while True:
            stream = self._streams.describe_stream(StreamArn=self._arn, **page)["StreamDescription"]
            yield from stream["Shards"]
            if "LastEvaluatedShardId" not in stream:
                return
            page = {"ExclusiveStartShardId": stream["LastEvaluatedShardId"]}

    def _oldest_of(self, shard_id: str) -> str:
        response = self._streams.get_shard_iterator(
            StreamArn=self._arn, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
        )
        return str(response["ShardIterator"])

    def _advance(self, shard_id: str, shard: Shard) -> bool:
        is_busy = not shard.pending and self._read(shard_id, shard)
        if shard.pending and self._monotonic() >= shard.next_attempt_at:
            self._deliver(shard)
            is_busy = True
        if shard.is_done:
            self._find_shards_at = 0.0  # its children can be read
        return is_busy

    def _read(self, shard_id: str, shard: Shard) -> bool:
        """Read the next records of a shard; return whether there were any, also such as do not match."""
        try:
            response = self._streams.get_records(ShardIterator=shard.iterator, Limit=self._batch_size)
        except (
            self._streams.exceptions.ExpiredIteratorException,
            self._streams.exceptions.TrimmedDataAccessException,
            self._streams.exceptions.ResourceNotFoundException,
        ):
            # It is found again if it still exists, and read from its oldest record: functions accept
            # repeated records.
            del self._shards[shard_id]
            self._find_shards_at = 0.0
            return False
        shard.iterator = response.get("NextShardIterator")
        shard.was_full = len(response["Records"]) == self._batch_size
        shard.pending = [each for each in response["Records"] if self._matches(each["dynamodb"]["Keys"])]
        return bool(response["Records"])

    def _deliver(self, shard: Shard) -> None:
        remaining = self._call(shard.pending)
        if len(remaining) < len(shard.pending):
            shard.attempts = 0
        shard.pending = remaining
        if not remaining:
            return
        shard.attempts += 1
        if shard.attempts >= ATTEMPTS:
            dropped = shard.pending.pop(0)
            # In production it goes to the mapping's on-failure queue.
            log.error("dropped after %d attempts: %s", ATTEMPTS, json.dumps(dropped, default=str))
            shard.attempts = 0
            return
        pause = min(FIRST_PAUSE_SECONDS * 2 ** (shard.attempts - 1), LONGEST_PAUSE_SECONDS)
        shard.next_attempt_at = self._monotonic() + pause

    def _call(self, records: list[Record]) -> list[Record]:
        """Invoke the function, and return the records from the first that failed.

        A response that names no record of the batch, or that cannot be read, is a failure of the whole batch.
        """
        event = {"Records": [self._as_lambda_record(record) for record in records]}
        try:
            response = self._function(event) or {}
            failed = {failure["itemIdentifier"] for failure in response.get("batchItemFailures") or ()}
        except Exception:
            log.exception("the function failed on a whole batch")
            return records
        for position, record in enumerate(records):
            if record["dynamodb"]["SequenceNumber"] in failed:
                return records[position:]
        return records if failed else []

    def _as_lambda_record(self, record: Record) -> Record:
        change = dict(record["dynamodb"])
        created_at = change.get("ApproximateCreationDateTime")
        if isinstance(created_at, datetime):
            change["ApproximateCreationDateTime"] = created_at.timestamp()
        return {**record, "dynamodb": change, "eventSourceARN": self._arn}
