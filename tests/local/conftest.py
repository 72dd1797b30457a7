"""Fixtures that several tests of the local stack share."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest

from local.embedded_aws import embedded_aws


@pytest.fixture(scope="session")
def shared_aws() -> Iterator[str]:
    """One embedded AWS for all tests."""
    with embedded_aws() as endpoint_url:
        yield endpoint_url


@pytest.fixture
def aws_endpoint(shared_aws: str) -> Iterator[str]:
    """The embedded AWS, without tables before and after a test."""
    yield shared_aws
    client = boto3.client(
        "dynamodb",
        endpoint_url=shared_aws,
        region_name="ap-south-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    for name in client.list_tables()["TableNames"]:
        client.delete_table(TableName=name)
