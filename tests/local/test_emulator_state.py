"""The state of the embedded AWS: everything that a shop has there comes back from a snapshot."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from inventory_common.dynamodb import connect, is_outcome_unknown, to_inventory_error
from inventory_common.errors import Unavailable
from inventory_common.ledger_key_store import read_published
from local.archive import create_archive
from local.children import stop_children
from local.control import Message
from local.embedded_aws import health_url, start_embedded_aws
from local.fetch import answers_ok
from local.keeping.emulator_state import NOT_KEPT, STORES
from local.keeping.folder import MANIFEST
from local.keeping.gate import CONSUMER_ACCESS_KEY
from local.ledger_key import prepare_ledger_key
from local.ports import free_port
from local.settings import (
    ARCHIVE_BUCKET,
    ARCHIVE_SIGNING_KEY,
    HOST,
    LEDGER_KEY_SECRET,
    LEDGER_KEYS_PATH,
    REGION,
)
from local.tables import create_tables
from tests.local.running_stacks import ENV, ROOT, wait_until

SECONDS = 60.0
SIGNED = {"MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256", "KeyId": ARCHIVE_SIGNING_KEY}
KEY = {"product_id": {"S": "PROD-00001"}, "sku": {"S": "SKU-PROD-00001-A"}}


class EmbeddedAws:
    """An embedded AWS with a channel, as the supervisor starts it."""

    def __init__(self, folder: Path, snapshot: Path | None = None) -> None:
        port = free_port()
        self.url = f"http://{HOST}:{port}"
        self.child = start_embedded_aws(
            port, folder, folder / "aws.log", ENV, has_channel=True, snapshot=snapshot
        )
        wait_until(lambda: answers_ok(health_url(port)) or self.child.exit_code is not None, "embedded AWS")

    def client(self, service: str, access_key: str = "local", attempts: int = 1) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=access_key,
            aws_secret_access_key="local",
            config=Config(retries={"total_max_attempts": attempts, "mode": "standard"}),
        )

    def ask(self, command: str, **arguments: Any) -> Message:
        assert self.child.channel is not None
        return self.child.channel.ask(command, self.check, seconds=SECONDS, **arguments)

    def check(self) -> None:
        assert self.child.exit_code is None, self.child.log_tail()

    def save(self, folder: Path) -> Message:
        folder.mkdir()
        assert "error" not in self.ask("save", folder=str(folder), while_paused=False)
        return self.ask("saved")


Start = Callable[..., EmbeddedAws]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[EmbeddedAws] = []

    def start_one(snapshot: Path | None = None) -> EmbeddedAws:
        started.append(EmbeddedAws(tmp_path / f"aws-{len(started)}", snapshot))
        return started[-1]

    yield start_one
    stop_children(each.child for each in started)


def environment_of(aws: EmbeddedAws) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": aws.url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
    }


def fill(aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> Message:
    """Create what a shop has, and return it as `everything_in` does."""
    for name, value in environment_of(aws).items():
        monkeypatch.setenv(name, value)
    dynamodb, storage, keys = (aws.client(name) for name in ("dynamodb", "s3", "kms"))
    create_tables(dynamodb)
    create_archive({"ARCHIVE_BUCKET": ARCHIVE_BUCKET, "ARCHIVE_SIGNING_KEY": ARCHIVE_SIGNING_KEY})
    item: Message = {
        "vendor_id": {"S": "VENDOR-001"},
        "product_name": {"S": "Ünïcode 木 \N{GRINNING FACE}\n"},
        "current_stock": {"N": "1000000000"},
        "price": {"N": "9999999.99"},
        "is_active": {"BOOL": True},
        "nothing": {"NULL": True},
        "image": {"B": b"\x00\xff"},
        "tags": {"SS": ["a", "b"]},
        "lines": {"L": [{"M": {"placed": {"N": "1"}, "$body": {"S": "not a reference"}}}]},
        "last_updated": {"S": "2026-02-23T10:30:00.000000Z"},
    }
    for number in range(30):
        key = {"product_id": {"S": f"PROD-{number % 3:05}"}, "sku": {"S": f"SKU-{number:02}"}}
        dynamodb.put_item(TableName="VendorInventory", Item={**item, **key})
    dynamodb.put_item(TableName="VendorInventory", Item={**KEY, "ttl": {"N": str(int(time.time()) + 86_400)}})
    storage.put_object(
        Bucket=ARCHIVE_BUCKET, Key="log/a.json", Body=b'{"a":"\xc3\xbc"}', ContentType="application/json"
    )
    storage.put_object(Bucket=ARCHIVE_BUCKET, Key="log/a.json", Body=b'{"a":2}', Metadata={"of": "test"})
    storage.put_object(Bucket=ARCHIVE_BUCKET, Key="binary", Body=bytes(range(256)))
    storage.put_object(Bucket=ARCHIVE_BUCKET, Key="gone", Body=b"")
    storage.delete_object(Bucket=ARCHIVE_BUCKET, Key="gone")
    signature = keys.sign(Message=b"d" * 32, **SIGNED)["Signature"]
    prepare_ledger_key({"LEDGER_KEY_SECRET": LEDGER_KEY_SECRET, "LEDGER_KEYS_PATH": LEDGER_KEYS_PATH})
    return everything_in(aws) | {"signature": signature}


def everything_in(aws: EmbeddedAws) -> Message:
    dynamodb, storage, keys = (aws.client(name) for name in ("dynamodb", "s3", "kms"))
    secrets, parameters = (aws.client(name) for name in ("secretsmanager", "ssm"))
    tables = {}
    for name in dynamodb.list_tables()["TableNames"]:
        described = dynamodb.describe_table(TableName=name)["Table"]
        items = dynamodb.scan(TableName=name)["Items"]
        indexes = {
            index["IndexName"]: dynamodb.scan(TableName=name, IndexName=index["IndexName"])["Items"]
            for index in described.get("GlobalSecondaryIndexes", ())
        }
        tables[name] = (
            described,
            items,
            indexes,
            dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"],
        )
    listed = storage.list_object_versions(Bucket=ARCHIVE_BUCKET)
    objects = []
    for version in listed["Versions"]:
        which = {"Bucket": ARCHIVE_BUCKET, "Key": version["Key"], "VersionId": version["VersionId"]}
        got = storage.get_object(**which)
        retention = storage.get_object_retention(**which)["Retention"]
        headers = {name: got.get(name) for name in ("ContentType", "Metadata", "ETag", "LastModified")}
        objects.append((version, got["Body"].read(), headers, retention))
    return {
        "tables": tables,
        "objects": objects,
        "deleted": listed["DeleteMarkers"],
        "lock": storage.get_object_lock_configuration(Bucket=ARCHIVE_BUCKET)["ObjectLockConfiguration"],
        "keys": keys.list_keys()["Keys"],
        "public": keys.get_public_key(KeyId=ARCHIVE_SIGNING_KEY)["PublicKey"],
        "secret": _without_response(secrets.get_secret_value(SecretId=LEDGER_KEY_SECRET)),
        "parameters": parameters.describe_parameters()["Parameters"],
        "ledger_keys": read_published(parameters, LEDGER_KEYS_PATH, {}),
    }


def _without_response(answer: Message) -> Message:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def test_everything_comes_back_and_no_old_stream_record_with_it(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = start()
    before = fill(first, monkeypatch)
    saved = first.save(tmp_path / "snapshot")
    assert saved["manifest"]["items"]["VendorInventory"] == 31
    assert saved["manifest"]["objects"] == 2  # of the third, the newest version says that it is deleted
    assert json.loads((tmp_path / "snapshot" / MANIFEST).read_text()) == saved["manifest"]
    assert (tmp_path / "snapshot" / "kms.jsonl").stat().st_size

    second = start(tmp_path / "snapshot")
    signature = before.pop("signature")
    assert everything_in(second) == before
    keys = second.client("kms")
    assert keys.verify(Message=b"d" * 32, Signature=signature, **SIGNED)["SignatureValid"]

    dynamodb, streams = second.client("dynamodb"), second.client("dynamodbstreams")
    arn = dynamodb.describe_table(TableName="VendorInventory")["Table"]["LatestStreamArn"]
    [shard] = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    assert streams.get_records(ShardIterator=iterator)["Records"] == []
    dynamodb.delete_item(TableName="VendorInventory", Key=KEY)
    [record] = streams.get_records(ShardIterator=iterator)["Records"]
    assert record["eventName"] == "REMOVE"

    # Object Lock still holds what was locked before.
    version = before["objects"][0][0]
    with pytest.raises(ClientError, match=r"Access ?Denied"):
        second.client("s3").delete_object(
            Bucket=ARCHIVE_BUCKET, Key=version["Key"], VersionId=version["VersionId"]
        )
    # A snapshot of what came from a snapshot is the same again.
    second.save(tmp_path / "again")
    third = start(tmp_path / "again")
    assert everything_in(third)["objects"] == before["objects"]


def test_a_damaged_file_stops_the_start_in_one_sentence(start: Start, tmp_path: Path) -> None:
    first = start()
    create_tables(first.client("dynamodb"))
    first.save(tmp_path / "snapshot")
    (tmp_path / "snapshot" / "dynamodb.jsonl").write_text('["item", {}]\n')
    second = start(tmp_path / "snapshot")
    assert second.child.exit_code == 1
    assert second.child.log_tail().startswith(f"{tmp_path / 'snapshot' / 'dynamodb.jsonl'} cannot be read: ")


def test_writes_wait_while_paused_and_reads_and_stream_handlers_do_not(start: Start, tmp_path: Path) -> None:
    aws = start()
    dynamodb = aws.client("dynamodb")
    create_tables(dynamodb)
    item = {"TableName": "VendorInventory", "Item": KEY}
    assert aws.ask("pause", for_seconds=30) == {"id": 1, "paused": True}
    written: list[float] = []

    def write() -> None:
        dynamodb.put_item(**item)
        written.append(time.monotonic())

    writer = threading.Thread(target=write)
    writer.start()
    assert "Item" not in dynamodb.get_item(TableName="VendorInventory", Key=KEY)
    other = {"product_id": {"S": "PROD-00002"}, "sku": {"S": "SKU-1"}}
    aws.client("dynamodb", CONSUMER_ACCESS_KEY).put_item(TableName="VendorInventory", Item=other)
    assert "Item" in dynamodb.get_item(TableName="VendorInventory", Key=other)
    assert not written
    resumed_at = time.monotonic()
    assert 0 < aws.ask("resume")["paused_seconds"] < 30
    writer.join(SECONDS)
    assert written[0] > resumed_at
    assert "Item" in dynamodb.get_item(TableName="VendorInventory", Key=KEY)


def test_a_write_that_has_waited_long_is_refused_so_that_clients_repeat_it(start: Start) -> None:
    aws = start()
    create_tables(aws.client("dynamodb"))
    aws.client("s3").create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    aws.ask("pause", for_seconds=30)
    with pytest.raises(ClientError) as refused:
        aws.client("dynamodb").put_item(TableName="VendorInventory", Item=KEY)
    assert refused.value.response["Error"]["Code"] == "ThrottlingException"
    assert refused.value.response["ResponseMetadata"]["HTTPHeaders"]["retry-after"] == "1"
    with pytest.raises(ClientError) as refused:
        aws.client("s3").put_object(Bucket="bucket", Key="key", Body=b"body")
    assert refused.value.response["Error"]["Code"] == "SlowDown"
    resume = threading.Timer(0.5, lambda: aws.ask("resume"))
    resume.start()
    aws.client("dynamodb", attempts=3).put_item(TableName="VendorInventory", Item=KEY)
    resume.join()


def test_a_service_waits_through_a_pause_and_after_a_long_one_answers_that_nothing_was_done(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws = start()
    create_tables(aws.client("dynamodb"))
    for name, value in environment_of(aws).items():
        monkeypatch.setenv(name, value)
    of_a_service = connect()
    aws.ask("pause", for_seconds=3)
    of_a_service.put_item(TableName="VendorInventory", Item=KEY)  # sent again by its client
    aws.ask("pause", for_seconds=60)
    with pytest.raises(ClientError) as refused:
        of_a_service.delete_item(TableName="VendorInventory", Key=KEY)
    error = to_inventory_error(refused.value)
    assert isinstance(error, Unavailable)
    assert (error.code, error.retry_after_seconds) == ("database_unavailable", 1)
    assert not is_outcome_unknown(refused.value)
    aws.ask("resume")
    assert "Item" in of_a_service.get_item(TableName="VendorInventory", Key=KEY)


def test_a_pause_ends_by_itself_and_no_snapshot_is_taken_after_it(start: Start, tmp_path: Path) -> None:
    aws = start()
    aws.ask("pause", for_seconds=0.05)
    time.sleep(0.1)
    assert "paused for too long" in aws.ask("save", folder=str(tmp_path), while_paused=True)["error"]
    assert list(tmp_path.glob("*.jsonl")) == []


def test_only_possible_writes_count_as_changes(start: Start) -> None:
    aws = start()
    dynamodb = aws.client("dynamodb")
    create_tables(dynamodb)
    before = aws.ask("changes")["changes"]
    assert before > 0
    dynamodb.scan(TableName="VendorInventory")
    dynamodb.get_item(TableName="VendorInventory", Key=KEY)
    aws.client("s3").list_buckets()
    assert aws.ask("changes")["changes"] == before
    dynamodb.put_item(TableName="VendorInventory", Item=KEY)
    assert aws.ask("changes")["changes"] == before + 1


def test_a_full_disk_is_the_result_of_the_snapshot_and_the_shop_runs_on(start: Start, tmp_path: Path) -> None:
    aws = start()
    create_tables(aws.client("dynamodb"))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "dynamodb.jsonl").symlink_to("/dev/full")
    assert "error" not in aws.ask("save", folder=str(tmp_path / "full"), while_paused=False)
    assert "No space left on device" in aws.ask("saved")["error"]
    assert not (tmp_path / "full" / MANIFEST).exists()
    assert aws.client("dynamodb").list_tables()["TableNames"]
    assert "manifest" in aws.save(tmp_path / "roomy")


def test_a_snapshot_can_be_abandoned(start: Start, tmp_path: Path) -> None:
    aws = start()
    slow = tmp_path / "slow"
    slow.mkdir()
    os.mkfifo(slow / "s3.jsonl")  # a snapshot that does not end: nobody reads this pipe
    aws.ask("save", folder=str(slow), while_paused=False)
    aws.ask("abandon")
    assert "was killed" in aws.ask("saved")["error"]
    assert "manifest" in aws.save(tmp_path / "next")


def test_a_snapshot_ends_with_the_embedded_aws(start: Start, tmp_path: Path) -> None:
    aws = start()
    os.mkfifo(tmp_path / "s3.jsonl")  # the snapshot waits here until this is read
    aws.ask("save", folder=str(tmp_path), while_paused=False)
    aws.child.kill()
    aws.child.reap()
    assert (tmp_path / "s3.jsonl").read_bytes() == b""
    assert not (tmp_path / MANIFEST).exists()


def test_every_store_of_the_emulator_is_kept_or_left_out_on_purpose() -> None:
    """A new version of the emulator may have stores that must be kept too."""
    program = """
import importlib, json
from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict
found = {}
for service in ("dynamodb", "s3", "kms", "secretsmanager", "ssm"):
    module = importlib.import_module(f"ministack.services.{service}")
    found[service] = [
        name.removeprefix("_") for name, value in vars(module).items()
        if isinstance(value, AccountRegionScopedDict | AccountScopedDict)
    ]
print(json.dumps(found))
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=ENV, capture_output=True, text=True, check=True
    )
    found = json.loads(ran.stdout.splitlines()[-1])
    assert {name: sorted(each) for name, each in found.items()} == {
        name: sorted([*STORES[name], *NOT_KEPT[name]]) for name in STORES
    }
