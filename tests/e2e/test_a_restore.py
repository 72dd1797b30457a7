"""``make restore-drill``: the tables are restored to an earlier moment, and can be trusted again.

The procedure is that of ``docs/platform.md``, by backups in place of point-in-time recovery: the emulator's
own ignores the time.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from inventory_common.timestamps import now
from local.embedded_aws import embedded_aws
from local.environment import ledger_key_file, service_environment
from local.settings import Settings
from tests.e2e.running_stack import RunningStack
from tests.integration.processes import ROOT, distinct_free_ports, dynamodb, wait_until
from tests.integration.shop import Shop, Sku, Wire, done

PREFIX = "restored-"
TABLES = ("Products-table", "VendorInventory", "StockTransactions")
ARCHIVED_SECONDS = 60.0
WHOLE = "0 differences, 0 undecided as they kept changing.\n"


class Drill:
    """A shop whose tables, bucket and keys outlive its processes."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        self._folder = folder
        self._ports = distinct_free_ports()
        self._endpoint = endpoint
        self.tables = dynamodb(endpoint)
        self.stack: RunningStack | None = None

    def start(self, prefix: str = "", restored_to: str = "") -> Shop:
        """Start the services, and return the shop."""
        stack = RunningStack(
            self._folder,
            ports=self._ports,
            DYNAMODB_ENDPOINT=self._endpoint,
            KEEP=str(self._folder / "kept"),
            TABLE_NAME_PREFIX=prefix,
            TABLES_RESTORED_TO=restored_to,
        )
        self.stack = stack
        stack.wait_until_ready()
        return Shop(Wire(stack.url("front")), *(stack.url(name) for name in ("catalog", "stock", "audit")))

    def stop(self) -> None:
        assert self.stack is not None
        assert self.stack.end(signal.SIGINT) == 0
        self.stack.close()

    def operation(self, *arguments: str) -> tuple[int, str]:
        """Run an operator's command; return its exit code and what it printed but its first line."""
        return _ran(["local.operation", *arguments], self._environment())

    def align(self, *arguments: str) -> tuple[int, str]:
        """Make the logs of the restored tables end where their SKUs do."""
        environment = self._environment() | {"TABLE_NAME_PREFIX": PREFIX}
        settings = Settings.from_environment(environment)
        return _ran(["tools.restore", "align", *arguments], service_environment(settings, environment))

    def wait_until_archived(self, records: int) -> None:
        def is_archived() -> bool:
            return f"{records} archived records" in self.operation("verify-archive")[1]

        wait_until(is_archived, f"{records} archived records", ARCHIVED_SECONDS)

    def restore(self, backups: list[str]) -> None:
        """Restore the tables under other names."""
        for name, backup in zip(TABLES, backups, strict=True):
            self.tables.restore_table_from_backup(TargetTableName=PREFIX + name, BackupArn=backup)

    def enable_streams(self) -> None:
        """Enable the streams of the restored tables, which have none."""
        for name in TABLES:
            self.tables.update_table(
                TableName=PREFIX + name,
                StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
            )

    def keep_ledger_key(self) -> None:
        """Let the stack find the log's keys beside the restored tables too: on AWS they are the stage's."""
        environment = self._environment()
        settings = Settings.from_environment(environment)
        files = (
            ledger_key_file(settings, environment | {"TABLE_NAME_PREFIX": prefix}, self._folder)
            for prefix in ("", PREFIX)
        )
        shutil.copy(*map(os.fspath, filter(None, files)))

    def _environment(self) -> dict[str, str]:
        assert self.stack is not None
        return self.stack.environment

    def records(self, prefix: str, sku: Sku) -> dict[int, Any]:
        """Return the records of a SKU by sequence."""
        items = self.tables.scan(TableName=f"{prefix}StockTransactions")["Items"]
        return {int(item["sequence"]["N"]): item for item in items if item["sku"]["S"] == sku.sku}


