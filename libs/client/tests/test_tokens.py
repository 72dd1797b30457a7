"""Tokens: fetched when needed, cached, renewed before they expire or when they are refused."""

import base64
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from scripted import PRODUCT, Script, problem

from inventory_client import (
    CatalogClient,
    ClientCredentials,
    LocalStackToken,
    Retries,
    StaticToken,
    TokenUnavailable,
    problems,
)

OK = httpx.Response(200, json=PRODUCT)
REFUSED = problem(401, "unauthenticated")


class Issuer:
    """Issues tokens t1, t2, … as an OAuth 2 token endpoint does."""

    def __init__(
        self, lifetime_seconds: int | None = 3600, failures: Sequence[httpx.Response | Exception] = ()
    ) -> None:
        self.lifetime_seconds, self.failures = lifetime_seconds, list(failures)
        self.requests: list[httpx.Request] = []
        self.pauses: list[float] = []
        self.issued, self.now = 0, 0.0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.failures:
            failure = self.failures.pop(0)
            if isinstance(failure, Exception):
                raise failure
            return failure
        self.issued += 1
        return httpx.Response(
            200,
            json={
                "access_token": f"t{self.issued}",
                "token_type": "Bearer",
                "expires_in": self.lifetime_seconds,
            },
        )

    def source(self, scope: str = "inventory/orders") -> ClientCredentials:
        return ClientCredentials(
            "https://issuer.example/oauth2/token",
            "client-1",
            "s3cret",
            scope,
            retries=Retries(attempts=3),
            transport=httpx.MockTransport(self),
            sleep=self.pauses.append,
            clock=lambda: self.now,
        )


def sent_tokens(script: Script) -> list[str | None]:
    return [request.headers.get("Authorization") for request in script.requests]


def test_the_grant_is_asked_for_as_oauth_says() -> None:
    issuer = Issuer()
    assert issuer.source().get() == "t1"
    [request] = issuer.requests
    assert request.method == "POST"
    assert parse_qs(request.content.decode()) == {
        "grant_type": ["client_credentials"],
        "scope": ["inventory/orders"],
    }
    basic = base64.b64encode(b"client-1:s3cret").decode()
    assert request.headers["Authorization"] == f"Basic {basic}"


def test_a_token_is_kept_until_a_minute_before_its_end() -> None:
    issuer = Issuer(lifetime_seconds=3600)
    source = issuer.source()
    assert source.get() == "t1"
    issuer.now = 3539.0
    assert source.get() == "t1"
    issuer.now = 3540.0
    assert source.get() == "t2"


def test_a_short_token_is_kept_for_half_its_life() -> None:
    issuer = Issuer(lifetime_seconds=30)
    source = issuer.source()
    source.get()
    issuer.now = 14.0
    assert source.get() == "t1"
    issuer.now = 15.0
    assert source.get() == "t2"


def test_many_threads_fetch_one_token() -> None:
    source = (issuer := Issuer()).source()
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: source.get(), range(50))) == {"t1"}
    assert issuer.issued == 1


def test_a_refused_token_is_renewed_and_the_request_sent_again() -> None:
    issuer, script = Issuer(), Script(REFUSED, OK)
    with script.client(CatalogClient, tokens=issuer.source()) as catalog:
        catalog.product("PROD-E4F9A")
        catalog.product("PROD-E4F9A")
    assert sent_tokens(script) == ["Bearer t1", "Bearer t2", "Bearer t2"]
    assert script.pauses == []


def test_two_refused_tokens_are_enough() -> None:
    issuer, script = Issuer(), Script(REFUSED)
    with pytest.raises(problems.Unauthenticated):
        script.client(CatalogClient, tokens=issuer.source()).product("PROD-E4F9A")
    assert sent_tokens(script) == ["Bearer t1", "Bearer t2"]


def test_a_static_token_that_is_refused_is_not_tried_again() -> None:
    script = Script(REFUSED)
    with pytest.raises(problems.Unauthenticated):
        script.client(CatalogClient, tokens=StaticToken("mine")).product("PROD-E4F9A")
    assert sent_tokens(script) == ["Bearer mine"]


def test_without_tokens_none_is_sent() -> None:
    script = Script(OK)
    script.client(CatalogClient).product("PROD-E4F9A")
    assert sent_tokens(script) == [None]


def test_a_busy_issuer_is_asked_again() -> None:
    issuer = Issuer(failures=[httpx.Response(503, headers={"Retry-After": "1"}), httpx.ReadTimeout("slow")])
    assert issuer.source().get() == "t1"
    assert len(issuer.pauses) == 2
    assert issuer.pauses[0] >= 1.0


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        (httpx.Response(401, json={"error": "invalid_client"}), "401, invalid_client"),
        (httpx.Response(200, json={"access_token": "x", "token_type": "mac"}), "returned no token: 200"),
        (httpx.Response(200, text="<html>"), "returned no token: 200"),
        (httpx.Response(200, json=[]), "returned no token: 200"),
    ],
)
def test_an_issuer_without_a_token_is_reported_without_the_secret(
    failure: httpx.Response | Exception, message: str
) -> None:
    with pytest.raises(TokenUnavailable, match=message) as raised:
        Issuer(failures=[failure]).source().get()
    assert "s3cret" not in str(raised.value)


def test_an_unreachable_issuer_is_reported() -> None:
    with pytest.raises(TokenUnavailable, match="got no answer"):
        Issuer(failures=[httpx.ConnectError("refused")] * 3).source().get()


def test_a_client_may_act_as_somebody_else_over_the_same_connections() -> None:
    script = Script(OK)
    mine = script.client(CatalogClient, tokens=StaticToken("mine"))
    mine.acting_as(StaticToken("theirs")).product("PROD-E4F9A")
    mine.product("PROD-E4F9A")
    mine.acting_as(None).product("PROD-E4F9A")
    assert sent_tokens(script) == ["Bearer theirs", "Bearer mine", None]


# The local stack


def local(
    handler: Callable[[httpx.Request], httpx.Response],
    role: str = "vendor",
    vendor_id: str | None = "VENDOR-001",
) -> LocalStackToken:
    return LocalStackToken("http://127.0.0.1:8000", role, vendor_id, transport=httpx.MockTransport(handler))


def test_the_local_stack_signs_for_a_role() -> None:
    asked: list[Any] = []

    def front(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, text="token-1\n")

    source = local(front)
    assert [source.get(), source.get()] == ["token-1", "token-1"]
    assert asked == ["http://127.0.0.1:8000/token?role=vendor&vendor=VENDOR-001"]
    assert local(front, "admin", None).get() == "token-1"
    assert asked[-1] == "http://127.0.0.1:8000/token?role=admin"


def test_a_restarted_stack_with_new_keys_issues_a_new_token() -> None:
    tokens = iter(["old", "new"])
    source = local(lambda request: httpx.Response(200, text=next(tokens)))
    assert source.get() == "old"
    assert source.get(refused="old") == "new"


def test_a_stack_that_does_not_run_is_reported_with_what_to_do() -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(TokenUnavailable, match="start the local stack with `make run`"):
        local(away).get()


def test_a_refusal_of_the_local_issuer_is_reported() -> None:
    with pytest.raises(TokenUnavailable, match="Role vendor needs a vendor id"):
        local(lambda request: httpx.Response(400, text="Role vendor needs a vendor id.")).get()
