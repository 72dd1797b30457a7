"""Tokens and Authorization headers that must not be accepted, and tokens without any role."""

from __future__ import annotations

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha256
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from front_door import AUDIENCE, ISSUER, MACHINE, Tokens

MakeToken = Callable[[Tokens], str]

# Claims that are valid but for the given differences; None removes a claim.


def _admin(**differences: Any) -> dict[str, Any]:
    # An admin may use every route: nothing but the difference can be a reason to refuse the token.
    return _claims(
        {"sub": "admin-1", "aud": AUDIENCE, "token_use": "id", "cognito:groups": ["admin"]}, differences
    )


def _machine(**differences: Any) -> dict[str, Any]:
    valid = {"sub": MACHINE, "client_id": MACHINE, "token_use": "access", "scope": "inventory/orders"}
    return _claims(valid, differences)


def _vendor(**differences: Any) -> dict[str, Any]:
    valid = {"sub": "vera", "aud": AUDIENCE, "token_use": "id", "cognito:groups": ["vendor"]}
    return _claims(valid | {"custom:vendor_id": "VENDOR-001"}, differences)


def _claims(valid: Mapping[str, Any], differences: Mapping[str, Any]) -> dict[str, Any]:
    claims = {"iss": ISSUER, "exp": int(time.time()) + 3600, **valid, **differences}
    return {name: value for name, value in claims.items() if value is not None}


# Tokens


def _signed(tokens: Tokens, claims: Mapping[str, Any], algorithm: str = "RS256", **header: Any) -> str:
    return jwt.encode(dict(claims), tokens._key, algorithm=algorithm, headers={"kid": "one"} | header)


def _assembled(header: Mapping[str, Any], claims: Mapping[str, Any], sign: Callable[[bytes], bytes]) -> str:
    """Return a token that no library would make."""
    signed = f"{_encoded(json.dumps(header).encode())}.{_encoded(json.dumps(claims).encode())}"
    return f"{signed}.{_encoded(sign(signed.encode()))}"


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _unsigned(algorithm: str) -> str:
    return _assembled({"alg": algorithm, "kid": "one", "typ": "JWT"}, _admin(), lambda _: b"")


def _signed_with_the_public_key(tokens: Tokens, encoding: Encoding) -> str:
    """Use the issuer's public key as a shared secret."""
    secret = tokens._key.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
    header = {"alg": "HS256", "kid": "one", "typ": "JWT"}
    return _assembled(header, _admin(), lambda signed: hmac.new(secret, signed, sha256).digest())


def _with_claims_of_another(tokens: Tokens) -> str:
    header, _, signature = _signed(tokens, _vendor()).split(".")
    return f"{header}.{_encoded(json.dumps(_admin()).encode())}.{signature}"


def _without_signature(tokens: Tokens) -> str:
    return _signed(tokens, _admin()).rpartition(".")[0] + "."


@cache
def _stranger() -> Tokens:
    """Return tokens of a key that the issuer does not publish."""
    return Tokens()


GOOD_TOKENS: Mapping[str, MakeToken] = {
    "a person's": lambda tokens: _signed(tokens, _admin()),
    "a machine's": lambda tokens: _signed(tokens, _machine()),
    "a vendor's": lambda tokens: _signed(tokens, _vendor()),
}
"""The valid tokens that most bad ones differ from in one respect."""

