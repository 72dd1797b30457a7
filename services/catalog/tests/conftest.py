"""What the catalog service's tests share: tables, tokens, a clock that obeys, the service."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from front_door import AUDIENCE, ISSUER, MACHINE, VENDOR_MACHINE, Client, Tokens, published
from moto import mock_aws

from inventory_common.contention import Persistence
from local.tables import create_tables

from .shop import Clock, Draws


@pytest.fixture(scope="session")
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture(scope="session")
def service_module(tokens: Tokens) -> Iterator[Any]:
    """The module ``app``, imported as Lambda does: once, under the settings of a stage."""
    with published(tokens.jwks()) as jwks_url, pytest.MonkeyPatch.context() as environment:
        settings = {
            "JWKS_URL": jwks_url,
            "TOKEN_ISSUER": ISSUER,
            "TOKEN_AUDIENCES": AUDIENCE,
            "MACHINE_CLIENT_IDS": f"{MACHINE},{VENDOR_MACHINE}",
            "AWS_DEFAULT_REGION": "ap-south-1",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
        }
        for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "TABLE_NAME_PREFIX"):
            environment.delenv(name, raising=False)
        for name, value in settings.items():
            environment.setenv(name, value)
        yield importlib.import_module("app")


@pytest.fixture(scope="session")
def connection(service_module: Any) -> Any:
    """A client, made once: making one takes longer than most tests."""
    return boto3.client("dynamodb")


@pytest.fixture
def dynamodb(connection: Any) -> Iterator[Any]:
    """A client of empty tables."""
    with mock_aws():
        create_tables(connection)
        yield connection


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
def service(
    service_module: Any, dynamodb: Any, clock: Clock, draws: Draws, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """The service behind the routes, with the test's clock and draws of ids."""
    service = replace(
        service_module.catalog,
        clock=clock,
        draw_product_id=draws,
        persistence=Persistence(sleep=lambda _: None),
    )
    monkeypatch.setattr(service_module, "catalog", service)
    return service


@pytest.fixture
def shop(service_module: Any, service: Any) -> Client:
    """The service from outside."""
    return Client(service_module.app)


@pytest.fixture
def calls(service: Any) -> Iterator[list[str]]:
    """Every call that the service's client makes from now on, retries included."""
    made: list[str] = []

    def count(request: Any, event_name: str, **_: Any) -> None:
        made.append(event_name.rpartition(".")[2])

    events = service.gateway._client.meta.events
    events.register("before-send", count)
    yield made
    events.unregister("before-send", count)


@pytest.fixture
def meanwhile(service: Any) -> Iterator[Callable[[Callable[[], Any]], None]]:
    """Let others act, each once, between the read and the write of a coming change."""
    coming: list[Callable[[], Any]] = []

    def act(**_: Any) -> None:
        if coming:
            coming.pop(0)()

    events = service.gateway._client.meta.events
    events.register("before-call.dynamodb.UpdateItem", act)
    yield coming.append
    assert coming == [], "something was to happen meanwhile, and nothing was written"
    events.unregister("before-call.dynamodb.UpdateItem", act)
