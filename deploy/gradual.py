"""Gradual deploys: CodeDeploy shifts each function's traffic to its new version, and back if an alarm rings.

Terraform has published the versions, and has left the aliases where they were (`live_versions`).  Each
function has a deployment of its own.  They belong together by their description: if one fails, the others are
stopped, and every alias is where it was before, as the functions of a service share one code.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError, WaiterError

from deploy.errors import DeployError
from deploy.rollback import ALIAS, digest_of, publish

_POLL_SECONDS: Final = 5.0
SHIFT_SECONDS: Final = 3 * 3600.0
"""How long deployments may take: CodeDeploy's slowest configuration takes 100 minutes."""
_STOP_SECONDS: Final = 600.0
"""How long CodeDeploy may take to stop deployments, and to undo them."""
_RUNNING: Final = ("Created", "Queued", "InProgress", "Baking", "Ready")
_SUCCEEDED: Final = "Succeeded"


@dataclass(frozen=True)
class Shift:
    """A shift of one function's traffic.

    Attributes
    ----------
    function : str
        Its name, and that of its deployment group.
    from_version, to_version : str
        The version in use, and the new one.
    """

    function: str
    from_version: str
    to_version: str

    def __str__(self) -> str:
        """Return it for people."""
        return f"{self.function}: version {self.from_version} → {self.to_version}, gradually"

    def revision(self) -> dict[str, Any]:
        """Return what CodeDeploy is to do."""
        properties = {
            "Name": self.function,
            "Alias": ALIAS,
            "CurrentVersion": self.from_version,
            "TargetVersion": self.to_version,
        }
        resource = {"Type": "AWS::Lambda::Function", "Properties": properties}
        content = json.dumps({"version": 0.0, "Resources": [{self.function: resource}]})
        checked = {"content": content, "sha256": hashlib.sha256(content.encode()).hexdigest()}
        return {"revisionType": "AppSpecContent", "appSpecContent": checked}


