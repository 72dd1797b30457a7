r"""The steps of a rotation, each of which the next run continues if this one is killed.

::

    1. publish    the new public key, as the next number     killed after it: its private key is lost, so the
                                                             next run retires it and makes another one
    2. wait       until every function can read it
    3. switch     the secret has the new private key         killed after it: the next run continues with 4
    4. retire     the old public key gets its `retired_at`

So a record can be verified from the first one that a key signs, and a key is retired only when no function
can sign by it any more: functions read the secret again after five minutes, and use a key that they cannot
read again for an hour at most (`inventory_common.tuning`).

A rotation needs no access to a private key that it has not made itself: the version of the secret begins with
the id of its key.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from inventory_common.ledger_keys import KEY_ID_MAX_CHARACTERS, PublicKey, SigningKey, new_signing_key
from inventory_common.timestamps import Clock, later_of, plus_seconds
from inventory_common.tuning import LEDGER_KEY_KEPT_SECONDS
from tools.ledger_keys.errors import RotationError

LEAD_SECONDS: Final = 15
"""How long a public key is published before its private key is used: a service that does not know a key reads
the published ones again after five seconds (`inventory_common.ledger_key_store`)."""
OVERLAP_SECONDS: Final = LEDGER_KEY_KEPT_SECONDS + 300
"""How long after the switch the old key retires: when no function can use it any more, and five minutes for
clocks that differ and commands that run."""
RUNNING_SECONDS: Final = 120
"""The age until which a key that is not used yet may belong to a rotation that still runs."""


class Secret(Protocol):
    """The secret with the private key."""

    def current_version(self) -> str | None:
        """Return the id of the secret's current version, None if it has none."""

    def put(self, key: SigningKey, version: str) -> None:
        """Make a key the current version, under this id."""


class Published(Protocol):
    """The published keys."""

    def all(self) -> Mapping[int, PublicKey]:
        """Return them by their numbers, which begin with 1."""

    def add(self, number: int, key: PublicKey) -> None:
        """Publish a key under a number.

        Raises
        ------
        RotationError
            If the number has a key.
        """

    def replace(self, number: int, key: PublicKey) -> None:
        """Publish a key instead of the one that the number has."""


@dataclass(frozen=True)
class Rotation:
    """A rotation, or the rest of one that was interrupted.

    Attributes
    ----------
    secret, published
        Where the keys are.
    clock
        Returns the current time.
    sleep
        Waits for some seconds.
    say
        Shows a line.
    lead_seconds, running_seconds
        `LEAD_SECONDS` and `RUNNING_SECONDS`; 0 where nothing else uses these keys yet.
    """

    secret: Secret
    published: Published
    clock: Clock
    sleep: Callable[[float], None]
    say: Callable[[str], None]
    lead_seconds: float = LEAD_SECONDS
    running_seconds: float = RUNNING_SECONDS

    def run(self) -> PublicKey:
        """Finish the rotation that was interrupted after its switch, or else make a new one.

        Returns
        -------
        PublicKey
            The key in use from now on.

        Raises
        ------
        RotationError
        """
        keys = self.published.all()
        in_use = _in_use(keys, self.secret.current_version())
        others = {number: key for number, key in keys.items() if key.retired_at is None and key != in_use}
        older = {
            number: key for number, key in others.items() if in_use and key.created_at < in_use.created_at
        }
        if in_use is not None and older:
            self.say(f"Finishing the rotation to the key {in_use.key_id}, which was interrupted.")
            self._retire(older)
            self.say("It is finished.  To replace this key too, repeat the command.")
            return in_use
        self._withdraw(others)
        return self._begin(keys, in_use)

    def key_in_use(self) -> PublicKey | None:
        """Return the published key that the secret has; None before the first rotation."""
        return _in_use(self.published.all(), self.secret.current_version())

    def _withdraw(self, keys: Mapping[int, PublicKey]) -> None:
        """Retire keys of rotations that were interrupted before their switch."""
        for key in keys.values():
            age = _seconds_between(key.created_at, self.clock())
            if age < self.running_seconds:
                raise RotationError(
                    f"The key {key.key_id} was published {max(0, age):.0f} seconds ago and is not in use "
                    "yet: another rotation runs, or was interrupted.  If none runs, repeat the command in "
                    f"{self.running_seconds - max(0, age):.0f} seconds; it then makes another key."
                )
        if keys:
            self.say(
                "A published key is not that of the secret: a rotation was interrupted before its switch."
            )
            self._retire(keys)

    def _begin(self, keys: Mapping[int, PublicKey], in_use: PublicKey | None) -> PublicKey:
        before = self.secret.current_version()
        version = _new_version({key.key_id for key in keys.values()})
        signing_key = new_signing_key(version[:KEY_ID_MAX_CHARACTERS])
        newest = max((key.created_at for key in keys.values()), default=None)
        key = signing_key.public_key(later_of(self.clock(), newest))
        number = max(keys, default=0) + 1
        self.published.add(number, key)
        self.say(f"1. The public key {key.key_id} is published.")
        if self.lead_seconds:
            self.say(f"2. Waiting {self.lead_seconds:.0f} seconds, until every function can read it …")
            self.sleep(self.lead_seconds)
        self._check_undisturbed(number, key, before)
        self.secret.put(signing_key, version)
        self.say(f"3. The secret has the private key {key.key_id}: functions sign by it within five minutes.")
        if in_use is not None:
            [old] = [each for each, of_number in keys.items() if of_number == in_use]
            self._retire({old: in_use})
        return key

    def _check_undisturbed(self, number: int, key: PublicKey, version: str | None) -> None:
        keys = self.published.all()
        if keys.get(number) != key or max(keys) != number:
            raise RotationError(
                f"The key {key.key_id} cannot be used, because the published keys have changed meanwhile: "
                "another rotation runs.  Repeat the command when it has ended."
            )
        if self.secret.current_version() != version:
            raise RotationError(
                f"The key {key.key_id} was not used, because the secret has changed meanwhile: another "
                "rotation runs.  Repeat the command when it has ended."
            )

    def _retire(self, keys: Mapping[int, PublicKey]) -> None:
        retired_at = plus_seconds(self.clock(), OVERLAP_SECONDS)
        for number, key in keys.items():
            self.published.replace(number, key.retired(retired_at))
            self.say(f"4. The key {key.key_id} retires at {retired_at}: it must not sign anything later.")


def _in_use(keys: Mapping[int, PublicKey], version: str | None) -> PublicKey | None:
    if version is None:
        return None
    return next(
        (
            key
            for key in keys.values()
            if key.retired_at is None and key.key_id == version[:KEY_ID_MAX_CHARACTERS]
        ),
        None,
    )


def _new_version(taken: set[str]) -> str:
    while (version := str(uuid.uuid4()))[:KEY_ID_MAX_CHARACTERS] in taken:
        continue
    return version


def _seconds_between(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()
