"""The development issuer: signs the tokens that Cognito signs in production."""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from jwt.algorithms import RSAAlgorithm

from local.errors import StackError
from local.settings import MACHINE_CLIENT_ID, TOKEN_AUDIENCE

LIFETIME_SECONDS = 43_200
ROLES = ("vendor", "orders", "desk", "auditor", "admin")
GROUPS = {"desk": "orders"}
"""The groups of people whose names differ from their roles: the order desk may do what order systems may."""
VENDOR_PATTERN = re.compile(r"VENDOR-[A-Z0-9]{1,32}")


class TokenRefused(ValueError):
    """The token cannot be issued; the message is one sentence."""


class Issuer:
    """Issues RS256 tokens.

    Parameters
    ----------
    url : str
        The ``iss`` of every token.
    now : Callable[[], float]
        The clock, in seconds since the epoch.
    key : rsa.RSAPrivateKey, optional
        Signs them; one that exists as long as this object if None.
    """

    def __init__(
        self, url: str, now: Callable[[], float] = time.time, key: rsa.RSAPrivateKey | None = None
    ) -> None:
        self._url = url
        self._now = now
        self._key = key or new_key()
        public = self._key.public_key()
        encoded = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self._key_id = hashlib.sha256(encoded).hexdigest()[:16]

    def jwks(self) -> dict[str, Any]:
        """Return the JSON Web Key Set that verifies the tokens."""
        key = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [key | {"kid": self._key_id, "use": "sig", "alg": "RS256"}]}

    def token(self, role: str, vendor: str | None = None) -> str:
        """Issue a token of 12 hours.

        Parameters
        ----------
        role : str
            ``vendor``, ``desk``, ``auditor`` or ``admin`` (ID tokens of people), or ``orders`` (an access
            token of a machine).
        vendor : str, optional
            The vendor id, for the role ``vendor`` only.

        Raises
        ------
        TokenRefused
            If role and vendor are not a valid principal.
        """
        issued_at = int(self._now())
        claims = {
            "iss": self._url,
            "iat": issued_at,
            "exp": issued_at + LIFETIME_SECONDS,
            **_principal(role, vendor or None),
        }
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self._key_id})


def new_key() -> rsa.RSAPrivateKey:
    """Return a new key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def kept_key(path: Path) -> rsa.RSAPrivateKey:
    """Return the key in a file, which is created with a new key if it does not exist.

    Raises
    ------
    StackError
        If the file has something else.
    OSError
        If it cannot be read or written.
    """
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        key = new_key()
        _write_key(key, path)
    except ValueError:
        key = None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise StackError(f"{path} is not a key of a token issuer; delete it, and tokens will get a new one.")
    return key


def _write_key(key: rsa.RSAPrivateKey, path: Path) -> None:
    encoded = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(encoded)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)


def _principal(role: str, vendor: str | None) -> dict[str, Any]:
    if role not in ROLES:
        raise TokenRefused(f"Unknown role {role!r}; roles are {', '.join(ROLES)}.")
    if role == "vendor" and vendor is None:
        raise TokenRefused("Role vendor needs a vendor id, such as VENDOR-001.")
    if role != "vendor" and vendor is not None:
        raise TokenRefused(f"Role {role} takes no vendor id; leave {vendor!r} out.")
    if vendor is not None and not VENDOR_PATTERN.fullmatch(vendor):
        raise TokenRefused(f"{vendor!r} is not a vendor id; write VENDOR- and 1 to 32 of A-Z and 0-9.")
    if role == "orders":
        return {
            "sub": MACHINE_CLIENT_ID,
            "client_id": MACHINE_CLIENT_ID,
            "token_use": "access",
            "scope": "inventory/orders",
        }
    person = {
        "sub": f"local-{(vendor or role).lower()}",
        "aud": TOKEN_AUDIENCE,
        "token_use": "id",
        "cognito:groups": [GROUPS.get(role, role)],
    }
    return person | ({"custom:vendor_id": vendor} if vendor is not None else {})
