"""Daily digests: the head hash of every SKU, chained and signed, so that a rewrite of whole tables shows.

``digests/<day>.json`` is ``{"digest": {…}, "signature": …, "key": …, "algorithm": …}``.  The digest names the
hash of the digest before it; the signature is KMS's, over the SHA-256 of the digest's canonical JSON, in
base64.  Who rewrites tables and archive cannot sign another past.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Final

import boto3
import rfc8785
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from inventory_common.errors import ArchiveUnavailable
from inventory_common.exact_json import loads
from inventory_common.skus import FIRST_PREVIOUS_HASH
from inventory_common.timestamps import Clock
from inventory_common.values import value

from .documents import balance_of
from .log_gateway import InventoryScan
from .object_store import ObjectStore

__all__ = ["DIGEST_PREFIX", "Digests", "Signer", "digest_hash"]

DIGEST_PREFIX: Final = "digests/"
_ALGORITHM: Final = "ECDSA_SHA_256"
_CONFIG: Final = Config(
    connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}
)


def digest_hash(digest: Mapping[str, Any]) -> str:
    """Return the hash that the next digest names: SHA-256 of the canonical JSON, in lower-case hex."""
    return sha256(rfc8785.dumps(dict(digest))).hexdigest()


@dataclass
class Signer:
    """Signs and verifies with a key of KMS that never leaves it."""

    key: str | None

    @cached_property
    def _client(self) -> Any:
        return boto3.client("kms", config=_CONFIG)

    def signed(self, digest: Mapping[str, Any]) -> dict[str, Any]:
        """Return a digest in its envelope."""
        if self.key is None:
            raise ArchiveUnavailable("No signing key is configured here.")
        answer = self._client.sign(
            KeyId=self.key,
            Message=bytes.fromhex(digest_hash(digest)),
            MessageType="DIGEST",
            SigningAlgorithm=_ALGORITHM,
        )
        return {
            "digest": dict(digest),
            "signature": b64encode(answer["Signature"]).decode(),
            "key": answer["KeyId"],
            "algorithm": _ALGORITHM,
        }

    def is_genuine(self, envelope: Mapping[str, Any]) -> bool:
        """Tell whether the configured key has signed what is in an envelope, whatever key that names."""
        try:
            answer = self._client.verify(
                KeyId=self.key,
                Message=bytes.fromhex(digest_hash(envelope["digest"])),
                MessageType="DIGEST",
                SigningAlgorithm=_ALGORITHM,
                Signature=b64decode(envelope["signature"]),
            )
        except (KeyError, ValueError, TypeError):
            return False
        except ClientError as error:
            if error.response["Error"]["Code"] in ("KMSInvalidSignatureException", "ValidationException"):
                return False
            raise ArchiveUnavailable("The signing key cannot be asked at present.") from error
        except BotoCoreError as error:
            raise ArchiveUnavailable("The signing key cannot be asked at present.") from error
        return bool(answer["SignatureValid"])


@value
class Digests:
    """Writes digests; `bootstrap` makes it."""

    scan: InventoryScan
    store: ObjectStore
    signer: Signer
    clock: Clock

    def write(self) -> str:
        """Write the day's digest if there is none yet; return what was done."""
        now = self.clock()
        key = f"{DIGEST_PREFIX}{now[:10]}.json"
        if self.store.exists(key):
            return f"{key} is there already"
        digest = {"made_at": now, "previous_hash": self._last_hash(), "heads": self._heads()}
        body = rfc8785.dumps(self.signer.signed(digest))
        written = self.store.put_once(key, body)
        return f"{key} written, {len(digest['heads'])} SKUs" if written else f"{key} is there already"

    def _last_hash(self) -> str:
        keys = list(self.store.all_keys(DIGEST_PREFIX))
        if not keys:
            return FIRST_PREVIOUS_HASH
        return digest_hash(loads(self.store.get(keys[-1]) or b"{}")["digest"])

    def _heads(self) -> dict[str, dict[str, Any]]:
        heads: dict[str, dict[str, Any]] = {}
        for item in self.scan.items():
            if item["sku"]["S"].startswith("SKU-"):
                balance = balance_of(item)
                heads[item["sku"]["S"]] = {
                    "sequence": balance.get("sequence"),
                    "hash": balance.get("ledger_hash"),
                }
        return heads
