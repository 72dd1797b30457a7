"""Restores the three tables of a stage under new names, all to the same second."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from inventory_common.schema import PRODUCTS, STOCK_TRANSACTIONS, VENDOR_INVENTORY
from tools.restore.errors import RestoreError

__all__ = ["TABLES", "RestoredTables", "restored_prefix"]

TABLES: Final = (PRODUCTS.name, VENDOR_INVENTORY.name, STOCK_TRANSACTIONS.name)

_EARLIER_RESTORE: Final = re.compile(r"^restored-\d{8}T\d{6}Z-")
_POLL_SECONDS: Final = 10.0


def restored_prefix(prefix: str, moment: datetime) -> str:
    """Return the prefix of tables that are restored to a moment, in place of those with a prefix."""
    return f"restored-{moment:%Y%m%dT%H%M%SZ}-{_EARLIER_RESTORE.sub('', prefix)}"


@dataclass(frozen=True)
class RestoredTables:
    """The tables of a stage as they were at a moment.

    Attributes
    ----------
    dynamodb : Any
        boto3's client.
    prefix : str
        That of the tables that are restored.
    moment : datetime
        A whole second, in UTC.
    backups : Mapping of str to str
        ARNs of backups by the specification's table names, in place of point-in-time recovery.
    say : Callable
        Takes a line for each step.
    """

    dynamodb: Any
    prefix: str
    moment: datetime
    backups: Mapping[str, str]
    say: Callable[[str], None]

    @property
    def restored_prefix(self) -> str:
        """The prefix of the restored tables."""
        return restored_prefix(self.prefix, self.moment)

    def require_recoverable(self) -> None:
        """Check that each table can be restored to the moment, before anything is stopped.

        Raises
        ------
        RestoreError
            If one cannot; botocore's errors if a table does not exist.
        """
        if self.backups:
            missing = [name for name in TABLES if name not in self.backups]
            if missing:
                raise RestoreError(f"No backup is given of {', '.join(missing)}.")
            return
        for name in TABLES:
            described = self.dynamodb.describe_continuous_backups(TableName=self.prefix + name)
            recovery = described["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
            if recovery.get("PointInTimeRecoveryStatus") != "ENABLED":
                raise RestoreError(f"{self.prefix}{name} has no point-in-time recovery.")
            earliest, latest = recovery["EarliestRestorableDateTime"], recovery["LatestRestorableDateTime"]
            if not earliest <= self.moment <= latest:
                possible = f"from {_text(earliest)} to {_text(latest)}"
                raise RestoreError(
                    f"{self.prefix}{name} can be restored {possible}, not to {_text(self.moment)}."
                )

    def restore(self) -> None:
        """Begin the restores that have not begun, and wait until every table is there."""
        for name in TABLES:
            target = self.restored_prefix + name
            described = self._described(target)
            if described is None:
                self._begin(name, target)
                self.say(f"{target}: the restore of {self.prefix}{name} has begun")
            else:
                self._require_same_moment(target, described)
        for name in TABLES:
            self._wait_for(self.restored_prefix + name)

    def _begin(self, name: str, target: str) -> None:
        if self.backups:
            self.dynamodb.restore_table_from_backup(TargetTableName=target, BackupArn=self.backups[name])
            return
        self.dynamodb.restore_table_to_point_in_time(
            SourceTableName=self.prefix + name, TargetTableName=target, RestoreDateTime=self.moment
        )

    def _require_same_moment(self, target: str, described: Mapping[str, Any]) -> None:
        restored_to = described.get("RestoreSummary", {}).get("RestoreDateTime")
        if not self.backups and restored_to is not None and restored_to != self.moment:
            raise RestoreError(f"{target} exists, and was restored to {_text(restored_to)}: delete it first.")

    def _wait_for(self, target: str) -> None:
        said = None
        while (status := (self._described(target) or {}).get("TableStatus")) != "ACTIVE":
            if status != said:
                self.say(f"{target}: {status}, which takes minutes to hours")
                said = status
            time.sleep(_POLL_SECONDS)
        self.say(f"{target}: restored")

    def _described(self, table: str) -> Mapping[str, Any] | None:
        try:
            described: Mapping[str, Any] = self.dynamodb.describe_table(TableName=table)["Table"]
        except self.dynamodb.exceptions.ResourceNotFoundException:
            return None
        return described


def _text(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
