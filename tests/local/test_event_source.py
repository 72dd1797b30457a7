"""Reading a stream as an event source mapping does: a scripted stream, the test's own clock, no sleep."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from inventory_common.streams import BATCH_SIZE
from local.event_source import (
    ATTEMPTS,
    FIND_SHARDS_SECONDS,
    FIRST_PAUSE_SECONDS,
    LONGEST_PAUSE_SECONDS,
    EventSource,
)

ARN = "arn:aws:dynamodb:ap-south-1:000000000000:table/VendorInventory/stream/2026-02-23T10:30:00.000"
MOMENT = datetime(2026, 2, 23, 10, 30, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that stands still until a test moves it."""

    seconds: float = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class ScriptedShard:
    """Records of a shard; while it is open, more may be added."""

    parent: str | None = None
    records: list[dict[str, Any]] = field(default_factory=list)
    is_closed: bool = False


class _Error(ClientError):
    def __init__(self) -> None:
        code = type(self).__name__
        super().__init__({"Error": {"Code": code, "Message": code}}, "GetRecords")


class Errors:
    class ExpiredIteratorException(_Error): ...

    class TrimmedDataAccessException(_Error): ...

    class ResourceNotFoundException(_Error): ...


class Streams:
    """A DynamoDB Streams client; an iterator is the shard's name and a position in it."""

    exceptions = Errors

    def __init__(self) -> None:
        self.shards: dict[str, ScriptedShard] = {}
        self.shards_in_a_page = 100
        self.failing: Exception | None = None
        self.failing_reads: list[Exception] = []
        self.reads: list[str] = []
        self.descriptions = 0

    def describe_stream(self, *, StreamArn: str, ExclusiveStartShardId: str | None = None) -> Any:
        assert StreamArn == ARN
        self.descriptions += 1
        self._fail()
        names = list(self.shards)
        first = 0 if ExclusiveStartShardId is None else names.index(ExclusiveStartShardId) + 1
        page = names[first : first + self.shards_in_a_page]
        shards = [
            {"ShardId": name} | ({"ParentShardId": parent} if (parent := self.shards[name].parent) else {})
            for name in page
        ]
        more = {"LastEvaluatedShardId": page[-1]} if page and page[-1] != names[-1] else {}
        return {"StreamDescription": {"Shards": shards, **more}}

    def get_shard_iterator(self, *, StreamArn: str, ShardId: str, ShardIteratorType: str) -> Any:
        assert (StreamArn, ShardIteratorType) == (ARN, "TRIM_HORIZON")
        self._fail()
        if ShardId not in self.shards:
            raise Errors.ResourceNotFoundException
        return {"ShardIterator": f"{ShardId}:0"}

    def get_records(self, *, ShardIterator: str, Limit: int) -> Any:
        name, _, position = ShardIterator.partition(":")
        self.reads.append(name)
        self._fail()
        if self.failing_reads:
            raise self.failing_reads.pop(0)
        if name not in self.shards:
            raise Errors.ResourceNotFoundException
        shard = self.shards[name]
        end = min(int(position) + Limit, len(shard.records))
        response: dict[str, Any] = {"Records": shard.records[int(position) : end]}
        if not (shard.is_closed and end == len(shard.records)):
            response["NextShardIterator"] = f"{name}:{end}"
        return response

    def _fail(self) -> None:
        if self.failing is not None:
            raise self.failing


