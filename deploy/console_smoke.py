"""The check that a deployed console answers: its settings, its page, and the three services behind it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

import httpx

from deploy.console_build import CONFIGURATION, INDEX
from deploy.errors import DeployError
from deploy.smoke import ANSWER_SECONDS

WAIT_SECONDS: Final = 120.0
"""How long CloudFront may take to show a change everywhere."""

_PAGE: Final = "overview"
"""An address that is no file, at which the page answers."""
_SERVICES: Final = ("audit", "catalog", "stock")
_PAUSE_SECONDS: Final = 1.0


def check_console(domain: str, files: Mapping[str, Any], emulator: str | None) -> None:
    """Request settings, a page and each service's health until all answer as they should.

    Parameters
    ----------
    domain : str
        CloudFront's own name of the distribution, which answers whatever else points at it.
    files : Mapping
        What ``config.json`` must contain, as a dict, and what ``index.html`` must, as bytes.
    emulator : str, optional
        The endpoint of an emulated CloudFront, which knows distributions by the header Host.

    Raises
    ------
    DeployError
        If something else answers, or nothing; the message names the first such address.
    """
    headers = {} if emulator is None else {"Host": domain, "X-Forwarded-Proto": "https"}
    base = f"https://{domain}" if emulator is None else emulator
    deadline = time.monotonic() + WAIT_SECONDS
    # Requests to this machine must not go through a proxy that the environment names.
    with httpx.Client(timeout=ANSWER_SECONDS, trust_env=emulator is None, headers=headers) as client:
        while (problem := _problem(client, base, files)) is not None:
            if time.monotonic() > deadline:
                raise DeployError(
                    f"It is deployed, but https://{domain}{problem}. "
                    "`make rollback` restores the previous build."
                )
            time.sleep(_PAUSE_SECONDS)


def _problem(client: httpx.Client, base: str, files: Mapping[str, Any]) -> str | None:
    """Return the first path that does not answer as it should, and how it does; None if all are right."""
    expected = {f"/{CONFIGURATION}": files[CONFIGURATION], f"/{_PAGE}": files[INDEX]}
    for service in _SERVICES:
        expected[f"/api/{service}/health"] = {"status": "ok", "service": f"inventory-{service}"}
    for path, content in expected.items():
        try:
            answer = client.get(f"{base}{path}")
        except httpx.HTTPError as error:
            return f"{path} does not answer: {error}"
        if answer.status_code != 200 or not _is(content, answer):
            return f"{path} answers {answer.status_code} {answer.text[:300]}"
    return None


def _is(content: object, answer: httpx.Response) -> bool:
    """Return whether an answer has this content: bytes, or a JSON document."""
    if isinstance(content, bytes):
        return answer.content == content
    try:
        return bool(answer.json() == content)
    except ValueError:
        return False
