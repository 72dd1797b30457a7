"""What the audit service's tests share: tables, tokens, the service."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from documented import pytest_sessionfinish as pytest_sessionfinish
from front_door import Client
from service_fixtures import *  # noqa: F403  (its fixtures, by name in its __all__)


@pytest.fixture(scope="session")
def storage_connection(service_module: Any) -> Any:
    """A client, made once: making one takes longer than most tests."""
    return boto3.client("s3")


@pytest.fixture
def storage(storage_connection: Any, dynamodb: Any) -> Any:
    """A client of the archive's bucket, which is empty."""
    storage_connection.create_bucket(
        Bucket="archive", CreateBucketConfiguration={"LocationConstraint": "ap-south-1"}
    )
    return storage_connection


@pytest.fixture
def audit(service_module: Any, storage: Any) -> Client:
    """The service from outside."""
    return Client(service_module.app)
