"""Plain HTTP: tokens and secrets go over it to this machine alone, unless that is allowed explicitly."""

from __future__ import annotations

from ipaddress import ip_address

import httpx

from .problems import PlainHttpRefused

__all__ = ["is_this_machine", "require_encryption"]


def is_this_machine(host: str) -> bool:
    """Return whether a host is a loopback address or ``localhost``, which is not looked up (RFC 6761)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def require_encryption(url: httpx.URL, allow_plain_http: bool) -> None:
    """Check that what is secret may be sent to a URL.

    Raises
    ------
    PlainHttpRefused
        If everyone on the way could read it.
    """
    if url.scheme == "http" and not is_this_machine(url.host) and not allow_plain_http:
        raise PlainHttpRefused(
            f"http://{url.netloc.decode()} is not encrypted, so no token or secret was sent: use https://, "
            "or allow plain HTTP explicitly (allow_plain_http)."
        )
