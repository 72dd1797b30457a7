"""Authentication: bearer tokens (RS256 JWT), and the principals whom they identify (design 5).

The code is the same for the development issuer, Amazon Cognito and any other OIDC issuer; only settings
differ. PyJWT and its cryptography are a fifth of a cold start, so they are imported when the first token is
verified.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from enum import StrEnum
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from .errors import Forbidden, IdentityUnavailable, Unauthenticated
from .ids import is_id
from .limits import PERFORMED_BY_MAX_CHARACTERS
from .values import value

if TYPE_CHECKING:
    from jwt import PyJWKClient

__all__ = ["ANYBODY", "EVERYTHING", "Principal", "Role", "Scope", "TokenVerifier"]

_ALGORITHM: Final = "RS256"
_CACHED_TOKENS_MAX: Final = 1_000
"""Verified tokens that a process caches, each until it expires."""
_JWKS_TIMEOUT_SECONDS: Final = 3
"""How long a request waits for the token issuer's keys, before the response is 503."""
_REASON_MAX_CHARACTERS: Final = 200
"""The length of the reason in the response to a token that does not verify."""

_GROUPS_CLAIM: Final = "cognito:groups"
_USER_VENDOR_CLAIM: Final = "custom:vendor_id"
_CLIENT_VENDOR_CLAIM: Final = "vendor_id"
_VENDOR_SCOPE: Final = "inventory/vendor"
_ORDERS_SCOPE: Final = "inventory/orders"
_CLIENT_PREFIX: Final = "client:"


class Role(StrEnum):
    """The roles of principals; a principal may have several."""

    VENDOR = "vendor"
    ORDERS = "orders"
    AUDITOR = "auditor"
    ADMIN = "admin"


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
    """Returns the principal of an Authorization header; verified tokens are cached until they expire.

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
        self._jwks_url = jwks_url
        self._issuer = issuer
        self._audiences = list(audiences)
        self._machine_client_ids = frozenset(machine_client_ids)
        self._keys: PyJWKClient | None = None
        self._keys_lock = Lock()
        self._verified: dict[str, tuple[Principal, float]] = {}

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
        if cached is not None and time.time() < cached[1]:
            return cached[0]
        claims = self._verified_claims(token)
        principal = _user(claims) if claims["token_use"] == "id" else _client(claims)
        self._cache(token, principal, float(claims["exp"]))
        return principal

    def _cache(self, token: str, principal: Principal, expires: float) -> None:
        if len(self._verified) >= _CACHED_TOKENS_MAX:
            self._verified.clear()
        self._verified[token] = (principal, expires)

    def _verified_claims(self, token: str) -> Mapping[str, Any]:
        import jwt

        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") != _ALGORITHM:
                raise Unauthenticated(f"The token must be signed with {_ALGORITHM}.")
            claims: dict[str, Any] = jwt.decode(
                token,
                self._signing_key(str(header.get("kid"))),
                algorithms=[_ALGORITHM],
                issuer=self._issuer,
                # A check of iat protects nothing, and refuses new tokens if the issuer's clock is ahead.
                options={
                    "require": ["exp", "iss", "sub"],
                    "verify_aud": False,
                    "verify_iat": False,
                },
            )
        except jwt.InvalidTokenError as error:
            # The message quotes parts of the token, which may contain anything.
            reason = ascii(str(error))[1:-1][:_REASON_MAX_CHARACTERS]
            raise Unauthenticated(f"The token does not verify: {reason}.") from error
        self._check_use(claims)
        return claims

    def _signing_key(self, key_id: str) -> Any:
        import jwt

        with self._keys_lock:
            if self._keys is None:
                self._keys = jwt.PyJWKClient(self._jwks_url, timeout=_JWKS_TIMEOUT_SECONDS)
        try:
            self._keys.get_signing_keys()
        except (jwt.PyJWTError, ValueError, OSError) as error:
            raise IdentityUnavailable("The token issuer's keys cannot be fetched.") from error
        try:
            return self._keys.get_signing_key(key_id)
        except (jwt.PyJWKClientConnectionError, ValueError, OSError) as error:
            raise IdentityUnavailable("The token issuer's keys cannot be fetched.") from error
        except jwt.PyJWTError as error:
            raise Unauthenticated("The token names a key that its issuer does not publish.") from error

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
                raise Unauthenticated(f"The token's token_use is {other!r}, neither id nor access.")


def _user(claims: Mapping[str, Any]) -> Principal:
    groups = claims.get(_GROUPS_CLAIM)
    names = groups if isinstance(groups, list) else []
    # The group of orders is the order desk: persons who see the orders of all owners.
    roles = {role for role in Role if role in names}
    return _principal(f"user:{claims['sub']}", roles, claims.get(_USER_VENDOR_CLAIM))


def _client(claims: Mapping[str, Any]) -> Principal:
    scopes = str(claims.get("scope", "")).split()
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
