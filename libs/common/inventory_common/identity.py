"""Authentication: bearer tokens (RS256 JWT), and the principals whom they identify (design 5).

The code is the same for the development issuer, Amazon Cognito and any other OIDC issuer; only settings
differ. PyJWT and its cryptography are a fifth of a cold start, so they are imported when the first token is
verified.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any, Final

from .errors import Forbidden, Unauthenticated
from .ids import is_id
from .limits import PERFORMED_BY_MAX_CHARACTERS
from .signing_keys import KeySet, SigningKeys
from .values import value

__all__ = ["ANYBODY", "EVERYTHING", "PERSON_PREFIX", "Principal", "Role", "Scope", "TokenVerifier"]

_ALGORITHM: Final = "RS256"
_CACHED_TOKENS_MAX: Final = 1_000
"""Verified tokens that a process caches, each until it expires or the issuer's keys change."""
_REASON_MAX_CHARACTERS: Final = 200
"""The length of the reason in the response to a token that does not verify."""
_LAST_MOMENT: Final = 253_402_300_799
"""The last second of the year 9999: no time in a token is later, and the arithmetic on it stays exact."""

_GROUPS_CLAIM: Final = "cognito:groups"
_USER_VENDOR_CLAIM: Final = "custom:vendor_id"
_CLIENT_VENDOR_CLAIM: Final = "vendor_id"
_VENDOR_SCOPE: Final = "inventory/vendor"
_ORDERS_SCOPE: Final = "inventory/orders"
_CLIENT_PREFIX: Final = "client:"
PERSON_PREFIX: Final = "user:"
"""The beginning of a person's name in log records; a person who is a vendor alone has the vendor's id."""


class Role(StrEnum):
    """The roles of principals; a principal may have several."""

    VENDOR = "vendor"
    ORDERS = "orders"
    """An order system: a machine that places and settles the orders of its owner."""
    DESK = "desk"
    """The order desk: a person who sees and settles every order."""
    AUDITOR = "auditor"
    ADMIN = "admin"


_ROLES_OF_GROUPS: Final = {
    "vendor": Role.VENDOR,
    "orders": Role.DESK,
    "auditor": Role.AUDITOR,
    "admin": Role.ADMIN,
}
"""The roles of people by their group; machines have scopes."""


@value
class Scope:
    """The vendor whose resources a request may read and change; None for all vendors."""

    vendor_id: str | None = None

    def covers(self, vendor_id: str) -> bool:
        """Return whether the resources of a vendor are in the scope."""
        return self.vendor_id is None or self.vendor_id == vendor_id


EVERYTHING: Final = Scope()
"""The scope of all vendors."""


@value
class Principal:
    """The sender of a request, under the name in logs and records; only a vendor has a `vendor_id`."""

    name: str
    roles: frozenset[Role]
    vendor_id: str | None = None

    @property
    def client_id(self) -> str | None:
        """The client id of a machine that may use orders; None for a person."""
        return self.name.removeprefix(_CLIENT_PREFIX) if self.name.startswith(_CLIENT_PREFIX) else None

    def oversees(self, vendor_id: str) -> bool:
        """Return whether this principal may see what a vendor does not publish."""
        return not self.roles.isdisjoint({Role.AUDITOR, Role.ADMIN}) or self.vendor_id == vendor_id

    def scope(self, allowed: Collection[Role]) -> Scope:
        """Return the scope of this principal on a route for the roles `allowed`.

        Raises
        ------
        Forbidden
            If it has none of these roles.
        """
        roles = self.roles.intersection(allowed)
        if not roles:
            raise Forbidden(f"One of the roles {', '.join(sorted(allowed))} is required.")
        return Scope(self.vendor_id) if roles == {Role.VENDOR} else EVERYTHING


ANYBODY: Final = Principal("anonymous", frozenset())
"""The principal of a request without a token."""


