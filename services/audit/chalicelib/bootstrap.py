"""The composition root: settings in, wired service out."""

import os

from inventory_common.dynamodb import connect
from inventory_common.rest import RestService
from inventory_common.settings import Settings
from inventory_common.timestamps import now

from .audit_service import AuditService
from .log_gateway import LogGateway

__all__ = ["audit_service", "rest_service"]


def rest_service() -> RestService:
    """Make the application that routes are registered on."""
    return RestService.from_settings("inventory-audit", Settings.from_environment(os.environ))


def audit_service() -> AuditService:
    """Make the service with its gateway."""
    return AuditService(LogGateway(connect(), Settings.from_environment(os.environ)), now)
