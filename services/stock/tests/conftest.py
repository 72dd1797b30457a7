"""What the stock service's tests share: tables, tokens, a clock that obeys, the service."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from front_door import AUDIENCE, ISSUER, MACHINE, VENDOR_MACHINE, Client, Tokens, published
from moto import mock_aws

from local.tables import create_tables

from .shop import BLACK, WHITE, Clock, Tables, a_product, a_sku, patient


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
def clock() -> Clock:
    return Clock()


@pytest.fixture
def service(service_module: Any, dynamodb: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The service behind the routes, with the test's clock and no pauses."""
    service = replace(service_module.stock, clock=clock, persistence=patient())
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
