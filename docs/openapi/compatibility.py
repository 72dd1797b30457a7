"""``python -m docs.openapi.compatibility``: what clients of the last release would meet.

`docs/releases/SERVICE.json` is the document as it was released last.  A change breaks a client if a request
that was right is refused now, or if an answer is otherwise than it was promised: then, and only then, the
first number of the version rises.  Whatever is added raises the second.

Documents are compared as `docs.openapi` writes them: JSON Schemas of objects, arrays, unions and plain values
with bounds, patterns and enumerations.  Of another keyword nothing is presumed: that it changed counts as
breaking.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

__all__ = ["Changes", "Way", "changes", "required_version", "verdict"]

ROOT = Path(__file__).resolve().parents[2]
RELEASES = ROOT / "docs" / "releases"
SERVICES = ("catalog", "stock", "audit")

Document = dict[str, Any]
Changes = Iterator[tuple[bool, str]]
"""Changes: whether it breaks a client, and what has changed."""

Way = Literal["sent", "answered"]
"""What clients send may be allowed more; what they are answered may be promised more."""

LOWER_BOUNDS = ("minimum", "minLength", "minItems", "minProperties")
UPPER_BOUNDS = ("maximum", "maxLength", "maxItems", "maxProperties")
SAID_ONLY = {"description", "example", "examples", "title", "default", "discriminator"}


def changes(old: Document, new: Document) -> Changes:
    """Yield every change that a client can notice."""
    comparison = _Comparison(old, new)
    for path, operations in old["paths"].items():
        for method, operation in operations.items():
            where = f"{method.upper()} {path}"
            now = new["paths"].get(path, {}).get(method)
            if now is None:
                yield True, f"{where} is gone"
            else:
                yield from comparison.operations(where, operation, now)
    for path, operations in new["paths"].items():
        for method in operations.keys() - old["paths"].get(path, {}).keys():
            yield False, f"{method.upper()} {path} is new"


def required_version(released: str, found: list[tuple[bool, str]]) -> tuple[int, int, int]:
    """Return the least version that the changes since a release allow."""
    major, minor, patch = map(int, released.split("."))
    if any(breaks for breaks, _ in found):
        return major + 1, 0, 0
    return (major, minor + 1, 0) if found else (major, minor, patch)


def verdict(old: Document, new: Document) -> str | None:
    """Return what is wrong with the version of a document, or None."""
    found = list(changes(old, new))
    least = required_version(old["info"]["version"], found)
    if tuple(map(int, new["info"]["version"].split("."))) >= least:
        return None
    found.sort(reverse=True)
    lines = [f"{'breaks clients' if breaks else 'adds'}: {what}" for breaks, what in found]
    version = ".".join(map(str, least))
    return "\n".join([*lines, f"{new['info']['title']} has to be version {version} at least"])


class _Comparison:
    def __init__(self, old: Document, new: Document) -> None:
        self._old, self._new = old, new
        self._compared: set[tuple[str, str, Way]] = set()

    def operations(self, where: str, old: Document, new: Document) -> Changes:
        if old["operationId"] != new["operationId"]:
            yield True, f"{where} is called {new['operationId']}, no longer {old['operationId']}"
        if {} in old.get("security", [{}]) and {} not in new.get("security", [{}]):
            yield True, f"{where} needs a token"
        if gone := set(old.get("x-roles", ())) - set(new.get("x-roles", ())):
            yield True, f"{where} is closed to {', '.join(sorted(gone))}"
        yield from self._parameters(where, old, new)
        yield from self._bodies(where, old.get("requestBody"), new.get("requestBody"))
        yield from self._responses(where, old["responses"], new["responses"])

    def _parameters(self, where: str, old: Document, new: Document) -> Changes:
        before, now = _by_name(self._old, old), _by_name(self._new, new)
        for name, parameter in before.items():
            if name not in now:
                yield True, f"{where} does not know the parameter {name} any more"
                continue
            if now[name].get("required") and not parameter.get("required"):
                yield True, f"{where} requires the parameter {name}"
            if parameter["schema"].get("default") != now[name]["schema"].get("default"):
                yield True, f"{where} takes another {name} where none is sent"
            yield from self._schemas(f"{where} {name}", parameter["schema"], now[name]["schema"], "sent")
        for name in now.keys() - before.keys():
            required = bool(now[name].get("required"))
            yield required, f"{where} {'requires' if required else 'knows'} the parameter {name}"

    def _bodies(self, where: str, old: Document | None, new: Document | None) -> Changes:
        if old is None or new is None:
            if old is not new:
                yield (old is not None or bool(new and new.get("required"))), f"{where} has another body"
            return
        if new.get("required") and not old.get("required"):
            yield True, f"{where} requires a body"
        yield from self._contents(where, old["content"], new["content"], "sent")

    def _responses(self, where: str, old: Document, new: Document) -> Changes:
        for status in old.keys() | new.keys():
            if status not in new:
                yield not _is_problem(status), f"{where} does not answer {status} any more"
            elif status not in old:
                # A client treats what it does not know as any error of its kind; a success it cannot.
                yield not _is_problem(status), f"{where} answers {status} too"
            else:
                before, now = _resolved(self._old, old[status]), _resolved(self._new, new[status])
                yield from self._response(f"{where} {status}", before, now)

    def _response(self, where: str, old: Document, new: Document) -> Changes:
        for name in old.get("headers", {}).keys() ^ new.get("headers", {}).keys():
            gone = name not in new.get("headers", {})
            yield gone, f"{where} {'has lost' if gone else 'has'} the header {name}"
        if any("problem+json" in media_type for media_type in old.get("content", {})):
            yield from self._codes(where, old, new)
        else:
            yield from self._contents(where, old.get("content", {}), new.get("content", {}), "answered")

    def _codes(self, where: str, old: Document, new: Document) -> Changes:
        before, now = self._problems(self._old, old), self._problems(self._new, new)
        for code in before.keys() ^ now.keys():
            yield False, f"{where} {'knows' if code in now else 'has lost'} the code {code}"
        for code in before.keys() & now.keys():
            yield from self._schemas(f"{where} {code}", before[code], now[code], "answered")

    @staticmethod
    def _problems(document: Document, response: Document) -> dict[str, Document]:
        [content] = response["content"].values()
        kinds = [_resolved(document, kind) for kind in content["schema"].get("oneOf", [content["schema"]])]
        return {kind["properties"]["code"]["const"]: kind for kind in kinds}

    def _contents(self, where: str, old: Document, new: Document, way: Way) -> Changes:
        for media_type in old.keys() ^ new.keys():
            gone = media_type not in new
            yield gone, f"{where} {'has lost' if gone else 'knows'} {media_type}"
        for media_type in old.keys() & new.keys():
            yield from self._schemas(where, old[media_type]["schema"], new[media_type]["schema"], way)

    # Schemas

    def _schemas(self, where: str, old: Document, new: Document, way: Way) -> Changes:
        pair = old.get("$ref", ""), new.get("$ref", ""), way
        if all(pair[:2]):
            if pair in self._compared:
                return
            self._compared.add(pair)
        old, new = _resolved(self._old, old), _resolved(self._new, new)
        yield from self._types(where, old, new, way)
        yield from self._alternatives(where, old, new, way)
        yield from _values(where, old, new, way)
        for bounds, lower in ((LOWER_BOUNDS, True), (UPPER_BOUNDS, False)):
            for bound in bounds:
                yield from _bounds(where, bound, old.get(bound), new.get(bound), way, lower=lower)
        yield from self._members(where, old, new, way)
        for part in ("items", "additionalProperties", "propertyNames"):
            before, now = old.get(part), new.get(part)
            if isinstance(before, dict) and isinstance(now, dict):
                yield from self._schemas(f"{where}[{part}]", before, now, way)
            elif before != now:
                yield True, f"{where}: {part} has changed"
        for keyword in (old.keys() | new.keys()) - COMPARED - SAID_ONLY:
            if old.get(keyword) != new.get(keyword):
                yield True, f"{where}: {keyword} has changed"

    @staticmethod
    def _types(where: str, old: Document, new: Document, way: Way) -> Changes:
        before, now = _types(old), _types(new)
        if before == now:
            return
        allowed = before <= now if way == "sent" else bool(now) and now <= before
        yield not allowed, f"{where} is {' or '.join(sorted(now)) or 'anything'}"

    def _alternatives(self, where: str, old: Document, new: Document, way: Way) -> Changes:
        for keyword in ("anyOf", "oneOf"):
            before, now = old.get(keyword, []), new.get(keyword, [])
            if bool(before) != bool(now):
                yield True, f"{where}: {keyword} has changed"
            for number in range(max(len(before), len(now))):
                if number >= len(before):
                    yield way == "answered", f"{where} has another form"
                elif number >= len(now):
                    yield way == "sent", f"{where} has lost a form"
                else:
                    yield from self._schemas(where, before[number], now[number], way)

    def _members(self, where: str, old: Document, new: Document, way: Way) -> Changes:
        before, now = old.get("properties", {}), new.get("properties", {})
        needed_before, needed_now = set(old.get("required", ())), set(new.get("required", ()))
        for name in before.keys() - now.keys():
            yield True, f"{where}.{name} is gone"
        for name in now.keys() - before.keys():
            yield way == "sent" and name in needed_now, f"{where}.{name} is new"
        for name in before.keys() & now.keys():
            if name in needed_now - needed_before:
                yield way == "sent", f"{where}.{name} is required"
            if name in needed_before - needed_now:
                yield way == "answered", f"{where}.{name} may be absent"
            if way == "sent" and before[name].get("default") != now[name].get("default"):
                yield True, f"{where}.{name} is taken otherwise where it is absent"
            yield from self._schemas(f"{where}.{name}", before[name], now[name], way)


COMPARED = {
    "$ref",
    "type",
    "anyOf",
    "oneOf",
    "enum",
    "const",
    "properties",
    "required",
    "items",
    "additionalProperties",
    "propertyNames",
    *LOWER_BOUNDS,
    *UPPER_BOUNDS,
}


def _types(schema: Document) -> set[str]:
    found = schema.get("type", [])
    return set(found) if isinstance(found, list) else {found}


def _values(where: str, old: Document, new: Document, way: Way) -> Changes:
    """Compare enumerations; a constant is one of one value."""
    before = old.get("enum", [old["const"]] if "const" in old else None)
    now = new.get("enum", [new["const"]] if "const" in new else None)
    if before == now:
        return
    if before is None or now is None:
        narrowed = before is None
        yield narrowed == (way == "sent"), f"{where} {'is one of a few' if narrowed else 'may be more'}"
        return
    for value in [value for value in before if value not in now]:
        yield way == "sent", f"{where} is never {value!r} any more"
    for value in [value for value in now if value not in before]:
        yield way == "answered", f"{where} may be {value!r}"


def _bounds(where: str, name: str, old: Any, new: Any, way: Way, *, lower: bool) -> Changes:
    if old == new:
        return
    narrowed = old is None if None in (old, new) else (new > old) == lower
    yield narrowed == (way == "sent"), f"{where}: {name} is {new}, and was {old}"


def _by_name(document: Document, operation: Document) -> Mapping[str, Document]:
    found = [_resolved(document, parameter) for parameter in operation.get("parameters", ())]
    return {parameter["name"]: parameter for parameter in found}


def _resolved(document: Document, node: Document) -> Document:
    while "$ref" in node:
        pointer, node = node["$ref"], document
        for step in pointer.removeprefix("#/").split("/"):
            node = node[step]
    return node


def _is_problem(status: str) -> bool:
    return status[0] in "45"


def main() -> int:
    """Print what is wrong with the versions of the documents."""
    wrong = []
    for service in SERVICES:
        old = json.loads((RELEASES / f"{service}.json").read_text(encoding="utf-8"))
        new = json.loads((ROOT / "services" / service / "openapi.json").read_text(encoding="utf-8"))
        if found := verdict(old, new):
            wrong.append(found)
    print("\n\n".join(wrong) or "Nothing has changed that the versions do not say.")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
