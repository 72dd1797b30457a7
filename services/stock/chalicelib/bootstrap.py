"""The composition root: settings in, wired service out."""

import os
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Final

from inventory_common.alert_topic import AlertTopic
from inventory_common.declarations import Api
from inventory_common.dynamodb import connect
from inventory_common.rest import RestService
from inventory_common.retry_policy import RetryPolicy
from inventory_common.settings import Settings
from inventory_common.timestamps import now

from .bounds import BoundLowering
from .inventory_gateway import InventoryGateway
from .reactions import Reactions
from .stock_service import StockService
from .sweeper import Sweeper

__all__ = ["bound_lowering", "reactions", "rest_service", "stock_service", "sweeper"]

_NAME: Final = "inventory-stock"
_API: Final = Api(
    about="Vendors keep SKUs and their stock; order systems reserve units, and settle or release them.",
    version="1.1.0",
    folder=Path(__file__).parent.parent,
)


def rest_service() -> RestService:
    """Make the application that routes are registered on."""
    return RestService.from_settings(_NAME, Settings.from_environment(os.environ), bodies=_bodies, api=_API)


def stock_service() -> StockService:
    """Make the service with its gateway."""
    return StockService(_gateway(), now, RetryPolicy())


def reactions() -> Reactions:
    """Make the reactions to changes of products and SKUs."""
    alerts = AlertTopic(Settings.from_environment(os.environ).alert_topic_arn, _NAME)
    return Reactions(_gateway(), alerts, now, RetryPolicy())


def sweeper() -> Sweeper:
    """Make the sweeper of due orders."""
    return Sweeper(_gateway(), now, RetryPolicy())


def bound_lowering() -> BoundLowering:
    """Make the lowering of low-stock bounds."""
    return BoundLowering(_gateway(), now)


@cache  # making a client takes longer than most requests
def _gateway() -> InventoryGateway:
    return InventoryGateway(connect(), Settings.from_environment(os.environ))


def _bodies() -> ModuleType:
    from . import bodies

    return bodies
