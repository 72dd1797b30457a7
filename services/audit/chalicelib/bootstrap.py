"""The composition root: settings in, wired service out."""

import os
from functools import cache
from pathlib import Path
from typing import Final

from inventory_common.alert_topic import AlertTopic
from inventory_common.declarations import Api
from inventory_common.dynamodb import DynamoDBClient, connect
from inventory_common.rest import RestService
from inventory_common.settings import Settings
from inventory_common.timestamps import now

from .archive import Archive
from .archive_check import ArchiveCheck
from .audit_service import AuditService
from .digests import Digests, Signer
from .findings import FindingLog
from .log_gateway import InventoryScan, LogGateway
from .object_store import ObjectStore
from .reconciliation import Reconciliation
from .stream_audit import StreamAudit

__all__ = [
    "archive_check",
    "audit_service",
    "digests",
    "finding_log",
    "reconciliation",
    "rest_service",
    "stream_audit",
]

_NAME: Final = "inventory-audit"

_API: Final = Api(
    about="Auditors and vendors read the log of every change of stock, which nobody can change.",
    version="1.0.0",
    folder=Path(__file__).parent.parent,
)


def rest_service() -> RestService:
    """Make the application that routes are registered on."""
    return RestService.from_settings(_NAME, Settings.from_environment(os.environ), api=_API)


def audit_service() -> AuditService:
    """Make the service with its gateway."""
    return AuditService(_gateway(), now)


def finding_log() -> FindingLog:
    """Make the log of findings."""
    alerts = AlertTopic(Settings.from_environment(os.environ).alert_topic_arn, _NAME)
    return FindingLog(_store(), alerts, _NAME)


def stream_audit() -> StreamAudit:
    """Make the stream auditor."""
    return StreamAudit(_gateway(), Archive(_store()), finding_log())


def reconciliation() -> Reconciliation:
    """Make the reconciliation."""
    return Reconciliation(_gateway(), _scan(), finding_log(), now)


def digests() -> Digests:
    """Make what writes digests."""
    return Digests(_scan(), _store(), _signer(), now)


def archive_check() -> ArchiveCheck:
    """Make the check of archive, digests and tables."""
    return ArchiveCheck(_gateway(), _scan(), _store(), _signer(), now)


@cache  # making a client takes longer than most requests
def _gateway() -> LogGateway:
    return LogGateway(_database(), Settings.from_environment(os.environ))


@cache
def _database() -> DynamoDBClient:
    return connect()


def _scan() -> InventoryScan:
    return InventoryScan(_database(), Settings.from_environment(os.environ))


def _signer() -> Signer:
    return Signer(Settings.from_environment(os.environ).archive_signing_key)


@cache
def _store() -> ObjectStore:
    return ObjectStore(Settings.from_environment(os.environ).archive_bucket)
