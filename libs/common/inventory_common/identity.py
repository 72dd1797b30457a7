"""Who asks: bearer tokens (RS256 JWT) and the principals they make (design 5).

The code is the same for the development issuer, Amazon Cognito and any other OIDC issuer; only settings
differ. PyJWT and its cryptography cost a fifth of a cold start, so they are imported when the first token
comes.
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
_REMEMBERED_TOKENS_MAX: Final = 1_000
"""Verified tokens that a process remembers, each until it expires."""
_JWKS_TIMEOUT_SECONDS: Final = 3
"""How long the token issuer's keys are waited for, before the answer is 503."""
_REASON_MAX_CHARACTERS: Final = 200
"""What an answer says of why a token does not verify."""

_GROUPS_CLAIM: Final = "cognito:groups"
_PERSONS_VENDOR_CLAIM: Final = "custom:vendor_id"
_MACHINES_VENDOR_CLAIM: Final = "vendor_id"
_VENDOR_SCOPE: Final = "inventory/vendor"
_ORDERS_SCOPE: Final = "inventory/orders"


class Role(StrEnum):
    """What a principal can be; one may be several."""

    VENDOR = "vendor"
    ORDERS = "orders"
    AUDITOR = "auditor"
    ADMIN = "admin"


@value
class Scope:
    """Whose things a request may see and touch: one vendor's, or everybody's."""

    vendor_id: str | None = None

    def covers(self, vendor_id: str) -> bool:
        """Tell whether that vendor's things are within."""
        return self.vendor_id is None or self.vendor_id == vendor_id


EVERYTHING: Final = Scope()


@value
class Principal:
    """Who asks: `name` is what logs and records say, `vendor_id` is set for a vendor alone."""

    name: str
    roles: frozenset[Role]
    vendor_id: str | None = None

    def oversees(self, vendor_id: str) -> bool:
        """Tell whether this principal may see what that vendor does not show to everybody."""
        return not self.roles.isdisjoint({Role.AUDITOR, Role.ADMIN}) or self.vendor_id == vendor_id

    def scope(self, allowed: Collection[Role]) -> Scope:
        """Return what this principal reaches on a route that is open to the roles `allowed`.

        Raises
        ------
        Forbidden
            If it has none of them.
        """
        held = self.roles.intersection(allowed)
        if not held:
            raise Forbidden(f"This needs one of the roles {', '.join(sorted(allowed))}.")
        return Scope(self.vendor_id) if held == {Role.VENDOR} else EVERYTHING


ANYBODY: Final = Principal("anonymous", frozenset())
"""Who asks without a token."""


class TokenVerifier:
    """Turns an Authorization header into a principal; remembers verified tokens until they expire.

    Parameters
    ----------
    jwks_url
        Where the issuer's public keys are; a setting of its own, as it need not lie below the issuer.
    issuer
        What the ``iss`` claim must be.
    audiences
        What the ``aud`` claim of a person's ID token may be.
    machine_client_ids
        The ``client_id`` claims that access tokens may carry.
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
        """Return who sent this Authorization header; `ANYBODY` if there is none.

        Raises
        ------
        Unauthenticated
            If it holds no bearer token, or one that does not verify.
        IdentityUnavailable
            If the issuer's keys cannot be fetched.
        """
        if authorization is None:
            return ANYBODY
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token or not token.isascii():
            raise Unauthenticated("The Authorization header must be 'Bearer' and a token.")
        remembered = self._verified.get(token)
        if remembered is not None and time.time() < remembered[1]:
            return remembered[0]
        claims = self._verified_claims(token)
        principal = self._person(claims) if claims["token_use"] == "id" else self._machine(claims)
        self._remember(token, principal, float(claims["exp"]))
        return principal

    def _remember(self, token: str, principal: Principal, expires: float) -> None:
        if len(self._verified) >= _REMEMBERED_TOKENS_MAX:
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
                # iat is no guard, and refusing one from a clock ahead of ours would refuse fresh tokens.
                options={
                    "require": ["exp", "iss", "sub"],
                    "verify_aud": False,
                    "verify_iat": False,
                },
            )
        except jwt.InvalidTokenError as error:
            # Parts of the message are the token's own, and nobody has vouched for it.
            why = ascii(str(error))[1:-1][:_REASON_MAX_CHARACTERS]
            raise Unauthenticated(f"The token does not verify: {why}.") from error
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
                named = audience if isinstance(audience, list) else [audience]
                if not any(name in self._audiences for name in named):
                    raise Unauthenticated("The token was issued for another audience.")
            case "access":
                if claims.get("client_id") not in self._machine_client_ids:
                    raise Unauthenticated("The token was issued to a client that is not listed.")
            case other:
                raise Unauthenticated(f"The token's token_use is {other!r}, neither id nor access.")

    def _person(self, claims: Mapping[str, Any]) -> Principal:
        groups = claims.get(_GROUPS_CLAIM)
        named = groups if isinstance(groups, list) else []
        # No group makes an order system: orders are a machine's (design 5).
        roles = {role for role in (Role.VENDOR, Role.AUDITOR, Role.ADMIN) if role in named}
        return _principal(f"user:{claims['sub']}", roles, claims.get(_PERSONS_VENDOR_CLAIM))

    def _machine(self, claims: Mapping[str, Any]) -> Principal:
        scopes = str(claims.get("scope", "")).split()
        named = {Role.VENDOR: _VENDOR_SCOPE, Role.ORDERS: _ORDERS_SCOPE}
        roles = {role for role, scope in named.items() if scope in scopes}
        return _principal(f"client:{claims['client_id']}", roles, claims.get(_MACHINES_VENDOR_CLAIM))


def _principal(name: str, roles: set[Role], vendor_id: object) -> Principal:
    if Role.VENDOR not in roles:
        vendor_id = None
    elif not (isinstance(vendor_id, str) and is_id("vendor_id", vendor_id)):
        raise Unauthenticated("A vendor's token must carry the vendor's id.")
    elif roles == {Role.VENDOR}:
        name = vendor_id
    if not (name.isascii() and name.isprintable()):
        raise Unauthenticated("The token's subject must be printable ASCII: log records name it.")
    if len(name) > PERFORMED_BY_MAX_CHARACTERS:
        most = PERFORMED_BY_MAX_CHARACTERS - len("client:")
        raise Unauthenticated(f"The token's subject is too long: log records have {most} characters for it.")
    return Principal(name, frozenset(roles), vendor_id)
