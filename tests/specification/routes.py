"""The routes of the services, read from their source: one process cannot import two services."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from local.settings import SERVICES_FOLDER


class Route(NamedTuple):
    """A route as ``@route`` declares it."""

    service: str
    method: str
    path: str


def routes_of(service: str) -> list[Route]:
    """Return the routes that a service's ``chalicelib/http`` declares."""
    modules = sorted((SERVICES_FOLDER / service / "chalicelib" / "http").glob("*.py"))
    routes = [route for module in modules for route in _declared(service, module.read_text(encoding="utf-8"))]
    assert routes, f"no routes found in the source of {service}"
    return routes


def _declared(service: str, source: str) -> Iterator[Route]:
    for node in ast.walk(ast.parse(source)):
        for decorator in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
            match decorator:
                case ast.Call(func=ast.Name("route"), args=[ast.Constant(method), ast.Constant(path)]):
                    yield Route(service, str(method), str(path))
