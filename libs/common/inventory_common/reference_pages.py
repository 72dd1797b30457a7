"""A service's OpenAPI document and the page that shows it, both served as files.

The document is generated when the product is built, not while requests are handled.  The page loads nothing
from other hosts: the service serves its script, Redoc, too.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from chalice.app import Response

from .browser_headers import PAGE_FILE_POLICY, PAGE_POLICY
from .errors import RouteNotFound
from .responses import Headers

__all__ = ["SCRIPT", "ReferencePages", "page", "script_file"]

SCRIPT: Final = "redoc.standalone.js"

_PACKAGE: Final = "drf-spectacular-sidecar"
_IN_PACKAGE: Final = f"drf_spectacular_sidecar/static/drf_spectacular_sidecar/redoc/bundles/{SCRIPT}"
_MAX_AGE_SECONDS: Final = 86_400
"""How long a browser may cache the reference page's script."""


class ReferencePages:
    """The reference page of one service and its files, which are read when they are first requested.

    Parameters
    ----------
    folder
        The service's folder.
    name
        The page's title.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name

    def document(self) -> Response:
        """Return the OpenAPI document."""
        return Response(_text(self._folder / "openapi.json"), {"Content-Type": "application/json"}, 200)

    def page(self) -> Response:
        """Return the reference page."""
        headers: Headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": PAGE_POLICY,
        }
        return Response(page(self._name, "openapi.json", f"docs/{SCRIPT}"), headers, 200)

    def script(self) -> Response:
        """Return the page's script."""
        file = script_file(self._folder)
        if file is None:
            raise RouteNotFound(f"The script of the reference page is not installed ({_PACKAGE}).")
        headers: Headers = {
            "Content-Type": "text/javascript; charset=utf-8",
            "Cache-Control": f"public, max-age={_MAX_AGE_SECONDS}",
        }
        return Response(_text(file), headers, 200)


def page(title: str, document: str, script: str) -> str:
    """Return the HTML page that shows a document; the addresses of document and script are relative to it."""
    return f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{PAGE_FILE_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>body {{ margin: 0 }}</style>
</head>
<body>
<redoc spec-url="{document}"></redoc>
<noscript>This page needs JavaScript; the document itself is <a href="{document}">{document}</a>.</noscript>
<script src="{script}"></script>
</body>
</html>
"""


def script_file(folder: Path) -> Path | None:
    """Return the file of the script, in a service's package or else in the installed distribution."""
    packaged = folder / SCRIPT
    if packaged.is_file():
        return packaged
    from importlib.metadata import PackageNotFoundError, distribution  # slow, and not needed in a package

    try:
        installed = Path(str(distribution(_PACKAGE).locate_file(_IN_PACKAGE)))
    except PackageNotFoundError:
        return None
    return installed if installed.is_file() else None


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
