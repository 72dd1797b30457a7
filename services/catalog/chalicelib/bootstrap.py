"""The composition root: makes the service's objects from its settings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from inventory_common.declarations import Api
from inventory_common.dynamodb import connect
from inventory_common.ids import new_product_id
from inventory_common.malformed_items import MalformedItems
from inventory_common.rest import RestService
from inventory_common.retry_policy import RetryPolicy
from inventory_common.settings import Settings
from inventory_common.timestamps import now

from .engine.catalog import Catalog
from .http.product_routes import ProductRoutes
from .storage.product_store import ProductStore

__all__ = ["product_routes", "rest_service"]

_NAME: Final = "inventory-catalog"
_API: Final = Api(
    about="Vendors keep their products; anybody browses the active ones.",
    version="1.1.0",
    folder=Path(__file__).parent.parent,
)


def rest_service() -> RestService:
    """Make the application."""
    return RestService.from_settings(_NAME, Settings.from_environment(os.environ), api=_API)


def product_routes() -> ProductRoutes:
    """Make the routes of products, with all that they use."""
    store = ProductStore(connect(), Settings.from_environment(os.environ), MalformedItems(_NAME))
    return ProductRoutes(Catalog(store, now, new_product_id, RetryPolicy()))
