"""The composition root: settings in, wired service out."""

import os
from functools import cache
from typing import Final

from inventory_common.alert_topic import AlertTopic
from inventory_common.dynamodb import connect
from inventory_common.rest import RestService
from inventory_common.settings import Settings
from inventory_common.timestamps import now

from .archive import Archive
from .audit_service import AuditService
from .findings import FindingLog
from .log_gateway import LogGateway
from .object_store import ObjectStore
from .stream_audit import StreamAudit

__all__ = ["audit_service", "finding_log", "rest_service", "stream_audit"]

_NAME: Final = "inventory-audit"


def rest_service() -> RestService:
    """Make the application that routes are registered on."""
    return RestService.from_settings(_NAME, Settings.from_environment(os.environ))


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


@cache  # making a client takes longer than most requests
def _gateway() -> LogGateway:
    return LogGateway(connect(), Settings.from_environment(os.environ))


@cache
def _store() -> ObjectStore:
    return ObjectStore(Settings.from_environment(os.environ).archive_bucket)
