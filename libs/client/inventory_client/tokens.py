"""The sources of bearer tokens."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, Final, Protocol

import httpx

from .plain_http import is_this_machine, require_encryption
from .problems import TokenUnavailable
from .retries import Retries
from .tls import tls_context

__all__ = ["ClientCredentials", "LocalStackToken", "StaticToken", "TokenSource"]

_EARLY_SECONDS: Final = 60.0
"""How long before it expires a token is renewed, but not before half of its lifetime."""
_TIMEOUT_SECONDS: Final = 15.0


class TokenSource(Protocol):
    """Returns tokens; threads may share it."""

    def get(self, refused: str | None = None) -> str:
        """Return a token.

        Parameters
        ----------
        refused
            The token to which a service has just responded 401; it is not returned again.

        Raises
        ------
        TokenUnavailable
        """


class StaticToken:
    """One token, which is not renewed."""

    def __init__(self, token: str) -> None:
        self._token = token

    def get(self, refused: str | None = None) -> str:
        """Return the token."""
        return self._token


class _CachedTokens:
    """A source that caches its token until shortly before it expires, or until a service refuses it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._token: str | None = None
        self._renew_at = 0.0

    def get(self, refused: str | None = None) -> str:
        """Return the cached token, or fetch one; concurrent threads fetch it once."""
        with self._lock:
            if self._token is None or self._token == refused or self._clock() >= self._renew_at:
                self._token, lifetime_seconds = self._fetch()
                early_seconds = min(_EARLY_SECONDS, lifetime_seconds / 2)
                self._renew_at = self._clock() + lifetime_seconds - early_seconds
            return self._token

    def _fetch(self) -> tuple[str, float]:
        raise NotImplementedError


class ClientCredentials(_CachedTokens):
    """Tokens for a machine by the client credentials grant (RFC 6749, 4.4), as of Amazon Cognito.

    Parameters
    ----------
    token_url
        The issuer's token endpoint.
    client_id, client_secret
        Sent with HTTP Basic authentication.
    scope
        The requested scopes, separated by spaces, e.g. ``inventory/orders``.
    allow_plain_http
        Whether the secret is sent over ``http://`` to other machines than this one.
    retries, transport, sleep, clock
        As for the clients; `clock` returns seconds.
    """

    def __init__(
        self,
        token_url: str,
        client_id: str,
        client_secret: str,
        scope: str | None = None,
        *,
        allow_plain_http: bool = False,
        retries: Retries | None = None,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(clock)
        self._url = token_url
        self._basic = httpx.BasicAuth(client_id, client_secret)
        self._form = {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {})
        self._allow_plain_http = allow_plain_http
        self._retries = retries or Retries()
        self._transport = transport
        self._sleep = sleep

    def _fetch(self) -> tuple[str, float]:
        url = _url(self._url)
        require_encryption(url, self._allow_plain_http)
        with httpx.Client(
            transport=self._transport,
            timeout=_TIMEOUT_SECONDS,
            auth=self._basic,
            trust_env=not is_this_machine(url.host),
            verify=tls_context(),
        ) as http:
            response = _with_retries(
                lambda: http.post(self._url, data=self._form), self._url, self._retries, self._sleep
            )
        document = _document(response)
        token, token_type = document.get("access_token"), str(document.get("token_type", "bearer"))
        if not response.is_success or not isinstance(token, str) or token_type.lower() != "bearer":
            reason = document.get("error_description") or document.get("error") or response.reason_phrase
            raise TokenUnavailable(f"{self._url} returned no token: {response.status_code}, {reason}.")
        return token, float(document.get("expires_in", 3_600))


class LocalStackToken(_CachedTokens):
    """Tokens of the local stack's development issuer: `make run` signs one for any role.

    Parameters
    ----------
    front_url
        The stack's index page, e.g. ``http://127.0.0.1:8000``.
    role
        ``vendor``, ``orders``, ``auditor`` or ``admin``.
    vendor_id
        The vendor, for the role vendor.
    allow_plain_http
        Whether the token may come over ``http://`` from another machine than this one.
    """

    _LIFETIME_SECONDS: Final = 43_200.0

    def __init__(
        self,
        front_url: str,
        role: str,
        vendor_id: str | None = None,
        *,
        allow_plain_http: bool = False,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        super().__init__()
        self._front_url = front_url.rstrip("/")
        self._allow_plain_http = allow_plain_http
        self._params = {"role": role} | ({"vendor": vendor_id} if vendor_id else {})
        self._transport = transport

    def _fetch(self) -> tuple[str, float]:
        require_encryption(_url(self._front_url), self._allow_plain_http)
        # trust_env: requests to 127.0.0.1 must not go through a proxy that the environment names.
        try:
            with httpx.Client(
                transport=self._transport, timeout=_TIMEOUT_SECONDS, trust_env=False, verify=tls_context()
            ) as http:
                response = http.get(f"{self._front_url}/token", params=self._params)
        except httpx.ConnectError as error:
            raise TokenUnavailable(
                f"No server answers at {self._front_url}: start the local stack with `make run` "
                "in another terminal, then try again."
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TokenUnavailable(f"{self._front_url}/token got no answer: {error}.") from error
        token = response.text.strip()
        if not response.is_success or not token:
            raise TokenUnavailable(f"{self._front_url} returned no token: {token[:200]}")
        return token, self._LIFETIME_SECONDS


def _url(text: str) -> httpx.URL:
    try:
        return httpx.URL(text)
    except httpx.InvalidURL as error:
        raise TokenUnavailable(f"{text} is not a URL: {error}.") from error


def _with_retries(
    send: Callable[[], httpx.Response], url: str, retries: Retries, sleep: Callable[[float], object]
) -> httpx.Response:
    attempt = 0
    while True:
        attempt += 1
        try:
            response = send()
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
