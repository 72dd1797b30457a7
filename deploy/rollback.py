"""Rollback: each function gets its last other code back, under its present settings.

A version has the code and the settings of its time.  If the earlier version has the present settings, the
alias is pointed at it.  Otherwise its code is published again, as a new version with the present settings: an
old prefix of the tables, an old issuer of tokens or an old role must not come back with it.  Code that cannot
run under them, as it was built for another runtime, is refused.

Terraform is not used: the error may be in the checkout, and nothing else should change.  It does not notice
code that was published here, so the next deploy looks for itself (`behind`) and moves it forward again.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from botocore.exceptions import ClientError, WaiterError

from deploy.errors import DeployError

ALIAS: Final = "live"

_SETTINGS: Final = (
    "MemorySize",
    "Timeout",
    "Role",
    "TracingConfig",
    "LoggingConfig",
    "EphemeralStorage",
    "KMSKeyArn",
    "VpcConfig",
    "DeadLetterConfig",
    "FileSystemConfigs",
    "SnapStart",
)
"""Settings of a version under which any code of the service can run; its environment is another."""
_BOUND_TO: Final = ("Runtime", "Architectures", "Handler", "Layers")
"""Settings for which code is built."""
_REPUBLISHED: Final = re.compile(r"Code of version (\d+)\b")
"""The description of a version that a rollback has published."""
_DOWNLOAD_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 1

Fetch = Callable[[str], bytes]
"""Downloads what an address has."""


@dataclass(frozen=True)
class Step:
    """A change of the code that a function's alias points at.

    Attributes
    ----------
    function : str
        Its name.
    from_version : str
        The version in use.
    to_version : str
        The earlier version with the code.
    changed : tuple of str
        Settings that have changed since that version, and that its code gets; none if the version is used.
    """

    function: str
    from_version: str
    to_version: str
    changed: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it for people."""
        again = f", published again with what has changed: {', '.join(self.changed)}" if self.changed else ""
        return f"{self.function}: version {self.from_version} → {self.to_version}{again}"


def steps_back(client: Any, functions: Mapping[str, Mapping[str, str]]) -> list[Step]:
    """Return the changes of a rollback; a function that was added by the last deploy has none.

    Parameters
    ----------
    client
        A Lambda client of boto3.
    functions
        The output of this name of ``terraform/service``.

    Raises
    ------
    DeployError
        If no function has a version with other code than the current one, if the earlier code of one cannot
        run under the present settings, or if a function does not exist.
    """
    names = [function["name"] for function in functions.values()]
    try:
        found = [_step_back(client, name) for name in names]
    except ClientError as error:
        raise DeployError(f"Lambda refuses: {error}") from error
    steps = [each for each in found if isinstance(each, Step)]
    if not steps:
        raise DeployError(f"There is no earlier version with other code: {', '.join(map(str, found))}.")
    return steps


def step(client: Any, steps: Sequence[Step], fetch: Fetch | None = None) -> None:
    """Let the functions run the earlier code: publish what has to be, then point the aliases at all of it.

    Raises
    ------
    DeployError
        If code cannot be fetched, or Lambda refuses; no alias has changed then.
    """
    try:
        codes: dict[str, bytes] = {}
        versions = [
            (each.function, _republished(client, each, codes, fetch or _downloaded))
            if each.changed
            else (each.function, each.to_version)
            for each in steps
        ]
        _point_at(client, versions)
    except (ClientError, WaiterError) as error:
        raise DeployError(f"Lambda refuses: {error}") from error


def behind(client: Any, functions: Mapping[str, Mapping[str, str]], zip_path: Path) -> list[str]:
    """Return the names of functions whose version in use has other code than a zip.

    Raises
    ------
    DeployError
        If Lambda refuses.
    """
    digest = digest_of(zip_path.read_bytes())
    try:
        return [
            function["name"]
            for function in functions.values()
            if _configuration(client, function["name"], ALIAS)["CodeSha256"] != digest
        ]
    except ClientError as error:
        raise DeployError(f"Lambda refuses: {error}") from error


def bring_forward(client: Any, names: Iterable[str], zip_path: Path) -> None:
    """Publish a zip for functions that were rolled back, and point their aliases at it.

    Raises
    ------
    DeployError
        If Lambda refuses; no alias has changed then.
    """
    code = zip_path.read_bytes()
    try:
        _point_at(client, [(name, publish(client, name, code)) for name in names])
    except (ClientError, WaiterError) as error:
        raise DeployError(f"Lambda refuses: {error}") from error


