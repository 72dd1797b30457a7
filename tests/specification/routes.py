"""The routes of the services, read from their source: no process can import two of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from local.settings import SERVICES_FOLDER


class Route(NamedTuple):
    """A route as ``@app.route`` declares it."""

    service: str
    method: str
    path: str


def routes_of(service: str) -> Iterator[Route]:
    """Yield the routes that a service's ``app.py`` declares."""
    tree = ast.parse((SERVICES_FOLDER / service / "app.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name("app"), attr="route"), args=[path]):
                [methods] = [keyword.value for keyword in node.keywords if keyword.arg == "methods"]
                for method in ast.literal_eval(methods):
                    yield Route(service, method, ast.literal_eval(path))
