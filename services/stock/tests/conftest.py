"""What the stock service's tests share: tables, tokens, a clock, the service."""

from __future__ import annotations

import os
from typing import Any

import pytest
from documented import pytest_sessionfinish as pytest_sessionfinish
from front_door import Client, Tokens
from service_fixtures import *  # noqa: F403  (its fixtures, by name in its __all__)

from .process import Process
from .shop import BLACK, WHITE, Clock, Tables, a_product, a_sku


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def process(service_module: Any, dynamodb: Any, clock: Clock) -> Process:
    """A process of the service, with the test's clock and no pauses."""
    from chalicelib.bootstrap import storage_of
    from inventory_common.settings import Settings

    return Process(storage_of(dynamodb, Settings.from_environment(os.environ)), clock)


@pytest.fixture
def shop(service_module: Any, process: Process, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The service from outside, behind its routes."""
    engines = {"skus": process.skus, "stock": process.stock, "orders": process.orders}
    for methods in service_module.app.routes.values():
        for entry in methods.values():
            subject = getattr(getattr(entry.view_function, "method", None), "__self__", None)
            for name, engine in engines.items():
                if hasattr(subject, name):
                    monkeypatch.setattr(subject, name, engine)
    return Client(service_module.app)


@pytest.fixture
def vendor(tokens: Tokens) -> str:
    return tokens.vendor()


@pytest.fixture
def orders(tokens: Tokens) -> str:
    return tokens.of_role("orders")


@pytest.fixture
def admin(tokens: Tokens) -> str:
    return tokens.of_role("admin")


@pytest.fixture
def tables(dynamodb: Any) -> Tables:
    return Tables(dynamodb)


@pytest.fixture
def product(tables: Tables) -> None:
    tables.put(a_product())


@pytest.fixture
def stocked(tables: Tables, product: None) -> None:
    """Fifty units of the black variant, three of the white one."""
    tables.put(a_sku(BLACK, 50), a_sku(WHITE, 3))
