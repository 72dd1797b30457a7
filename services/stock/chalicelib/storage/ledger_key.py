"""The key that signs log records and seals, from Secrets Manager.

It is read at the first command of a process, and then beside the requests, so that a rotation reaches every
process and no request waits::

    age of the key     0 s ────────── 300 s ────────────────────── 3,600 s ──────────
    a command          uses it        uses it; one read begins     waits for a read;
                                      beside the requests          503 if that fails

A rotation therefore retires the old key an hour and a few minutes after the new one is in place
(``tools/ledger_keys``), and this service must not use a key for longer than `LEDGER_KEY_KEPT_SECONDS`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock, Thread
from typing import Any, Final, NamedTuple, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from inventory_common.errors import LedgerKeyUnavailable
from inventory_common.ledger_key_store import LedgerKeyStore
from inventory_common.ledger_keys import LedgerKeyError, PublicKey, SigningKey
from inventory_common.log_lines import exception_fields, log_event
from inventory_common.timestamps import moment_of
from inventory_common.tuning import LEDGER_KEY_KEPT_SECONDS, LEDGER_KEY_REFRESH_SECONDS

__all__ = ["LedgerKey", "LedgerKeySource", "connect_secrets"]

_COOLDOWN_SECONDS: Final = float(LedgerKeyUnavailable.retry_after_seconds)
"""How long after a read that failed there is no other one; clients are asked to return after it."""
_CONFIG: Final = Config(
    connect_timeout=2, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2}
)


class LedgerKey(Protocol):
    """What signs with the current key, and knows the older ones."""

    def current(self) -> SigningKey:
        """Return the key to sign with.

        Raises
        ------
        LedgerKeyUnavailable
            If there is none; nothing may be written then.
        """

    def public_key(self, key_id: str) -> PublicKey | None:
        """Return the published key with an id, or None if there is none.

        Raises
        ------
        LedgerKeyUnavailable
            If this is not known.
        """


class _Loaded(NamedTuple):
    key: SigningKey
    public: PublicKey
    as_of: float


def connect_secrets() -> Any:
    """Make a client of Secrets Manager; boto3 itself reads its region, credentials and endpoint."""
    return boto3.client("secretsmanager", config=_CONFIG)


class LedgerKeySource:
    """The key of this stage; threads may share it.

    Parameters
    ----------
    secret
        The name or ARN of the secret; None if the stage has none.
    published
        The published keys.
    service
        The application's name, for the log.
    clock
        Returns seconds of the wall clock, which also passes while Lambda freezes a process.
    connect
        Makes the client.
    """

    def __init__(
        self,
        secret: str | None,
        published: LedgerKeyStore,
        service: str,
        clock: Callable[[], float] = time.time,
        connect: Callable[[], Any] = connect_secrets,
    ) -> None:
        self._secret = secret
        self._published = published
        self._service = service
        self._clock = clock
        self._connect = connect
        self._client: Any = None
        self._reading = Lock()  # held while the key is read
        self._loaded: _Loaded | None = None
        self._failed_at: float | None = None

    def current(self) -> SigningKey:
        """Return the key to sign with; this waits only if no key is known that is young enough.

        Raises
        ------
        LedgerKeyUnavailable
            If there is none; nothing may be written then.
        """
        loaded = self._loaded
        if loaded is not None and self._is_younger(loaded, LEDGER_KEY_KEPT_SECONDS):
            if not self._is_younger(loaded, LEDGER_KEY_REFRESH_SECONDS):
                self._read_beside()
            return loaded.key
        with self._reading:
            # While this thread waited, another one may have read it.
            loaded = self._loaded
            if loaded is None or not self._is_younger(loaded, LEDGER_KEY_KEPT_SECONDS):
                loaded = self._read()
        if loaded is None:
            raise LedgerKeyUnavailable(
                "The key that signs stock changes cannot be read, so nothing was changed; please try again."
            )
        return loaded.key

    def public_key(self, key_id: str) -> PublicKey | None:
        """Return the published key with an id, or None if there is none.

        Raises
        ------
        LedgerKeyUnavailable
            If this is not known.
        """
        loaded = self._loaded
        if loaded is not None and loaded.key.key_id == key_id:
            return loaded.public  # the usual one needs no call
        return self._published.key(key_id)

    def _is_younger(self, loaded: _Loaded, seconds: float) -> bool:
        # A clock that was set back makes a key too old.
        return 0 <= self._clock() - loaded.as_of < seconds

    def _read_beside(self) -> None:
        if not self._may_try() or not self._reading.acquire(blocking=False):
            return
        try:
            Thread(target=self._read_and_release, name="ledger-key", daemon=True).start()
        except RuntimeError:  # no thread can start; the next command tries again
            self._reading.release()

    def _read_and_release(self) -> None:
        try:
            self._read()
        finally:
            self._reading.release()

    def _read(self) -> _Loaded | None:
        """Read the key, and return it; None if that fails, or has just failed."""
        if self._secret is None or not self._may_try():
            return None
        as_of = self._clock()
        try:
            if self._client is None:
                self._client = self._connect()
            response = self._client.get_secret_value(SecretId=self._secret)
            key = SigningKey.from_stored(response.get("SecretString", ""))
        except (BotoCoreError, ClientError, LedgerKeyError) as error:
            self._failed_at = self._clock()
            log_event(self._service, "ledger_key_unavailable", level="ERROR", **exception_fields(error))
            return None
        if self._loaded is not None and self._loaded.key == key:
            loaded = self._loaded._replace(as_of=as_of)  # it is loaded for signing
        else:
            loaded = _Loaded(key, key.public_key(moment_of(as_of)), as_of)
        self._failed_at = None
        self._loaded = loaded
        return self._loaded

    def _may_try(self) -> bool:
        return self._failed_at is None or not 0 <= self._clock() - self._failed_at < _COOLDOWN_SECONDS
