"""Where bearer tokens come from."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, Final, Protocol

import httpx

from .problems import TokenUnavailable
from .retries import Retries
from .tls import tls_context

__all__ = ["ClientCredentials", "LocalStackToken", "StaticToken", "TokenSource"]

_EARLY_SECONDS: Final = 60.0
"""A token is renewed so long before it ends, but never before half of its life is over."""
_TIMEOUT_SECONDS: Final = 15.0


class TokenSource(Protocol):
    """Gives tokens; safe to share between threads."""

    def get(self, refused: str | None = None) -> str:
        """Return a token.

        Parameters
        ----------
        refused
            The one that a service has just answered 401 to: it is not worth another try.

        Raises
        ------
        TokenUnavailable
        """


class StaticToken:
    """One token, from whoever made it; there is no other when it ends."""

    def __init__(self, token: str) -> None:
        self._token = token

    def get(self, refused: str | None = None) -> str:
        """Return the token."""
        return self._token


class _Remembered:
    """A source that keeps its token until shortly before it ends, or until a service refuses it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._token: str | None = None
        self._renew_at = 0.0

    def get(self, refused: str | None = None) -> str:
        """Return the remembered token, or fetch one; threads that need it at once fetch it once."""
        with self._lock:
            if self._token is None or self._token == refused or self._clock() >= self._renew_at:
                self._token, lifetime_seconds = self._fetch()
                early_seconds = min(_EARLY_SECONDS, lifetime_seconds / 2)
                self._renew_at = self._clock() + lifetime_seconds - early_seconds
            return self._token

    def _fetch(self) -> tuple[str, float]:
        raise NotImplementedError


class ClientCredentials(_Remembered):
    """Tokens for a machine by the client credentials grant (RFC 6749, 4.4), as Amazon Cognito gives them.

    Parameters
    ----------
    token_url
        The issuer's token endpoint.
    client_id, client_secret
        Sent by HTTP Basic.
    scope
        The scopes to ask for, with spaces between, e.g. ``inventory/orders``.
    retries, transport, sleep, clock
        As for the clients; `clock` counts seconds.
    """

    def __init__(
        self,
        token_url: str,
        client_id: str,
        client_secret: str,
        scope: str | None = None,
        *,
        retries: Retries | None = None,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock)
        self._url = token_url
        self._basic = httpx.BasicAuth(client_id, client_secret)
        self._form = {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {})
        self._retries = retries or Retries()
        self._transport = transport
        self._sleep = sleep

    def _fetch(self) -> tuple[str, float]:
        with httpx.Client(
            transport=self._transport, timeout=_TIMEOUT_SECONDS, auth=self._basic, verify=tls_context()
        ) as http:
            response = _persistently(
                lambda: http.post(self._url, data=self._form), self._url, self._retries, self._sleep
            )
        document = _document(response)
        token, kind = document.get("access_token"), str(document.get("token_type", "bearer"))
        if not response.is_success or not isinstance(token, str) or kind.lower() != "bearer":
            told = document.get("error_description") or document.get("error") or response.reason_phrase
            raise TokenUnavailable(f"{self._url} gives no token: {response.status_code}, {told}.")
        return token, float(document.get("expires_in", 3_600))


class LocalStackToken(_Remembered):
    """Tokens of the local stack's development issuer: `make run` signs for anybody on this machine.

    Parameters
    ----------
    front_url
        Its index page, e.g. ``http://127.0.0.1:8000``.
    role
        ``vendor``, ``orders``, ``auditor`` or ``admin``.
    vendor_id
        Whose, for the role vendor.
    """

    _LIFETIME_SECONDS: Final = 43_200.0

    def __init__(
        self,
        front_url: str,
        role: str,
        vendor_id: str | None = None,
        *,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        super().__init__()
        self._front_url = front_url.rstrip("/")
        self._params = {"role": role} | ({"vendor": vendor_id} if vendor_id else {})
        self._transport = transport

    def _fetch(self) -> tuple[str, float]:
        # trust_env: a proxy that the environment names must not stand before a stack on 127.0.0.1.
        try:
            with httpx.Client(
                transport=self._transport, timeout=_TIMEOUT_SECONDS, trust_env=False, verify=tls_context()
            ) as http:
                response = http.get(f"{self._front_url}/token", params=self._params)
        except httpx.ConnectError as error:
            raise TokenUnavailable(
                f"Nothing answers at {self._front_url}: start the local stack with `make run` "
                "in another terminal, then try again."
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TokenUnavailable(f"{self._front_url}/token got no answer: {error}.") from error
        token = response.text.strip()
        if not response.is_success or not token:
            raise TokenUnavailable(f"{self._front_url} gives no token: {token[:200]}")
        return token, self._LIFETIME_SECONDS


def _http(
    transport: httpx.BaseTransport | None, *, auth: httpx.Auth | None = None, trust_env: bool = True
) -> httpx.Client:
    return httpx.Client(
        transport=transport,
        timeout=_TIMEOUT_SECONDS,
        auth=auth,
        trust_env=trust_env,
        verify=tls_context(),
    )


def _persistently(
    ask: Callable[[], httpx.Response], url: str, retries: Retries, sleep: Callable[[float], object]
) -> httpx.Response:
    attempt = 0
    while True:
        attempt += 1
        try:
            response = ask()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            pause = retries.pause_after(attempt) if isinstance(error, httpx.TransportError) else None
            if pause is None:
                raise TokenUnavailable(f"{url} got no answer: {error or type(error).__name__}.") from error
        else:
            pause = None if response.is_success else retries.pause_after(attempt, response)
            if pause is None:
                return response
        sleep(pause)


def _document(response: httpx.Response) -> Mapping[str, Any]:
    try:
        document = response.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