class TokenVerifier:
    """Returns the principal of an Authorization header.

    A verified token is cached until it expires, and no longer than the keys that it was verified with are in
    use (`signing_keys`).  Nothing else ends it: a user who is disabled at the issuer keeps the access of a
    token that was issued before.

    Parameters
    ----------
    jwks_url
        The URL of the issuer's public keys, which need not be below the issuer's own URL.
    issuer
        The required ``iss`` claim.
    audiences
        The accepted ``aud`` claims of a person's ID token.
    machine_client_ids
        The accepted ``client_id`` claims of a machine's access token.
    """

    def __init__(
        self,
        jwks_url: str,
        issuer: str,
        audiences: Collection[str],
        machine_client_ids: Collection[str],
    ) -> None:
        self._issuer = issuer
        self._audiences = list(audiences)
        self._machine_client_ids = frozenset(machine_client_ids)
        self._keys = SigningKeys(jwks_url)
        self._verified: dict[str, tuple[Principal, float, KeySet]] = {}

    def principal(self, authorization: str | None) -> Principal:
        """Return the principal of an Authorization header; `ANYBODY` for a request without one.

        Raises
        ------
        Unauthenticated
            If it has no bearer token, or one that does not verify.
        IdentityUnavailable
            If the issuer's keys cannot be fetched.
        """
        if authorization is None:
            return ANYBODY
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token or not token.isascii():
            raise Unauthenticated("The Authorization header must be 'Bearer' and a token.")
        cached = self._verified.get(token)
        if cached is not None and time.time() < cached[1] and cached[2] is self._keys.current():
            return cached[0]
        claims, keys = self._verified_claims(token)
        principal = _user(claims) if claims["token_use"] == "id" else _client(claims)
        self._cache(token, principal, float(claims["exp"]), keys)
        return principal

    def _cache(self, token: str, principal: Principal, expires: float, keys: KeySet) -> None:
        if len(self._verified) >= _CACHED_TOKENS_MAX:
            self._verified.clear()
        self._verified[token] = (principal, expires, keys)

    def _verified_claims(self, token: str) -> tuple[Mapping[str, Any], KeySet]:
        import jwt

        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") != _ALGORITHM:
                raise Unauthenticated(f"The token must be signed with {_ALGORITHM}.")
            key, keys = self._keys.key(str(header.get("kid")))
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                issuer=self._issuer,
                # A check of iat protects nothing, and refuses new tokens if the issuer's clock is ahead.
                options={
                    "require": ["exp", "iss", "sub"],
                    "verify_aud": False,
                    "verify_iat": False,
                },
            )
        except jwt.PyJWTError as error:
            raise Unauthenticated(f"The token does not verify: {_quoted(str(error))}.") from error
        _check_types(claims)
        self._check_use(claims)
        return claims, keys

    def _check_use(self, claims: Mapping[str, Any]) -> None:
        match claims.get("token_use"):
            case "id":
                audience = claims.get("aud")
                audiences = audience if isinstance(audience, list) else [audience]
                if not any(each in self._audiences for each in audiences):
                    raise Unauthenticated("The token was issued for another audience.")
            case "access":
                if claims.get("client_id") not in self._machine_client_ids:
                    raise Unauthenticated("The token was issued to a client that is not listed.")
            case other:
                raise Unauthenticated(
                    f"The token's token_use is '{_quoted(str(other))}', neither id nor access."
                )


def _quoted(text: str) -> str:
    """Return the beginning of a text that may contain parts of a token, which may contain anything."""
    return ascii(text)[1:-1][:_REASON_MAX_CHARACTERS]


def _check_types(claims: Mapping[str, Any]) -> None:
    """Check the types of the claims that are used; jwt itself takes ``"exp": "1790000000"``, for example.

    Raises
    ------
    Unauthenticated
    """
    for name in ("exp", "nbf", "iat"):
        if name in claims and not _is_moment(claims[name]):
            raise Unauthenticated(f"The token's {name} should be a number of seconds since 1970.")
    for name in ("client_id", "scope"):
        if not isinstance(claims.get(name, ""), str):
            raise Unauthenticated(f"The token's {name} should be a text.")
    for name in (_GROUPS_CLAIM, "aud"):
        given = claims.get(name, [])
        texts = [given] if name == "aud" and isinstance(given, str) else given
        if not (isinstance(texts, list) and all(isinstance(each, str) for each in texts)):
            raise Unauthenticated(f"The token's {name} should be a list of texts.")


def _is_moment(given: object) -> bool:
    # Fractions are allowed (RFC 7519, 2); a bool is an int.
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    return is_number and 0 <= given <= _LAST_MOMENT  # type: ignore[operator]


def _user(claims: Mapping[str, Any]) -> Principal:
    names = claims.get(_GROUPS_CLAIM, ())
    roles = {role for group, role in _ROLES_OF_GROUPS.items() if group in names}
    return _principal(f"{PERSON_PREFIX}{claims['sub']}", roles, claims.get(_USER_VENDOR_CLAIM))


def _client(claims: Mapping[str, Any]) -> Principal:
    scopes = claims.get("scope", "").split()
    scope_of_role = {Role.VENDOR: _VENDOR_SCOPE, Role.ORDERS: _ORDERS_SCOPE}
    roles = {role for role, scope in scope_of_role.items() if scope in scopes}
    return _principal(f"{_CLIENT_PREFIX}{claims['client_id']}", roles, claims.get(_CLIENT_VENDOR_CLAIM))


def _principal(name: str, roles: set[Role], vendor_id: object) -> Principal:
    if Role.VENDOR not in roles:
        vendor_id = None
    elif not (isinstance(vendor_id, str) and is_id("vendor_id", vendor_id)):
        raise Unauthenticated("A vendor's token must carry the vendor's id.")
    elif roles == {Role.VENDOR}:
        name = vendor_id
    if not (name.isascii() and name.isprintable()):
        raise Unauthenticated("The token's subject must be printable ASCII, as log records contain it.")
    if len(name) > PERFORMED_BY_MAX_CHARACTERS:
        most = PERFORMED_BY_MAX_CHARACTERS - len("client:")
        raise Unauthenticated(f"The token's subject is too long: at most {most} characters fit a log record.")
    return Principal(name, frozenset(roles), vendor_id)
