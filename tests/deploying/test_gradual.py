"""Gradual deploys: CodeDeploy shifts every function's traffic, or every function runs what it ran before."""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from moto import mock_aws

from deploy import gradual
from deploy.errors import DeployError
from deploy.gradual import Shift, check_none_runs, execute, live_versions, running, shifts, stop
from deploy.rollback import ALIAS
from local.settings import REGION

APPLICATION = "inventory-dev-stock"
KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": REGION}


def code(text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("app.py"), f"def app(event, context): return {text!r}")
    return buffer.getvalue()


class CodeDeploy:
    """CodeDeploy as boto3 sees it: requests are checked by its model, and answered from a script.

    Parameters
    ----------
    lambda_client
        A Lambda client: a deployment that succeeds moves the alias there, as CodeDeploy does.
    """

    def __init__(self, lambda_client: Any) -> None:
        self._lambda = lambda_client
        self.client = boto3.client("codedeploy", endpoint_url="http://127.0.0.1:9", **KEYS)
        self.client.meta.events.register("before-call.codedeploy.*", self._answer)
        self.deployments: dict[str, dict[str, Any]] = {}
        self.outcomes: dict[str, list[str]] = {}
        """The statuses of a function's deployment, one each time that somebody looks; the last one stays."""
        self.refused: set[str] = set()
        self.stopped: list[str] = []

    def _answer(self, model: Any, params: dict[str, Any], **_: Any) -> tuple[AWSResponse, dict[str, Any]]:
        given = json.loads(params["body"])
        found = getattr(self, f"_{model.name}")(given)
        status = 400 if "Error" in found else 200
        return AWSResponse("", status, {}, None), {"ResponseMetadata": {"HTTPStatusCode": status}, **found}

    def _CreateDeployment(self, given: dict[str, Any]) -> dict[str, Any]:
        function = given["deploymentGroupName"]
        if function in self.refused:
            return {"Error": {"Code": "DeploymentLimitExceededException", "Message": "too many"}}
        content = given["revision"]["appSpecContent"]
        assert content["sha256"] == hashlib.sha256(content["content"].encode()).hexdigest()
        name = f"d-{len(self.deployments) + 1}"
        self.deployments[name] = {
            **{
                key: given[key]
                for key in ("applicationName", "deploymentGroupName", "revision", "description")
            },
            "deploymentId": name,
            "status": "Created",
        }
        return {"deploymentId": name}

    def _GetDeployment(self, given: dict[str, Any]) -> dict[str, Any]:
        found = self.deployments[given["deploymentId"]]
        planned = self.outcomes.get(found["deploymentGroupName"], ["Succeeded"])
        if found["status"] not in ("Succeeded", "Failed", "Stopped"):
            found["status"] = planned.pop(0) if len(planned) > 1 else planned[0]
            self._act(found)
        return {"deploymentInfo": found}

    def _act(self, found: dict[str, Any]) -> None:
        shift = gradual._shift_of(found)
        if found["status"] == "Succeeded":
            self.move(shift.function, shift.to_version)
        elif found["status"] == "InProgress":
            self.move(shift.function, shift.from_version, {shift.to_version: 0.1})
        elif found["status"] == "Failed":
            found["errorInformation"] = {"code": "ALARM_ACTIVE", "message": "One or more alarms are active"}

    def move(self, function: str, version: str, weights: dict[str, float] | None = None) -> None:
        self._lambda.update_alias(
            FunctionName=function,
            Name=ALIAS,
            FunctionVersion=version,
            RoutingConfig={"AdditionalVersionWeights": weights or {}},
        )

    def _StopDeployment(self, given: dict[str, Any]) -> dict[str, Any]:
        assert given["autoRollbackEnabled"] is True
        found = self.deployments[given["deploymentId"]]
        found["status"] = "Stopped"
        self.stopped.append(found["deploymentGroupName"])
        # Another deployment undoes it.
        undoing = f"{found['deploymentId']}-undo"
        found["rollbackInfo"] = {"rollbackDeploymentId": undoing}
        shift = gradual._shift_of(found)
        back = Shift(shift.function, shift.to_version, shift.from_version).revision()
        self.deployments[undoing] = {
            **found,
            "deploymentId": undoing,
            "revision": back,
            "status": "InProgress",
        }
        self.deployments[undoing].pop("rollbackInfo")
        self.outcomes[shift.function] = ["InProgress", "Succeeded"]
        return {"status": "Pending"}

    def _ListDeployments(self, given: dict[str, Any]) -> dict[str, Any]:
        group, statuses = given["deploymentGroupName"], given["includeOnlyStatuses"]
        found = [
            name
            for name, each in reversed(self.deployments.items())
            if each["deploymentGroupName"] == group and each["status"] in statuses
        ]
        return {"deployments": found}


