"""What the catalog service's tests share: tables, tokens, a clock that tests set, the service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from documented import pytest_sessionfinish as pytest_sessionfinish
from front_door import Client, Tokens
from service_fixtures import *  # noqa: F403  (its fixtures, by name in its __all__)

from inventory_common.retry_policy import RetryPolicy

from .shop import Clock, Draws


@pytest.fixture
def vendor(tokens: Tokens) -> str:
    return tokens.vendor()


@pytest.fixture
def admin(tokens: Tokens) -> str:
    return tokens.of_role("admin")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def draws() -> Draws:
    return Draws()


@pytest.fixture
def catalog(service_module: Any, dynamodb: Any, clock: Clock, draws: Draws) -> Any:
    """The catalog behind the routes, with the test's clock and drawn ids."""
    return replace(
        service_module.products.catalog,
        clock=clock,
        draw_product_id=draws,
        retry_policy=RetryPolicy(sleep=lambda _: None),
    )


@pytest.fixture
def app(service_module: Any, catalog: Any) -> Any:
    """The service, with the test's catalog behind its routes."""
    from chalicelib.bootstrap import rest_service

    service = rest_service()
    service.add(replace(service_module.products, catalog=catalog), service_module.counts)
    return service


@pytest.fixture
def shop(app: Any) -> Client:
    """A client of the service."""
    return Client(app)


@pytest.fixture
def calls(catalog: Any) -> Iterator[list[str]]:
    """Every call to DynamoDB that the service makes from now on, retries included."""
    made: list[str] = []

    def count(request: Any, event_name: str, **_: Any) -> None:
        made.append(event_name.rpartition(".")[2])

    events = catalog.store._client.meta.events
    events.register("before-send", count)
    yield made
    events.unregister("before-send", count)


@pytest.fixture
def meanwhile(catalog: Any) -> Iterator[Callable[[Callable[[], Any]], None]]:
    """Run functions, one for each of the next changes, between the read and the write of the change."""
    coming: list[Callable[[], Any]] = []

    def act(**_: Any) -> None:
        if coming:
            coming.pop(0)()

    events = catalog.store._client.meta.events
    events.register("before-call.dynamodb.UpdateItem", act)
    yield coming.append
    assert coming == [], "a function was to run meanwhile, but nothing was written"
    events.unregister("before-call.dynamodb.UpdateItem", act)
