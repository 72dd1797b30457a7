"""The secret and the published keys on AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from inventory_common.ledger_key_store import read_published
from inventory_common.ledger_keys import LedgerKeyError, PublicKey, SigningKey
from tools.ledger_keys.errors import RotationError

_CURRENT = "AWSCURRENT"


@dataclass(frozen=True)
class SecretsManager:
    """The secret.

    Attributes
    ----------
    client
        A client of Secrets Manager.
    name
        The secret's name or ARN.
    """

    client: Any
    name: str

    def current_version(self) -> str | None:
        """Return the id of the secret's current version, None if it has none."""
        with _reaching(f"The secret {self.name}"):
            versions = self.client.describe_secret(SecretId=self.name).get("VersionIdsToStages", {})
        return next((version for version, stages in versions.items() if _CURRENT in stages), None)

    def put(self, key: SigningKey, version: str) -> None:
        """Make a key the current version, under this id."""
        with _reaching(f"The secret {self.name}"):
            self.client.put_secret_value(
                SecretId=self.name, ClientRequestToken=version, SecretString=key.to_stored()
            )


@dataclass(frozen=True)
class ParameterStore:
    """The published keys.

    Attributes
    ----------
    client
        A client of Systems Manager.
    path
        The path of the parameters, with a slash at its end.
    """

    client: Any
    path: str

    def all(self) -> Mapping[int, PublicKey]:
        """Return them by their numbers, which begin with 1."""
        with _reaching(f"The published keys {self.path}"):
            return read_published(self.client, self.path, {})

    def add(self, number: int, key: PublicKey) -> None:
        """Publish a key under a number.

        Raises
        ------
        RotationError
            If the number has a key.
        """
        self._put(number, key, overwrite=False)

    def replace(self, number: int, key: PublicKey) -> None:
        """Publish a key instead of the one that the number has."""
        self._put(number, key, overwrite=True)

    def _put(self, number: int, key: PublicKey, *, overwrite: bool) -> None:
        with _reaching(f"The published key {self.path}{number}"):
            self.client.put_parameter(
                Name=f"{self.path}{number}",
                Description=f"A public key that verifies the stock log: {key.key_id}",
                Value=json.dumps(key.jwk(), separators=(",", ":")),
                Type="String",
                Overwrite=overwrite,
            )


@contextmanager
def _reaching(what: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        refusal = error.response["Error"]
        if refusal["Code"] == "ParameterAlreadyExists":
            raise RotationError(f"{what} exists already: another rotation runs.") from error
        if refusal["Code"] == "ResourceNotFoundException":
            raise RotationError(f"{what} was not found: apply terraform/platform first.") from error
        raise RotationError(f"{what}: AWS refuses: {refusal.get('Message') or refusal['Code']}") from error
    except (BotoCoreError, LedgerKeyError) as error:
        raise RotationError(f"{what}: {error}") from error
