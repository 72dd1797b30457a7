"""A service's OpenAPI document, held against every answer that its tests get.

`Client` asks it after each request, so that the whole suite is a test of the document: no answer outside it.
`pytest_sessionfinish`, in a service's `conftest`, is the other way round: when all of a suite has run, every
status and code of every operation in the document was answered in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

PROBLEM = "application/problem+json"
JSON_LINES = "application/x-ndjson"
"""The items of a list, each in a line of its own."""
OF_NO_OPERATION = {404: "route_not_found", 405: "method_not_allowed"}

Met = tuple[str, int, str | None]
"""An operation, a status, and of a problem the code."""


@cache
def document_in(folder: Path) -> Document:
    """Return the document that is committed beside a service."""
    return Document(json.loads((folder / "openapi.json").read_text(encoding="utf-8")))


class Document:
    """What a service says that it answers, and what of it was met.

    Its shapes are taken as closed: clients must bear new members, a test must not.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._validators: dict[str, Any] = {}
        self.met: set[Met] = set()

    def hold_against(self, method: str, path: str, status: int, headers: Any, text: str) -> None:
        """Raise AssertionError if an answer is not in the document."""
        what = f"{method} {path} answered {status}"
        operation = self._document["paths"].get(path, {}).get(method.lower())
        if operation is None:
            preflight = (method, status) == ("OPTIONS", 204)
            assert preflight or json.loads(text)["code"] == OF_NO_OPERATION[status], f"{what}: {text}"
            return
        assert str(status) in operation["responses"], f"{what}, which is not in the document: {text}"
        response = self._resolved(operation["responses"][str(status)])
        self._check_headers(what, response.get("headers", {}), headers)
        media_type = headers.get("Content-Type", "").partition(";")[0]
        content = response.get("content", {})
        assert media_type in content or (not content and not text), f"{what} with {media_type or 'no type'}"
        if media_type in ("application/json", PROBLEM):
            self._check(what, content[media_type]["schema"], text)
        elif media_type == JSON_LINES:
            page = self._resolved(content["application/json"]["schema"])
            for line in text.split("\n")[:-1]:  # `splitlines` would divide at U+2028 too
                self._check(what, page["properties"]["items"]["items"], line)
        code = json.loads(text)["code"] if media_type == PROBLEM else None
        self.met.add((operation["operationId"], status, code))

    def all_that_can_be_met(self) -> Iterator[Met]:
        """Yield every status of every operation, and every code."""
        for path in self._document["paths"].values():
            for operation in path.values():
                for status, reference in operation["responses"].items():
                    for code in self._codes(self._resolved(reference)):
                        yield operation["operationId"], int(status), code

    def _codes(self, response: dict[str, Any]) -> list[str | None]:
        problem = response.get("content", {}).get(PROBLEM)
        if problem is None:
            return [None]
        kinds = problem["schema"].get("oneOf", [problem["schema"]])
        return [self._resolved(kind)["properties"]["code"]["const"] for kind in kinds]

    def _check_headers(self, what: str, documented: dict[str, Any], sent: Any) -> None:
        headers = {name: self._resolved(header) for name, header in documented.items()}
        missing = [name for name, header in headers.items() if header.get("required") and name not in sent]
        assert not missing, f"{what} without {missing}"
        undocumented = sent.keys() - headers.keys() - OF_EVERY_ANSWER
        assert not undocumented, f"{what} with {undocumented}"
        for name in headers.keys() & sent.keys():
            value = int(sent[name]) if headers[name]["schema"].get("type") == "integer" else sent[name]
            jsonschema_rs.validate(headers[name]["schema"], value)

    def _check(self, what: str, schema: dict[str, Any], text: str) -> None:
        key = json.dumps(schema)
        if key not in self._validators:
            whole = {**schema, "components": self._closed}
            self._validators[key] = jsonschema_rs.validator_for(whole, validate_formats=True)
        faults = list(self._validators[key].iter_errors(json.loads(text)))
        assert not faults, f"{what}: {faults[0].instance_path} {faults[0]!s:.500}\n{text:.2000}"

    @cached_property
    def _closed(self) -> dict[str, Any]:
        components: dict[str, Any] = deepcopy(self._document["components"])
        for schema in components["schemas"].values():
            if "properties" in schema:
                schema.setdefault("additionalProperties", False)
        return components

    def _resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        found = node
        while "$ref" in found:
            pointer, found = found["$ref"], self._document
            for step in pointer.removeprefix("#/").split("/"):
                found = found[step]
        return found


OF_EVERY_ANSWER = {
    "Access-Control-Allow-Headers",
    "Access-Control-Allow-Origin",
    "Access-Control-Expose-Headers",
    "Access-Control-Max-Age",
    "Cache-Control",
    "Content-Security-Policy",
    "Content-Type",
    "Vary",
    "X-Content-Type-Options",
}
"""Headers that the document leaves to HTTP."""


def never_answered(folder: Path) -> list[str]:
    """Return what of the document no test was answered so far."""
    document = document_in(folder)
    missing = set(document.all_that_can_be_met()) - document.met
    return sorted(f"{operation} {status} {code or ''}".rstrip() for operation, status, code in missing)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a suite that has run as a whole and left something of the document unanswered."""
    config = session.config
    folder = Path(config.rootpath)
    narrowed = config.option.keyword or config.option.markexpr or getattr(config.option, "lf", False)
    whole = [Path(argument).resolve() for argument in config.args] == [folder / "tests"]
    if exitstatus != pytest.ExitCode.OK or narrowed or not whole or config.option.collectonly:
        return
    if missing := never_answered(folder):
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        assert reporter is not None
        reporter.section("in openapi.json, and answered in no test", red=True)
        reporter.line("\n".join(missing))
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
