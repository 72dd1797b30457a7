"""Rollback: all functions of a service get their previous code, under their present settings."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from deploy.errors import DeployError
from deploy.rollback import ALIAS, Step, behind, bring_forward, step, steps_back
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


def digest(zipped: bytes) -> str:
    return base64.b64encode(hashlib.sha256(zipped).digest()).decode()


@pytest.fixture
def deploy(client: Any) -> Deploy:
    """Returns a function that publishes a version of a function and lets the alias point at it."""

    def publish(name: str, text: str, **settings: Any) -> None:
        settings = {"Runtime": "python3.13", "Handler": "app.app", "MemorySize": 128, **settings}
        known = [each["FunctionName"] for each in client.list_functions()["Functions"]]
        if name not in known:
            client.create_function(
                FunctionName=name,
                Role="arn:aws:iam::000000000000:role/r",
                Code={"ZipFile": code(text)},
                **settings,
            )
        else:
            client.update_function_code(FunctionName=name, ZipFile=code(text))
            client.update_function_configuration(FunctionName=name, **settings)
        version = client.publish_version(FunctionName=name)["Version"]
        put = client.create_alias if version == "1" else client.update_alias
        put(FunctionName=name, Name=ALIAS, FunctionVersion=version)

    return publish


def fetched(*texts: str) -> Callable[[str], bytes]:
    """Return what downloads these codes in turn: the emulator's addresses have the newest code alone."""
    codes = iter(texts)
    return lambda address: code(next(codes))


def live(client: Any, name: str) -> dict[str, Any]:
    """Return the version that the alias points at."""
    found: dict[str, Any] = client.get_function_configuration(FunctionName=name, Qualifier=ALIAS)
    return found


def one(name: str) -> dict[str, dict[str, str]]:
    return {"api": {"name": name}}


def test_with_the_same_settings_every_alias_points_at_the_previous_code(client: Any, deploy: Deploy) -> None:
    for name in ("a", "b"):
        deploy(name, "first")
        deploy(name, "second")
    functions = {"api": {"name": "a"}, "sku_changed": {"name": "b"}}

    steps = steps_back(client, functions)
    assert steps == [Step("a", "2", "1"), Step("b", "2", "1")]
    step(client, steps)
    assert [live(client, name)["Version"] for name in ("a", "b")] == ["1", "1"]

    with pytest.raises(DeployError, match=r"There is no earlier version with other code: a \(version 1\), b"):
        steps_back(client, functions)


def test_code_comes_back_under_the_present_settings(client: Any, deploy: Deploy) -> None:
    deploy("p", "first", Environment={"Variables": {"TABLE_NAME_PREFIX": "old-", "SAME": "x"}})
    deploy("p", "second", Environment={"Variables": {"TABLE_NAME_PREFIX": "new-", "SAME": "x"}})
    # Other settings and the same code: no version to go back to.
    deploy("p", "second", MemorySize=256, Environment={"Variables": {"TABLE_NAME_PREFIX": "new-"}})

    [back] = steps_back(client, one("p"))
    assert back == Step("p", "3", "1", ("MemorySize", "SAME", "TABLE_NAME_PREFIX"))
    assert str(back) == (
        "p: version 3 → 1, published again with what has changed: MemorySize, SAME, TABLE_NAME_PREFIX"
    )
    step(client, [back], fetched("first"))

    now = live(client, "p")
    assert (now["Version"], now["CodeSha256"]) == ("4", digest(code("first")))
    assert (now["MemorySize"], now["Environment"]["Variables"]) == (256, {"TABLE_NAME_PREFIX": "new-"})
    assert now["Description"] == "Code of version 1"
    assert client.get_function_configuration(FunctionName="p", Qualifier="1")["MemorySize"] == 128


def test_functions_that_share_a_zip_fetch_it_once(client: Any, deploy: Deploy) -> None:
    for name in ("s1", "s2"):
        deploy(name, "first")
        deploy(name, "second", MemorySize=256)
    steps = steps_back(client, {"api": {"name": "s1"}, "sku_changed": {"name": "s2"}})
    step(client, steps, fetched("first"))
    assert {live(client, name)["CodeSha256"] for name in ("s1", "s2")} == {digest(code("first"))}


def test_code_that_was_built_for_another_runtime_is_refused(client: Any, deploy: Deploy) -> None:
    deploy("r", "first", Runtime="python3.12")
    deploy("r", "second")
    with pytest.raises(
        DeployError,
        match=r"r cannot go back to version 1 under its present settings: Runtime was python3\.12 and is "
        r"python3\.13\. Deploy the commit of that version\.",
    ):
        steps_back(client, one("r"))


def test_code_that_does_not_arrive_whole_changes_no_alias(client: Any, deploy: Deploy) -> None:
    deploy("w", "first")
    deploy("w", "second", MemorySize=256)
    with pytest.raises(DeployError, match="The code of version 1 of w did not arrive whole"):
        step(client, steps_back(client, one("w")), fetched("something else"))
    assert live(client, "w")["Version"] == "2"


def test_a_second_rollback_goes_back_further(client: Any, deploy: Deploy) -> None:
    for text in ("first", "second", "third"):
        deploy("c", text)
    step(client, steps_back(client, one("c")))
    assert steps_back(client, one("c")) == [Step("c", "2", "1")]


def test_a_second_rollback_goes_back_further_under_other_settings_too(client: Any, deploy: Deploy) -> None:
    for text in ("first", "second", "third"):
        deploy("d", text)
    deploy("d", "third", MemorySize=256)
    step(client, steps_back(client, one("d")), fetched("second"))
    again = steps_back(client, one("d"))
    assert again == [Step("d", "5", "1", ("MemorySize",))]
    step(client, again, fetched("first"))
    assert (live(client, "d")["Version"], live(client, "d")["MemorySize"]) == ("6", 256)
    with pytest.raises(DeployError, match="no earlier version"):
        steps_back(client, one("d"))


def test_a_function_that_was_just_added_stays(client: Any, deploy: Deploy) -> None:
    deploy("old", "first")
    deploy("old", "second")
    deploy("new", "second")
    functions = {"api": {"name": "old"}, "sku_changed": {"name": "new"}}
    assert [each.function for each in steps_back(client, functions)] == ["old"]


def test_the_next_deploy_brings_the_newest_code_forward(client: Any, deploy: Deploy, tmp_path: Path) -> None:
    deploy("f", "first")
    deploy("f", "second", MemorySize=256)
    newest = tmp_path / "f.zip"
    newest.write_bytes(code("second"))
    assert behind(client, one("f"), newest) == []
    step(client, steps_back(client, one("f")), fetched("first"))
    assert behind(client, one("f"), newest) == ["f"]

    bring_forward(client, ["f"], newest)
    now = live(client, "f")
    assert (now["Version"], now["CodeSha256"], now["MemorySize"]) == ("4", digest(code("second")), 256)
    assert behind(client, one("f"), newest) == []
    # It is no rollback's version: a rollback of it finds the code before it.
    assert steps_back(client, one("f"))[0].to_version == "3"


def test_a_missing_function_is_one_message(client: Any) -> None:
    with pytest.raises(DeployError, match=r"Lambda refuses: .*nobody"):
        steps_back(client, one("nobody"))
