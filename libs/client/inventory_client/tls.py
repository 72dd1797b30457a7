"""The certificates that servers are checked against, loaded once a process: that takes 20 ms."""

import ssl
from functools import cache

import httpx

__all__ = ["tls_context"]


@cache
def tls_context() -> ssl.SSLContext:
    """Return what httpx would make for each client anew."""
    return httpx.create_ssl_context()
