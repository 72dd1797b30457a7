"""What clients are told while the token issuer's keys cannot be fetched."""

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
from chalice.app import Response
from cryptography.hazmat.primitives.asymmetric import rsa

from inventory_common.identity import Role, TokenVerifier
from inventory_common.requests import Request
from inventory_common.responses import answer
from inventory_common.rest import PUBLIC, RestService

Event = Callable[..., dict[str, Any]]

TOKEN = jwt.encode(
    {"sub": "1"}, rsa.generate_private_key(65_537, 2_048), algorithm="RS256", headers={"kid": "one"}
)


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port that is held and at which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.fixture
def send(event: Event, free_port: int) -> Callable[..., dict[str, Any]]:
    """Send a request to a service whose issuer is not there."""
    nowhere = f"http://127.0.0.1:{free_port}/jwks.json"
    service = RestService("shop", verifier=TokenVerifier(nowhere, "https://issuer.example", ["shop"], []))

    @service.route("/orders", methods=["GET"], allowed_roles={Role.ORDERS})
    def list_orders(request: Request) -> Response:
        return answer([])

    @service.route("/products", methods=["GET"], allowed_roles=PUBLIC)
    def browse(request: Request) -> Response:
        return answer([])

    return lambda path, **headers: service(event("GET", path, headers=headers), None)


@pytest.mark.parametrize("path", ["/orders", "/products"])
def test_a_token_that_cannot_be_verified_now_is_worth_another_try(
    send: Callable[..., dict[str, Any]], path: str
) -> None:
    answered = send(path, Authorization=f"Bearer {TOKEN}")
    assert (answered["statusCode"], json.loads(answered["body"])["code"]) == (503, "identity_unavailable")
    assert answered["headers"]["Retry-After"] == "5"
    assert "WWW-Authenticate" not in answered["headers"]


def test_what_needs_no_token_is_served_all_the_same(send: Callable[..., dict[str, Any]]) -> None:
    assert send("/products")["statusCode"] == 200


def test_no_token_is_refused_without_asking_for_keys(send: Callable[..., dict[str, Any]]) -> None:
    assert send("/orders")["statusCode"] == 401
