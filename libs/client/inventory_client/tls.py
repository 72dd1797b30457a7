"""The certificates that verify servers, loaded once per process, as loading takes 20 ms."""

import ssl
from functools import cache

import httpx

__all__ = ["tls_context"]


@cache
def tls_context() -> ssl.SSLContext:
    """Return the context that httpx would otherwise create for each client."""
    return httpx.create_ssl_context()
