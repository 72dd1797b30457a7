"""The check after a deploy: what a service that works answers, and what each broken part looks like."""

from __future__ import annotations

import time
from collections.abc import Iterator

import jwt
import pytest

from deploy import smoke
from deploy.errors import DeployError
from deploy.services import service_names
from deploy.smoke import check_service, probes
from local.ports import free_port
from tests.deploying.small_api import SmallApi, small_api

READS = {"catalog": "GET /products/PROD-00000", "stock": "POST /availability", "audit": "GET /ledger-keys"}


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is asked twice."""
    monkeypatch.setattr(smoke, "WAIT_SECONDS", 0)


@pytest.fixture
def stock() -> Iterator[SmallApi]:
    with small_api("stock") as api:
        yield api


def test_every_service_is_checked() -> None:
    assert service_names() == sorted(READS)
    assert all(len(probes(service)) >= 2 for service in READS)


@pytest.mark.usefixtures("once")
@pytest.mark.parametrize("service", READS)
def test_a_working_service_is_asked_for_health_a_read_and_its_keys(service: str) -> None:
    with small_api(service) as api:
        check_service(api.url, service)
    made = [(request, token) for request, token, _ in api.requests]
    read = [] if service == "audit" else [(READS[service], "")]
    assert made == [("GET /health", ""), *read, (READS[service], "with a token")]


@pytest.mark.usefixtures("once")
@pytest.mark.parametrize(
    ("broken", "answer", "message"),
    [
        ("GET /health", (200, b'{"status": "ok", "service": "inventory-audit"}'), r"the API fails: .*audit"),
        ("GET /health", (502, b"bad gateway"), r"the API fails: GET .*/health answers "),
        (
            "POST /availability",
            (503, b'{"code": "database_unavailable"}'),
            r"a read of VendorInventory fails: POST .*/availability answers 503 .*database_unavailable.* "
            r"`make rollback`",
        ),
    ],
)
def test_what_is_broken_is_named(
    stock: SmallApi, broken: str, answer: tuple[int, bytes], message: str
) -> None:
    stock.answers[broken] = answer
    with pytest.raises(DeployError, match=message):
        check_service(stock.url, "stock")


@pytest.mark.usefixtures("once")
@pytest.mark.parametrize(
    "answer", [(503, b'{"code": "identity_unavailable"}'), (200, b'{"lines": [], "all_available": false}')]
)
def test_a_service_without_keys_and_one_that_takes_any_token_are_found(
    stock: SmallApi, answer: tuple[int, bytes]
) -> None:
    stock.with_a_token = answer
    with pytest.raises(DeployError, match=r"the verification of tokens by the keys of JWKS_URL fails"):
        check_service(stock.url, "stock")


@pytest.mark.usefixtures("once")
def test_where_nobody_answers_that_is_said() -> None:
    with pytest.raises(DeployError, match=r"the API fails: .*make rollback"):
        check_service(f"http://127.0.0.1:{free_port()}", "audit")


def test_an_api_may_take_a_while_to_answer(stock: SmallApi, monkeypatch: pytest.MonkeyPatch) -> None:
    early = stock.answers["GET /health"]
    stock.answers["GET /health"] = (403, b'{"message": "Forbidden"}')
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        stock.answers["GET /health"] = early

    monkeypatch.setattr(time, "sleep", pause)
    check_service(stock.url, "stock")
    assert pauses == [1.0]


def test_the_token_is_one_that_only_the_keys_can_refuse() -> None:
    (token,) = [each.headers["Authorization"] for each in probes("stock") if each.headers]
    assert jwt.get_unverified_header(token.removeprefix("Bearer ")) == {
        "alg": "RS256",
        "typ": "JWT",
        "kid": "smoke-test",
    }
