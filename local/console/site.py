"""The built console as a site: its files, and its one page at all of its addresses."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from inventory_common.browser_headers import SECURITY_HEADERS
from local.compression import accepts_gzip, compressed
from local.replies import HTML, Reply

PAGE: Final = "index.html"
HASHED_FOLDER: Final = "assets/"
"""Names of files here contain a hash of their content."""

CONSOLE_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' https: data:",
        "connect-src 'self'",
        "font-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""The content security policy of every file: that of a worker is the one of its script."""
CONSOLE_HEADERS: Final = SECURITY_HEADERS | {
    "Content-Security-Policy": CONSOLE_POLICY,
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
}
CACHE_FOREVER: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "no-cache"
NEVER_STORED: Final = "no-store"

MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".html": HTML,
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".whl": "application/zip",
    ".woff2": "font/woff2",
    ".zip": "application/zip",
}
"""By suffix, and not those of this machine, which may have others."""
OTHER_MEDIA_TYPE: Final = "application/octet-stream"
COMPACT: Final = {".jpg", ".png", ".webp", ".whl", ".woff2", ".zip"}
"""Suffixes of what gzip does not make smaller."""

# As terraform/console/functions/pages.js has it.
_PAGE_WITH_ID: Final = re.compile(r"/(skus|products|orders|verify|stock-at)/[^/]+/?")
"""In the id of a product, an order or a SKU, a dot does not make a file."""
_NO_PAGE: Final = re.compile(r"/+(api|demo|token)(/|$)")
_FILE: Final = re.compile(r"\.[^/]*$")


def is_page(raw_path: str) -> bool:
    """Return whether a path, still percent-encoded, is the address of a screen, which the page itself knows.

    Examples
    --------
    >>> is_page("/skus/SKU-A.1"), is_page("/inventory/"), is_page("/unknown"), is_page("/favicon.svg")
    (True, True, True, False)
    """
    if _NO_PAGE.match(raw_path):
        return False
    return _PAGE_WITH_ID.fullmatch(raw_path) is not None or _FILE.search(raw_path) is None


class Site:
    """The files of one build.

    Only what is in the folder now is served, by exactly its name, so that no path leads out of it.

    Parameters
    ----------
    folder : Path
        The build.

    Raises
    ------
    OSError
        If it cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        files = [file for file in folder.rglob("*") if file.is_file() and not file.is_symlink()]
        named = {f"/{file.relative_to(folder).as_posix()}": file for file in files}
        # What begins with a dot is the build's own.
        self._files = {name: file for name, file in named.items() if not name.startswith("/.")}
        if f"/{PAGE}" not in self._files:
            raise FileNotFoundError(f"{folder} has no {PAGE}")

    def reply(self, raw_path: str, accept_encoding: str) -> Reply | None:
        """Return the file or the page at a path, or None if there is none.

        Parameters
        ----------
        raw_path : str
            The path, still percent-encoded; names of files need no encoding.
        accept_encoding : str
            The header of the request.
        """
        path = f"/{PAGE}" if is_page(raw_path) else raw_path
        file = self._files.get(path)
        if file is None:
            return None
        try:
            body, encoding = _content(file, accepts_gzip(accept_encoding))
        except OSError:  # another run has removed this build
            return None
        headers = CONSOLE_HEADERS | {"Cache-Control": _caching(path), "Vary": "Accept-Encoding"}
        media_type = MEDIA_TYPES.get(file.suffix, OTHER_MEDIA_TYPE)
        return Reply(200, media_type, body, headers | encoding)


def _caching(path: str) -> str:
    if path == f"/{PAGE}":
        return NEVER_STORED
    return CACHE_FOREVER if path.startswith(f"/{HASHED_FOLDER}") else ASK_AGAIN


@lru_cache(maxsize=256)
def _content(file: Path, is_compressed: bool) -> tuple[bytes, dict[str, str]]:
    """Return the content of a file, and the header of its encoding: a build never changes."""
    headers: list[tuple[str, str]] = []
    body = file.read_bytes()
    if is_compressed and file.suffix not in COMPACT:
        body = compressed(headers, body, "gzip")
    return body, dict(headers)
