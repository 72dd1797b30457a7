"""A network of nothing but the loopback interface, for this process and those that it starts."""

from __future__ import annotations

import ctypes
import fcntl
import socket
import struct
import sys

__all__ = ["leave_network"]

_CLONE_NEWNET = 0x40000000
_SIOCSIFFLAGS = 0x8914
_UP_AND_RUNNING = 0x1 | 0x40


def leave_network() -> bool:
    """Move this thread, and what it starts from now on, into a network namespace of its own.

    Returns
    -------
    bool
        Whether that is so: only Linux has namespaces, and it lets root alone make one.
    """
    if not sys.platform.startswith("linux") or ctypes.CDLL(None).unshare(_CLONE_NEWNET) != 0:
        return False
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        fcntl.ioctl(asking, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", _UP_AND_RUNNING))
    return True
