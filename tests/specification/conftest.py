"""An embedded AWS, and the services on it through a recorder; one of each for all tests here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from local.embedded_aws import embedded_aws
from local.tables import create_tables, definitions
from tests.integration.processes import Service, distinct_free_ports, dynamodb
from tests.integration.shop import Shop, Wire
from tests.specification.recorder import Recorder, assert_allowed


@pytest.fixture(scope="session")
def aws_url() -> Iterator[str]:
    with embedded_aws() as endpoint_url:
        yield endpoint_url


@pytest.fixture(scope="session")
def client(aws_url: str) -> Any:
    """A client of DynamoDB that bypasses services and recorder; the tables exist."""
    client = dynamodb(aws_url)
    create_tables(client)
    return client


@pytest.fixture(scope="session")
def recorder(aws_url: str) -> Iterator[Recorder]:
    recorder = Recorder(aws_url)
    yield recorder
    recorder.close()


@pytest.fixture(scope="session")
def services(
    recorder: Recorder, client: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Service]]:
    """The front page, catalog, stock and audit."""
    ports, folder = distinct_free_ports(), tmp_path_factory.mktemp("services")
    with ExitStack() as stack:
        started = {}
        for name in ("front", "catalog", "stock", "audit"):
            started[name] = Service(name, ports, recorder.url, folder)
            stack.callback(started[name].stop)
        for service in started.values():
            service.wait_until_healthy()
        yield started


@pytest.fixture(scope="session")
def open_shop(services: dict[str, Service]) -> Iterator[Shop]:
    """The services over the tables as they are."""
    wire = Wire(services["front"].url)
    yield Shop(wire, *(services[name].url for name in ("catalog", "stock", "audit")))
    wire.http.close()


@pytest.fixture
def shop(open_shop: Shop, client: Any) -> Shop:
    """The services over empty tables."""
    for name in definitions():
        client.delete_table(TableName=name)
    create_tables(client)
    return open_shop


@pytest.fixture(autouse=True)
def _lawful(request: pytest.FixtureRequest) -> Iterator[None]:
    """Check every call that a test of the shop causes: no service may scan, delete or change the log."""
    if "shop" not in request.fixturenames:
        yield
        return
    with request.getfixturevalue("recorder").recording() as calls:
        yield
    assert_allowed(calls)
