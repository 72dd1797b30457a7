"""Free and taken ports of this machine."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from local.errors import StackError
from local.settings import HOST, Settings, port_variable

CONNECT_SECONDS = 3.0


def free_port() -> int:
    """Return a port on which nothing listens at the moment."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port


def check_ports(settings: Settings, names: Iterable[str]) -> None:
    """Check that ports are free.

    Raises
    ------
    StackError
        For the first port of ``names`` on which this process cannot listen.
    """
    for name in names:
        port = settings.ports[name]
        problem = _why_not(port)
        if problem is not None:
            raise StackError(f"Port {port} ({name}) {problem} set {port_variable(name)}.")


def is_listening(url: str) -> bool:
    """Return whether a process accepts connections at the address of a URL."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with socket.create_connection((parts.hostname or HOST, port), CONNECT_SECONDS):
            return True
    except OSError:
        return False


def _why_not(port: int) -> str | None:
    in_use = "is in use; stop what listens there or"
    with socket.socket() as listener:
        # Otherwise connections of a stack that has just ended (TIME_WAIT) would occupy the port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except PermissionError:
            return "may not be opened by this user;"
        except OSError as error:
            return in_use if error.errno == errno.EADDRINUSE else f"cannot be opened ({error});"
    # macOS allows binding beside a listener on every interface; connecting finds that one too.
    with socket.socket() as client:
        client.settimeout(1)
        return in_use if client.connect_ex((HOST, port)) == 0 else None
