"""Checks the health of a deployed service."""

from __future__ import annotations

import time
from typing import Final

import httpx

from deploy.errors import DeployError

WAIT_SECONDS: Final = 60.0
"""How long an API may take to become available after its deployment."""
ANSWER_SECONDS: Final = 30.0
"""How long one response may take: API Gateway gives up after 29."""
_PAUSE_SECONDS: Final = 1.0


def check_health(api_url: str, app_name: str) -> None:
    """Request ``/health`` until the service responds.

    Raises
    ------
    DeployError
        If it does not, or if another application responds.
    """
    url = f"{api_url}/health"
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        found = _ask(url)
        if found == {"status": "ok", "service": app_name}:
            return
        if time.monotonic() > deadline:
            raise DeployError(
                f"Deployed, but {url} does not respond as {app_name}: {found}. "
                "`make rollback` restores the previous code."
            )
        time.sleep(_PAUSE_SECONDS)


def _ask(url: str) -> object:
    # Requests to this machine itself must not go through a proxy that the environment names.
    is_here = httpx.URL(url).host in ("127.0.0.1", "localhost")
    try:
        with httpx.Client(timeout=ANSWER_SECONDS, trust_env=not is_here) as client:
            answer = client.get(url)
            return answer.json() if answer.status_code == 200 else f"{answer.status_code} {answer.text[:300]}"
    except (httpx.HTTPError, ValueError) as error:
        return str(error)
