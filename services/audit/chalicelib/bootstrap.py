"""The composition root: settings in, wired service out."""

import os
from pathlib import Path
from typing import Final

from inventory_common.declarations import Api
from inventory_common.dynamodb import connect
from inventory_common.rest import RestService
from inventory_common.settings import Settings

from .audit_service import AuditService
from .log_gateway import LogGateway

__all__ = ["audit_service", "rest_service"]

_API: Final = Api(
    about="Auditors and vendors read the log of every change of stock, which nobody can change.",
    version="1.0.0",
    folder=Path(__file__).parent.parent,
)


def rest_service() -> RestService:
    """Make the application that routes are registered on."""
    return RestService.from_settings("inventory-audit", Settings.from_environment(os.environ), api=_API)


def audit_service() -> AuditService:
    """Make the service with its gateway."""
    return AuditService(LogGateway(connect(), Settings.from_environment(os.environ)))
