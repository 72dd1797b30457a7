"""The check that a deployed service works: it answers, reads DynamoDB, and has the keys that verify tokens.

It needs no token, and writes nothing: each request is one that everybody may make, about a product that does
not exist.  What only a signed-in caller reaches, every write among it, is not tried.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from deploy.errors import DeployError

WAIT_SECONDS: Final = 60.0
"""How long an API may take to answer after its deployment."""
ANSWER_SECONDS: Final = 30.0
"""The timeout of one request: API Gateway gives up after 29 s."""
_PAUSE_SECONDS: Final = 1.0

_PRODUCT: Final = "PROD-00000"
"""No product's id: those of products are drawn from a trillion."""


@dataclass(frozen=True)
class Probe:
    """A request, and what a service that works answers.

    Attributes
    ----------
    shows : str
        What does not work if the answer is another.
    status : int
        Of the answer.
    expected : Mapping
        Members that the answer has.
    """

    shows: str
    method: str
    path: str
    status: int
    expected: Mapping[str, object]
    body: Mapping[str, object] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def _unknown_token() -> str:
    """Return a token of nobody: a service fetches the issuer's keys before it can refuse it."""
    parts = ({"alg": "RS256", "typ": "JWT", "kid": "smoke-test"}, {"sub": "smoke-test"})
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, "c21va2U"])


_READS: Final = {
    "catalog": Probe(
        "a read of Products-table", "GET", f"/products/{_PRODUCT}", 404, {"code": "product_not_found"}
    ),
    "stock": Probe(
        "a read of VendorInventory",
        "POST",
        "/availability",
        200,
        {"all_available": False},
        {"lines": [{"product_id": _PRODUCT, "sku": f"SKU-{_PRODUCT}-X", "quantity": 1}]},
    ),
}
"""A read through DynamoDB; the audit service has none without a token."""
_PUBLIC: Final = {
    "audit": ("GET", "/ledger-keys", None),
    **{service: (probe.method, probe.path, probe.body) for service, probe in _READS.items()},
}


def probes(service: str) -> list[Probe]:
    """Return the requests for a service, in their order."""
    method, path, body = _PUBLIC[service]
    keys = Probe(
        "the verification of tokens by the keys of JWKS_URL",
        method,
        path,
        401,
        {"code": "unauthenticated"},
        body,
        {"Authorization": f"Bearer {_unknown_token()}"},
    )
    health = Probe("the API", "GET", "/health", 200, {"status": "ok", "service": f"inventory-{service}"})
    return [health, *([_READS[service]] if service in _READS else []), keys]


def check_service(api_url: str, service: str) -> None:
    """Make the requests of a service, each until it is answered as it should be.

    Raises
    ------
    DeployError
        If one is not, within a minute for all.
    """
    deadline = time.monotonic() + WAIT_SECONDS
    for probe in probes(service):
        while (found := _ask(api_url, probe)) is not None:
            if time.monotonic() > deadline:
                raise DeployError(
                    f"It is deployed, but {probe.shows} fails: {probe.method} {api_url}{probe.path} answers "
                    f"{found}, and not {probe.status} with {dict(probe.expected)}. "
                    "`make rollback` restores the previous code."
                )
            time.sleep(_PAUSE_SECONDS)


def _ask(api_url: str, probe: Probe) -> str | None:
    """Make a request; return what was answered, for people, if it is not what a working service answers."""
    url = f"{api_url}{probe.path}"
    # Requests to this machine must not go through a proxy that the environment names.
    is_here = httpx.URL(url).host in ("127.0.0.1", "localhost")
    try:
        with httpx.Client(timeout=ANSWER_SECONDS, trust_env=not is_here) as client:
            answer = client.request(probe.method, url, json=probe.body, headers=dict(probe.headers))
        found: Any = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        return str(error) or type(error).__name__
    if (
        answer.status_code == probe.status
        and isinstance(found, dict)
        and probe.expected.items() <= found.items()
    ):
        return None
    return f"{answer.status_code} {answer.text[:300]}"
