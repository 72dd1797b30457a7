"""The keys that sign the stock log: Ed25519, as they are stored and as they are published.

A signing key is in Secrets Manager, where the stock service alone can read it; the public keys are published
as a JSON Web Key Set (RFC 7517, RFC 8037), each with two more members, ``created_at`` and ``retired_at``.
This module does no I/O; `ledger_key_store` reads the published keys.

``cryptography`` is imported by the first signature or verification, as most cold starts and many verifiers of
exported logs need none.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Protocol, Self

from .timestamps import TIMESTAMP_STORED_FORM
from .values import value

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

__all__ = [
    "KEY_ID_FORM",
    "KEY_ID_MAX_CHARACTERS",
    "LedgerKeyError",
    "LedgerSigner",
    "PublicKey",
    "PublicKeys",
    "PublishedKeys",
    "SignaturesNotInstalled",
    "SigningKey",
    "check_signatures_installed",
    "from_base64url",
    "new_signing_key",
    "to_base64url",
]

KEY_ID_MAX_CHARACTERS: Final = 8
"""A key's id is in every log record, which has to stay within one write unit."""
KEY_ID_FORM: Final = rf"[A-Za-z0-9_-]{{1,{KEY_ID_MAX_CHARACTERS}}}"
"""The pattern of a key's id."""

_KEY_ID: Final = re.compile(KEY_ID_FORM)
_MOMENT: Final = re.compile(TIMESTAMP_STORED_FORM)
_KEY_BYTES: Final = 32
"""The size of a private and of a public key of Ed25519."""
_SIGNATURE_BYTES: Final = 64
"""The size of a signature of Ed25519."""
_CACHED_KEYS: Final = 64


class LedgerKeyError(ValueError):
    """A stored key or a key set is malformed; the message says how, without any part of a private key."""


class SignaturesNotInstalled(Exception):
    """The package ``cryptography`` is not installed, so nothing can be signed or verified."""

    def __init__(self) -> None:
        super().__init__(
            "Signatures cannot be verified without the package cryptography: "
            "pip install 'inventory-common[signatures]' installs it."
        )


class LedgerSigner(Protocol):
    """What signs log records and seals."""

    @property
    def key_id(self) -> str:
        """The id of the key, at most `KEY_ID_MAX_CHARACTERS` characters."""

    def sign(self, hash_hex: str) -> bytes:
        """Return the signature, 64 bytes, over the 32 bytes of a record's `hash`."""

    def sign_bytes(self, data: bytes) -> bytes:
        """Return the signature, 64 bytes, over some bytes."""


class SigningKey:
    """A private key and its id: a `LedgerSigner`.

    Parameters
    ----------
    key_id
        Its id.
    private_key
        The 32 bytes of the private key.

    Raises
    ------
    LedgerKeyError
        If the id or the length of the key is wrong.
    """

    __slots__ = ("_key", "_private_key", "key_id")

    def __init__(self, key_id: str, private_key: bytes) -> None:
        self.key_id = _checked_id(key_id)
        if len(private_key) != _KEY_BYTES:
            raise LedgerKeyError(f"The private key {key_id} has {len(private_key)} bytes, not {_KEY_BYTES}.")
        self._private_key = private_key
        self._key: Ed25519PrivateKey | None = None

    def __repr__(self) -> str:
        """Return a text without the private key, for logs and error messages."""
        return f"SigningKey({self.key_id!r})"

    def __eq__(self, other: object) -> bool:
        """Return whether both are the same key under the same id."""
        if not isinstance(other, SigningKey):
            return NotImplemented
        return self.key_id == other.key_id and self._private_key == other._private_key

    def __hash__(self) -> int:
        """Return the hash of its id."""
        return hash(self.key_id)

    @classmethod
    def from_stored(cls, text: str) -> Self:
        """Read the secret: a JSON object with `key_id` and, as base64url, `private_key`.

        Raises
        ------
        LedgerKeyError
        """
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict) or not {"key_id", "private_key"} <= document.keys():
            raise LedgerKeyError("The secret is not a JSON object with key_id and private_key.")
        try:
            return cls(document["key_id"], from_base64url(document["private_key"]))
        except LedgerKeyError:
            # Without the cause: its message may show a part of the key.
            raise LedgerKeyError("The secret has no valid key_id or private_key.") from None

    def to_stored(self) -> str:
        """Return the text that `from_stored` reads."""
        return json.dumps({"key_id": self.key_id, "private_key": to_base64url(self._private_key)})

    def sign(self, hash_hex: str) -> bytes:
        """Return the signature, 64 bytes, over the 32 bytes of a record's `hash`."""
        return self.sign_bytes(bytes.fromhex(hash_hex))

    def sign_bytes(self, data: bytes) -> bytes:
        """Return the signature, 64 bytes, over some bytes.

        Raises
        ------
        SignaturesNotInstalled
        """
        return self._loaded().sign(data)

    def public_key(self, created_at: str) -> PublicKey:
        """Return the public key, as it is published.

        Parameters
        ----------
        created_at
            When it was made, as a timestamp.

        Raises
        ------
        SignaturesNotInstalled
        """
        return PublicKey(self.key_id, self._loaded().public_key().public_bytes_raw(), created_at, None)

    def _loaded(self) -> Ed25519PrivateKey:
        if self._key is None:
            check_signatures_installed()
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

            # Two threads may both do this; the keys are equal.
            self._key = Ed25519PrivateKey.from_private_bytes(self._private_key)
        return self._key


