"""The headers that tell a browser how little it may do with a response that it opens."""

from __future__ import annotations

from typing import Final

__all__ = ["DATA_POLICY", "IMAGE_POLICY", "PAGE_FILE_POLICY", "PAGE_POLICY", "SECURITY_HEADERS"]

_NO_FRAMES: Final = "frame-ancestors 'none'"

DATA_POLICY: Final = f"default-src 'none'; base-uri 'none'; form-action 'none'; {_NO_FRAMES}"
"""The content security policy of data: opened by itself, it may load, run and send nothing."""
IMAGE_POLICY: Final = f"{DATA_POLICY}; style-src 'unsafe-inline'"
"""That of an SVG image, which has styles of its own."""
PAGE_FILE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "style-src 'unsafe-inline'; worker-src blob:; base-uri 'none'; form-action 'none'"
)
"""That of a reference page as a ``meta`` element states it, where ``frame-ancestors`` has no effect.

The page shows a document of its own origin with a script of its own origin.
"""
PAGE_POLICY: Final = f"{PAGE_FILE_POLICY}; {_NO_FRAMES}"
"""That of a reference page in the header."""

SECURITY_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": DATA_POLICY,
}
"""The headers of every response; pages and images replace the policy by one of theirs."""