@pytest.fixture
def client() -> Iterator[Any]:
    """Lambda, which has aliases that share traffic in moto alone."""
    with mock_aws():
        iam = boto3.client("iam", **KEYS)
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "lambda.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
        role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
        client = boto3.client("lambda", **KEYS)
        for name in ("a", "b", "c"):
            client.create_function(
                FunctionName=name,
                Role=role,
                Runtime="python3.13",
                Handler="app.app",
                Code={"ZipFile": code("first")},
                Publish=True,
            )
            client.create_alias(FunctionName=name, Name=ALIAS, FunctionVersion="1")
            client.update_function_code(FunctionName=name, ZipFile=code("second"), Publish=True)
        yield client


@pytest.fixture
def codedeploy(client: Any, monkeypatch: pytest.MonkeyPatch) -> CodeDeploy:
    monkeypatch.setattr(gradual, "_POLL_SECONDS", 0)
    return CodeDeploy(client)


@pytest.fixture
def newest(tmp_path: Path) -> Path:
    path = tmp_path / "stock.zip"
    path.write_bytes(code("second"))
    return path


FUNCTIONS = {f"key_{name}": {"name": name, "version": "2"} for name in ("a", "b", "c")}
ALL = [Shift(name, "1", "2") for name in ("a", "b", "c")]
BACK = r"Every function runs the version that it ran before\."


def at(client: Any) -> dict[str, Any]:
    """Return where each alias is, with the weights of other versions."""
    found = {}
    for name in ("a", "b", "c"):
        alias = client.get_alias(FunctionName=name, Name=ALIAS)
        weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights")
        found[name] = (alias["FunctionVersion"], weights) if weights else alias["FunctionVersion"]
    return found


ALL_AT = {version: dict.fromkeys(("a", "b", "c"), version) for version in ("1", "2")}


def test_terraform_leaves_the_aliases_where_they_are(client: Any) -> None:
    gone = {"key_x": {"name": "removed-by-hand", "version": "1"}}
    assert live_versions(client, {**FUNCTIONS, **gone}) == {"key_a": "1", "key_b": "1", "key_c": "1"}


def test_what_is_not_at_its_newest_version_is_shifted_there(client: Any, newest: Path) -> None:
    client.update_alias(FunctionName="b", Name=ALIAS, FunctionVersion="2")
    assert shifts(client, FUNCTIONS, newest) == [Shift("a", "1", "2"), Shift("c", "1", "2")]


def test_code_that_a_rollback_has_published_is_replaced_gradually(client: Any, newest: Path) -> None:
    client.update_function_code(FunctionName="a", ZipFile=code("first, again"), Publish=True)
    client.update_alias(FunctionName="a", Name=ALIAS, FunctionVersion="3")
    of_a = {"key_a": {"name": "a", "version": "3"}}
    assert shifts(client, of_a, newest) == [Shift("a", "3", "4")]
    found = client.get_function_configuration(FunctionName="a", Qualifier="4")
    second = client.get_function_configuration(FunctionName="a", Qualifier="2")
    assert found["CodeSha256"] == second["CodeSha256"]


def test_every_function_is_shifted_by_a_deployment_of_its_own(
    client: Any, codedeploy: CodeDeploy, capsys: pytest.CaptureFixture[str]
) -> None:
    codedeploy.outcomes = {name: ["InProgress", "InProgress", "Succeeded"] for name in ("a", "b")}
    execute(codedeploy.client, client, APPLICATION, ALL, "stock on dev: code 1")
    assert at(client) == ALL_AT["2"]
    made = list(codedeploy.deployments.values())
    assert [(each["applicationName"], each["deploymentGroupName"]) for each in made] == [
        (APPLICATION, name) for name in ("a", "b", "c")
    ]
    assert json.loads(made[0]["revision"]["appSpecContent"]["content"]) == {
        "version": 0.0,
        "Resources": [
            {
                "a": {
                    "Type": "AWS::Lambda::Function",
                    "Properties": {"Name": "a", "Alias": "live", "CurrentVersion": "1", "TargetVersion": "2"},
                }
            }
        ],
    }
    assert capsys.readouterr().out.splitlines() == [
        "a: version 1 → 2, gradually (d-1)",
        "b: version 1 → 2, gradually (d-2)",
        "c: version 1 → 2, gradually (d-3)",
        "c: all traffic",
        "a: all traffic",
        "b: all traffic",
    ]


def test_if_one_fails_all_are_stopped_and_run_what_they_ran_before(
    client: Any, codedeploy: CodeDeploy
) -> None:
    codedeploy.outcomes = {"a": ["InProgress"], "b": ["InProgress", "Failed"], "c": ["Succeeded"]}
    with pytest.raises(
        DeployError,
        match=r"^The deployment d-2 of b has failed: One or more alarms are active\. " + BACK,
    ):
        execute(codedeploy.client, client, APPLICATION, ALL, "x")
    assert codedeploy.stopped == ["a"]
    # Of c, whose traffic had arrived already, and of b, whose alias CodeDeploy has left half-way here.
    assert at(client) == ALL_AT["1"]


def test_a_deployment_that_somebody_has_stopped_is_a_failure(client: Any, codedeploy: CodeDeploy) -> None:
    codedeploy.outcomes = {"a": ["Stopped"]}
    with pytest.raises(DeployError, match=r"^The deployment d-1 of a has failed: Stopped\. "):
        execute(codedeploy.client, client, APPLICATION, ALL, "x")
    assert at(client) == ALL_AT["1"]


