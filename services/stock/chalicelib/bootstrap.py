"""The composition root: settings in, wired service out."""

import os
from types import ModuleType

from inventory_common.contention import Persistence
from inventory_common.dynamodb import connect
from inventory_common.rest import RestService
from inventory_common.settings import Settings
from inventory_common.timestamps import now

from .inventory_gateway import InventoryGateway
from .stock_service import StockService

__all__ = ["rest_service", "stock_service"]


def rest_service() -> RestService:
    """Make the application that routes are registered on."""
    return RestService.from_settings("inventory-stock", Settings.from_environment(os.environ), bodies=_bodies)


def stock_service() -> StockService:
    """Make the service with its gateway."""
    gateway = InventoryGateway(connect(), Settings.from_environment(os.environ))
    return StockService(gateway, now, Persistence())


def _bodies() -> ModuleType:
    from . import bodies

    return bodies
