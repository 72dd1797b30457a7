"""Profiles: the addresses of the services and the source of tokens; ``local`` is built in.

The configuration file is ``$INVENTORY_CONFIG``, or ``inventory/config.toml`` in the user's configuration
folder::

    default = "production"

    [profiles.production]
    catalog = "https://…/catalog"
    stock = "https://…/stock"
    audit = "https://…/audit"
    vendor = "VENDOR-001"             # for commands without --vendor, and for the role vendor
    role = "vendor"                   # of the local stack's token, without --role
    allow_plain_http = false          # whether tokens go to other machines over http://

    [profiles.production.token]
    client_credentials = "https://…/oauth2/token"
    client_id = "…"
    client_secret_env = "INVENTORY_CLIENT_SECRET"
    scope = "inventory/orders"

The section of ``local`` needs no addresses and no token.

The file contains no secret, but the name of the environment variable with it.  Other values of ``token`` are
``{env = "INVENTORY_TOKEN"}``, an existing token, and ``{local = "http://127.0.0.1:8000"}``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import httpx

from inventory_client import (
    AuditClient,
    CatalogClient,
    ClientCredentials,
    LocalStackToken,
    Retries,
    StaticToken,
    StockClient,
    TokenSource,
)

__all__ = ["LOCAL", "ConfigurationError", "Profile", "Session", "config_file", "load_profile"]

LOCAL: Final = "local"
_PORTS: Final = {"front": 8000, "catalog": 8001, "stock": 8002, "audit": 8003}
_SERVICES: Final = ("catalog", "stock", "audit")
_MEMBERS: Final = {*_SERVICES, "vendor", "role", "token", "allow_plain_http"}
_ROLES: Final = ("vendor", "orders", "desk", "auditor", "admin")


class ConfigurationError(Exception):
    """The configuration is wrong or incomplete; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Profile:
    """The addresses of the services, the source of tokens, the default vendor, and whether tokens are sent
    over plain HTTP to other machines than this one.
    """

    name: str
    urls: Mapping[str, str]
    tokens: TokenSource
    vendor: str | None = None
    allow_plain_http: bool = False


class Session:
    """Clients of the three services for a profile; a ``with`` block closes them."""

    def __init__(
        self,
        profile: Profile,
        transport: httpx.BaseTransport | None = None,
        retries: Retries | None = None,
    ) -> None:
        self.profile = profile
        options: Any = {
            "transport": transport,
            "retries": retries,
            "allow_plain_http": profile.allow_plain_http,
        }
        self.catalog = CatalogClient(profile.urls["catalog"], profile.tokens, **options)
        self.stock = StockClient(profile.urls["stock"], profile.tokens, **options)
        self.audit = AuditClient(profile.urls["audit"], profile.tokens, **options)

    def __enter__(self) -> Self:
        """Return the session."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close all connections."""
        for client in (self.catalog, self.stock, self.audit):
            client.close()


def config_file(environ: Mapping[str, str]) -> Path:
    """Return the path of the configuration file, which may not exist."""
    if named := environ.get("INVENTORY_CONFIG"):
        return Path(named)
    home = Path(environ.get("HOME") or Path.home())
    return Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "inventory" / "config.toml"


