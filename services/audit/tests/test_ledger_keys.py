"""The keys that verify the log's signatures, as everybody can read them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from fixed_ledger_key import CREATED_AT, fixed_key
from front_door import LEDGER_KEYS_PATH, Client, Tokens

from inventory_common.ledger_keys import PublicKey, PublicKeys

NEW = fixed_key("new").public_key("2026-06-01T00:00:00.000000Z")
OLD = fixed_key("old").public_key(CREATED_AT).retired("2026-06-01T01:05:00.000000Z")


@pytest.fixture
def parameters(service_module: Any) -> Iterator[Any]:
    """A client of Systems Manager, which has no key while a test runs."""
    client = boto3.client("ssm")
    names = [f"{LEDGER_KEYS_PATH}{number}" for number in range(1, 10)]
    published = client.get_parameters(Names=names)["Parameters"]
    client.delete_parameters(Names=names)
    yield client
    client.delete_parameters(Names=names)
    for each in published:
        client.put_parameter(Name=each["Name"], Value=each["Value"], Type="String")


def publish(parameters: Any, *keys: PublicKey) -> None:
    for number, key in enumerate(keys, start=1):
        parameters.put_parameter(
            Name=f"{LEDGER_KEYS_PATH}{number}", Value=json.dumps(key.jwk()), Type="String"
        )


def test_everybody_reads_every_key_oldest_first(audit: Client, parameters: Any, tokens: Tokens) -> None:
    publish(parameters, OLD, NEW)
    for token in (None, tokens.vendor(), tokens.of_role("auditor")):
        response = audit.get("/ledger-keys", token)
        assert response.status == 200
        assert response.headers["Content-Type"] == "application/json"
        assert response.json == {"keys": [OLD.jwk(), NEW.jwk()]}
    assert PublicKeys.from_jwks(response.json) == PublicKeys([NEW, OLD])


def test_no_private_key_is_served(audit: Client, parameters: Any) -> None:
    publish(parameters, NEW)
    [key] = audit.get("/ledger-keys").json["keys"]
    assert "d" not in key
    assert set(key) == {"kty", "crv", "alg", "use", "kid", "x", "created_at", "retired_at"}


def test_a_stage_without_a_key_has_an_empty_set(audit: Client, parameters: Any) -> None:
    response = audit.get("/ledger-keys")
    assert (response.status, response.json) == (200, {"keys": []})


def test_a_malformed_parameter_is_not_served(audit: Client, parameters: Any) -> None:
    parameters.put_parameter(Name=f"{LEDGER_KEYS_PATH}1", Value="{}", Type="String")
    response = audit.get("/ledger-keys")
    assert (response.status, response.code) == (503, "ledger_key_unavailable")
    assert response.headers["Retry-After"] == "5"


def test_parameters_are_refused(audit: Client) -> None:
    assert audit.get("/ledger-keys?limit=1").status == 422