BAD_TOKENS: Mapping[str, MakeToken] = {
    "expired": lambda tokens: _signed(tokens, _admin(exp=int(time.time()) - 1)),
    "a machine's, expired": lambda tokens: _signed(tokens, _machine(exp=int(time.time()) - 1)),
    "without an expiry": lambda tokens: _signed(tokens, _admin(exp=None)),
    "not valid yet": lambda tokens: _signed(tokens, _admin(nbf=int(time.time()) + 3600)),
    "signed with another key": lambda _: _signed(_stranger(), _admin()),
    "signed with another key, which the header contains": lambda _: _signed(
        _stranger(), _admin(), jwk=_stranger().jwks()["keys"][0]
    ),
    "signed for other claims": _with_claims_of_another,
    "without a signature": _without_signature,
    "alg none": lambda _: _unsigned("none"),
    "alg None": lambda _: _unsigned("None"),
    "alg nOnE": lambda _: _unsigned("nOnE"),
    "HS256 with the public key": lambda tokens: _signed_with_the_public_key(tokens, Encoding.PEM),
    "HS256 with the public key in DER": lambda tokens: _signed_with_the_public_key(tokens, Encoding.DER),
    "RS512": lambda tokens: _signed(tokens, _admin(), "RS512"),
    "PS256": lambda tokens: _signed(tokens, _admin(), "PS256"),
    "for another audience": lambda tokens: _signed(tokens, _admin(aud="another-shop")),
    "for other audiences": lambda tokens: _signed(tokens, _admin(aud=["another-shop", AUDIENCE.upper()])),
    "for no audience": lambda tokens: _signed(tokens, _admin(aud=None)),
    "of another issuer": lambda tokens: _signed(tokens, _admin(iss="https://issuer.example.net")),
    "of an issuer with an additional slash": lambda tokens: _signed(tokens, _admin(iss=f"{ISSUER}/")),
    "a machine's, of another issuer": lambda tokens: _signed(
        tokens, _machine(iss="https://issuer.example.net")
    ),
    "of no issuer": lambda tokens: _signed(tokens, _admin(iss=None)),
    "without token_use": lambda tokens: _signed(tokens, _admin(token_use=None)),
    "a refresh token": lambda tokens: _signed(tokens, _admin(token_use="refresh")),
    "a person's, used as a machine's": lambda tokens: _signed(tokens, _admin(token_use="access")),
    "a machine's, used as a person's": lambda tokens: _signed(tokens, _machine(token_use="id")),
    "of a machine that is not listed": lambda tokens: _signed(tokens, _machine(client_id="stranger")),
    "of a person's client, for an order system": lambda tokens: _signed(tokens, _machine(client_id=AUDIENCE)),
    "of an unknown key": lambda tokens: _signed(tokens, _admin(), kid="two"),
    "of no key": lambda tokens: jwt.encode(_admin(), tokens._key, algorithm="RS256"),
    "without a subject": lambda tokens: _signed(tokens, _admin(sub=None)),
    "a vendor's without its id": lambda tokens: _signed(tokens, _vendor(**{"custom:vendor_id": None})),
    "a vendor's with a malformed id": lambda tokens: _signed(
        tokens, _vendor(**{"custom:vendor_id": "vendor-001"})
    ),
    "a vendor's with a machine's claim": lambda tokens: _signed(
        tokens, _vendor(**{"custom:vendor_id": None, "vendor_id": "VENDOR-001"})
    ),
    "no token at all": lambda _: "nonsense",
    "three parts of nonsense": lambda _: "bm9u.c2Vu.c2U",
}
"""Bearer tokens that are invalid."""

BAD_HEADERS: Mapping[str, MakeToken] = {
    "empty": lambda _: "",
    "of another scheme": lambda _: "Basic YWRtaW46YWRtaW4=",
    "a scheme without a token": lambda _: "Bearer",
    "a token without a scheme": lambda tokens: tokens.of_role("admin"),
    "a good token in another scheme": lambda tokens: f"Token {tokens.of_role('admin')}",
}
"""Authorization headers without a bearer token."""

WITHOUT_ROLE: Mapping[str, MakeToken] = {
    "a person of no group": lambda tokens: tokens.person("sam"),
    "a person of unknown groups": lambda tokens: tokens.person("sam", "admins", "Admin"),
    "a person of a group desk": lambda tokens: tokens.person("sam", "desk"),
    "a person with a machine's scopes": lambda tokens: tokens.person(
        "sam", scope="inventory/orders inventory/vendor", vendor_id="VENDOR-001"
    ),
    "a vendor's id without the group": lambda tokens: tokens.person(
        "sam", **{"custom:vendor_id": "VENDOR-001"}
    ),
    "a machine without scopes": lambda tokens: tokens.machine(MACHINE, ""),
    "a machine with unknown scopes": lambda tokens: tokens.machine(MACHINE, "inventory/admin orders"),
    "a machine with a person's groups": lambda tokens: tokens.machine(
        MACHINE, "", **{"cognito:groups": ["admin", "auditor"]}
    ),
}
"""Valid tokens of principals that have no role."""
