"""Batches of changes are handled in order up to the first failure, with one line in the log."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from inventory_common.dynamodb import connect
from inventory_common.errors import Busy
from inventory_common.schema import PRODUCTS, VENDOR_INVENTORY
from inventory_common.streams import (
    LOG_CHANGES,
    PRODUCT_CHANGES,
    SKU_CHANGES,
    STOCK_CHANGES,
    ChangeFailed,
    ItemChange,
    StreamSubscription,
    one_by_one,
    process_batch,
)

Lines = Callable[[], list[dict[str, Any]]]

OLD, NEW = {"version": {"N": "1"}}, {"version": {"N": "2"}}


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """The lines that were logged since the last call."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


class Handler:
    """Collects the SKUs of changes, and fails for some of them."""

    def __init__(self, *failing: str) -> None:
        self.skus: list[str] = []
        self._failing = failing

    def __call__(self, change: ItemChange) -> None:
        sku = change.key["sku"]["S"]
        self.skus.append(sku)
        if sku in self._failing:
            raise Busy("Too many writers.")


def record(number: int, sku: str = "") -> dict[str, Any]:
    key = {"product_id": {"S": "PROD-1"}, "sku": {"S": sku or f"SKU-{number}"}}
    change = {"Keys": key, "SequenceNumber": f"{number:021}", "OldImage": OLD, "NewImage": NEW}
    return {"eventID": str(number), "eventName": "MODIFY", "dynamodb": change}


def batch(*records: Any) -> dict[str, Any]:
    return {"Records": list(records)}


def processed(event: dict[str, Any], handle: Callable[[ItemChange], None]) -> list[dict[str, str]]:
    """Process a batch of changes of SKUs, and return its failures."""
    response = process_batch(event, SKU_CHANGES, one_by_one(handle), "shop")
    assert response.keys() == {"batchItemFailures"}
    failures: list[dict[str, str]] = response["batchItemFailures"]
    return failures


def test_a_batch_is_processed_in_its_order() -> None:
    handler = Handler()
    assert processed(batch(*map(record, range(10, 0, -1))), handler) == []
    assert handler.skus == [f"SKU-{number}" for number in range(10, 0, -1)]


def test_the_first_failure_ends_a_batch_and_is_reported_so_that_lambda_delivers_it_again() -> None:
    handler = Handler("SKU-3", "SKU-5")
    assert processed(batch(*map(record, range(1, 7))), handler) == [{"itemIdentifier": f"{3:021}"}]
    assert handler.skus == ["SKU-1", "SKU-2", "SKU-3"]


def test_an_empty_batch_has_no_failure(lines: Lines) -> None:
    assert processed(batch(), Handler()) == []
    [line] = lines()
    assert (line["records"], line["handled"]) == (0, 0)


def test_changes_of_other_items_are_skipped(lines: Lines) -> None:
    handler = Handler()
    others = [record(1, "#ORDER"), record(2), record(3, "#MARKER"), record(4, "#ALERT"), record(5, "sku-5")]
    assert processed(batch(*others), handler) == []
    assert handler.skus == ["SKU-2"]
    [line] = lines()
    assert (line["records"], line["handled"]) == (5, 1)


def test_a_change_has_its_key_and_both_images() -> None:
    seen: list[ItemChange] = []
    new, removed = record(1), record(2)
    del new["dynamodb"]["OldImage"], removed["dynamodb"]["NewImage"]
    processed(batch(record(0), new, removed), seen.append)
    assert [(change.before, change.after) for change in seen] == [(OLD, NEW), (None, NEW), (OLD, None)]
    assert seen[0].key == {"product_id": {"S": "PROD-1"}, "sku": {"S": "SKU-0"}}


@pytest.mark.parametrize("missing", ["Keys", "sku"])
def test_a_record_that_cannot_be_read_is_a_failure_too(lines: Lines, missing: str) -> None:
    handler, bad = Handler(), record(2)
    change = bad["dynamodb"]
    del (change if missing == "Keys" else change["Keys"])[missing]
    assert processed(batch(record(1), bad, record(3)), handler) == [{"itemIdentifier": f"{2:021}"}]
    assert handler.skus == ["SKU-1"]
    assert lines()[0]["exception"] == "KeyError"


def test_a_record_without_a_number_cannot_be_reported_so_the_whole_batch_fails() -> None:
    bad = record(2)
    del bad["dynamodb"]["SequenceNumber"]
    with pytest.raises(KeyError):
        process_batch(batch(record(1), bad), SKU_CHANGES, one_by_one(Handler()), "shop")


def test_the_end_of_the_process_is_not_a_failure_of_a_record() -> None:
    def stop(_: ItemChange) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        process_batch(batch(record(1)), SKU_CHANGES, one_by_one(stop), "shop")


def test_a_batch_is_logged_in_one_line(lines: Lines) -> None:
    processed(batch(record(1), record(2, "#ORDER"), record(3)), Handler())
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