def _ran(arguments: list[str], environment: dict[str, str]) -> tuple[int, str]:
    ran = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in ran.stderr, ran.stderr
    return ran.returncode, ran.stdout.partition("\n")[2]


@pytest.fixture
def drill(tmp_path: Path) -> Iterator[Drill]:
    with embedded_aws() as endpoint:
        drill = Drill(tmp_path, endpoint)
        yield drill
        if drill.stack is not None:
            drill.stack.kill_if_running()


def test_a_restore_is_whole_and_the_next_sale_is_archived(drill: Drill) -> None:
    shop = drill.start()
    behind, ahead, untouched = shop.has_skus(3, stock=100)
    for number in range(4):
        for name, sku in (("B", behind), ("A", ahead), ("U", untouched)):
            done(shop.place(f"ORDER-{name}{number}", (sku, 1)))
    drill.wait_until_archived(3 * 5)
    assert drill.operation("write-digest")[0] == 0
    restored_to = now()
    backups = [
        drill.tables.create_backup(TableName=name, BackupName="before")["BackupDetails"]["BackupArn"]
        for name in TABLES
    ]
    # Sold after the moment to which the tables are restored.
    for number in range(4, 7):
        for name, sku in (("B", behind), ("A", ahead)):
            done(shop.place(f"ORDER-{name}{number}", (sku, 1)))
    drill.wait_until_archived(3 * 5 + 2 * 3)

    drill.restore(backups)
    # The tables disagree about the last change before the moment, as DynamoDB's own restore can leave them.
    lost = drill.records(PREFIX, behind)[5]
    key = {name: lost[name] for name in ("transaction_id", "timestamp")}
    drill.tables.delete_item(TableName=f"{PREFIX}StockTransactions", Key=key)
    drill.tables.put_item(TableName=f"{PREFIX}StockTransactions", Item=drill.records("", ahead)[6])
    expected = "3 SKUs checked: 1 records {0}put back, 1 {0}removed, 0 logs incomplete.\n"
    code, report = drill.align("--dry-run")
    assert (code, report.endswith(expected.format("would be "))) == (0, True)
    code, report = drill.align()
    assert (code, report.endswith(expected.format(""))) == (0, True)
    assert f"{behind.sku}: record 5 put back" in report
    assert f"{ahead.sku}: record 6 removed" in report
    assert drill.align() == (0, "3 SKUs checked: 0 records put back, 0 removed, 0 logs incomplete.\n")
    drill.enable_streams()
    drill.keep_ledger_key()
    drill.stop()

    shop = drill.start(PREFIX, restored_to)
    assert drill.operation("verify-archive")[0] == 1  # the new epoch has not begun
    code, report = drill.operation("write-digest")
    assert (code, report.startswith("digests/epoch-0002.json written, 3 SKUs as of ")) == (0, True)
    assert drill.operation("reconcile") == (0, f"3 SKUs checked: {WHOLE}")

    done(shop.place("ORDER-B4", (behind, 2)))  # its order system places it again
    done(shop.place("ORDER-AFTER", (ahead, 1), (untouched, 1)))
    wait_until(
        lambda: "24 archived records of 3 SKUs" in drill.operation("verify-archive")[1],
        "the new records in the archive",
        ARCHIVED_SECONDS,
    )
    code, report = drill.operation("verify-archive")
    lines = report.splitlines()
    assert (code, lines[0], lines[-1]) == (
        0,
        "6 archived records are later than the moment to which the tables were restored.",
        "24 archived records of 3 SKUs and 2 digests checked: 0 faults.",
    )
    assert drill.operation("reconcile") == (0, f"3 SKUs checked: {WHOLE}")
    for sku in (behind, ahead, untouched):
        address = f"{shop.audit}/skus/{sku.sku}/verification"
        found = done(shop.ask("GET", address, "auditor")).json()
        assert (found["checked"], found["findings"]) == (6, [])
    drill.stop()