class Function:
    """Records batches, and fails on the records in `bad`."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.events: list[Mapping[str, Any]] = []
        self.bad: set[str] = set()
        self.response: Callable[[list[str]], Any] | None = None

    def __call__(self, event: Mapping[str, Any]) -> Any:
        self.events.append(event)
        numbers = [record["dynamodb"]["SequenceNumber"] for record in event["Records"]]
        self.batches.append(numbers)
        if self.response is not None:
            return self.response(numbers)
        failed = next((number for number in numbers if number in self.bad), None)
        return {"batchItemFailures": [{"itemIdentifier": failed}] if failed else []}

    @property
    def delivered(self) -> list[str]:
        return [number for batch in self.batches for number in batch]


def records(*names: str, sort_key: str = "SKU") -> list[dict[str, Any]]:
    keys = {"product_id": {"S": "PROD-1"}, "sku": {"S": sort_key}}
    return [
        {
            "eventID": name,
            "dynamodb": {"Keys": keys, "SequenceNumber": name, "ApproximateCreationDateTime": MOMENT},
        }
        for name in names
    ]


class Mapped:
    """An event source with its stream, its function and its clock."""

    def __init__(self) -> None:
        self.streams, self.function, self.clock = Streams(), Function(), Clock()
        self.source = EventSource(self.streams, ARN, _is_sku, self.function, monotonic=self.clock)

    def has(self, name: str = "A", *names: str, **rest: Any) -> ScriptedShard:
        """Add a shard with records to the stream."""
        self.streams.shards[name] = shard = ScriptedShard(records=records(*names), **rest)
        return shard

    def poll_to_the_end(self) -> None:
        """Poll until there are no records, twice, with a new description of the shards each time."""
        quiet = 0
        for _ in range(50):
            self.clock.seconds += FIND_SHARDS_SECONDS
            quiet = 0 if self.source.poll() else quiet + 1
            if quiet == 2:
                return
        raise AssertionError("records keep coming")


def _is_sku(key: Mapping[str, Any]) -> bool:
    return bool(key["sku"]["S"] == "SKU")


@pytest.fixture
def mapped() -> Mapped:
    return Mapped()


# Records


def test_records_come_in_order_from_the_oldest_on(mapped: Mapped) -> None:
    shard = mapped.has("A", "1", "2")
    assert mapped.source.poll()
    shard.records += records("3")
    assert mapped.source.poll()
    assert mapped.function.batches == [["1", "2"], ["3"]]


def test_a_batch_is_no_larger_than_the_mappings(mapped: Mapped) -> None:
    names = [f"{number:04}" for number in range(2 * BATCH_SIZE + 1)]
    mapped.has("A", *names)
    mapped.poll_to_the_end()
    assert [len(batch) for batch in mapped.function.batches] == [BATCH_SIZE, BATCH_SIZE, 1]
    assert mapped.function.delivered == names


def test_an_empty_poll_invokes_nothing_and_returns_false(mapped: Mapped) -> None:
    mapped.has("A")
    assert [mapped.source.poll(), mapped.source.poll()] == [False, False]
    assert mapped.function.batches == []


def test_a_stream_without_shards_is_empty(mapped: Mapped) -> None:
    assert not mapped.source.poll()


def test_records_that_do_not_match_invoke_nothing_and_cause_no_pause(mapped: Mapped) -> None:
    shard = mapped.has("A")
    shard.records = records("1", sort_key="#ORDER") + records("2") + records("3", sort_key="#MARKER")
    mapped.source.poll()
    assert mapped.function.batches == [["2"]]
    shard.records += records("4", sort_key="#ORDER")
    assert [mapped.source.poll(), mapped.source.poll()] == [True, False]
    assert mapped.function.batches == [["2"]]


def test_the_function_receives_lambdas_form_of_a_batch(mapped: Mapped) -> None:
    mapped.has("A", "1")
    mapped.source.poll()
    [event] = mapped.function.events
    [record] = event["Records"]
    assert record["eventSourceARN"] == ARN
    assert record["dynamodb"]["ApproximateCreationDateTime"] == MOMENT.timestamp()
    json.dumps(event)
    [[stored]] = [shard.records for shard in mapped.streams.shards.values()]
    assert stored["dynamodb"]["ApproximateCreationDateTime"] == MOMENT, (
        "the record that was read is unchanged"
    )


def test_a_function_that_returns_none_has_processed_the_batch(mapped: Mapped) -> None:
    mapped.has("A", "1")
    mapped.function.response = lambda _: None
    mapped.poll_to_the_end()
    assert mapped.function.batches == [["1"]]


def test_shards_are_read_side_by_side(mapped: Mapped) -> None:
    """As Lambda invokes a function for each shard: neither of them waits for the other."""
    mapped.has("A", "1")
    mapped.has("B", "2")
    both = threading.Barrier(2, timeout=10)

    def wait_for_the_other(_: Any) -> Any:
        both.wait()
        return {"batchItemFailures": []}

    mapped.function.response = wait_for_the_other
    mapped.source.poll()
    assert sorted(mapped.function.delivered) == ["1", "2"]


def test_a_source_is_behind_if_it_has_read_a_full_batch(mapped: Mapped) -> None:
    assert not mapped.source.is_behind
    mapped.has("A", *(f"{number:04}" for number in range(BATCH_SIZE + 1)))
    mapped.source.poll()
    assert mapped.source.is_behind
    mapped.source.poll()
    assert not mapped.source.is_behind


# Failures


def test_after_a_failure_the_batch_is_delivered_again_from_the_failed_record(mapped: Mapped) -> None:
    shard = mapped.has("A", "1", "2", "3")
    mapped.function.bad = {"2"}
    mapped.source.poll()
    shard.records += records("4")
    mapped.function.bad = set()
    mapped.poll_to_the_end()
    assert mapped.function.batches == [["1", "2", "3"], ["2", "3"], ["4"]]


def test_the_first_of_several_failed_records_counts(mapped: Mapped) -> None:
    mapped.has("A", "1", "2", "3")
    mapped.function.response = lambda _: {"batchItemFailures": [{"itemIdentifier": n} for n in ("3", "2")]}
    mapped.source.poll()
    mapped.function.response = None
    mapped.poll_to_the_end()
    assert mapped.function.batches[1:] == [["2", "3"]]


def test_pauses_double_up_to_the_longest(mapped: Mapped) -> None:
    mapped.has("A", "1")
    mapped.function.bad = {"1"}
    mapped.source.poll()
    for attempt in range(1, ATTEMPTS - 1):
        pause = min(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1), LONGEST_PAUSE_SECONDS)
        mapped.clock.seconds += pause - 0.001
        assert not mapped.source.poll()
        assert len(mapped.function.batches) == attempt
        mapped.clock.seconds += 0.002
        assert mapped.source.poll()
        assert len(mapped.function.batches) == attempt + 1
    assert mapped.streams.reads == ["A"], "nothing new is read before the failed records are processed"


def test_a_record_that_keeps_failing_is_dropped_and_the_next_ones_are_delivered(
    mapped: Mapped, caplog: pytest.LogCaptureFixture
) -> None:
    mapped.has("A", "1", "2", "3")
    mapped.function.bad = {"2"}
    for _ in range(ATTEMPTS):
        mapped.clock.seconds += LONGEST_PAUSE_SECONDS
        mapped.source.poll()
    assert mapped.function.batches == [["1", "2", "3"]] + [["2", "3"]] * (ATTEMPTS - 1)
    [line] = [each.getMessage() for each in caplog.records if each.levelno == logging.ERROR]
    assert line.startswith(f"dropped after {ATTEMPTS} attempts: ")
    assert json.loads(line.partition(": ")[2])["dynamodb"]["SequenceNumber"] == "2"
    assert mapped.source.poll(), "at once"
    assert mapped.function.batches[ATTEMPTS:] == [["3"]]


def test_progress_gives_the_next_record_all_its_attempts(mapped: Mapped) -> None:
    mapped.has("A", "1", "2")
    mapped.function.bad = {"1"}
    for attempt in range(2 * ATTEMPTS):
        if attempt == ATTEMPTS - 1:
            mapped.function.bad = {"2"}
        mapped.clock.seconds += LONGEST_PAUSE_SECONDS
        mapped.source.poll()
    assert mapped.function.batches == [["1", "2"]] * ATTEMPTS + [["2"]] * (ATTEMPTS - 1)


@pytest.mark.parametrize(
    "response",
    [
        {"batchItemFailures": [{"itemIdentifier": "unheard"}]},
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"itemIdentifier": None}]},
        {"batchItemFailures": [{"sequenceNumber": "2"}]},
        {"batchItemFailures": ["2"]},
        "done",
    ],
)
def test_a_response_that_names_no_record_fails_the_whole_batch(mapped: Mapped, response: Any) -> None:
    mapped.has("A", "1", "2")
    mapped.function.response = lambda _: response
    mapped.source.poll()
    mapped.function.response = None
    mapped.poll_to_the_end()
    assert mapped.function.batches == [["1", "2"], ["1", "2"]]


def test_a_function_that_raises_gets_the_whole_batch_again(
    mapped: Mapped, caplog: pytest.LogCaptureFixture
) -> None:
    def collapse(_: Any) -> None:
        raise ZeroDivisionError

    mapped.has("A", "1", "2")
    mapped.function.response = collapse
    assert mapped.source.poll()
    assert "ZeroDivisionError" in caplog.text
    mapped.function.response = None
    mapped.poll_to_the_end()
    assert mapped.function.batches == [["1", "2"], ["1", "2"]]


def test_an_aws_error_in_the_function_is_a_failure_of_the_function(mapped: Mapped) -> None:
    def collapse(_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")

    mapped.has("A", "1")
    mapped.function.response = collapse
    assert mapped.source.poll(), "the stream itself could be read"


def test_a_shard_in_backoff_does_not_delay_another(mapped: Mapped) -> None:
    mapped.has("A", "1")
    mapped.has("B", "2")
    mapped.function.bad = {"1"}
    mapped.source.poll()
    mapped.streams.shards["B"].records += records("3")
    assert mapped.source.poll()
    assert mapped.function.delivered == ["1", "2", "3"]


# Shards


def test_a_child_shard_is_read_after_all_of_its_parent(mapped: Mapped) -> None:
    mapped.has("parent", "1", "2", is_closed=True)
    mapped.has("child", "3", parent="parent")
    mapped.function.bad = {"2"}
    for _ in range(4):
        mapped.clock.seconds += FIND_SHARDS_SECONDS
        mapped.source.poll()
    assert "3" not in mapped.function.delivered
    mapped.function.bad = set()
    mapped.poll_to_the_end()
    assert mapped.function.batches[-2:] == [["2"], ["3"]]


@pytest.mark.parametrize("shards_in_a_page", [1, 2, 100])
@pytest.mark.parametrize("order", ["ABCD", "DCBA", "BADC"])
def test_generations_are_read_in_order_however_they_are_described(
    mapped: Mapped, order: str, shards_in_a_page: int
) -> None:
    parents = {"A": None, "B": "A", "C": "B", "D": "C"}
    mapped.streams.shards_in_a_page = shards_in_a_page
    for name in order:
        mapped.has(name, f"{name}1", f"{name}2", parent=parents[name], is_closed=name != "D")
    mapped.poll_to_the_end()
    assert mapped.function.delivered == [f"{name}{number}" for name in "ABCD" for number in (1, 2)]


def test_both_halves_of_a_split_are_read(mapped: Mapped) -> None:
    mapped.has("A", "1", is_closed=True)
    mapped.has("B", "2", parent="A")
    mapped.has("C", "3", parent="A")
    mapped.poll_to_the_end()
    assert mapped.function.delivered == ["1", "2", "3"]


def test_a_child_of_a_trimmed_parent_is_read(mapped: Mapped) -> None:
    mapped.has("B", "2", parent="A")
    mapped.poll_to_the_end()
    assert mapped.function.delivered == ["2"]


def test_children_are_read_as_soon_as_their_parent_is_done(mapped: Mapped) -> None:
    parent = mapped.has("A", "1")
    mapped.source.poll()
    parent.is_closed = True
    parent.records += records("2")
    mapped.has("B", "3", parent="A")
    mapped.source.poll()
    assert mapped.source.poll(), "without waiting for the next regular description"
    assert mapped.function.delivered == ["1", "2", "3"]


def test_shards_are_described_at_intervals(mapped: Mapped) -> None:
    mapped.has("A")
    for _ in range(10):
        mapped.source.poll()
    assert mapped.streams.descriptions == 1
    mapped.clock.seconds += FIND_SHARDS_SECONDS
    mapped.source.poll()
    assert mapped.streams.descriptions == 2


def test_a_shard_that_is_done_is_not_read_again_and_causes_no_descriptions(mapped: Mapped) -> None:
    mapped.has("A", "1", is_closed=True)
    mapped.poll_to_the_end()
    reads, descriptions = len(mapped.streams.reads), mapped.streams.descriptions
    mapped.source.poll()
    for _ in range(10):
        mapped.source.poll()
    assert len(mapped.streams.reads) == reads
    assert mapped.streams.descriptions <= descriptions + 1
    mapped.poll_to_the_end()
    assert mapped.function.batches == [["1"]]


# Errors of the stream


@pytest.mark.parametrize("error", [Errors.ExpiredIteratorException, Errors.TrimmedDataAccessException])
def test_an_expired_iterator_is_replaced_by_the_oldest(mapped: Mapped, error: type[ClientError]) -> None:
    shard = mapped.has("A", "1")
    mapped.source.poll()
    shard.records += records("2")
    mapped.streams.failing_reads = [error()]
    mapped.source.poll()
    mapped.source.poll()
    assert mapped.function.batches == [["1"], ["1", "2"]], "delivered again rather than never"


def test_a_trimmed_shard_does_not_delay_the_others(mapped: Mapped) -> None:
    mapped.has("A")
    mapped.has("B")
    mapped.source.poll()
    mapped.streams.shards["B"].records += records("2")
    mapped.streams.failing_reads = [Errors.ExpiredIteratorException()]
    del mapped.streams.shards["A"]
    mapped.poll_to_the_end()
    assert mapped.function.delivered == ["2"]


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
        ClientError({"Error": {"Code": "InternalServerError", "Message": ""}}, "GetRecords"),
    ],
)
def test_nothing_is_lost_while_the_engine_is_unreachable(
    mapped: Mapped, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    shard = mapped.has("A", "1")
    mapped.streams.failing = error
    for _ in range(5):
        assert not mapped.source.poll()
    mapped.streams.failing = None
    assert mapped.source.poll()
    mapped.streams.failing = error
    shard.records += records("2")
    assert not mapped.source.poll()
    mapped.streams.failing = None
    mapped.poll_to_the_end()
    assert mapped.function.batches == [["1"], ["2"]]
    said = [each.getMessage() for each in caplog.records]
    assert ["again" in line for line in said] == [False, True] * 2, "logged once each time"


def test_pending_records_survive_an_unreachable_engine(mapped: Mapped) -> None:
    mapped.has("A", "1", "2")
    mapped.function.bad = {"2"}
    mapped.source.poll()
    mapped.streams.failing = EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
    mapped.clock.seconds += FIND_SHARDS_SECONDS
    assert not mapped.source.poll()
    mapped.streams.failing = None
    mapped.function.bad = set()
    mapped.poll_to_the_end()
    assert mapped.function.batches == [["1", "2"], ["2"]]


def test_the_end_is_reached_when_a_poll_finds_no_record(mapped: Mapped) -> None:
    mapped.streams.shards["first"] = ScriptedShard(records=records("1"))
    assert not mapped.source.poll_to_the_end()
    assert mapped.source.poll_to_the_end()
    # Also that of a shard which is described at intervals only.
    mapped.streams.shards["second"] = ScriptedShard(records=records("2"))
    assert not mapped.source.poll_to_the_end()
    assert mapped.source.poll_to_the_end()


def test_the_end_is_not_reached_before_a_failed_record_is_delivered(mapped: Mapped) -> None:
    mapped.streams.shards["first"] = ScriptedShard(records=records("1"))
    mapped.function.bad = {"1"}
    mapped.source.poll_to_the_end()
    assert not mapped.source.poll_to_the_end()  # in its pause
    mapped.function.bad = set()
    mapped.clock.seconds += LONGEST_PAUSE_SECONDS
    mapped.source.poll_to_the_end()
    assert mapped.source.poll_to_the_end()


def test_the_end_of_an_unreachable_stream_is_not_reached(mapped: Mapped) -> None:
    mapped.streams.failing = EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
    assert not mapped.source.poll_to_the_end()
    mapped.streams.failing = None
    assert mapped.source.poll_to_the_end()
