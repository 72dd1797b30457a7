"""A service's OpenAPI and AsyncAPI documents and the pages that show them, all served as files.

The documents are generated when the product is built, not while requests are handled.  The pages load nothing
from other hosts: the service serves the script of the first, Redoc, too; that of events has none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final

from chalice.app import Response

from .browser_headers import PAGE_FILE_POLICY, PAGE_POLICY
from .errors import RouteNotFound
from .responses import Headers

__all__ = ["SCRIPT", "ReferencePages", "events_page", "page", "script_file"]

SCRIPT: Final = "redoc.standalone.js"

_PACKAGE: Final = "drf-spectacular-sidecar"
_IN_PACKAGE: Final = f"drf_spectacular_sidecar/static/drf_spectacular_sidecar/redoc/bundles/{SCRIPT}"
_CODE: Final = re.compile("`([^`]+)`")
_EVENTS_STYLE: Final = """
body { font: 16px/1.5 sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
table { border-collapse: collapse }
td, th { border: 1px solid #bbb; padding: .2rem .6rem; text-align: left }
pre { background: #f4f4f4; overflow: auto; padding: 1rem }
"""
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

    def events_document(self) -> Response:
        """Return the AsyncAPI document."""
        return Response(_text(self._folder / "asyncapi.json"), {"Content-Type": "application/json"}, 200)

    def events_page(self) -> Response:
        """Return the page of the events."""
        headers: Headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": PAGE_POLICY,
        }
        document = json.loads(_text(self._folder / "asyncapi.json"))
        return Response(events_page(document, "../asyncapi.json"), headers, 200)

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
    body = f"""\
<redoc spec-url="{document}"></redoc>
<noscript>This page needs JavaScript; the document itself is <a href="{document}">{document}</a>.</noscript>
<script src="{script}"></script>
"""
    return _html(title, "body { margin: 0 }", body)


def events_page(document: Mapping[str, Any], address: str) -> str:
    """Return the HTML page that shows an AsyncAPI document, whose address is relative to the page."""
    title = escape(document["info"]["title"])
    schemas = document["components"]["schemas"]
    messages = "".join(
        _message_of(message, schemas) for message in document["components"]["messages"].values()
    )
    about = "".join(f"<p>{_marked(text)}</p>" for text in document["info"]["description"].split("\n\n"))
    body = f"""\
<h1>{title}</h1>
{about}
<p>The document itself is <a href="{address}">{address}</a>.</p>
{messages}"""
    return _html(title, _EVENTS_STYLE, body)


def _html(title: str, style: str, body: str) -> str:
    """Return a page; the texts are HTML."""
    return f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{PAGE_FILE_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}</body>
</html>
"""


def _message_of(message: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    data = schemas[message["payload"]["properties"]["data"]["$ref"].rsplit("/", 1)[1]]
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(_type_of(member))}</td>"
        f"<td>{_marked(member.get('description', ''))}</td></tr>\n"
        for name, member in data["properties"].items()
    )
    example = escape(json.dumps(message["examples"][0]["payload"], indent=2, ensure_ascii=False))
    name = escape(message["name"])
    return (
        f'<h2 id="{name}">{name}</h2>\n<p>{_marked(message["summary"])}</p>\n'
        f"<table>\n<tr><th>member of <code>data</code></th><th>type</th><th></th></tr>\n{rows}</table>\n"
        f"<pre>{example}</pre>\n"
    )


def _type_of(schema: Mapping[str, Any]) -> str:
    found = schema.get("type", "object")
    return " or ".join(found) if isinstance(found, list) else str(found)


def _marked(text: str) -> str:
    """Return HTML of a text in which backquotes mark code."""
    return _CODE.sub(r"<code>\1</code>", escape(text))


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
