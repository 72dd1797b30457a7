"""The logs of restored tables end where their SKUs do; what cannot be put back is named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
import rfc8785
from moto import mock_aws

from inventory_common.ids import transaction_id
from inventory_common.skus import FIRST_PREVIOUS_HASH, Sku
from inventory_common.transactions import TransactionRecord
from local.tables import create_tables
from tests.support.fixed_ledger_key import LEDGER_KEY
from tests.support.sample_skus import a_sku
from tools.restore.__main__ import main

PRODUCT = "PROD-E4F9A"
PREFIX = "restored-"
BUCKET = "archive"
REST = "0 records put back, 0 removed, 0 logs incomplete."


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The restored tables, which are empty, and the archive's bucket."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    monkeypatch.setenv("TABLE_NAME_PREFIX", PREFIX)
    monkeypatch.setenv("ARCHIVE_BUCKET", BUCKET)
    with mock_aws():
        tables = boto3.client("dynamodb")
        create_tables(tables, PREFIX)
        boto3.client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ap-south-1"}
        )
        yield tables


def a_log(sku: str, length: int) -> list[TransactionRecord]:
    """Return restocks of one unit, each a minute before midnight or later than the one before."""
    records: list[TransactionRecord] = []
    for sequence in range(1, length + 1):
        records.append(
            TransactionRecord.signed_by(
                LEDGER_KEY,
                transaction_id=transaction_id(sku, sequence),
                timestamp=f"2026-02-23T23:5{sequence}:00.000000Z",
                product_id=PRODUCT,
                sku=sku,
                vendor_id="VENDOR-001",
                transaction_type="restock",
                quantity_change=1,
                stock_before=sequence - 1,
                stock_after=sequence,
                performed_by="VENDOR-001",
                sequence=sequence,
                quantity=1,
                reserved_before=0,
                reserved_after=0,
                request_id="r",
                command="restock",
                previous_hash=records[-1].hash if records else FIRST_PREVIOUS_HASH,
            )
        )
    return records


def keep(tables: Any, *records: TransactionRecord) -> None:
    for record in records:
        tables.put_item(TableName=f"{PREFIX}StockTransactions", Item=record.to_item())


def keep_sku(tables: Any, records: list[TransactionRecord]) -> Sku:
    """Keep the SKU at the end of its log."""
    last = records[-1]
    sku = a_sku(
        last.sku,
        product_id=PRODUCT,
        current_stock=last.stock_after,
        sequence=last.sequence,
        ledger_hash=last.hash,
        last_transaction_at=last.timestamp,
        last_transaction_id=last.transaction_id,
    )
    tables.put_item(TableName=f"{PREFIX}VendorInventory", Item=sku.to_item())
    return sku


def archive(key: str, *records: TransactionRecord, **changed: Any) -> None:
    body = b"".join(rfc8785.dumps({**record.document(), **changed}) + b"\n" for record in records)
    boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)


def kept(tables: Any) -> list[TransactionRecord]:
    items = tables.scan(TableName=f"{PREFIX}StockTransactions")["Items"]
    return sorted(map(TransactionRecord.from_item, items), key=lambda record: (record.sku, record.sequence))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    code = main(["align", *arguments])
    return code, capsys.readouterr().out.splitlines()[1:]


@pytest.mark.parametrize(
    "key",
    [
        "log/2026-02-23/1.jsonl",
        "log/2026-02-24/1.jsonl",  # the stream had it after midnight
        "log/epoch-0002/2026-02-23/1.jsonl",
    ],
)
def test_missing_records_are_put_back_from_the_archive(
    aws: Any, capsys: pytest.CaptureFixture[str], key: str
) -> None:
    log = a_log(f"SKU-{PRODUCT}-A", 5)
    keep(aws, *log[:3])
    keep_sku(aws, log)
    archive(key, *log)
    said = [
        f"{each.sku}: record {each.sequence} put back, {each.transaction_id}" for each in (log[4], log[3])
    ]
    assert run(capsys, "--dry-run") == (
        0,
        [*said, "1 SKUs checked: 2 records would be put back, 0 would be removed, 0 logs incomplete."],
    )
    assert kept(aws) == log[:3]
    assert run(capsys) == (
        0,
        [*said, "1 SKUs checked: 2 records put back, 0 removed, 0 logs incomplete."],
    )
    assert kept(aws) == log
    assert run(capsys) == (0, [f"1 SKUs checked: {REST}"])


def test_a_whole_log_is_put_back(aws: Any, capsys: pytest.CaptureFixture[str]) -> None:
    log = a_log(f"SKU-{PRODUCT}-A", 2)
    keep_sku(aws, log)
    archive("log/2026-02-23/1.jsonl", *log)
    assert run(capsys)[0] == 0
    assert kept(aws) == log


def test_records_beyond_a_sku_are_removed(aws: Any, capsys: pytest.CaptureFixture[str]) -> None:
    log = a_log(f"SKU-{PRODUCT}-A", 5)
    keep(aws, *log)
    keep_sku(aws, log[:3])
    code, lines = run(capsys)
    assert (code, lines[-1]) == (0, "1 SKUs checked: 0 records put back, 2 removed, 0 logs incomplete.")
    assert kept(aws) == log[:3]


def test_a_new_sku_and_items_of_other_kinds_are_left_alone(
    aws: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    new = a_sku(f"SKU-{PRODUCT}-N", product_id=PRODUCT).to_item()
    aws.put_item(TableName=f"{PREFIX}VendorInventory", Item=new)
    order = {"product_id": {"S": "ORDER-1"}, "sku": {"S": "#ORDER"}}
    aws.put_item(TableName=f"{PREFIX}VendorInventory", Item=order)
    assert run(capsys) == (0, [f"1 SKUs checked: {REST}"])


def test_a_damaged_sku_is_named_and_stops_nothing(aws: Any, capsys: pytest.CaptureFixture[str]) -> None:
    damaged = a_sku(f"SKU-{PRODUCT}-N", product_id=PRODUCT).to_item() | {"sequence": {"S": "x"}}
    aws.put_item(TableName=f"{PREFIX}VendorInventory", Item=damaged)
    log = a_log(f"SKU-{PRODUCT}-A", 3)
    keep(aws, *log)
    keep_sku(aws, log[:2])
    code, lines = run(capsys)
    assert (code, kept(aws)) == (0, log[:2])
    assert (
        f"SKU-{PRODUCT}-N cannot be read, and its log is left as it is: sequence is not an integer" in lines
    )


@pytest.mark.parametrize("archived", ["nothing", "another content", "another record", "no record"])
def test_a_record_that_is_not_archived_as_it_was_is_not_put_back(
    aws: Any, capsys: pytest.CaptureFixture[str], archived: str
) -> None:
    log = a_log(f"SKU-{PRODUCT}-A", 3)
    keep(aws, *log[:2])
    keep_sku(aws, log)
    match archived:
        case "another content":
            archive("log/2026-02-23/1.jsonl", log[2], notes="x")
        case "another record":
            archive("log/2026-02-23/1.jsonl", *log[:2])
        case "no record":
            boto3.client("s3").put_object(Bucket=BUCKET, Key="log/2026-02-23/1.jsonl", Body=b"[\n[]\n")
    assert run(capsys) == (
        1,
        [
            f"{log[2].sku}: the log lacks its last record, and the archive has none with its hash",
            "1 SKUs checked: 0 records put back, 0 removed, 1 logs incomplete.",
        ],
    )
    assert kept(aws) == log[:2]


def test_without_a_bucket_it_says_what_is_missing(
    aws: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ARCHIVE_BUCKET")
    with pytest.raises(SystemExit) as ended:
        main(["align"])
    assert ended.value.code == 2
    assert "ARCHIVE_BUCKET must name the bucket of the archive" in capsys.readouterr().err


def test_tables_that_do_not_exist_are_one_line(
    aws: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TABLE_NAME_PREFIX", "nowhere-")
    assert main(["align"]) == 4
    assert "AWS could not be used: " in capsys.readouterr().err
