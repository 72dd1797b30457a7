"""No suite reaches another machine: a connection elsewhere fails the test, and pip and npm fetch nothing.

The root's ``conftest.py`` calls `refuse_network`, so this holds in every suite.  In processes that tests
start, only pip and npm are held back, by their environment; `tests.suites` gives the suites of CI a network
namespace with nothing but the loopback interface, where the machine lets it, which holds for every process.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

__all__ = ["OFFLINE", "is_here", "refuse_network"]

OFFLINE: Final = {
    # The wheels that `make install` fetched: tools.dependencies.wheels.
    "PIP_FIND_LINKS": str(Path(sys.prefix) / "wheels"),
    "PIP_NO_INDEX": "1",
    "npm_config_offline": "true",
    # boto3 asks for credentials there if it finds none.
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""The environment in which pip and npm take what `make install` has fetched, and nothing else."""

_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex
_getaddrinfo = socket.getaddrinfo


def is_here(host: object) -> bool:
    """Return whether a host is this machine's own loopback interface, by a name or an address.

    Examples
    --------
    >>> is_here("127.9.9.9"), is_here("localhost"), is_here("::1"), is_here("10.0.0.1")
    (True, True, True, False)
    """
    text = host.decode() if isinstance(host, bytes) else host
    if text in (None, "", "localhost") or not isinstance(text, str):
        return True
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return text.endswith(".localhost")
    mapped = getattr(address, "ipv4_mapped", None) or address
    # Connecting to the unspecified address reaches this machine.
    return mapped.is_loopback or mapped.is_unspecified


def refuse_network() -> None:
    """Refuse connections of this process to other machines; let pip and npm fetch nothing in its children."""
    os.environ.update(OFFLINE)
    socket.socket.connect = _guarded(_connect)  # type: ignore[method-assign]
    socket.socket.connect_ex = _guarded(_connect_ex)  # type: ignore[method-assign]
    socket.getaddrinfo = _resolve


def _refuse(host: object) -> None:
    # Not an Exception: code that expects a server to be away must not take it for that.
    pytest.fail(f"a test may not reach another machine, such as {host} (CONTRIBUTING.md, 'Tests')")


def _guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not is_here(address[0]):
            _refuse(address[0])
        return connect(self, address)

    return guarded


def _resolve(host: Any, *arguments: Any, **options: Any) -> Any:
    try:
        ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host or "::1")
    except ValueError:
        if not is_here(host):
            _refuse(host)
    return _getaddrinfo(host, *arguments, **options)
