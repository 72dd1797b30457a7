"""An engine and the services on it, shared by all tests here; every test begins with empty tables.

The engine is the embedded AWS, or DynamoDB Local if ``ENGINE=dynamodb-local`` (`make test-dynamodb-local`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.embedded_aws import embedded_aws
from local.tables import create_tables
from tests.integration.ledger_checks import Tables, assert_consistent
from tests.integration.processes import Service, StartServices, distinct_free_ports, dynamodb
from tests.integration.relay import Relay
from tests.integration.shop import Dice, Shop, Wire
from tests.support.engines import ENGINE, engine
from tests.support.stored_items import empty_tables

# Only DynamoDB Local keeps its data when it is killed.
collect_ignore = [] if ENGINE == "dynamodb-local" else ["test_power_cuts.py"]


@pytest.fixture(scope="session")
def aws_url() -> Iterator[str]:
    with engine(ENGINE) as endpoint_url:
        yield endpoint_url


@pytest.fixture(scope="session")
def topics_url() -> Iterator[str]:
    """An endpoint with topics and queues, which neither the local stack nor DynamoDB Local has."""
    with embedded_aws(services=("sns", "sqs")) as endpoint_url:
        yield endpoint_url


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartServices]:
    """Start services together and wait until all of them are healthy; all are stopped at the end."""
    started: list[Service] = []
    ports = distinct_free_ports()
    folder: Path = tmp_path_factory.mktemp("services")

    def start_services(*names: str, dynamodb_url: str) -> list[Service]:
        services = []
        for name in names:
            services.append(Service(name, ports, dynamodb_url, folder))
            started.append(services[-1])
        for service in services:
            service.wait_until_healthy()
        return services

    yield start_services
    assert {service.stop() for service in started} <= {0}


@pytest.fixture(scope="session")
def services(aws_url: str, start: StartServices) -> list[Service]:
    """The front page, catalog, two processes of stock, and audit."""
    create_tables(dynamodb(aws_url))
    return start("front", "catalog", "stock", "stock", "audit", dynamodb_url=aws_url)


@pytest.fixture(scope="session")
def wire(services: list[Service]) -> Iterator[Wire]:
    wire = Wire(services[0].url)
    yield wire
    wire.http.close()


@pytest.fixture(scope="session")
def client(aws_url: str) -> Any:
    return dynamodb(aws_url)


@pytest.fixture
def shop(services: list[Service], wire: Wire, client: Any) -> Iterator[Shop]:
    """The services over empty tables; none of them may log a traceback in the test."""
    empty_tables(client)
    _, catalog, stock, _, audit = services
    lengths = [len(service.text()) for service in services]
    yield Shop(wire, catalog.url, stock.url, audit.url)
    logged = [service.text()[length:] for service, length in zip(services, lengths, strict=True)]
    assert not [text[-4000:] for text in logged if "Traceback" in text]


@pytest.fixture
def second_process(services: list[Service], shop: Shop) -> Shop:
    """The same shop, through another process of the stock service."""
    return shop.at(stock=services[3].url)


@pytest.fixture(scope="session")
def session_relay(aws_url: str) -> Iterator[Relay]:
    relay = Relay(aws_url)
    yield relay
    relay.close()


@pytest.fixture(scope="session")
def relayed_services(session_relay: Relay, start: StartServices) -> list[Service]:
    return start("catalog", "stock", "audit", dynamodb_url=session_relay.url)


@pytest.fixture
def relay(session_relay: Relay) -> Relay:
    return session_relay


@pytest.fixture
def relayed(relayed_services: list[Service], shop: Shop) -> Shop:
    """The same shop, through services that reach DynamoDB through `relay`."""
    catalog, stock, audit = relayed_services
    return shop.at(catalog=catalog.url, stock=stock.url, audit=audit.url)


@pytest.fixture
def check_tables(client: Any) -> Callable[[], Tables]:
    """Assert that all three tables are consistent with each other, and return their items."""
    return lambda: assert_consistent(client)


@pytest.fixture
def dice() -> Dice:
    return Dice()
