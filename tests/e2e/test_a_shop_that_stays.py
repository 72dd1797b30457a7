"""``make run KEEP=FOLDER``: the shop of one run is the shop of the next, after a stop and after a kill."""

from __future__ import annotations

import json
import signal
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.settings import ARCHIVE_BUCKET, REGION
from tests.e2e.running_stack import RunningStack
from tests.integration.ledger_checks import TABLES, assert_consistent, everything_in, scan
from tests.integration.processes import distinct_free_ports, dynamodb, wait_until
from tests.integration.shop import Shop, Sku, Wire, by_writers, done

WRITERS = 4
ORDERS = 60


class KeptStack(RunningStack):
    """A run with ``KEEP``, at the ports of the run before it."""

    def __init__(self, folder: Path, ports: dict[str, int], snapshot_seconds: int) -> None:
        super().__init__(
            folder, ports=ports, KEEP=str(folder / "my shop"), SNAPSHOT_SECONDS=str(snapshot_seconds)
        )

    @property
    def snapshots(self) -> int:
        return self.text().count("Snapshot of ")

    def snapshot_holds(self) -> tuple[int, int]:
        """Return the numbers of items and objects of the current snapshot."""
        try:
            [current] = Path(self.environment["KEEP"]).glob("snapshot-*")
            manifest = json.loads((current / "manifest.json").read_text(encoding="utf-8"))
        except (ValueError, FileNotFoundError):  # it is being replaced
            return 0, 0
        return sum(manifest["items"].values()), manifest["objects"]

    def objects(self) -> dict[str, tuple[str, bytes]]:
        """Return version and content of each archived object."""
        storage = boto3.client(
            "s3",
            endpoint_url=self.url("aws"),
            region_name=REGION,
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )
        pages = storage.get_paginator("list_objects_v2").paginate(Bucket=ARCHIVE_BUCKET)
        keys = [each["Key"] for page in pages for each in page.get("Contents", ())]
        found = {key: storage.get_object(Bucket=ARCHIVE_BUCKET, Key=key) for key in keys}
        return {key: (got["VersionId"], got["Body"].read()) for key, got in found.items()}

    def assert_in_order(self, records: int, skus: int) -> None:
        """Check tables, log and archive against each other."""
        differences = f"{skus} SKUs checked: 0 differences, 0 undecided as they kept changing.\n"
        assert self.operation("reconcile") == (0, differences)
        faults = f"{records} archived records of {skus} SKUs and 1 digests checked: 0 faults.\n"
        assert self.operation("verify-archive") == (0, faults)


@pytest.fixture
def stacks() -> Any:
    started: list[KeptStack] = []
    yield started
    for stack in started:
        stack.kill_if_running()


def test_a_shop_stays_over_a_stop_and_over_a_kill(tmp_path: Path, stacks: list[KeptStack]) -> None:
    ports = distinct_free_ports()

    def run(snapshot_seconds: int) -> KeptStack:
        stacks.append(KeptStack(tmp_path, ports, snapshot_seconds))
        return stacks[-1].wait_until_ready()

    first = run(snapshot_seconds=86_400)
    wire = Wire(first.url("front"))
    shop = Shop(wire, *(first.url(name) for name in ("catalog", "stock", "audit")))
    skus = shop.has_skus(2, stock=1_000)
    done(shop.place("ORDER-1", (skus[0], 3), (skus[1], 1)))
    done(shop.confirm("ORDER-1"))
    assert first.operation("write-digest")[0] == 0
    done(shop.place("ORDER-2", (skus[0], 2)))
    tables = everything_in(dynamodb(first.url("aws")))
    # At once: the stop waits until the last record is archived.
    assert first.end(signal.SIGINT) == 0
    assert "saving the shop …\nThe shop of " in first.text()

    second = run(snapshot_seconds=1)
    assert everything_in(dynamodb(second.url("aws"))) == tables
    second.assert_in_order(records=7, skus=2)
    # With the tokens of the first run.
    assert done(shop.order("ORDER-1")).json()["status"] == "confirmed"

    sell_during_snapshots(second, shop, skus)
    client = dynamodb(second.url("aws"))
    tables, objects = everything_in(client), second.objects()
    items = sum(1 for name in TABLES for _ in scan(client, name))
    wait_until(lambda: second.snapshot_holds() == (items, len(objects)), "a snapshot of the last order")
    second.popen.kill()
    second.popen.wait()
    second.close()
    wait_until(lambda: not second.open_ports(), "end of the killed run")

    third = run(snapshot_seconds=86_400)
    assert third.text().startswith("continuing the shop of 2")
    assert "what came after that snapshot is lost" in third.text()
    client = dynamodb(third.url("aws"))
    assert everything_in(client) == tables
    assert third.objects() == objects
    assert len(assert_consistent(client).orders) == 2 + ORDERS
    third.assert_in_order(records=7 + ORDERS, skus=2)
    # It goes on: the next order is archived too.
    done(shop.place("ORDER-3", (skus[1], 1)))
    assert third.end(signal.SIGTERM) == 0
    assert f": {items + 2:,} items, {len(objects) + 1:,} objects.\n" in third.text()
    wire.http.close()


def sell_during_snapshots(stack: KeptStack, shop: Shop, skus: list[Sku]) -> None:
    """Place orders while snapshots are taken: each is accepted, some of them later."""
    before = stack.snapshots
    orders = [partial(shop.place, f"ORDER-S{n}", (skus[n % 2], 1)) for n in range(ORDERS)]
    for start in range(0, ORDERS, ORDERS // 3):
        responses = by_writers(WRITERS, orders[start : start + ORDERS // 3])
        assert {response.status_code for response in responses} == {201}
        taken = stack.snapshots
        wait_until(lambda: stack.snapshots > taken or stack.snapshots > before + 2, "a snapshot")  # noqa: B023
    assert stack.snapshots > before
    assert "discarded" not in stack.text()
