"""The declared route of a request's path, matched as API Gateway does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Match:
    """The route of a request.

    Attributes
    ----------
    resource : str
        The declared pattern, or the raw path if no pattern matches.
    parameters : dict[str, str] or None
        Path parameters, still percent-encoded; None if there are none.
    """

    resource: str
    parameters: dict[str, str] | None


class RouteTable:
    """Patterns such as ``/products/{product_id}/skus``; literal segments are matched first.

    Parameters
    ----------
    patterns : Iterable[str]
        As Chalice declares them: each segment is a literal or one parameter in braces.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        split = [(pattern, pattern.split("/")[1:]) for pattern in patterns]
        # False sorts before True: /orders/batch is tried before /orders/{order_id}.
        self._routes = sorted(split, key=lambda route: [_is_parameter(part) for part in route[1]])

    def match(self, raw_path: str) -> Match:
        """Find the route of a path that is still percent-encoded.

        The service decodes it later: ``%2F`` inside a segment must not split it.

        Examples
        --------
        >>> RouteTable(["/products/{product_id}"]).match("/products/A%2FB/")
        Match(resource='/products/{product_id}', parameters={'product_id': 'A%2FB'})
        """
        path = raw_path[:-1] if raw_path.endswith("/") and raw_path != "/" else raw_path
        before, *segments = path.split("/")
        for pattern, parts in self._routes if before == "" else ():
            parameters = _parameters(parts, segments)
            if parameters is not None:
                return Match(pattern, parameters or None)
        return Match(raw_path, None)


def _is_parameter(part: str) -> bool:
    return part.startswith("{") and part.endswith("}")


def _parameters(parts: list[str], segments: list[str]) -> dict[str, str] | None:
    if len(parts) != len(segments):
        return None
    found: dict[str, str] = {}
    for part, segment in zip(parts, segments, strict=True):
        if _is_parameter(part) and segment:
            found[part[1:-1]] = segment
        elif part != segment:
            return None
    return found
