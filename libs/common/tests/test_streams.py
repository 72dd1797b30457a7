"""Batches of changes: in order, up to the first that fails, and one line of the log each."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from inventory_common.dynamodb import connect
from inventory_common.errors import Busy
from inventory_common.schema import PRODUCTS, VENDOR_INVENTORY
from inventory_common.streams import (
    PRODUCT_CHANGES,
    SKU_CHANGES,
    ItemChange,
    StreamSubscription,
    process_batch,
)

Lines = Callable[[], list[dict[str, Any]]]

OLD, NEW = {"version": {"N": "1"}}, {"version": {"N": "2"}}


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """What was written to the log since the last look."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


class Work:
    """Takes changes down, and fails on some of them."""

    def __init__(self, *bad: str) -> None:
        self.seen: list[str] = []
        self._bad = bad

    def __call__(self, change: ItemChange) -> None:
        sku = change.key["sku"]["S"]
        self.seen.append(sku)
        if sku in self._bad:
            raise Busy("Too many writers.")


def record(number: int, sku: str = "") -> dict[str, Any]:
    key = {"product_id": {"S": "PROD-1"}, "sku": {"S": sku or f"SKU-{number}"}}
    change = {"Keys": key, "SequenceNumber": f"{number:021}", "OldImage": OLD, "NewImage": NEW}
    return {"eventID": str(number), "eventName": "MODIFY", "dynamodb": change}


def batch(*records: Any) -> dict[str, Any]:
    return {"Records": list(records)}


def worked_off(event: dict[str, Any], work: Callable[[ItemChange], None]) -> list[dict[str, str]]:
    answer = process_batch(event, SKU_CHANGES, work, "shop")
    assert answer.keys() == {"batchItemFailures"}
    failures: list[dict[str, str]] = answer["batchItemFailures"]
    return failures


def test_a_batch_is_worked_off_in_its_order() -> None:
    work = Work()
    assert worked_off(batch(*map(record, range(10, 0, -1))), work) == []
    assert work.seen == [f"SKU-{number}" for number in range(10, 0, -1)]


def test_the_first_failure_ends_it_and_is_named_so_that_it_comes_again_with_all_after_it() -> None:
    work = Work("SKU-3", "SKU-5")
    assert worked_off(batch(*map(record, range(1, 7))), work) == [{"itemIdentifier": f"{3:021}"}]
    assert work.seen == ["SKU-1", "SKU-2", "SKU-3"]


def test_an_empty_batch_is_no_failure(lines: Lines) -> None:
    assert worked_off(batch(), Work()) == []
    [line] = lines()
    assert (line["records"], line["handled"]) == (0, 0)


def test_items_of_other_kinds_are_passed_over(lines: Lines) -> None:
    work = Work()
    others = [record(1, "#ORDER"), record(2), record(3, "#MARKER"), record(4, "#ALERT"), record(5, "sku-5")]
    assert worked_off(batch(*others), work) == []
    assert work.seen == ["SKU-2"]
    [line] = lines()
    assert (line["records"], line["handled"]) == (5, 1)


def test_a_change_has_its_key_and_both_images() -> None:
    seen: list[ItemChange] = []
    new, removed = record(1), record(2)
    del new["dynamodb"]["OldImage"], removed["dynamodb"]["NewImage"]
    worked_off(batch(record(0), new, removed), seen.append)
    assert [(change.before, change.after) for change in seen] == [(OLD, NEW), (None, NEW), (OLD, None)]
    assert seen[0].key == {"product_id": {"S": "PROD-1"}, "sku": {"S": "SKU-0"}}


@pytest.mark.parametrize("missing", ["Keys", "sku"])
def test_a_record_that_cannot_be_read_fails_like_one_that_cannot_be_handled(
    lines: Lines, missing: str
) -> None:
    work, bad = Work(), record(2)
    change = bad["dynamodb"]
    del (change if missing == "Keys" else change["Keys"])[missing]
    assert worked_off(batch(record(1), bad, record(3)), work) == [{"itemIdentifier": f"{2:021}"}]
    assert work.seen == ["SKU-1"]
    assert lines()[0]["exception"] == "KeyError"


def test_a_record_without_a_number_cannot_be_named_so_the_whole_batch_fails() -> None:
    bad = record(2)
    del bad["dynamodb"]["SequenceNumber"]
    with pytest.raises(KeyError):
        process_batch(batch(record(1), bad), SKU_CHANGES, Work(), "shop")


def test_what_ends_the_process_is_no_failure_of_a_record() -> None:
    def stop(_: ItemChange) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        process_batch(batch(record(1)), SKU_CHANGES, stop, "shop")


def test_a_batch_is_one_line_of_the_log(lines: Lines) -> None:
    worked_off(batch(record(1), record(2, "#ORDER"), record(3)), Work())
    [line] = lines()
    assert line.pop("timestamp")
    assert line == {
        "level": "INFO",
        "message": "changes",
        "service": "shop",
        "table": "VendorInventory",
        "records": 3,
        "handled": 2,
        "dynamodb_calls": 0,
        "dynamodb_retries": 0,
        "read_units": 0.0,
        "write_units": 0.0,
    }


def test_a_failure_is_in_the_batchs_line(lines: Lines) -> None:
    worked_off(batch(*map(record, range(1, 5))), Work("SKU-3"))
    [line] = lines()
    assert (line["level"], line["records"], line["handled"]) == ("ERROR", 4, 2)
    assert line["sequence_number"] == f"{3:021}"
    assert line["exception"] == "inventory_common.errors.Busy"
    assert "Traceback" in line["stack"]


def test_what_the_work_costs_is_in_the_batchs_line(
    dynamodb: Any, monkeypatch: pytest.MonkeyPatch, lines: Lines
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    client = connect()

    def read_twice(change: ItemChange) -> None:
        for _ in range(2):
            client.get_item(TableName="VendorInventory", Key=dict(change.key), ConsistentRead=True)

    worked_off(batch(record(1), record(2, "#ORDER"), record(3)), read_twice)
    assert lines()[0]["dynamodb_calls"] == 4


@pytest.mark.parametrize(
    ("feed", "key", "expected"),
    [
        (PRODUCT_CHANGES, {"product_id": {"S": "PROD-E4F9A"}}, True),
        (PRODUCT_CHANGES, {"product_id": {"S": "#EXTERNAL-ID#VENDOR-001#A"}}, False),
        (SKU_CHANGES, {"product_id": {"S": "PROD-1"}, "sku": {"S": "SKU-PROD-1-A"}}, True),
        (SKU_CHANGES, {"product_id": {"S": "ORDER-SKU-1"}, "sku": {"S": "#ORDER"}}, False),
        (SKU_CHANGES, {"product_id": {"S": "SKU-1"}, "sku": {"S": "#MARKER"}}, False),
        (SKU_CHANGES, {"product_id": {"S": "#ALERT#SKU-1"}, "sku": {"S": "#ALERT"}}, False),
    ],
)
def test_a_feed_knows_its_items_by_their_keys(
    subscription: StreamSubscription, key: dict[str, Any], expected: bool
) -> None:
    assert subscription.has(key) is expected


def test_feeds_are_of_tables_that_have_streams(declared_tables: dict[str, Any]) -> None:
    assert (PRODUCT_CHANGES.table, SKU_CHANGES.table) == (PRODUCTS, VENDOR_INVENTORY)
    for subscription in (PRODUCT_CHANGES, SKU_CHANGES):
        assert declared_tables[subscription.table.name]["stream_view_type"] == "NEW_AND_OLD_IMAGES"
        assert subscription.key_attribute in (subscription.table.partition_key, subscription.table.sort_key)
