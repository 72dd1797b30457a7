"""What the stock service's tests share: tables, tokens, a clock that obeys, the service."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from documented import pytest_sessionfinish as pytest_sessionfinish
from front_door import Client, Tokens
from service_fixtures import *  # noqa: F403  (its fixtures, by name in its __all__)

from .shop import BLACK, WHITE, Clock, Tables, a_product, a_sku, patient


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def service(service_module: Any, dynamodb: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The service behind the routes, with the test's clock and no pauses."""
    from chalicelib.memory import Memory

    service = replace(service_module.stock, clock=clock, retry_policy=patient(), memory=Memory())
    monkeypatch.setattr(service_module, "stock", service)
    return service


@pytest.fixture
def gateway(service: Any) -> Any:
    return service.gateway


@pytest.fixture
def shop(service_module: Any, service: Any) -> Client:
    """The service from outside."""
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
    tables.keep(a_product())


@pytest.fixture
def stocked(tables: Tables, product: None) -> None:
    """Fifty black ones, three white ones."""
    tables.keep(a_sku(BLACK, 50), a_sku(WHITE, 3))