def load_profile(
    environ: Mapping[str, str],
    name: str | None = None,
    *,
    role: str | None = None,
    vendor: str | None = None,
    allow_plain_http: bool = False,
    transport: httpx.BaseTransport | None = None,
) -> Profile:
    """Return a profile by its name, the file's default, or the local one.

    Parameters
    ----------
    environ
        The environment: the path of the file, secrets, and the ports of the local stack.
    role, vendor
        The role and vendor of the local stack's token; other profiles accept no `role`.
    allow_plain_http
        Whether tokens are sent over plain HTTP to other machines, in addition to what the profile says.
    transport
        The HTTP transport of requests for tokens.

    Raises
    ------
    ConfigurationError
    """
    document = _read(config_file(environ))
    name = name or document.get("default") or LOCAL
    sections = document.get("profiles", {})
    section = sections.get(name) if isinstance(sections, dict) else None
    if section is None:
        if name != LOCAL:
            known = ", ".join(sorted({LOCAL, *sections}))
            raise ConfigurationError(f"Profile {name!r} was not found; known profiles: {known}.")
        section = {}
    if not isinstance(section, dict) or not _MEMBERS.issuperset(section):
        raise ConfigurationError(
            f"Profile {name!r} has unknown members; known ones: {', '.join(sorted(_MEMBERS))}."
        )
    allowed = section.get("allow_plain_http", False)
    if not isinstance(allowed, bool):
        raise ConfigurationError(f"Profile {name!r}: allow_plain_http should be true or false.")
    allowed = allowed or allow_plain_http
    role = role or _role(name, section.get("role"))
    vendor = vendor or section.get("vendor")
    issuer = _Issuer(environ, role, vendor, transport, allowed)
    if name == LOCAL and not {*_SERVICES, "token"}.intersection(section):
        return _local_profile(environ, issuer)
    missing = [service for service in _SERVICES if not isinstance(section.get(service), str)]
    if missing:
        raise ConfigurationError(f"Profile {name!r} has no address of {' and '.join(missing)}.")
    urls = {service: section[service] for service in _SERVICES}
    return Profile(name, urls, issuer.tokens(name, section.get("token")), vendor, allowed)


def _role(name: str, role: Any) -> str | None:
    if role is not None and role not in _ROLES:
        raise ConfigurationError(f"Profile {name!r}: role should be one of {', '.join(_ROLES)}.")
    return None if role is None else str(role)


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{file} cannot be read: {error}.") from error


def _local_profile(environ: Mapping[str, str], issuer: _Issuer) -> Profile:
    urls = {
        name: environ.get(f"{name.upper()}_URL")
        or f"http://127.0.0.1:{environ.get(f'{name.upper()}_PORT') or port}"
        for name, port in _PORTS.items()
    }
    return Profile(LOCAL, urls, issuer.local(urls["front"]), issuer.vendor, issuer.allow_plain_http)


@dataclass(frozen=True, slots=True)
class _Issuer:
    """Returns the source of tokens of a profile."""

    environ: Mapping[str, str]
    role: str | None
    vendor: str | None
    transport: httpx.BaseTransport | None
    allow_plain_http: bool

    def local(self, front_url: str) -> TokenSource:
        role = self.role or "admin"
        if role == "vendor" and self.vendor is None:
            raise ConfigurationError(
                "The role vendor requires a vendor: --as-vendor VENDOR-001, or vendor in the profile."
            )
        vendor = self.vendor if role == "vendor" else None
        return LocalStackToken(
            front_url,
            role,
            vendor,
            allow_plain_http=self.allow_plain_http,
            transport=self.transport,
        )

    def tokens(self, name: str, section: Any) -> TokenSource:
        if isinstance(section, dict) and isinstance(section.get("local"), str):
            return self.local(section["local"])
        if self.role is not None:
            raise ConfigurationError(f"--role is for the local stack; profile {name!r} has its own tokens.")
        match section:
            case {"env": str(variable)}:
                return StaticToken(self._secret(variable))
            case {
                "client_credentials": str(url),
                "client_id": str(client_id),
                "client_secret_env": str(variable),
            }:
                return ClientCredentials(
                    url,
                    client_id,
                    self._secret(variable),
                    section.get("scope"),
                    allow_plain_http=self.allow_plain_http,
                    transport=self.transport,
                )
        raise ConfigurationError(
            f"Profile {name!r} requires a token: "
            "env, client_credentials with client_id and client_secret_env, or local."
        )

    def _secret(self, variable: str) -> str:
        if not self.environ.get(variable):
            raise ConfigurationError(f"The environment variable {variable} is not set.")
        return self.environ[variable]
