"""The published keys of the stock log, as parameters of Systems Manager.

Each key is one parameter, a JSON Web Key; they are numbered from 1, so that each is read by its name, and two
rotations at the same time cannot overwrite each other's.  Only a rotation writes them (``make
rotate-ledger-key``): a role that writes tables or the archive cannot add a key.

::

    age of the keys    0 s ──── 10 s ──────────────── 300 s ─────────── 3,600 s ────────
    a known key        used     used                  read again; if    not used
                                                      that fails, used
    all keys           used     read again; if that fails, used         not used

    an unknown key     causes a read, unless the last one is less than 5 s ago
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .errors import LedgerKeyUnavailable
from .ledger_keys import LedgerKeyError, PublicKey, PublicKeys

__all__ = ["LedgerKeyStore", "connect_parameters", "read_published"]

_FRESH_SECONDS: Final = 10.0
"""For how long a list of all keys is served: less than a new key is published before it is used."""
_KNOWN_SECONDS: Final = 300.0
"""For how long a known key is used.  Only its `retired_at` can change, to a time that is further away."""
_KEPT_SECONDS: Final = 3_600.0
"""For how long keys are used while they cannot be read."""
_COOLDOWN_SECONDS: Final = 5.0
"""How long after a read, or a read that failed, there is no other one."""
_KEYS_MAX: Final = 1_000
"""The highest number of a published key that is read."""
_CONFIG: Final = Config(
    connect_timeout=2, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2}
)


def connect_parameters() -> Any:
    """Make a client of Systems Manager; boto3 itself reads its region, credentials and endpoint."""
    return boto3.client("ssm", config=_CONFIG)


class LedgerKeyStore:
    """The published keys; threads may share it.

    Parameters
    ----------
    path
        The path of the parameters, such as ``/inventory/dev/ledger-keys/``; None if the stage has none.
    clock
        Returns seconds.
    connect
        Makes the client.
    """

    def __init__(
        self,
        path: str | None,
        clock: Callable[[], float] = time.time,
        connect: Callable[[], Any] = connect_parameters,
    ) -> None:
        self._path = path
        self._clock = clock
        self._connect = connect
        self._client: Any = None
        self._lock = Lock()
        self._numbered: dict[int, PublicKey] = {}
        self._keys: PublicKeys | None = None
        self._keys_as_of = 0.0
        self._tried_at: float | None = None

    def all(self) -> PublicKeys:
        """Return every key that was ever used, as they were at most ten seconds ago.

        Raises
        ------
        LedgerKeyUnavailable
            If they cannot be read.
        """
        return self._keys_younger_than(_FRESH_SECONDS)

    def key(self, key_id: str) -> PublicKey | None:
        """Return the key with an id, or None if there is none.

        Raises
        ------
        LedgerKeyUnavailable
            If this is not known.
        """
        found = self._keys_younger_than(_KNOWN_SECONDS).get(key_id)
        return self._keys_younger_than(0).get(key_id) if found is None else found

    def _keys_younger_than(self, seconds: float) -> PublicKeys:
        keys = self._keys
        if keys is not None and 0 <= self._clock() - self._keys_as_of < seconds:
            return keys
        with self._lock:
            now = self._clock()
            # While this thread waited, another one may have read them.
            is_tried = self._tried_at is not None and 0 <= now - self._tried_at < _COOLDOWN_SECONDS
            if not is_tried:
                self._tried_at = now
                self._read(now)
            if self._keys is None or now - self._keys_as_of >= _KEPT_SECONDS:
                raise LedgerKeyUnavailable(
                    "The ledger's keys cannot be read at the moment; please try again."
                )
            return self._keys

    def _read(self, now: float) -> None:
        if self._path is None:
            return
        try:
            if self._client is None:
                self._client = self._connect()
            numbered = read_published(self._client, self._path, self._numbered)
            keys = PublicKeys(numbered.values())
        except (BotoCoreError, ClientError, LedgerKeyError):
            return  # the keys that are known are used on
        self._numbered, self._keys, self._keys_as_of = numbered, keys, now


def read_published(client: Any, path: str, known: Mapping[int, PublicKey]) -> dict[int, PublicKey]:
    """Return the published keys by their numbers.

    Parameters
    ----------
    client
        A client of Systems Manager.
    path
        The path of the parameters, with a slash at its end.
    known
        Keys that were read before.  Those that are retired do not change any more, and are not read again.

    Raises
    ------
    LedgerKeyError
        If a parameter is malformed.
    ClientError, BotoCoreError
        If one cannot be read.
    """
    keys: dict[int, PublicKey] = {}
    for number in range(1, _KEYS_MAX + 1):
        key = known.get(number)
        if key is None or key.retired_at is None:
            key = _published(client, f"{path}{number}")
        if key is None:
            break
        keys[number] = key
    return keys


def _published(client: Any, name: str) -> PublicKey | None:
    try:
        text = client.get_parameter(Name=name)["Parameter"]["Value"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ParameterNotFound":
            return None
        raise
    try:
        return PublicKey.from_jwk(json.loads(text))
    except ValueError as error:
        raise LedgerKeyError(f"The parameter {name} is not a key: {error}") from error