@value
class PublicKey:
    """A published key.

    Attributes
    ----------
    key_id
        Its id.
    public_key
        Its 32 bytes.
    created_at
        When it was made, as a timestamp.
    retired_at
        From when on nothing may be signed by it; None as long as it is in use.
    """

    key_id: str
    public_key: bytes
    created_at: str
    retired_at: str | None

    def verifies(self, data: bytes, signature: bytes) -> bool:
        """Return whether this key has signed some bytes; never raises an error for a wrong signature.

        Raises
        ------
        SignaturesNotInstalled
        """
        if len(signature) != _SIGNATURE_BYTES:
            return False
        check_signatures_installed()
        from cryptography.exceptions import InvalidSignature

        try:
            _loaded_public(self.public_key).verify(signature, data)
        except InvalidSignature:
            return False
        return True

    def verifies_hash(self, hash_hex: str, signature: bytes) -> bool:
        """Return whether this key has signed a record with this `hash`."""
        return self.verifies(bytes.fromhex(hash_hex), signature)

    def is_retired_at(self, moment: str) -> bool:
        """Return whether a record of this time is too late for this key."""
        return self.retired_at is not None and moment > self.retired_at

    def retired(self, moment: str) -> PublicKey:
        """Return the key as retired at a time."""
        return PublicKey(self.key_id, self.public_key, self.created_at, moment)

    def jwk(self) -> dict[str, Any]:
        """Return the key as a JSON Web Key."""
        return {
            "kty": "OKP",
            "crv": "Ed25519",
            "alg": "EdDSA",
            "use": "sig",
            "kid": self.key_id,
            "x": to_base64url(self.public_key),
            "created_at": self.created_at,
            "retired_at": self.retired_at,
        }

    @classmethod
    def from_jwk(cls, document: Any) -> Self:
        """Read a JSON Web Key.

        Raises
        ------
        LedgerKeyError
        """
        if not _is_ed25519(document):
            raise LedgerKeyError("A key is not an Ed25519 key (kty OKP, crv Ed25519).")
        key_id = _checked_id(document.get("kid"))
        for name, expected in (("alg", "EdDSA"), ("use", "sig")):
            if document.get(name, expected) != expected:
                raise LedgerKeyError(f"The key {key_id} has another {name} than {expected}.")
        if "d" in document:
            raise LedgerKeyError(f"The key {key_id} is a private key; a key set holds public keys only.")
        try:
            public_key = from_base64url(document.get("x"))
        except LedgerKeyError as error:
            raise LedgerKeyError(f"The key {key_id} has no valid x: {error}") from error
        if len(public_key) != _KEY_BYTES:
            raise LedgerKeyError(f"The key {key_id} has {len(public_key)} bytes, not {_KEY_BYTES}.")
        retired_at = document.get("retired_at")
        for name, moment in (("created_at", document.get("created_at")), ("retired_at", retired_at)):
            if not (_is_moment(moment) or (name == "retired_at" and moment is None)):
                raise LedgerKeyError(
                    f"The key {key_id} has no valid {name}: it must be a time such as "
                    "2026-02-23T10:30:00.000000Z."
                )
        return cls(key_id, public_key, document["created_at"], retired_at)


