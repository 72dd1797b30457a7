"""The keys of the stock log on a stage: who can read them, and a rotation."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from inventory_common.ledger_keys import PublicKeys, SigningKey
from tests.deployed.cloud import Cloud
from tests.deployed.deployed_services import Deployed
from tests.deployed.needs import READ_LEDGER_KEYS, SIGN

SERVED_SECONDS = 15
"""How long after a rotation `GET /ledger-keys` has the new key: ten seconds, and a margin."""


def served(deployed: Deployed) -> PublicKeys:
    response = httpx.get(f"{deployed.urls['audit']}/ledger-keys", trust_env=False)
    assert response.status_code == 200, response.text
    return PublicKeys.from_jwks(response.json())


def reads_secret(cloud: Cloud, outputs: dict[str, Any], role_arn: str) -> str | None:
    """Return the secret as a role reads it, None if that is denied."""
    credentials = cloud.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="test")["Credentials"]
    client = cloud.client("secretsmanager", credentials)
    try:
        answer = client.get_secret_value(SecretId=outputs["ledger_key_secret_arn"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "AccessDeniedException":
            raise
        return None
    return str(answer["SecretString"])


@contextmanager
def granted(cloud: Cloud, role_name: str, action: str) -> Iterator[None]:
    """Grant a role an action on everything for the block, as if by mistake."""
    iam = cloud.client("iam")
    everything = {"Effect": "Allow", "Action": action, "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    iam.put_role_policy(RoleName=role_name, PolicyName="by-mistake", PolicyDocument=document)
    try:
        yield
    finally:
        iam.delete_role_policy(RoleName=role_name, PolicyName="by-mistake")


def test_only_the_functions_that_write_records_can_read_the_private_key(
    cloud: Cloud, deployed: Deployed, outputs: dict[str, Any]
) -> None:
    readers = {name for name, arn in outputs["role_arns"].items() if reads_secret(cloud, outputs, arn)}
    assert readers == SIGN


@pytest.mark.parametrize("function", ["audit/api", "audit/log_changed", "catalog/api", "stock/lower_bounds"])
def test_a_role_with_too_many_permissions_cannot_read_it_either(
    cloud: Cloud, outputs: dict[str, Any], function: str
) -> None:
    arn = outputs["role_arns"][function]
    with granted(cloud, arn.rsplit("/", 1)[-1], "secretsmanager:*"):
        assert reads_secret(cloud, outputs, arn) is None


def test_an_administrator_cannot_read_it_either(cloud: Cloud, outputs: dict[str, Any]) -> None:
    iam = cloud.client("iam")
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::000000000000:root"},
        "Action": "sts:AssumeRole",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = iam.create_role(RoleName="administrator", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    try:
        with granted(cloud, "administrator", "*"):
            assert reads_secret(cloud, outputs, arn) is None
    finally:
        iam.delete_role(RoleName="administrator")


def test_the_policies_name_the_same_readers(outputs: dict[str, Any]) -> None:
    allowed: dict[str, set[str]] = {"secretsmanager:GetSecretValue": set(), "ssm:GetParameter": set()}
    for function, policy in outputs["role_policies"].items():
        for action, functions in allowed.items():
            if action in policy:
                functions.add(function)
    assert allowed == {"secretsmanager:GetSecretValue": {*SIGN}, "ssm:GetParameter": {*READ_LEDGER_KEYS}}


def test_a_rotation_reaches_clients_and_the_stock_service(
    cloud: Cloud, deployed: Deployed, outputs: dict[str, Any]
) -> None:
    [first] = served(deployed).values()
    assert first.retired_at is None
    done = cloud.rotate_ledger_key()
    assert done.exit_code == 0, done.errors
    deadline = time.monotonic() + SERVED_SECONDS
    while len(keys := served(deployed)) == 1:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    [old, new] = keys.values()
    assert old.key_id == first.key_id
    secret = reads_secret(cloud, outputs, outputs["role_arns"]["stock/api"])
    assert secret is not None
    key = SigningKey.from_stored(secret)
    assert key.key_id == new.key_id
    assert new.verifies(b"data", key.sign_bytes(b"data"))
    assert new.retired_at is None


def test_an_unknown_stage_is_named(cloud: Cloud) -> None:
    done = cloud.rotate_ledger_key("nowhere")
    assert (done.exit_code, done.output) == (1, "")
    assert "The stage 'nowhere' has no parameter /inventory/nowhere/ledger/key_secret_arn" in done.errors


def test_a_plan_of_the_platform_from_another_folder_has_no_changes(cloud: Cloud, deployed: Deployed) -> None:
    plan = cloud.platform_elsewhere("plan", "-detailed-exitcode", "-input=false", "-no-color")
    assert plan.exit_code == 0, plan.output + plan.errors
