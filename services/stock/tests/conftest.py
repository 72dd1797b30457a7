"""What the stock service's tests share: tables, tokens, a clock, the service."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from documented import pytest_sessionfinish as pytest_sessionfinish
from fixed_ledger_key import LEDGER_KEY, LEDGER_KEYS, FixedLedgerKey
from front_door import LEDGER_KEY_SECRET, LEDGER_KEYS_PATH, Client, Tokens
from service_fixtures import *  # noqa: F403  (its fixtures, by name in its __all__)

from .process import Process
from .shop import BLACK, WHITE, Clock, Tables, a_product, a_sku
from .streams import Streams, stream_handlers_of


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def process_over(service_module: Any, clock: Clock) -> Callable[[Any], Process]:
    """Makes a process of the service over a client of DynamoDB, with the test's clock and no pauses."""
    from chalicelib.bootstrap import storage_of
    from inventory_common.settings import Settings

    return lambda client: Process(
        storage_of(client, Settings.from_environment(os.environ), FixedLedgerKey()), clock
    )


@pytest.fixture
def process(process_over: Callable[[Any], Process], dynamodb: Any) -> Process:
    """A process of the service, with the test's clock and no pauses."""
    return process_over(dynamodb)


@pytest.fixture
def shop_of(service_module: Any) -> Callable[[Process], Client]:
    """Returns the service from outside, with a process behind its routes."""
    from chalicelib.bootstrap import rest_service

    return lambda process: Client(rest_service(process.engine))


@pytest.fixture
def shop(shop_of: Callable[[Process], Client], process: Process) -> Client:
    """The service from outside, behind its routes."""
    return shop_of(process)


@pytest.fixture
def streams_of(service_module: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[Process], Streams]:
    """Makes a process the one that handles changes, and returns the tables' streams."""

    def streams_of(process: Process) -> Streams:
        streams = Streams(service_module, process.storage.state.database.client)
        handlers = stream_handlers_of(process, streams.outbox)
        monkeypatch.setattr(service_module, "stream_handlers", handlers)
        return streams

    return streams_of


@pytest.fixture
def streams(streams_of: Callable[[Process], Streams], process: Process) -> Streams:
    """The tables' streams, whose changes the test delivers to the service."""
    return streams_of(process)


@pytest.fixture(scope="session", autouse=True)
def stored_key(service_module: Any) -> None:
    """The ledger key in the secret and in the parameter that the service itself reads."""
    boto3.client("secretsmanager").create_secret(Name=LEDGER_KEY_SECRET, SecretString=LEDGER_KEY.to_stored())
    [key] = LEDGER_KEYS.values()
    boto3.client("ssm").put_parameter(Name=f"{LEDGER_KEYS_PATH}1", Value=json.dumps(key.jwk()), Type="String")


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