def live_versions(client: Any, functions: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return the version that each function's alias points at, by the function's key in Terraform.

    A function that does not exist any more has none.

    Raises
    ------
    DeployError
        If Lambda refuses.
    """
    found: dict[str, str] = {}
    for key, function in functions.items():
        try:
            found[key] = client.get_alias(FunctionName=function["name"], Name=ALIAS)["FunctionVersion"]
        except client.exceptions.ResourceNotFoundException:
            continue
        except ClientError as error:
            raise DeployError(f"Lambda refuses: {error}") from error
    return found


def running(codedeploy: Any, application: str, groups: Iterable[str]) -> list[str]:
    """Return the functions whose traffic is being shifted.

    Raises
    ------
    DeployError
        If CodeDeploy refuses.
    """
    try:
        return sorted(_deployments(codedeploy, application, groups, _RUNNING).values())
    except ClientError as error:
        raise DeployError(f"CodeDeploy refuses: {error}") from error


def check_none_runs(codedeploy: Any, application: str, groups: Iterable[str]) -> None:
    """Check that no traffic is being shifted.

    Raises
    ------
    DeployError
        If it is, or CodeDeploy refuses.
    """
    names = running(codedeploy, application, groups)
    if names:
        raise DeployError(
            f"A deploy is shifting the traffic of {', '.join(names)}. Wait until it has ended; "
            "`make rollback` stops it, and the code that ran before stays."
        )


def shifts(client: Any, functions: Mapping[str, Mapping[str, str]], zip_path: Path) -> list[Shift]:
    """Return the shifts that bring every function to a zip's code under its present settings.

    That is the newest version; if a rollback has published that one with earlier code, the zip is published.

    Raises
    ------
    DeployError
        If Lambda refuses.
    """
    code = zip_path.read_bytes()
    wanted, found = digest_of(code), []
    try:
        for function in functions.values():
            name, newest = function["name"], function["version"]
            live = client.get_alias(FunctionName=name, Name=ALIAS)["FunctionVersion"]
            version = client.get_function_configuration(FunctionName=name, Qualifier=newest)
            if version["CodeSha256"] != wanted:
                newest = publish(client, name, code)
            if live != newest:
                found.append(Shift(name, live, newest))
    except (ClientError, WaiterError) as error:
        raise DeployError(f"Lambda refuses: {error}") from error
    return found


def execute(
    codedeploy: Any, client: Any, application: str, planned: Sequence[Shift], description: str
) -> None:
    """Shift the traffic of all functions at the same time, and wait until it is done.

    Raises
    ------
    DeployError
        If a deployment fails or is stopped, as by an alarm: the others are stopped, and every alias points at
        the version that it pointed at before.
    """
    started: dict[str, str] = {}
    try:
        for each in planned:
            started[each.function] = codedeploy.create_deployment(
                applicationName=application,
                deploymentGroupName=each.function,
                revision=each.revision(),
                description=description,
            )["deploymentId"]
            print(f"{each} ({started[each.function]})", flush=True)
        failed = _first_failure(codedeploy, started)
    except BaseException as error:
        _undo(codedeploy, client, started, planned)
        if isinstance(error, ClientError):
            raise DeployError(f"CodeDeploy refuses: {error}. {_BACK}") from error
        raise
    if failed is not None:
        _undo(codedeploy, client, started, planned)
        raise DeployError(f"{failed}. {_BACK}")


_BACK: Final = "Every function runs the version that it ran before."


def stop(codedeploy: Any, client: Any, application: str, groups: Iterable[str]) -> list[Shift]:
    """Stop what is being shifted, and let every function of it run the version before; return the shifts.

    That includes functions whose shift of the same deploy has ended already.

    Raises
    ------
    DeployError
        If AWS refuses.
    """
    groups = list(groups)
    try:
        running = _deployments(codedeploy, application, groups, _RUNNING)
        if not running:
            return []
        about = {each: _information(codedeploy, each) for each in running}
        together = {found["description"] for found in about.values()}
        ended = _deployments(codedeploy, application, groups, (_SUCCEEDED,))
        about |= {
            each: found
            for each in ended
            if (found := _information(codedeploy, each)).get("description") in together
        }
        undone = [_shift_of(found) for found in about.values()]
        _undo(
            codedeploy, client, {found["deploymentGroupName"]: each for each, found in about.items()}, undone
        )
    except ClientError as error:
        raise DeployError(f"AWS refuses: {error}") from error
    return undone


def _shift_of(information: Mapping[str, Any]) -> Shift:
    content = json.loads(information["revision"]["appSpecContent"]["content"])
    ((_, resource),) = content["Resources"][0].items()
    properties = resource["Properties"]
    return Shift(properties["Name"], properties["CurrentVersion"], properties["TargetVersion"])


def _deployments(
    codedeploy: Any, application: str, groups: Iterable[str], statuses: Sequence[str]
) -> dict[str, str]:
    """Return the newest deployment of each group that has one in these states: the group's name by its id."""
    found: dict[str, str] = {}
    for group in groups:
        newest = codedeploy.list_deployments(
            applicationName=application, deploymentGroupName=group, includeOnlyStatuses=list(statuses)
        )["deployments"]
        if newest:
            found[newest[0]] = group
    return found


def _information(codedeploy: Any, deployment: str) -> dict[str, Any]:
    found: dict[str, Any] = codedeploy.get_deployment(deploymentId=deployment)["deploymentInfo"]
    return found


def _first_failure(codedeploy: Any, started: Mapping[str, str]) -> str | None:
    """Wait until all deployments have succeeded, or one has not; return why, for people."""
    waiting, deadline = dict(started), time.monotonic() + SHIFT_SECONDS
    while waiting:
        for function, deployment in list(waiting.items()):
            found = _information(codedeploy, deployment)
            if found["status"] == _SUCCEEDED:
                print(f"{function}: all traffic", flush=True)
                del waiting[function]
            elif found["status"] not in _RUNNING:
                why = found.get("errorInformation", {}).get("message") or found["status"]
                return f"The deployment {deployment} of {function} has failed: {why}"
        if waiting:
            if time.monotonic() > deadline:
                return f"The traffic of {', '.join(waiting)} is not shifted after {SHIFT_SECONDS:.0f} s"
            time.sleep(_POLL_SECONDS)
    return None


def _undo(codedeploy: Any, client: Any, started: Mapping[str, str], planned: Sequence[Shift]) -> None:
    """Stop deployments, wait until CodeDeploy leaves the aliases alone, and point each where it was."""
    for deployment in started.values():
        if _information(codedeploy, deployment)["status"] in _RUNNING:
            codedeploy.stop_deployment(deploymentId=deployment, autoRollbackEnabled=True)
    deadline = time.monotonic() + _STOP_SECONDS
    for deployment in started.values():
        # A deployment that undoes it has an id of its own.
        awaited: str | None = deployment
        while awaited is not None:
            found = _information(codedeploy, awaited)
            if found["status"] not in _RUNNING:
                undoing = found.get("rollbackInfo", {}).get("rollbackDeploymentId")
                awaited = undoing if undoing != awaited else None
            elif time.monotonic() > deadline:
                raise DeployError(f"CodeDeploy does not stop {awaited}: stop it there, then `make rollback`.")
            else:
                time.sleep(_POLL_SECONDS)
    for each in planned:
        if each.function in started:
            _point_back(client, each)


def _point_back(client: Any, each: Shift) -> None:
    alias = client.get_alias(FunctionName=each.function, Name=ALIAS)
    weights = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights")
    if alias["FunctionVersion"] != each.from_version or weights:
        client.update_alias(
            FunctionName=each.function,
            Name=ALIAS,
            FunctionVersion=each.from_version,
            RoutingConfig={"AdditionalVersionWeights": {}},
        )
