"""Rolls a service back: each function's alias points at the last version that had other code.

It does not run Terraform: the checkout may be at fault, and nothing else should change now.  The next deploy
moves the aliases forward again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from deploy.errors import DeployError

ALIAS: Final = "live"


@dataclass(frozen=True)
class Step:
    """The move of a function's alias from one version to an earlier one."""

    function: str
    from_version: str
    to_version: str


def steps_back(client: Any, functions: Mapping[str, Mapping[str, str]]) -> list[Step]:
    """Return the steps of a rollback.

    Parameters
    ----------
    client
        A Lambda client of boto3.
    functions
        The output ``functions`` of ``terraform/service``.

    Raises
    ------
    DeployError
        If a function has no earlier version with other code, or does not exist.
    """
    try:
        return [_step_back(client, function["name"]) for function in functions.values()]
    except ClientError as error:
        raise DeployError(f"Lambda returned an error: {error}") from error


def step(client: Any, steps: list[Step]) -> None:
    """Point the aliases at the earlier versions."""
    for each in steps:
        client.update_alias(FunctionName=each.function, Name=ALIAS, FunctionVersion=each.to_version)


def _step_back(client: Any, function: str) -> Step:
    live = client.get_alias(FunctionName=function, Name=ALIAS)["FunctionVersion"]
    pages = client.get_paginator("list_versions_by_function").paginate(FunctionName=function)
    code = {
        version["Version"]: version["CodeSha256"]
        for page in pages
        for version in page["Versions"]
        if version["Version"] != "$LATEST"
    }
    earlier = [version for version, sha in code.items() if int(version) < int(live) and sha != code[live]]
    if not earlier:
        raise DeployError(f"{function} has no earlier version with other code than version {live}.")
    return Step(function, live, max(earlier, key=int))
