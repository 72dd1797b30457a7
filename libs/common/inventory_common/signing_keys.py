"""The public keys of the token issuer: fetched over HTTP, and used for a limited time.

A fetch has a thread of its own.  A request waits for one only if its key is unknown, so that a slow issuer
delays no other request, and never longer than `_TIMEOUT_SECONDS`, however slowly the issuer sends::

    age of the keys    0 s ───────────── 150 s ───────────────────── 300 s ───────────
    a known key        used              used; one fetch begins      not used: a fetch
                                         beside the requests         decides

    an unknown key     causes a fetch, unless one succeeded in the last 30 s or failed in the last 5 s
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, Final

from .errors import IdentityUnavailable, Unauthenticated
from .values import value

if TYPE_CHECKING:
    from jwt import PyJWK

__all__ = ["KeySet", "SigningKeys"]

_REFRESHED_AFTER_SECONDS: Final = 150.0
"""The age from which on keys are fetched again while they are used."""
_KEPT_SECONDS: Final = 300.0
"""The age from which on keys are not used: how long a withdrawn key can verify tokens."""
_TIMEOUT_SECONDS: Final = 3.0
"""How long a request waits for the keys before the response is 503."""
_COOLDOWN_SECONDS: Final = 30.0
"""How long after a fetch an unknown key causes no other one."""
_FAILURE_COOLDOWN_SECONDS: Final = float(IdentityUnavailable.retry_after_seconds)
"""The same after a fetch that failed: clients are asked to return after it."""


@value
class KeySet:
    """The keys that the issuer published at one time, by their ids."""

    keys: Mapping[str, PyJWK]

    def has_the_keys_of(self, other: KeySet | None) -> bool:
        """Return whether another set has the same keys under the same ids."""
        return other is not None and self._numbers() == other._numbers()

    def _numbers(self) -> dict[str, Any]:
        return {key_id: (key.algorithm_name, key.key) for key_id, key in self.keys.items()}


@dataclass(slots=True, eq=False)
class _Fetch:
    """A fetch that may still run; `keys` is None unless it succeeded."""

    started_at: float
    ended_at: float | None = None
    keys: KeySet | None = None
    ended: Event = field(default_factory=Event)

    def next_begins_at(self) -> float:
        """Return when another fetch may begin; one that runs for too long counts as failed."""
        if self.keys is not None:
            return self.started_at + _COOLDOWN_SECONDS
        ended_at = self.started_at + _TIMEOUT_SECONDS if self.ended_at is None else self.ended_at
        return ended_at + _FAILURE_COOLDOWN_SECONDS


class SigningKeys:
    """The keys that an issuer publishes at a URL; threads may share it.

    Parameters
    ----------
    url
        The URL of the issuer's JSON Web Key Set.
    clock
        Returns seconds that never decrease.
    """

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._lock = Lock()  # held for a few assignments, never while keys are fetched
        self._keys: KeySet | None = None
        self._keys_as_of = 0.0
        self._last_fetch: _Fetch | None = None

    def current(self) -> KeySet | None:
        """Return the keys to verify with, None if there are none; this never waits.

        As long as the issuer publishes the same keys, this is the same object.
        """
        with self._lock:
            age = self._clock() - self._keys_as_of
            if self._keys is None or age >= _KEPT_SECONDS:
                return None
            if age >= _REFRESHED_AFTER_SECONDS:
                self._fetch()
            return self._keys

    def key(self, key_id: str) -> tuple[PyJWK, KeySet]:
        """Return the key with an id, and the keys that it is one of.

        Raises
        ------
        Unauthenticated
            If the issuer does not publish it.
        IdentityUnavailable
            If the keys cannot be fetched, so that this is not known.
        """
        keys = self.current()
        if keys is None or key_id not in keys.keys:
            keys = self._newest()
        if key_id not in keys.keys:
            raise Unauthenticated("The token names a key that its issuer does not publish.")
        return keys.keys[key_id], keys

    def _newest(self) -> KeySet:
        """Return the keys of the fetch that runs or has just run, or of a new one."""
        with self._lock:
            fetch = self._fetch()
        # In a thread that was delayed, the time may be over; the keys may have arrived nevertheless.
        fetch.ended.wait(max(0.0, fetch.started_at + _TIMEOUT_SECONDS - self._clock()))
        if fetch.keys is None:
            raise IdentityUnavailable("The token issuer's keys cannot be fetched.")
        return fetch.keys

    def _fetch(self) -> _Fetch:
        """Return the last fetch until another one may begin, then begin it."""
        last = self._last_fetch
        if last is not None and self._clock() < last.next_begins_at():
            return last
        self._last_fetch = fetch = _Fetch(self._clock())
        Thread(target=self._run, args=(fetch,), name="signing-keys", daemon=True).start()
        return fetch

    def _run(self, fetch: _Fetch) -> None:
        fetched = None
        try:
            fetched = self._fetched()
        finally:
            with self._lock:
                fetch.ended_at = self._clock()
                if fetched is not None:
                    self._keep(fetched, fetch.started_at)
                    fetch.keys = self._keys
            fetch.ended.set()

    def _keep(self, fetched: KeySet, as_of: float) -> None:
        # A fetch that took long may end after a later one.
        if self._keys is not None and as_of < self._keys_as_of:
            return
        if not fetched.has_the_keys_of(self._keys):
            self._keys = fetched
        self._keys_as_of = as_of

    def _fetched(self) -> KeySet | None:
        import jwt

        try:
            client = jwt.PyJWKClient(self._url, timeout=_TIMEOUT_SECONDS, cache_jwk_set=False)
            found = client.get_signing_keys()
        except (jwt.PyJWTError, ValueError, OSError, RecursionError):
            return None
        # Of two keys with one id, the first one counts.
        return KeySet({key.key_id: key for key in reversed(found) if key.key_id})
