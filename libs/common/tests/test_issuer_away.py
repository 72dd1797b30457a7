"""Responses while the keys of the token issuer cannot be fetched."""

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
from chalice.app import Response
from cryptography.hazmat.primitives.asymmetric import rsa

from inventory_common.declarations import PUBLIC, ResponseSpec, route
from inventory_common.identity import Role, TokenVerifier
from inventory_common.requests import Request
from inventory_common.responses import json_response
from inventory_common.rest import RestService

Event = Callable[..., dict[str, Any]]

TOKEN = jwt.encode(
    {"sub": "1"}, rsa.generate_private_key(65_537, 2_048), algorithm="RS256", headers={"kid": "one"}
)


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port that no process listens on, and that no other process can take."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


class Routes:
    """A route for order systems, and a public one."""

    @route("GET", "/orders", allowed_roles={Role.ORDERS}, response=ResponseSpec(dict))
    def list_orders(self, request: Request[None]) -> Response:
        return json_response({})

    @route("GET", "/products", allowed_roles=PUBLIC, response=ResponseSpec(dict))
    def browse(self, request: Request[None]) -> Response:
        return json_response({})


@pytest.fixture
def send(event: Event, free_port: int) -> Callable[..., dict[str, Any]]:
    """Send a request to a service whose token issuer cannot be reached."""
    nowhere = f"http://127.0.0.1:{free_port}/jwks.json"
    service = RestService("shop", verifier=TokenVerifier(nowhere, "https://issuer.example", ["shop"], []))
    service.add(Routes())
    return lambda path, **headers: service(event("GET", path, headers=headers), None)


@pytest.mark.parametrize("path", ["/orders", "/products"])
def test_a_token_that_cannot_be_verified_now_can_be_sent_again_later(
    send: Callable[..., dict[str, Any]], path: str
) -> None:
    response = send(path, Authorization=f"Bearer {TOKEN}")
    assert (response["statusCode"], json.loads(response["body"])["code"]) == (503, "identity_unavailable")
    assert response["headers"]["Retry-After"] == "5"
    assert "WWW-Authenticate" not in response["headers"]


def test_a_public_route_without_a_token_is_served(send: Callable[..., dict[str, Any]]) -> None:
    assert send("/products")["statusCode"] == 200


def test_a_request_without_a_token_is_refused_without_keys(send: Callable[..., dict[str, Any]]) -> None:
    assert send("/orders")["statusCode"] == 401
