"""The key of KMS that signs digests."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from inventory_common.errors import ArchiveNotConfigured, ArchiveUnavailable

from ..domain.digests import digest_hash

__all__ = ["Signer"]

_ALGORITHM: Final = "ECDSA_SHA_256"
_CONFIG: Final = Config(
    connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}
)


@dataclass
class Signer:
    """Signs and verifies digests with a key that never leaves KMS."""

    key: str | None

    @cached_property
    def _client(self) -> Any:
        return boto3.client("kms", config=_CONFIG)

    def signed(self, digest: Mapping[str, Any]) -> dict[str, Any]:
        """Return a digest with its signature.

        Raises
        ------
        ArchiveNotConfigured
            If there is no key.
        """
        if self.key is None:
            raise ArchiveNotConfigured("This stage has no key that signs digests.")
        response = self._client.sign(
            KeyId=self.key,
            Message=bytes.fromhex(digest_hash(digest)),
            MessageType="DIGEST",
            SigningAlgorithm=_ALGORITHM,
        )
        return {
            "digest": dict(digest),
            "signature": b64encode(response["Signature"]).decode(),
            "key": response["KeyId"],
            "algorithm": _ALGORITHM,
        }

    def is_genuine(self, signed_digest: Mapping[str, Any]) -> bool:
        """Return whether the configured key has signed a digest, whichever key the digest names.

        Raises
        ------
        ArchiveUnavailable
        """
        try:
            response = self._client.verify(
                KeyId=self.key,
                Message=bytes.fromhex(digest_hash(signed_digest["digest"])),
                MessageType="DIGEST",
                SigningAlgorithm=_ALGORITHM,
                Signature=b64decode(signed_digest["signature"]),
            )
        except (KeyError, ValueError, TypeError):
            return False
        except ClientError as error:
            if error.response["Error"]["Code"] in ("KMSInvalidSignatureException", "ValidationException"):
                return False
            raise _unavailable() from error
        except BotoCoreError as error:
            raise _unavailable() from error
        return bool(response["SignatureValid"])


def _unavailable() -> ArchiveUnavailable:
    return ArchiveUnavailable("The signing key is not available at the moment; please try again.")
