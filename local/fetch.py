"""One small GET to another process of the local stack."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request


def fetch(url: str, timeout_seconds: float = 5.0) -> tuple[int, str]:
    """Return status and text of a GET, for any status.

    Raises
    ------
    OSError
        If no server responds there, or not in HTTP.
    """
    # Requests to 127.0.0.1 must not go through the developer's proxy.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=timeout_seconds) as response:
            return response.status, response.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode("utf-8", "replace")
    except http.client.HTTPException as error:
        raise OSError(f"{url} does not speak HTTP") from error


def answers_ok(url: str) -> bool:
    """Return whether the response to a GET is 200, within a second."""
    try:
        return fetch(url, timeout_seconds=1)[0] == 200
    except OSError:
        return False
