"""``python -m tools.openapi.compatibility``: check that each document's version fits its changes.

`docs/releases/SERVICE.json` is the document of the last release, `SERVICE.asyncapi.json` that of its events.
A change is breaking if a request that was valid is refused now, or if a response or an event no longer fits
the schema that clients know: only such a change raises the major version.  An addition raises the minor
version.

The comparison knows the JSON Schemas that `tools.openapi` writes: objects, arrays, unions, and values with
bounds, patterns and enumerations.  A change of any other keyword counts as breaking.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal

from inventory_common.attributes import READABLE, READABLE_LINES

__all__ = ["Changes", "Direction", "changes", "document_files", "required_version", "verdict"]

ROOT = Path(__file__).resolve().parents[2]
RELEASES = ROOT / "docs" / "releases"
SERVICES = ("catalog", "stock", "audit")

Document = dict[str, Any]
Changes = Iterator[tuple[bool, str]]
"""Changes: whether each breaks clients, and what it is."""

Direction = Literal["request", "response"]
"""A request may accept more than before, a response may promise more."""

LOWER_BOUNDS = ("minimum", "minLength", "minItems", "minProperties")
UPPER_BOUNDS = ("maximum", "maxLength", "maxItems", "maxProperties")
WIDER_PATTERNS: Final = frozenset({(READABLE, READABLE_LINES)})
"""Pairs of patterns of which the second accepts every text that the first accepts, and more."""
NOT_COMPARED = {"description", "example", "examples", "title", "default", "discriminator"}


def changes(old: Document, new: Document) -> Changes:
    """Yield every change that a client can notice."""
    comparison = _Comparison(old, new)
    if "asyncapi" in old:
        yield from comparison.messages()
        return
    for path, operations in old["paths"].items():
        for method, operation in operations.items():
            where = f"{method.upper()} {path}"
            after = new["paths"].get(path, {}).get(method)
            if after is None:
                yield True, f"{where} was removed"
            else:
                yield from comparison.operations(where, operation, after)
    for path, operations in new["paths"].items():
        for method in operations.keys() - old["paths"].get(path, {}).keys():
            yield False, f"{method.upper()} {path} was added"


def required_version(released: str, changed: list[tuple[bool, str]]) -> tuple[int, int, int]:
    """Return the lowest version that the changes since a release require."""
    major, minor, patch = map(int, released.split("."))
    if any(is_breaking for is_breaking, _ in changed):
        return major + 1, 0, 0
    return (major, minor + 1, 0) if changed else (major, minor, patch)


def document_files(root: Path) -> list[tuple[Path, Path]]:
    """Return the files of the documents of the last release, and those that they are compared with."""
    files = [
        (root / "docs" / "releases" / f"{service}{suffix}.json", root / "services" / service / name)
        for service in SERVICES
        for suffix, name in (("", "openapi.json"), (".asyncapi", "asyncapi.json"))
    ]
    # The first release of a document compares it with nothing.
    return [(released, current) for released, current in files if released.exists()]


def verdict(old: Document, new: Document) -> str | None:
    """Return an error message if the version of a document does not fit its changes, else None."""
    changed = list(changes(old, new))
    required = required_version(old["info"]["version"], changed)
    if tuple(map(int, new["info"]["version"].split("."))) >= required:
        return None
    changed.sort(reverse=True)
    lines = [f"{'breaking' if is_breaking else 'compatible'}: {change}" for is_breaking, change in changed]
    version = ".".join(map(str, required))
    return "\n".join([*lines, f"{new['info']['title']} requires version {version} or higher"])


class _Comparison:
    def __init__(self, old: Document, new: Document) -> None:
        self._old, self._new = old, new
        self._compared: set[tuple[str, str, Direction]] = set()

    def messages(self) -> Changes:
        """Yield the changes of the messages that an AsyncAPI document publishes."""
        before, now = (document["components"]["messages"] for document in (self._old, self._new))
        for name in before.keys() ^ now.keys():
            # Consumers ignore types that they do not know.
            yield name in before, f"the message {name} was {'removed' if name in before else 'added'}"
        for name in before.keys() & now.keys():
            yield from self._schemas(name, before[name]["payload"], now[name]["payload"], "response")

    def operations(self, where: str, old: Document, new: Document) -> Changes:
        if old["operationId"] != new["operationId"]:
            yield True, f"{where}: operationId was {old['operationId']} and is {new['operationId']}"
        if {} in old.get("security", [{}]) and {} not in new.get("security", [{}]):
            yield True, f"{where} requires a token"
        if removed := set(old.get("x-roles", ())) - set(new.get("x-roles", ())):
            yield True, f"{where} no longer allows {', '.join(sorted(removed))}"
        yield from self._parameters(where, old, new)
        yield from self._bodies(where, old.get("requestBody"), new.get("requestBody"))
        yield from self._responses(where, old["responses"], new["responses"])

    def _parameters(self, where: str, old: Document, new: Document) -> Changes:
        before, now = _by_name(self._old, old), _by_name(self._new, new)
        for name, parameter in before.items():
            if name not in now:
                yield True, f"{where}: the parameter {name} was removed"
                continue
            if now[name].get("required") and not parameter.get("required"):
                yield True, f"{where}: the parameter {name} is now required"
            if parameter["schema"].get("default") != now[name]["schema"].get("default"):
                yield True, f"{where}: the default of {name} was changed"
            yield from self._schemas(f"{where} {name}", parameter["schema"], now[name]["schema"], "request")
        for name in now.keys() - before.keys():
            required = bool(now[name].get("required"))
            yield (
                required,
                f"{where}: the {'required' if required else 'optional'} parameter {name} was added",
            )

    def _bodies(self, where: str, old: Document | None, new: Document | None) -> Changes:
        if old is None or new is None:
            if old is not new:
                is_breaking = old is not None or bool(new and new.get("required"))
                yield is_breaking, f"{where}: the body was {'added' if old is None else 'removed'}"
            return
        if new.get("required") and not old.get("required"):
            yield True, f"{where}: the body is now required"
        yield from self._contents(where, old["content"], new["content"], "request")

    def _responses(self, where: str, old: Document, new: Document) -> Changes:
        for status in old.keys() | new.keys():
            if status not in new:
                yield not _is_problem(status), f"{where}: the response {status} was removed"
            elif status not in old:
                # Clients treat an unknown error status like its class; an unknown success they cannot.
                yield not _is_problem(status), f"{where}: the response {status} was added"
            else:
                before, now = _resolved(self._old, old[status]), _resolved(self._new, new[status])
                yield from self._response(f"{where} {status}", before, now)

    def _response(self, where: str, old: Document, new: Document) -> Changes:
        for name in old.get("headers", {}).keys() ^ new.get("headers", {}).keys():
            removed = name not in new.get("headers", {})
            yield removed, f"{where}: the header {name} was {'removed' if removed else 'added'}"
        if any("problem+json" in media_type for media_type in old.get("content", {})):
            yield from self._codes(where, old, new)
        else:
            yield from self._contents(where, old.get("content", {}), new.get("content", {}), "response")

    def _codes(self, where: str, old: Document, new: Document) -> Changes:
        before, now = self._problems(self._old, old), self._problems(self._new, new)
        for code in before.keys() ^ now.keys():
            yield False, f"{where}: the code {code} was {'added' if code in now else 'removed'}"
        for code in before.keys() & now.keys():
            yield from self._schemas(f"{where} {code}", before[code], now[code], "response")

    @staticmethod
    def _problems(document: Document, response: Document) -> dict[str, Document]:
        [content] = response["content"].values()
        problems = [_resolved(document, each) for each in content["schema"].get("oneOf", [content["schema"]])]
        return {each["properties"]["code"]["const"]: _without_title(each) for each in problems}

    def _contents(self, where: str, old: Document, new: Document, direction: Direction) -> Changes:
        for media_type in old.keys() ^ new.keys():
            removed = media_type not in new
            yield removed, f"{where}: {media_type} was {'removed' if removed else 'added'}"
        for media_type in old.keys() & new.keys():
            yield from self._schemas(where, old[media_type]["schema"], new[media_type]["schema"], direction)

    # Schemas

    def _schemas(self, where: str, old: Document, new: Document, direction: Direction) -> Changes:
        pair = old.get("$ref", ""), new.get("$ref", ""), direction
        if all(pair[:2]):
            if pair in self._compared:
                return
            self._compared.add(pair)
        old, new = _resolved(self._old, old), _resolved(self._new, new)
        if direction == "response" and "anyOf" not in old and (unasked := self._served_unasked(new)):
            yield False, f"{where}: a form on request was added"
            new = unasked
        yield from self._types(where, old, new, direction)
        yield from self._alternatives(where, old, new, direction)
        yield from _values(where, old, new, direction)
        for bounds, lower in ((LOWER_BOUNDS, True), (UPPER_BOUNDS, False)):
            for bound in bounds:
                yield from _bounds(where, bound, old.get(bound), new.get(bound), direction, lower=lower)
        patterns = old.get("pattern"), new.get("pattern")
        if patterns[0] != patterns[1]:
            is_wider = direction == "request" and patterns in WIDER_PATTERNS
            yield not is_wider, f"{where}: pattern was changed"
        yield from self._members(where, old, new, direction)
        for part in ("items", "additionalProperties", "propertyNames"):
            before, now = old.get(part), new.get(part)
            if isinstance(before, dict) and isinstance(now, dict):
                yield from self._schemas(f"{where}[{part}]", before, now, direction)
            elif before != now:
                yield True, f"{where}: {part} was changed"
        for keyword in (old.keys() | new.keys()) - COMPARED - NOT_COMPARED:
            if old.get(keyword) != new.get(keyword):
                yield True, f"{where}: {keyword} was changed"

    def _served_unasked(self, schema: Document) -> Document | None:
        """Return the form that all requests get but those with the parameter that `x-requested-by` names.

        A client that was written before such a parameter existed does not send it.
        """
        alternatives = [_resolved(self._new, each) for each in schema.get("anyOf", ())]
        unasked = [each for each in alternatives if "x-requested-by" not in each]
        return unasked[0] if len(unasked) == 1 < len(alternatives) else None

    @staticmethod
    def _types(where: str, old: Document, new: Document, direction: Direction) -> Changes:
        before, now = _types(old), _types(new)
        if before == now:
            return
        allowed = before <= now if direction == "request" else bool(now) and now <= before
        yield not allowed, f"{where}: the type is now {' or '.join(sorted(now)) or 'any'}"

    def _alternatives(self, where: str, old: Document, new: Document, direction: Direction) -> Changes:
        for keyword in ("anyOf", "oneOf"):
            before, now = old.get(keyword, []), new.get(keyword, [])
            if bool(before) != bool(now):
                yield True, f"{where}: {keyword} was changed"
            for number in range(max(len(before), len(now))):
                if number >= len(before):
                    yield direction == "response", f"{where}: an alternative was added"
                elif number >= len(now):
                    yield direction == "request", f"{where}: an alternative was removed"
                else:
                    yield from self._schemas(where, before[number], now[number], direction)

    def _members(self, where: str, old: Document, new: Document, direction: Direction) -> Changes:
        before, now = old.get("properties", {}), new.get("properties", {})
        needed_before, needed_now = set(old.get("required", ())), set(new.get("required", ()))
        for name in before.keys() - now.keys():
            yield True, f"{where}.{name} was removed"
        for name in now.keys() - before.keys():
            yield direction == "request" and name in needed_now, f"{where}.{name} was added"
        for name in before.keys() & now.keys():
            if name in needed_now - needed_before:
                yield direction == "request", f"{where}.{name} is now required"
            if name in needed_before - needed_now:
                yield direction == "response", f"{where}.{name} may now be absent"
            if direction == "request" and before[name].get("default") != now[name].get("default"):
                yield True, f"{where}: the default of {name} was changed"
            yield from self._schemas(f"{where}.{name}", before[name], now[name], direction)


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
    "pattern",
    *LOWER_BOUNDS,
    *UPPER_BOUNDS,
}


def _types(schema: Document) -> set[str]:
    found = schema.get("type", [])
    return set(found) if isinstance(found, list) else {found}


def _values(where: str, old: Document, new: Document, direction: Direction) -> Changes:
    """Compare enumerations; a constant counts as an enumeration of one value."""
    before = old.get("enum", [old["const"]] if "const" in old else None)
    now = new.get("enum", [new["const"]] if "const" in new else None)
    if before == now:
        return
    if before is None or now is None:
        narrowed = before is None
        yield (
            narrowed == (direction == "request"),
            f"{where}: the enumeration was {'added' if narrowed else 'removed'}",
        )
        return
    for value in [value for value in before if value not in now]:
        yield direction == "request", f"{where}: the value {value!r} was removed"
    for value in [value for value in now if value not in before]:
        yield direction == "response", f"{where}: the value {value!r} was added"


def _bounds(where: str, name: str, old: Any, new: Any, direction: Direction, *, lower: bool) -> Changes:
    if old == new:
        return
    narrowed = old is None if None in (old, new) else (new > old) == lower
    yield narrowed == (direction == "request"), f"{where}: {name} was {old} and is {new}"


def _by_name(document: Document, operation: Document) -> Mapping[str, Document]:
    found = [_resolved(document, parameter) for parameter in operation.get("parameters", ())]
    return {parameter["name"]: parameter for parameter in found}


def _resolved(document: Document, node: Document) -> Document:
    while "$ref" in node:
        pointer, node = node["$ref"], document
        for step in pointer.removeprefix("#/").split("/"):
            node = node[step]
    return node


def _without_title(problem: Document) -> Document:
    """Return the schema of a problem without its title's text: the API promises the code, not the texts."""
    properties = {**problem["properties"], "title": {"type": "string"}}
    return {**problem, "properties": properties}


def _is_problem(status: str) -> bool:
    return status[0] in "45"


def main() -> int:
    """Print the documents whose versions do not fit their changes; return the exit code."""
    wrong = []
    for released, current in document_files(ROOT):
        old, new = (json.loads(path.read_text(encoding="utf-8")) for path in (released, current))
        if found := verdict(old, new):
            wrong.append(found)
    print("\n\n".join(wrong) or "All versions fit the changes since the last release.")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
