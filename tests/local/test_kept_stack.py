"""The supervisor with ``KEEP``: stops, kills, full disks, and folders that it may not use."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.fetch import fetch
from local.settings import ARCHIVE_BUCKET, HOST, REGION
from tests.integration.processes import dynamodb, is_open
from tests.local.running_stacks import ROOT, RunningStack, Start, wait_until

PRODUCT = {"product_id": {"S": "PROD-00001"}, "created_at": {"S": "2026-02-23T10:30:00.000000Z"}}
FAR = "86400"


def put(stack: RunningStack, **attributes: str) -> None:
    item = PRODUCT | {name: {"S": value} for name, value in attributes.items()}
    client = tables(stack)
    client.put_item(TableName="Products-table", Item={**item, **key_of(client)})


def key_of(client: Any) -> Mapping[str, Any]:
    schema = client.describe_table(TableName="Products-table")["Table"]["KeySchema"]
    return {each["AttributeName"]: {"S": "x"} for each in schema if each["AttributeName"] not in PRODUCT}


def items(stack: RunningStack) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tables(stack).scan(TableName="Products-table")["Items"]
    return found


def tables(stack: RunningStack) -> Any:
    return dynamodb(f"http://{HOST}:{stack.ports['aws']}")


def wait_for(stack: RunningStack, text: str, count: int = 1) -> None:
    wait_until(
        lambda: stack.output.count(text) >= count or stack.process.poll() is not None,
        f"{text!r} {count} times",
    )
    assert stack.output.count(text) >= count, stack.output


def stop(stack: RunningStack, number: signal.Signals = signal.SIGINT) -> int:
    stack.process.send_signal(number)
    return stack.wait_for_exit()


def process_of(stack: RunningStack, module: str) -> int:
    listing = subprocess.run(["ps", "-A", "-o", "pid=,args="], capture_output=True, text=True, check=True)
    rows = [line.split(maxsplit=1) for line in listing.stdout.splitlines()]
    [pid] = [int(pid) for pid, command in rows if int(pid) in stack.descendants() and module in command]
    return pid


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_clean_stop_keeps_everything_up_to_the_last_moment(
    start: Start, tmp_path: Path, number: signal.Signals
) -> None:
    # A relative path, with a space.
    folder = tmp_path / "my shop"
    keep = os.path.relpath(folder, ROOT)
    first = start(KEEP=keep, SNAPSHOT_SECONDS=FAR).wait_until_ready()
    assert first.output.startswith(f"keeping a new shop in {folder}\n".replace(str(folder), f"{ROOT / keep}"))
    assert "Ctrl-C stops everything and saves the shop in " in first.output
    wait_for(first, "Snapshot of ")
    put(first, product_name="Chair")
    keys = fetch(f"http://{HOST}:{first.ports['front']}/.well-known/jwks.json")
    processes = first.descendants()
    assert stop(first, number) == 0
    first.assert_nothing_is_left(processes)
    assert "\nstopping …\nsaving the shop …\nThe shop of " in first.output
    assert first.output.endswith(": 1 item, 0 objects.\n")

    second = start(KEEP=keep, SNAPSHOT_SECONDS=FAR).wait_until_ready()
    assert second.output.startswith("continuing the shop of 2")
    assert "lost" not in second.output
    assert [item["product_name"]["S"] for item in items(second)] == ["Chair"]
    assert fetch(f"http://{HOST}:{second.ports['front']}/.well-known/jwks.json") == keys
    # Nothing has changed, so nothing is written.
    assert stop(second, number) == 0
    assert "\nThe shop has not changed since 2" in second.output
    assert [each.name for each in folder.glob("snapshot-*")] == ["snapshot-000002"]
    logs = {path.name: path.read_text() for path in second.state_folder.glob("logs/*.log")}
    assert not [name for name, log in logs.items() if "Traceback" in log]


def test_after_a_kill_the_shop_begins_from_its_last_snapshot_and_says_of_when_it_is(
    start: Start, tmp_path: Path
) -> None:
    first = start(KEEP=str(tmp_path / "shop"), SNAPSHOT_SECONDS="1").wait_until_ready()
    wait_for(first, "Snapshot of ")
    put(first, product_name="Chair")
    wait_for(first, "Snapshot of ", 2)
    said = first.output.splitlines()[-1]
    assert ": 1 item, 0 objects; writes were paused for " in said
    assert said.endswith(" ms.")
    moment = said.removeprefix("Snapshot of ").partition(" UTC")[0]
    processes = first.descendants()
    first.process.kill()
    first.wait_for_exit()
    first.assert_nothing_is_left(processes)

    second = start(KEEP=str(tmp_path / "shop"), SNAPSHOT_SECONDS=FAR).wait_until_ready()
    assert second.output.startswith(
        f"continuing the shop of {moment} UTC from {tmp_path / 'shop'}: the last run "
    )
    assert "what came after that snapshot is lost\n" in second.output
    assert len(items(second)) == 1
    assert stop(second) == 0
    third = start(KEEP=str(tmp_path / "shop")).wait_until_ready()
    assert third.output.startswith(f"continuing the shop of {moment} UTC from {tmp_path / 'shop'}\n")


def test_two_runs_do_not_use_one_folder(start: Start, tmp_path: Path) -> None:
    first = start(KEEP=str(tmp_path / "shop")).wait_until_ready()
    second = start(KEEP=str(tmp_path / "shop"))
    assert second.wait_for_exit() == 1
    assert second.output == (
        f"KEEP: {tmp_path / 'shop'} is used by another run (process {first.process.pid}); stop that one, or "
        "name another folder.\n"
    )
    assert first.process.poll() is None


def test_a_folder_of_something_else_is_refused_before_anything_starts(start: Start, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    stack = start(KEEP=str(tmp_path / "mine"))
    assert stack.wait_for_exit() == 1
    assert stack.output == (
        f"KEEP: {tmp_path / 'mine'} has other files (notes.txt) and no shop.json, so it is not a kept shop; "
        "name an empty folder.\n"
    )
    assert [each.name for each in (tmp_path / "mine").iterdir()] == ["notes.txt"]


def test_a_folder_that_cannot_be_created_is_reported_in_one_sentence(start: Start, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    stack = start(KEEP=str(tmp_path / "file" / "shop"))
    assert stack.wait_for_exit() == 1
    assert stack.output.startswith("The stack cannot run: [Errno 20] Not a directory: ")
    assert stack.output.count("\n") == 1


def test_a_snapshot_that_cannot_be_written_is_discarded_and_the_shop_runs_on(
    start: Start, tmp_path: Path
) -> None:
    # No process may write a file of more than 20 KB: the errors of a full disk come from the kernel.
    limited = ("sh", "-c", 'ulimit -f 40; exec "$@"', "sh")
    keep = tmp_path / "shop"
    stack = start(*limited, KEEP=str(keep), SNAPSHOT_SECONDS="1").wait_until_ready()
    wait_for(stack, "Snapshot of ")
    put(stack, product_name="x" * 100_000)
    wait_for(stack, "A snapshot was discarded: [Errno 27] File too large")
    assert "The shop runs on; its last snapshot is of 2" in stack.output
    assert len(items(stack)) == 1
    assert [each.name for each in keep.glob("*-0*")] == ["snapshot-000001"]
    assert stop(stack) == 1
    assert "The shop could not be saved: [Errno 27] File too large" in stack.output
    assert "What has changed since is lost; its last snapshot is of 2" in stack.output

    again = start(KEEP=str(keep), SNAPSHOT_SECONDS=FAR).wait_until_ready()
    assert "what came after that snapshot is lost\n" in again.output
    assert items(again) == []


def test_a_folder_that_has_vanished_does_not_stop_the_shop(start: Start, tmp_path: Path) -> None:
    stack = start(KEEP=str(tmp_path / "shop"), SNAPSHOT_SECONDS="1").wait_until_ready()
    wait_for(stack, "Snapshot of ")
    (tmp_path / "shop").rename(tmp_path / "away")
    put(stack, product_name="Chair")
    wait_for(stack, "A snapshot was discarded: [Errno 2] No such file or directory")
    put(stack, product_name="Table")
    (tmp_path / "away").rename(tmp_path / "shop")
    wait_for(stack, "Snapshot of ", 2)


def test_only_the_third_signal_stops_without_saving(start: Start, tmp_path: Path) -> None:
    stack = start(KEEP=str(tmp_path / "shop"), SNAPSHOT_SECONDS=FAR).wait_until_ready()
    wait_for(stack, "Snapshot of ")
    put(stack, product_name="Chair")
    os.kill(process_of(stack, "local.aws"), signal.SIGSTOP)  # it saves for as long as one likes
    stack.process.send_signal(signal.SIGINT)
    wait_for(stack, "saving the shop …")
    stack.process.send_signal(signal.SIGINT)
    wait_for(stack, "still saving the shop; press Ctrl-C once more to stop without saving it")
    assert stack.process.poll() is None
    stack.process.send_signal(signal.SIGINT)
    assert stack.wait_for_exit() == 1
    assert "The shop could not be saved: saving was interrupted. " in stack.output
    assert not [port for port in stack.ports.values() if is_open(port)]


def test_a_service_that_ends_does_not_lose_the_shop(start: Start, tmp_path: Path) -> None:
    stack = start(KEEP=str(tmp_path / "shop"), SNAPSHOT_SECONDS=FAR).wait_until_ready()
    wait_for(stack, "Snapshot of ")
    put(stack, product_name="Chair")
    os.kill(stack.health("stock")["pid"], signal.SIGKILL)
    assert stack.wait_for_exit() == 1
    assert stack.output.endswith(": 1 item, 0 objects.\n")


def test_a_stream_handler_that_ends_leaves_the_last_snapshot(start: Start, tmp_path: Path) -> None:
    stack = start(KEEP=str(tmp_path / "shop"), SNAPSHOT_SECONDS=FAR).wait_until_ready()
    wait_for(stack, "Snapshot of ")
    put(stack, product_name="Chair")
    os.kill(process_of(stack, "local.triggers audit"), signal.SIGKILL)
    assert stack.wait_for_exit() == 1
    assert "The shop could not be saved: audit-triggers has ended (exit code -9)" in stack.output


def test_beside_another_dynamodb_bucket_and_keys_are_kept(
    start: Start, tmp_path: Path, aws_endpoint: str
) -> None:
    variables = {
        "KEEP": str(tmp_path / "shop"),
        "SNAPSHOT_SECONDS": FAR,
        "DYNAMODB_ENDPOINT": aws_endpoint,
        "TABLE_NAME_PREFIX": "own-",
    }
    first = start(**variables).wait_until_ready()
    assert first.health("audit")["environment"]["ARCHIVE_BUCKET"] == ARCHIVE_BUCKET
    wait_for(first, "Snapshot of ")
    storage(first).put_object(Bucket=ARCHIVE_BUCKET, Key="key", Body=b"body")
    assert stop(first) == 0
    assert first.output.endswith(f" is kept in {tmp_path / 'shop'}: 1 object.\n")
    assert json.loads((tmp_path / "shop" / "shop.json").read_text())["holds"] == "bucket and keys"

    second = start(**variables).wait_until_ready()
    assert storage(second).get_object(Bucket=ARCHIVE_BUCKET, Key="key")["Body"].read() == b"body"
    second.process.kill()
    second.wait_for_exit()
    wait_until(lambda: not is_open(second.ports["aws"]), "end of the killed run")
    third = start(**variables).wait_until_ready()
    assert third.output.startswith("continuing bucket and keys of 2")
    assert "what the archive lacks since then is read from the streams again\n" in third.output
    assert stop(third) == 0
    fourth = start(KEEP=str(tmp_path / "shop"))
    assert fourth.wait_for_exit() == 1
    assert "holds bucket and keys of a shop, this run would keep tables, bucket and keys; " in fourth.output


def storage(stack: RunningStack) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=f"http://{HOST}:{stack.ports['aws']}",
        region_name=REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
