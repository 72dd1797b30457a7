"""The composition root: settings in, wired service out."""

import os
from pathlib import Path
from types import ModuleType
from typing import Final

from inventory_common.declarations import Api
from inventory_common.dynamodb import connect
from inventory_common.ids import new_product_id
from inventory_common.rest import RestService
from inventory_common.retry_policy import RetryPolicy
from inventory_common.settings import Settings
from inventory_common.timestamps import now

from .catalog_service import CatalogService
from .product_gateway import ProductGateway

__all__ = ["catalog_service", "rest_service"]

_API: Final = Api(
    about="Vendors keep their products; anybody browses what is in the shop.",
    version="1.0.0",
    folder=Path(__file__).parent.parent,
)


def rest_service() -> RestService:
    """Make the application that routes are registered on."""
    return RestService.from_settings(
        "inventory-catalog", Settings.from_environment(os.environ), bodies=_bodies, api=_API
    )


def catalog_service() -> CatalogService:
    """Make the service with its gateway."""
    gateway = ProductGateway(connect(), Settings.from_environment(os.environ))
    return CatalogService(gateway, now, new_product_id, RetryPolicy())


def _bodies() -> ModuleType:
    from . import bodies

    return bodies
