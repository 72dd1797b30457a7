"""What every service's tests stand on: tokens, the service under the settings of a stage, empty tables."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from front_door import Tokens, published, settings_with
from frozen_values import freeze_values
from stored_items import empty_tables

from local.embedded_aws import embedded_aws
from local.tables import create_tables, definitions

__all__ = ["aws_url", "connection", "dynamodb", "service_module", "tokens"]

freeze_values()


@pytest.fixture(scope="session")
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture(scope="session")
def aws_url() -> Iterator[str]:
    """An AWS of these tests' own: transactions are what it can do, and it does wide ones at once."""
    with embedded_aws() as url:
        yield url


@pytest.fixture(scope="session")
def service_module(tokens: Tokens, aws_url: str) -> Iterator[Any]:
    """The module ``app``, imported as Lambda does: once, under the settings of a stage."""
    with published(tokens.jwks()) as jwks_url, pytest.MonkeyPatch.context() as environment:
        settings = {
            **settings_with(jwks_url),
            "AWS_ENDPOINT_URL": aws_url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
        }
        for name in (
            "ALERT_TOPIC_ARN",
            "AWS_ENDPOINT_URL_DYNAMODB",
            "AWS_ENDPOINT_URL_KMS",
            "AWS_ENDPOINT_URL_S3",
            "AWS_PROFILE",
            "EVENT_BUS",
            "TABLE_NAME_PREFIX",
        ):
            environment.delenv(name, raising=False)
        for name, value in settings.items():
            environment.setenv(name, value)
        yield importlib.import_module("app")


@pytest.fixture(scope="session")
def connection(service_module: Any) -> Any:
    """A client of the tables, made once: making one takes longer than most tests."""
    client = boto3.client("dynamodb")
    create_tables(client)
    _disable_time_to_live(client)
    return client


@pytest.fixture
def dynamodb(connection: Any) -> Any:
    """A client of empty tables."""
    empty_tables(connection)
    return connection


def _disable_time_to_live(client: Any) -> None:
    """Keep the embedded AWS from removing items that are expired by its clock, but not by that of a test."""
    for name, table in definitions().items():
        attribute = table.get("ttl_attribute")
        if attribute is not None:
            client.update_time_to_live(
                TableName=name, TimeToLiveSpecification={"Enabled": False, "AttributeName": attribute}
            )