class PublicKeys(Mapping[str, PublicKey]):
    """Published keys by their ids, oldest first.

    Raises
    ------
    LedgerKeyError
        If two keys have the same id.
    """

    __slots__ = ("_keys",)

    def __init__(self, keys: Iterable[PublicKey] = ()) -> None:
        self._keys: dict[str, PublicKey] = {}
        for key in sorted(keys, key=lambda key: (key.created_at, key.key_id)):
            if key.key_id in self._keys:
                raise LedgerKeyError(f"Two keys have the id {key.key_id}.")
            self._keys[key.key_id] = key

    def __getitem__(self, key_id: str) -> PublicKey:
        """Return the key with an id."""
        return self._keys[key_id]

    def __iter__(self) -> Iterator[str]:
        """Yield the ids, of the oldest key first."""
        return iter(self._keys)

    def __len__(self) -> int:
        """Return how many keys there are."""
        return len(self._keys)

    def __repr__(self) -> str:
        """Return a text with the ids."""
        return f"PublicKeys({list(self._keys)})"

    def jwks(self) -> dict[str, Any]:
        """Return the keys as a JSON Web Key Set."""
        return {"keys": [key.jwk() for key in self.values()]}

    @classmethod
    def from_jwks(cls, document: Any) -> Self:
        """Read a JSON Web Key Set.

        Keys of other types than Ed25519 are left out, as RFC 7517 asks for; a set that has only such keys is
        refused, because it belongs to something else.

        Raises
        ------
        LedgerKeyError
        """
        keys = document.get("keys") if isinstance(document, dict) else None
        if not isinstance(keys, list):
            raise LedgerKeyError("This is not a JSON Web Key Set: it has no list named keys.")
        ours = [key for key in keys if _is_ed25519(key)]
        if keys and not ours:
            raise LedgerKeyError(
                "The key set has no Ed25519 key (kty OKP, crv Ed25519); the keys of the stock log are those "
                "that GET /ledger-keys of the audit service returns."
            )
        return cls(map(PublicKey.from_jwk, ours))


class PublishedKeys(Protocol):
    """Where the published keys are read from."""

    def all(self) -> PublicKeys:
        """Return every key that was ever used.

        Raises
        ------
        LedgerKeyUnavailable
            If they cannot be read.
        """


def new_signing_key(key_id: str) -> SigningKey:
    """Make a new key.

    Raises
    ------
    LedgerKeyError
        If the id is wrong.
    SignaturesNotInstalled
    """
    check_signatures_installed()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return SigningKey(key_id, Ed25519PrivateKey.generate().private_bytes_raw())


def check_signatures_installed() -> None:
    """Import ``cryptography``.

    Raises
    ------
    SignaturesNotInstalled
        If it is not installed.
    """
    try:
        import cryptography.hazmat.primitives.asymmetric.ed25519  # noqa: F401
    except ImportError as error:
        raise SignaturesNotInstalled from error


def to_base64url(data: bytes) -> str:
    """Return bytes as base64url without padding, e.g. for `signature`."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: Any) -> bytes:
    """Return the bytes of a text that `to_base64url` returned.

    Raises
    ------
    LedgerKeyError
        If it is not such a text; two texts never return the same bytes.
    """
    if not isinstance(text, str):
        raise LedgerKeyError("It is not a text.")
    try:
        data = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (UnicodeEncodeError, Base64Error) as error:
        raise LedgerKeyError("It is not base64url.") from error
    if to_base64url(data) != text:
        # urlsafe_b64decode skips characters that it does not know, and unused bits.
        raise LedgerKeyError("It is not base64url.")
    return data


@lru_cache(maxsize=_CACHED_KEYS)
def _loaded_public(public_key: bytes) -> Ed25519PublicKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    return Ed25519PublicKey.from_public_bytes(public_key)


def _checked_id(key_id: object) -> str:
    if not isinstance(key_id, str) or not _KEY_ID.fullmatch(key_id):
        raise LedgerKeyError(
            f"The id of a key has 1 to {KEY_ID_MAX_CHARACTERS} letters, digits, - and _, not {key_id!r:.40}."
        )
    return key_id


def _is_ed25519(document: Any) -> bool:
    return isinstance(document, dict) and document.get("kty") == "OKP" and document.get("crv") == "Ed25519"


def _is_moment(moment: object) -> bool:
    return isinstance(moment, str) and _MOMENT.fullmatch(moment) is not None
