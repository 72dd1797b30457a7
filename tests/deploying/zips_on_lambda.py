"""The zips under Lambda's own runtime client, over an embedded AWS: fixtures of tests that invoke them."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from front_door import Tokens, published, settings_with

from deploy.package import Package
from local.embedded_aws import embedded_aws
from local.routes import RouteTable
from local.settings import REGION
from tests.deploying.lambda_runtime import LambdaRuntime
from tests.integration.processes import ROOT

SECRET = "secret-of-the-role-" + secrets.token_hex(8)
SESSION_TOKEN = "session-of-the-role-" + secrets.token_hex(16)
BUS = "inventory-test"
AT_DEBUG = {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "DEBUG"}
"""What Lambda sets of a function whose level is DEBUG."""

Invoke = Callable[..., tuple[list[Any], str]]


@pytest.fixture(scope="module")
def runtime(lambda_packages: Path, tmp_path_factory: pytest.TempPathFactory) -> LambdaRuntime:
    return LambdaRuntime(lambda_packages, tmp_path_factory.mktemp("runtime-client"))


@pytest.fixture(scope="module")
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture(scope="module")
def environment(tokens: Tokens) -> Iterator[dict[str, str]]:
    """The variables of a function, over an embedded AWS that has everything that the services use."""
    with embedded_aws() as url, published(tokens.jwks()) as jwks_url:
        found = {
            **settings_with(jwks_url),
            **AT_DEBUG,
            "EVENT_BUS": BUS,
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_SESSION_TOKEN": SESSION_TOKEN,
        }
        subprocess.run(
            [sys.executable, "-m", "local.tables", "create"],
            cwd=ROOT,
            env={**found, "PATH": os.environ["PATH"]},
            check=True,
        )
        yield found


@pytest.fixture(scope="module")
def client(environment: Mapping[str, str]) -> Callable[[str], Any]:
    """Makes a client of that AWS."""
    return lambda name: boto3.client(
        name,
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        region_name=REGION,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


@pytest.fixture(scope="module")
def invoke(
    packages: dict[str, Package],
    runtime: LambdaRuntime,
    environment: Mapping[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Invoke:
    """Starts a function of a service's zip, and invokes it with events."""
    folder = tmp_path_factory.mktemp("task")

    def invoked(service: str, function: str, *events: Any, may_fail: bool = False) -> tuple[list[Any], str]:
        code = folder / service
        if not code.exists():
            with zipfile.ZipFile(packages[service].zip_path) as archive:
                archive.extractall(code)
        return runtime.run(code, f"app.{function}", events, environment, may_fail=may_fail)

    return invoked


def request(method: str, path: str, resource: str, token: str, body: Any = None) -> dict[str, Any]:
    """Return a request as API Gateway hands it to a function."""
    match = RouteTable([resource]).match(path)
    return {
        "path": path,
        "httpMethod": method,
        "headers": {"Authorization": f"Bearer {token}", "Idempotency-Key": secrets.token_hex(8)},
        "multiValueQueryStringParameters": None,
        "pathParameters": match.parameters,
        "requestContext": {"resourcePath": match.resource, "httpMethod": method, "path": f"/dev{path}"},
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


def changed(keys: tuple[str, ...], item: Mapping[str, Any]) -> dict[str, Any]:
    """Return a new item as a table's stream hands it to a function."""
    item = json.loads(json.dumps(item, default=lambda binary: b64encode(binary).decode()))
    change = {
        "SequenceNumber": f"{secrets.randbits(60):021}",
        "ApproximateCreationDateTime": datetime.now(UTC).timestamp(),
        "Keys": {name: item[name] for name in keys},
        "NewImage": item,
    }
    return {"Records": [{"eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": change}]}