def test_a_failure_is_logged_in_the_line_of_its_batch(lines: Lines) -> None:
    processed(batch(*map(record, range(1, 5))), Handler("SKU-3"))
    [line] = lines()
    assert (line["level"], line["records"], line["handled"]) == ("ERROR", 4, 2)
    assert line["sequence_number"] == f"{3:021}"
    assert line["exception"] == "inventory_common.errors.Busy"
    assert "Traceback" in line["stack"]


def test_the_calls_of_dynamodb_are_counted_in_the_line_of_their_batch(
    dynamodb: Any, monkeypatch: pytest.MonkeyPatch, lines: Lines
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    client = connect()

    def read_twice(change: ItemChange) -> None:
        for _ in range(2):
            client.get_item(TableName="VendorInventory", Key=dict(change.key), ConsistentRead=True)

    processed(batch(record(1), record(2, "#ORDER"), record(3)), read_twice)
    assert lines()[0]["dynamodb_calls"] == 4


def test_a_batch_is_handled_as_a_whole_without_the_changes_of_other_items(lines: Lines) -> None:
    batches: list[Sequence[ItemChange]] = []
    event = batch(record(1), record(2, "#ORDER"), record(3))
    assert process_batch(event, SKU_CHANGES, batches.append, "shop") == {"batchItemFailures": []}
    assert [[each.key["sku"]["S"] for each in changes] for changes in batches] == [["SKU-1", "SKU-3"]]
    assert lines()[0]["handled"] == 2


def test_a_batch_without_matching_changes_calls_nothing() -> None:
    batches: list[Sequence[ItemChange]] = []
    event = batch(record(1, "#ORDER"))
    assert process_batch(event, SKU_CHANGES, batches.append, "shop") == {"batchItemFailures": []}
    assert batches == []


def test_a_failure_that_names_no_change_delivers_the_whole_batch_again(lines: Lines) -> None:
    def fail(_: Sequence[ItemChange]) -> None:
        raise Busy("Too many writers.")

    response = process_batch(batch(record(1, "#ORDER"), record(2), record(3)), SKU_CHANGES, fail, "shop")
    assert response == {"batchItemFailures": [{"itemIdentifier": f"{2:021}"}]}
    [line] = lines()
    assert (line["handled"], line["exception"]) == (0, "inventory_common.errors.Busy")


def test_a_batch_is_delivered_again_from_the_change_that_its_handler_names(lines: Lines) -> None:
    def fail(changes: Sequence[ItemChange]) -> None:
        try:
            raise Busy("Too many writers.")
        except Busy as error:
            raise ChangeFailed(changes[2]) from error

    response = process_batch(batch(*map(record, range(1, 5))), SKU_CHANGES, fail, "shop")
    assert response == {"batchItemFailures": [{"itemIdentifier": f"{3:021}"}]}
    [line] = lines()
    assert (line["handled"], line["exception"]) == (2, "inventory_common.errors.Busy")


@pytest.mark.parametrize(
    ("subscription", "key", "expected"),
    [
        (PRODUCT_CHANGES, {"product_id": {"S": "PROD-E4F9A"}}, True),
        (PRODUCT_CHANGES, {"product_id": {"S": "#EXTERNAL-ID#VENDOR-001#A"}}, False),
        (SKU_CHANGES, {"product_id": {"S": "PROD-1"}, "sku": {"S": "SKU-PROD-1-A"}}, True),
        (SKU_CHANGES, {"product_id": {"S": "ORDER-SKU-1"}, "sku": {"S": "#ORDER"}}, False),
        (SKU_CHANGES, {"product_id": {"S": "SKU-1"}, "sku": {"S": "#MARKER"}}, False),
        (SKU_CHANGES, {"product_id": {"S": "#ALERT#SKU-1"}, "sku": {"S": "#ALERT"}}, False),
        (STOCK_CHANGES, {"product_id": {"S": "PROD-1"}, "sku": {"S": "SKU-PROD-1-A"}}, True),
        (STOCK_CHANGES, {"product_id": {"S": "ORDER-SKU-1"}, "sku": {"S": "#ORDER"}}, True),
        (STOCK_CHANGES, {"product_id": {"S": "ORDER-SKU-1"}, "sku": {"S": "#PART-001"}}, True),
        (STOCK_CHANGES, {"product_id": {"S": "SKU-1"}, "sku": {"S": "#MARKER"}}, False),
        (LOG_CHANGES, {"transaction_id": {"S": "not the id of a record"}}, True),
    ],
)
def test_a_subscription_matches_items_by_their_keys(
    subscription: StreamSubscription, key: dict[str, Any], expected: bool
) -> None:
    assert subscription.matches(key) is expected


def test_the_tables_of_subscriptions_have_streams_with_both_images(declared_tables: dict[str, Any]) -> None:
    assert (PRODUCT_CHANGES.table, SKU_CHANGES.table) == (PRODUCTS, VENDOR_INVENTORY)
    for subscription in (PRODUCT_CHANGES, SKU_CHANGES, STOCK_CHANGES, LOG_CHANGES):
        assert declared_tables[subscription.table.name]["stream_view_type"] == "NEW_AND_OLD_IMAGES"
        assert subscription.key_attribute in (subscription.table.partition_key, subscription.table.sort_key)
