"""The development issuer: signs the tokens that Cognito signs in production."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from local.settings import MACHINE_CLIENT_ID, TOKEN_AUDIENCE

LIFETIME_SECONDS = 43_200
ROLES = ("vendor", "orders", "desk", "auditor", "admin")
GROUPS = {"desk": "orders"}
"""The groups of people whose names differ from their roles: the order desk may do what order systems may."""
VENDOR_PATTERN = re.compile(r"VENDOR-[A-Z0-9]{1,32}")


class TokenRefused(ValueError):
    """The token cannot be issued; the message is one sentence."""


class Issuer:
    """Issues RS256 tokens, signed with a key that exists as long as this object.

    Parameters
    ----------
    url : str
        The ``iss`` of every token.
    now : Callable[[], float]
        The clock, in seconds since the epoch.
    """

    def __init__(self, url: str, now: Callable[[], float] = time.time) -> None:
        self._url = url
        self._now = now
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
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
