"""Tokens and secrets are not sent unencrypted to another machine."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from scripted import PRODUCT, Script

from inventory_client import (
    CatalogClient,
    ClientCredentials,
    LocalStackToken,
    PlainHttpRefused,
    StaticToken,
    TokenSource,
)

LOOPBACK = [
    "http://127.0.0.1:8001",
    "http://127.9.9.9",
    "http://localhost",
    "http://[::1]:9",
    "http://a.localhost",
]
OTHERS = [
    "http://shop.example",
    "HTTP://shop.example/catalog",
    "http://10.0.0.1:8001",
    "http://0.0.0.0",
    "http://127.0.0.1.shop.example",
    "http://localhost.shop.example",
    "http://127.0.0.1@shop.example",
    "http://[2001:db8::1]",
]


class Tokens:
    """A source that counts how often it is asked."""

    asked = 0

    def get(self, refused: str | None = None) -> str:
        self.asked += 1
        return "secret-token"


def client(script: Script, url: str, tokens: TokenSource | None, **options: Any) -> CatalogClient:
    return CatalogClient(url, tokens, transport=httpx.MockTransport(script), **options)


@pytest.mark.parametrize("url", OTHERS)
def test_no_token_is_sent_over_plain_http(url: str) -> None:
    script, tokens = Script(httpx.Response(200, json=PRODUCT)), Tokens()
    with pytest.raises(PlainHttpRefused, match="allow_plain_http") as refused:
        client(script, url, tokens).product("PROD-E4F9A")
    assert script.requests == []
    assert tokens.asked == 0
    assert "secret-token" not in str(refused.value)


@pytest.mark.parametrize("url", [*LOOPBACK, "https://shop.example", "https://10.0.0.1"])
def test_tokens_are_sent_to_this_machine_and_encrypted(url: str) -> None:
    script = Script(httpx.Response(200, json=PRODUCT))
    client(script, url, StaticToken("t")).product("PROD-E4F9A")
    assert script.requests[0].headers["Authorization"] == "Bearer t"


@pytest.mark.parametrize("url", [url for url in OTHERS if "@" not in url])
def test_plain_http_can_be_allowed(url: str) -> None:
    script = Script(httpx.Response(200, json=PRODUCT))
    client(script, url, StaticToken("t"), allow_plain_http=True).product("PROD-E4F9A")
    assert script.requests[0].headers["Authorization"] == "Bearer t"


def test_a_request_without_a_token_needs_no_permission() -> None:
    script = Script(httpx.Response(200, json=PRODUCT))
    public = client(script, "http://shop.example", None)
    assert public.product("PROD-E4F9A")
    with pytest.raises(PlainHttpRefused):
        public.acting_as(StaticToken("t")).product("PROD-E4F9A")
    assert len(script.requests) == 1


@pytest.mark.parametrize("url", OTHERS)
@pytest.mark.parametrize(
    "make",
    [
        lambda url, **rest: ClientCredentials(f"{url}/token", "client-1", "s3cret", **rest),
        lambda url, **rest: LocalStackToken(url, "admin", **rest),
    ],
    ids=["client credentials", "development issuer"],
)
def test_no_token_is_fetched_over_plain_http(url: str, make: Callable[..., Any]) -> None:
    answer = {"access_token": "t1", "token_type": "Bearer"}
    script = Script(httpx.Response(200, json=answer))
    with pytest.raises(PlainHttpRefused):
        make(url, transport=httpx.MockTransport(script)).get()
    assert script.requests == []
    assert make(url, transport=httpx.MockTransport(script), allow_plain_http=True).get()


@pytest.mark.parametrize("url", LOOPBACK)
def test_requests_to_this_machine_use_no_proxy(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of the environment would get the token, and the secret, in plain text."""
    used: list[Any] = []
    made = httpx.Client.__init__

    def recording(self: httpx.Client, **options: Any) -> None:
        used.append(options["trust_env"])
        made(self, **options)

    monkeypatch.setattr(httpx.Client, "__init__", recording)
    script = Script(httpx.Response(200, json={"access_token": "t1", "token_type": "Bearer"}))
    tokens = ClientCredentials(f"{url}/token", "c", "s", transport=httpx.MockTransport(script))
    assert tokens.get() == "t1"
    client(script, url, tokens)
    assert used == [False, False]