def _step_back(client: Any, function: str) -> Step | str:
    """Return the change of one function; its name and version, for people, if it has no other code."""
    live = client.get_alias(FunctionName=function, Name=ALIAS)["FunctionVersion"]
    pages = client.get_paginator("list_versions_by_function").paginate(FunctionName=function)
    versions = {
        int(version["Version"]): version
        for page in pages
        for version in page["Versions"]
        if version["Version"] != "$LATEST"
    }
    code = {number: version["CodeSha256"] for number, version in versions.items()}
    # A second rollback goes on from where the first one found its code.
    republished = _REPUBLISHED.match(versions[int(live)].get("Description") or "")
    origin = int(republished[1]) if republished else int(live)
    earlier = [number for number in versions if number < origin and code[number] != code[int(live)]]
    if not earlier:
        return f"{function} (version {live})"
    target = str(max(earlier))
    present, past = (_configuration(client, function, each) for each in ("$LATEST", target))
    unusable = [name for name in _BOUND_TO if _plain(present.get(name)) != _plain(past.get(name))]
    if unusable:
        differing = "; ".join(
            f"{name} was {_plain(past.get(name))} and is {_plain(present.get(name))}" for name in unusable
        )
        raise DeployError(
            f"{function} cannot go back to version {target} under its present settings: {differing}. "
            "Deploy the commit of that version."
        )
    return Step(function, live, target, tuple(_changed(present, past)))


def _changed(present: Mapping[str, Any], past: Mapping[str, Any]) -> list[str]:
    """Return the names of settings that differ: values may be secret to the reader of a terminal."""
    now, before = (each.get("Environment", {}).get("Variables", {}) for each in (present, past))
    variables = [name for name in sorted({*now, *before}) if now.get(name) != before.get(name)]
    return [name for name in _SETTINGS if _plain(present.get(name)) != _plain(past.get(name))] + variables


def _plain(setting: Any) -> Any:
    """Return a setting in which an absent one and an empty one are the same."""
    if isinstance(setting, Mapping):
        return {name: _plain(value) for name, value in setting.items() if value} or None
    return setting or None


def _configuration(client: Any, function: str, version: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = client.get_function_configuration(FunctionName=function, Qualifier=version)
    return found


def _republished(client: Any, each: Step, codes: dict[str, bytes], fetch: Fetch) -> str:
    """Publish the code of an earlier version again, and return the new version.

    The functions of a service share one zip, which `codes` has once it was fetched.
    """
    found = client.get_function(FunctionName=each.function, Qualifier=each.to_version)
    digest = found["Configuration"]["CodeSha256"]
    if digest not in codes:
        code = fetch(found["Code"]["Location"])
        if digest_of(code) != digest:
            raise DeployError(
                f"The code of version {each.to_version} of {each.function} did not arrive whole."
            )
        codes[digest] = code
    return publish(client, each.function, codes[digest], f"Code of version {each.to_version}")


def publish(client: Any, function: str, code: bytes, description: str = "") -> str:
    """Publish a version with the present settings and this code, and return it."""
    client.update_function_code(FunctionName=function, ZipFile=code)
    waiter = client.get_waiter("function_updated_v2")
    waiter.wait(FunctionName=function, WaiterConfig={"Delay": _POLL_SECONDS, "MaxAttempts": 120})
    version: str = client.publish_version(FunctionName=function, Description=description)["Version"]
    return version


def _point_at(client: Any, versions: Iterable[tuple[str, str]]) -> None:
    for function, version in versions:
        client.update_alias(FunctionName=function, Name=ALIAS, FunctionVersion=version)


def digest_of(code: bytes) -> str:
    """Return the hash of a zip as Lambda does."""
    return base64.b64encode(hashlib.sha256(code).digest()).decode()


def _downloaded(address: str) -> bytes:
    try:
        response = httpx.get(address, timeout=_DOWNLOAD_SECONDS)
        response.raise_for_status()
    except httpx.HTTPError as error:
        # Not the error's own text: the address is signed.
        raise DeployError(f"The earlier code cannot be fetched: {type(error).__name__}.") from error
    return response.content