def test_a_deployment_that_cannot_be_made_stops_those_before_it(client: Any, codedeploy: CodeDeploy) -> None:
    codedeploy.refused = {"c"}
    codedeploy.outcomes = {name: ["InProgress"] for name in ("a", "b")}
    with pytest.raises(DeployError, match=r"^CodeDeploy refuses: .*too many\. " + BACK):
        execute(codedeploy.client, client, APPLICATION, ALL, "x")
    assert (codedeploy.stopped, at(client)) == (["a", "b"], ALL_AT["1"])


def test_an_interrupted_deploy_stops_its_deployments(
    client: Any, codedeploy: CodeDeploy, monkeypatch: pytest.MonkeyPatch
) -> None:
    codedeploy.outcomes = {name: ["InProgress"] for name in ("a", "b", "c")}
    pauses: Iterator[Callable[[], None]] = iter([interrupt])
    monkeypatch.setattr(time, "sleep", lambda _: next(pauses, lambda: None)())
    with pytest.raises(KeyboardInterrupt):
        execute(codedeploy.client, client, APPLICATION, ALL, "x")
    assert (codedeploy.stopped, at(client)) == (["a", "b", "c"], ALL_AT["1"])


def interrupt() -> None:
    raise KeyboardInterrupt


def test_a_deployment_that_never_ends_is_stopped(
    client: Any, codedeploy: CodeDeploy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gradual, "SHIFT_SECONDS", 0)
    codedeploy.outcomes = {"b": ["InProgress"]}
    with pytest.raises(DeployError, match=r"^The traffic of b is not shifted after 0 s\. " + BACK):
        execute(codedeploy.client, client, APPLICATION, ALL, "x")
    assert at(client) == ALL_AT["1"]


def begin(codedeploy: CodeDeploy, description: str, *planned: Shift) -> None:
    """Start deployments as a deploy does that is then left alone."""
    for each in planned:
        codedeploy.client.create_deployment(
            applicationName=APPLICATION,
            deploymentGroupName=each.function,
            revision=each.revision(),
            description=description,
        )


def test_a_rollback_stops_what_is_being_shifted_with_all_that_belongs_to_it(
    client: Any, codedeploy: CodeDeploy
) -> None:
    # A deploy of earlier has moved c; of the present one, b has arrived.
    begin(codedeploy, "earlier", Shift("c", "1", "2"))
    codedeploy.client.get_deployment(deploymentId="d-1")
    begin(codedeploy, "now", Shift("a", "1", "2"), Shift("b", "1", "2"))
    codedeploy.outcomes = {"a": ["InProgress"], "b": ["Succeeded"]}
    for name in ("d-2", "d-3"):
        codedeploy.client.get_deployment(deploymentId=name)
    assert at(client) == {"a": ("1", {"2": 0.1}), "b": "2", "c": "2"}

    assert running(codedeploy.client, APPLICATION, "abc") == ["a"]
    assert stop(codedeploy.client, client, APPLICATION, "abc") == [Shift("a", "1", "2"), Shift("b", "1", "2")]
    assert (codedeploy.stopped, at(client)) == (["a"], {"a": "1", "b": "1", "c": "2"})
    assert stop(codedeploy.client, client, APPLICATION, "abc") == []


def test_a_deploy_waits_for_the_one_before_it(client: Any, codedeploy: CodeDeploy) -> None:
    check_none_runs(codedeploy.client, APPLICATION, "abc")
    begin(codedeploy, "now", Shift("a", "1", "2"))
    with pytest.raises(
        DeployError, match=r"^A deploy is shifting the traffic of a\. .*`make rollback` stops it"
    ):
        check_none_runs(codedeploy.client, APPLICATION, "abc")


def test_a_missing_function_is_one_message(client: Any, newest: Path) -> None:
    with pytest.raises(DeployError, match=r"^Lambda refuses: .*nobody"):
        shifts(client, {"x": {"name": "nobody", "version": "1"}}, newest)


def test_codedeploy_takes_the_deployments(client: Any) -> None:
    """In moto, which checks the names of application and groups; its deployments stay as they begin."""
    codedeploy = boto3.client("codedeploy", **KEYS)
    codedeploy.create_application(applicationName=APPLICATION, computePlatform="Lambda")
    for name in ("a", "b", "c"):
        codedeploy.create_deployment_group(
            applicationName=APPLICATION,
            deploymentGroupName=name,
            serviceRoleArn="arn:aws:iam::123456789012:role/r",
        )
    made = codedeploy.create_deployment(
        applicationName=APPLICATION, deploymentGroupName="a", revision=ALL[0].revision(), description="x"
    )
    found = codedeploy.get_deployment(deploymentId=made["deploymentId"])["deploymentInfo"]
    assert gradual._shift_of({"revision": {"appSpecContent": found["revision"]["appSpecContent"]}}) == ALL[0]
    with pytest.raises(DeployError, match=r"^CodeDeploy refuses: .*nowhere"):
        execute(codedeploy, client, "nowhere", ALL, "x")
    assert at(client) == ALL_AT["1"]
