"""Rollback: each function's alias is pointed at the last version with other code.

Terraform is not used: the error may be in the checkout, and nothing else should change.  The next deploy
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
    """A change of a function's alias from a version to an earlier one."""

    function: str
    from_version: str
    to_version: str


def steps_back(client: Any, functions: Mapping[str, Mapping[str, str]]) -> list[Step]:
    """Return the changes of a rollback.

    Parameters
    ----------
    client
        A Lambda client of boto3.
    functions
        The output of this name of ``terraform/service``.

    Raises
    ------
    DeployError
        If a function has no version with other code than the current one, or does not exist.
    """
    try:
        return [_step_back(client, function["name"]) for function in functions.values()]
    except ClientError as error:
        raise DeployError(f"Lambda refuses: {error}") from error


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
        raise DeployError(f"{function} has no version with other code than version {live}.")
    return Step(function, live, max(earlier, key=int))
