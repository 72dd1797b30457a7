"""Whether what was deployed answers."""

from __future__ import annotations

import time
from typing import Final

import httpx

from deploy.errors import DeployError

WAIT_SECONDS: Final = 60.0
"""How long an API may take until it answers after its deployment."""
ANSWER_SECONDS: Final = 30.0
"""How long one answer may take: API Gateway gives up after 29."""
_PAUSE_SECONDS: Final = 1.0


def check_health(api_url: str, app_name: str) -> None:
    """Ask for ``/health`` until it answers.

    Raises
    ------
    DeployError
        If it does not, or if something else answers.
    """
    url = f"{api_url}/health"
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        found = _ask(url)
        if found == {"status": "ok", "service": app_name}:
            return
        if time.monotonic() > deadline:
            raise DeployError(
                f"It is deployed, but {url} does not answer as {app_name}: {found}. "
                "`make rollback` brings the code before back."
            )
        time.sleep(_PAUSE_SECONDS)


def _ask(url: str) -> object:
    # A proxy that the environment names has no business before this machine's own addresses.
    is_here = httpx.URL(url).host in ("127.0.0.1", "localhost")
    try:
        with httpx.Client(timeout=ANSWER_SECONDS, trust_env=not is_here) as client:
            answer = client.get(url)
            return answer.json() if answer.status_code == 200 else f"{answer.status_code} {answer.text[:300]}"
    except (httpx.HTTPError, ValueError) as error:
        return str(error)
