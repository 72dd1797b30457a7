"""Restores the tables of a stage, from stopping its writers to the digest that begins the new epoch.

::

    check ──► stop writers ──► restore ──► align ──► Terraform ──► deploy audit ──► digest ──► verify

Each step looks whether it is done, so that the same command goes on where another one stopped.  The former
tables stay.  Catalog and stock stay stopped: their next deploy opens them, with the names of the restored
tables.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from deploy.confirmation import confirm
from deploy.services import REPOSITORY_ROOT
from deploy.stage import platform_parameter
from inventory_common.archive_keys import epoch_digest_key, present_epoch
from tools import operations
from tools.restore.align import Alignment
from tools.restore.errors import RestoreError
from tools.restore.platform import Platform
from tools.restore.tables import RestoredTables

__all__ = ["Stage", "moment_of"]

_WRITERS: Final = ("catalog", "stock")
_NOTHING: Final = "-"
"""A parameter of Systems Manager cannot be empty."""


def moment_of(text: str, now: datetime) -> datetime:
    """Return the second to restore to.

    Raises
    ------
    RestoreError
        If it is no whole second in UTC, such as ``2026-11-22T10:00:00Z``, or not in the past.
    """
    try:
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise RestoreError(f"TIME is a second in UTC such as 2026-11-22T10:00:00Z, not {text!r}.") from None
    if moment >= now:
        raise RestoreError(f"{text} is not in the past.")
    return moment


@dataclass(frozen=True)
class Stage:
    """A stage whose tables are restored.

    Attributes
    ----------
    name : str
        Its name.
    client : Callable
        Returns boto3's client of a service of AWS.
    platform : Platform
        Its Terraform root.
    say : Callable
        Takes a line for each step.
    deploy_audit : Callable
        Deploys the audit service.
    operate : Callable
        Runs an operation of the stage; returns its exit code.
    """

    name: str
    client: Callable[[str], Any]
    platform: Platform
    say: Callable[[str], None]
    deploy_audit: Callable[[], None]
    operate: Callable[[str], int]

    def restore(self, moment: datetime, backups: dict[str, str]) -> int:
        """Restore the tables; return 0 if what they contain agrees, and 1 if something is to be corrected.

        Raises
        ------
        RestoreError, botocore.exceptions.ClientError, BotoCoreError
            What was done until then stays done: the next run goes on.
        """
        text = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
        prefix = self._parameter("tables/name_prefix")
        restored_to = [each for each in self._parameter("tables/restored_to").split(",") if each]
        bucket = self._parameter("archive/bucket")
        tables = RestoredTables(self.client("dynamodb"), prefix, moment, backups, self.say)
        is_adopted = restored_to[-1:] == [text] and prefix == tables.restored_prefix
        if is_adopted and self._has_digest(bucket, present_epoch(restored_to)):
            raise RestoreError(f"{self.name} was restored to {text} before, and its new epoch has begun.")
        self.platform.require_initialised()
        if not is_adopted:
            tables.require_recoverable()
        writers = list(self._writers())
        confirm(
            f"{self.name} goes back to {text}. Its {len(writers)} functions of {' and '.join(_WRITERS)} are "
            "stopped until you deploy them again."
        )
        self._stop(writers)
        if not is_adopted:
            tables.restore()
        aligned = Alignment(
            self.client("dynamodb"), self.client("s3"), tables.restored_prefix, bucket, self.say
        ).run()
        for line in aligned.report():
            self.say(line)
        self.platform.adopt(tables.restored_prefix, text)
        self.deploy_audit()
        codes = [self.operate(operation) for operation in ("write-digest", "verify-archive", "reconcile")]
        self.say("Deploy catalog and stock to open them. The former tables stay until you delete them.")
        return 1 if any(codes) or aligned.incomplete else 0

    def _writers(self) -> Iterator[str]:
        prefixes = tuple(f"inventory-{self.name}-{service}-" for service in _WRITERS)
        for page in self.client("lambda").get_paginator("list_functions").paginate():
            for function in page["Functions"]:
                if function["FunctionName"].startswith(prefixes):
                    yield function["FunctionName"]

    def _stop(self, writers: list[str]) -> None:
        """Let no function run that writes the tables; its next deploy lifts that."""
        for name in writers:
            self.client("lambda").put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
        self.say(f"{len(writers)} functions stopped")

    def _parameter(self, name: str) -> str:
        text = platform_parameter(self.client("ssm"), self.name, name)
        return "" if text == _NOTHING else text

    def _has_digest(self, bucket: str, epoch: int) -> bool:
        storage = self.client("s3")
        try:
            storage.head_object(Bucket=bucket, Key=epoch_digest_key(epoch))
        except storage.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound"):
                return False
            raise
        return True


def deploy_audit(stage: str) -> None:
    """Deploy the audit service of a stage, which reads the names of the restored tables.

    Raises
    ------
    RestoreError
    """
    environment = os.environ | {"SERVICE": "audit", "STAGE": stage, "YES": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "deploy", "deploy"], cwd=REPOSITORY_ROOT, env=environment, check=False
    )
    if done.returncode:
        raise RestoreError("The audit service was not deployed; run the same command again.")


def operate(stage: str) -> Callable[[str], int]:
    """Return what runs an operation of a stage, by its own function.

    Raises
    ------
    RestoreError
        When the operation gives no report.
    """

    def run(operation: str) -> int:
        try:
            return operations.run(operation, stage)
        except operations.OperationError as error:
            raise RestoreError(str(error)) from error

    return run
