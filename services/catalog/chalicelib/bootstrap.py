"""The composition root: makes the service's objects from its settings."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Final

from inventory_common.declarations import Api
from inventory_common.dynamodb import DynamoDBClient, connect
from inventory_common.event_bus import EventBus
from inventory_common.ids import new_product_id
from inventory_common.malformed_items import MalformedItems
from inventory_common.rest import RestService
from inventory_common.retry_policy import RetryPolicy
from inventory_common.settings import Settings
from inventory_common.timestamps import now

from .domain.events import EVENT_TYPES
from .engine.catalog import Catalog
from .engine.counting import Counting
from .engine.product_events import ProductEvents
from .engine.recount import Recount
from .engine.stream_handlers import StreamHandlers
from .http.count_routes import CountRoutes
from .http.product_routes import ProductRoutes
from .storage.count_store import CountStore
from .storage.product_store import ProductStore

__all__ = [
    "count_routes",
    "counting_of",
    "product_events",
    "product_routes",
    "recount",
    "rest_service",
    "stream_handlers",
]

_NAME: Final = "inventory-catalog"
_API: Final = Api(
    about="Vendors keep their products; anybody browses the active ones.",
    version="1.1.0",
    folder=Path(__file__).parent.parent,
    events=EVENT_TYPES,
)


def rest_service() -> RestService:
    """Make the application."""
    return RestService.from_settings(_NAME, _settings(), api=_API)


def product_routes() -> ProductRoutes:
    """Make the routes of products, with all that they use."""
    return ProductRoutes(Catalog(_products(), now, new_product_id, RetryPolicy()))


def product_events() -> ProductEvents:
    """Make what sends the events of products."""
    return ProductEvents(_products(), EventBus(_settings().event_bus))


def count_routes() -> CountRoutes:
    """Make the routes of categories and vendors."""
    return CountRoutes(_counts())


def stream_handlers() -> StreamHandlers:
    """Make the handlers of changes of products."""
    return StreamHandlers(_counts(), counting_of(_counts()))


def recount() -> Recount:
    """Make what recounts all products."""
    return Recount(_counts(), counting_of(_counts()))


def counting_of(counts: CountStore) -> Counting:
    """Make what counts products in a store."""
    return Counting(counts, RetryPolicy())


def _products() -> ProductStore:
    return ProductStore(_client(), _settings(), _malformed())


def _counts() -> CountStore:
    return CountStore(_client(), _settings(), _malformed(), now)


@cache  # it knows what this process has reported
def _malformed() -> MalformedItems:
    return MalformedItems(_NAME)


@cache
def _settings() -> Settings:
    return Settings.from_environment(os.environ)


@cache  # making a client takes longer than most requests
def _client() -> DynamoDBClient:
    return connect()
