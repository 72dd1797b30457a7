"""A service's OpenAPI document and the page that shows it: files, served as they are.

The document is written when the product is built; nothing of it is made while requests are answered.  The
page needs no other host: its program, Redoc, is served beside it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from chalice.app import Response

from .errors import RouteNotFound
from .responses import Headers

__all__ = ["SCRIPT", "ReferencePages", "page", "script_file"]

SCRIPT: Final = "redoc.standalone.js"

_PACKAGE: Final = "drf-spectacular-sidecar"
_IN_PACKAGE: Final = f"drf_spectacular_sidecar/static/drf_spectacular_sidecar/redoc/bundles/{SCRIPT}"
_MAX_AGE_SECONDS: Final = 86_400
"""How long a browser may keep the reference page's script."""
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "style-src 'unsafe-inline'; worker-src blob:; base-uri 'none'; form-action 'none'"
)


class ReferencePages:
    """The files of one service, read when they are first asked for.

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
        """Serve the OpenAPI document."""
        return Response(_text(self._folder / "openapi.json"), {"Content-Type": "application/json"}, 200)

    def page(self) -> Response:
        """Serve the reference page."""
        headers: Headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": _POLICY}
        return Response(page(self._name, "openapi.json", f"docs/{SCRIPT}"), headers, 200)

    def script(self) -> Response:
        """Serve the page's script."""
        found = script_file(self._folder)
        if found is None:
            raise RouteNotFound(f"The program of the reference page is not installed ({_PACKAGE}).")
        headers: Headers = {
            "Content-Type": "text/javascript; charset=utf-8",
            "Cache-Control": f"public, max-age={_MAX_AGE_SECONDS}",
        }
        return Response(_text(found), headers, 200)


def page(title: str, document: str, program: str) -> str:
    """Return the page that shows a document, both at addresses relative to it."""
    return f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>body {{ margin: 0 }}</style>
</head>
<body>
<redoc spec-url="{document}"></redoc>
<noscript>This page needs JavaScript; the document itself is <a href="{document}">{document}</a>.</noscript>
<script src="{program}"></script>
</body>
</html>
"""


def script_file(folder: Path) -> Path | None:
    """Return the program's file: the copy in a service's package, else the installed distribution's."""
    packaged = folder / SCRIPT
    if packaged.is_file():
        return packaged
    from importlib.metadata import PackageNotFoundError, distribution  # not at a cold start

    try:
        installed = Path(str(distribution(_PACKAGE).locate_file(_IN_PACKAGE)))
    except PackageNotFoundError:
        return None
    return installed if installed.is_file() else None


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
