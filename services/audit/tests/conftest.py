"""What the audit service's tests share: tables, tokens, the archive's bucket, the service."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import boto3
import pytest
from documented import pytest_sessionfinish as pytest_sessionfinish
from fixed_ledger_key import LEDGER_KEYS
from front_door import LEDGER_KEYS_PATH, Client
from service_fixtures import *  # noqa: F403  (its fixtures, by name in its __all__)

from inventory_common.ledger_key_store import LedgerKeyStore


@pytest.fixture(scope="session")
def storage_connection(service_module: Any) -> Any:
    """An S3 client, made once: making one takes longer than most tests."""
    return boto3.client("s3")


@pytest.fixture
def storage(storage_connection: Any, dynamodb: Any) -> Iterator[Any]:
    """An S3 client, and the archive's bucket, which is empty."""
    storage_connection.create_bucket(
        Bucket="archive", CreateBucketConfiguration={"LocationConstraint": "ap-south-1"}
    )
    yield storage_connection
    with suppress(storage_connection.exceptions.NoSuchBucket):  # a test may have deleted it
        for page in storage_connection.get_paginator("list_object_versions").paginate(Bucket="archive"):
            stored = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
            if stored:
                objects = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in stored]
                storage_connection.delete_objects(Bucket="archive", Delete={"Objects": objects})
        storage_connection.delete_bucket(Bucket="archive")


@pytest.fixture(scope="session")
def signing_key(service_module: Any) -> None:
    """The key that signs digests."""
    keys = boto3.client("kms")
    key = keys.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    keys.create_alias(AliasName="alias/archive", TargetKeyId=key)


@pytest.fixture(scope="session")
def published_keys(service_module: Any) -> None:
    """The ledger key that signs the records of tests."""
    [key] = LEDGER_KEYS.values()
    boto3.client("ssm").put_parameter(
        Name=f"{LEDGER_KEYS_PATH}1", Value=json.dumps(key.jwk()), Type="String", Overwrite=True
    )


@pytest.fixture(autouse=True)
def unread_keys(service_module: Any, published_keys: None) -> LedgerKeyStore:
    """The service's store of ledger keys, as in a process that has not read any."""
    from chalicelib import bootstrap

    store = bootstrap.key_routes().ledger_keys
    store._numbered, store._keys, store._tried_at = {}, None, None
    return store


class NoOrderCheck:
    """In place of the check of orders, whose tests are in a module of their own: the orders of others tests
    hold units, and are no more than that."""

    def __init__(self, *stores: Any) -> None:
        pass

    def see(self, item: Any, seen: Any) -> None:
        pass

    def compare(self, sku: str, records: Any, seen: Any) -> None:
        pass

    def finish(self, seen: Any, records_of: Any, report: Any) -> None:
        pass


@pytest.fixture(autouse=True)
def other_checks_alone(
    request: pytest.FixtureRequest, service_module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reconciliation without its check of orders, except where that is tested."""
    from chalicelib import bootstrap

    if not request.module.__name__.endswith(("test_order_auditor", "test_order_check")):
        monkeypatch.setattr(bootstrap, "OrderCheck", NoOrderCheck)
        monkeypatch.setattr(service_module, "reconciliation", bootstrap.reconciler())


@pytest.fixture
def audit(service_module: Any, storage: Any, unread_keys: LedgerKeyStore) -> Client:
    """A client of the service."""
    return Client(service_module.app)
