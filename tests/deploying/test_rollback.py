"""Rollback: all functions of a service get their previous code, whatever else has changed since."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from deploy.errors import DeployError
from deploy.rollback import ALIAS, Step, step, steps_back
from local.embedded_aws import embedded_aws
from local.settings import REGION

Deploy = Callable[..., None]


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with embedded_aws(services=None) as url:
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        iam = boto3.client("iam", endpoint_url=url, region_name=REGION, **keys)
        iam.create_role(RoleName="r", AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": []}')
        yield boto3.client("lambda", endpoint_url=url, region_name=REGION, **keys)


def code(text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("app.py"), f"def app(event, context): return {text!r}")
    return buffer.getvalue()


@pytest.fixture
def deploy(client: Any) -> Deploy:
    """Returns a function that publishes a version of a function and lets the alias point at it."""

    def publish(name: str, text: str, memory: int = 128) -> None:
        known = [each["FunctionName"] for each in client.list_functions()["Functions"]]
        if name not in known:
            client.create_function(
                FunctionName=name,
                Runtime="python3.13",
                Handler="app.app",
                Role="arn:aws:iam::000000000000:role/r",
                Code={"ZipFile": code(text)},
                MemorySize=memory,
            )
        else:
            client.update_function_code(FunctionName=name, ZipFile=code(text))
            client.update_function_configuration(FunctionName=name, MemorySize=memory)
        version = client.publish_version(FunctionName=name)["Version"]
        put = client.create_alias if version == "1" else client.update_alias
        put(FunctionName=name, Name=ALIAS, FunctionVersion=version)

    return publish


def test_every_function_gets_its_previous_code(client: Any, deploy: Deploy) -> None:
    deploy("a", "first")
    deploy("a", "second")
    deploy("a", "second", memory=256)  # the same code with other settings: not a rollback target
    deploy("b", "first")
    deploy("b", "second")
    functions = {"api": {"name": "a"}, "sku_changed": {"name": "b"}}

    steps = steps_back(client, functions)
    assert steps == [Step("a", "3", "1"), Step("b", "2", "1")]
    step(client, steps)
    live = [client.get_alias(FunctionName=name, Name=ALIAS)["FunctionVersion"] for name in ("a", "b")]
    assert live == ["1", "1"]

    with pytest.raises(DeployError, match="a has no version with other code than version 1"):
        steps_back(client, functions)


def test_a_second_rollback_goes_back_further(client: Any, deploy: Deploy) -> None:
    for text in ("first", "second", "third"):
        deploy("c", text)
    functions = {"api": {"name": "c"}}
    step(client, steps_back(client, functions))
    assert steps_back(client, functions) == [Step("c", "2", "1")]


def test_a_missing_function_is_one_message(client: Any) -> None:
    with pytest.raises(DeployError, match=r"Lambda refuses: .*nobody"):
        steps_back(client, {"api": {"name": "nobody"}})
