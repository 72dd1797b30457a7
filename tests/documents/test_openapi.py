"""The services' OpenAPI documents are current, are valid, and show the specification's sample items."""

from __future__ import annotations

import difflib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from openapi_spec_validator import validate

from inventory_common.timestamps import timestamp
from tests.specification.the_specification import SAMPLE_PRODUCT, SAMPLE_SKU, SAMPLE_TRANSACTION
from tools.reference import error_types

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("catalog", "stock", "audit")
OF_NO_OPERATION = {"route_not_found", "method_not_allowed"}


@pytest.fixture(scope="module", params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def document(service: str) -> Any:
    return read(service)


def read(service: str) -> Any:
    return json.loads((ROOT / "services" / service / "openapi.json").read_text(encoding="utf-8"))


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def test_the_documents_are_what_the_code_generates(service: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tools.openapi", service, "--folder", str(tmp_path)]
    subprocess.run(command, check=True, cwd=ROOT)
    written = (ROOT / "services" / service / "openapi.json").read_text(encoding="utf-8")
    due = (tmp_path / service / "openapi.json").read_text(encoding="utf-8")
    difference = difflib.unified_diff(
        written.splitlines(), due.splitlines(), "openapi.json", "generated from the code", lineterm="", n=1
    )
    assert written == due, "run `make openapi`:\n" + "\n".join(difference)


def test_a_document_is_valid(document: Any) -> None:
    assert document["openapi"] == "3.1.0"
    validate(document)


def test_every_example_is_valid(document: Any) -> None:
    for name, schema in document["components"]["schemas"].items():
        whole = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        validator = jsonschema_rs.validator_for(whole, validate_formats=True)
        assert schema.get("examples") or "enum" in schema, f"{name} has no example"
        for example in schema.get("examples", ()):
            assert [str(fault) for fault in validator.iter_errors(example)] == [], name


def test_everything_is_described(document: Any) -> None:
    for method, path, operation in operations(document):
        assert {"operationId", "tags", "summary", "security", "responses"} <= operation.keys(), (method, path)
    for name, schema in document["components"]["schemas"].items():
        assert schema["description"], name
        for attribute, form in schema.get("properties", {}).items():
            assert form.get("description") or "const" in form, f"{name}.{attribute}"


@pytest.mark.parametrize(
    ("service_of", "shape", "sample"),
    [
        ("catalog", "Product", SAMPLE_PRODUCT),
        ("stock", "Sku", SAMPLE_SKU),
        ("audit", "TransactionRecord", SAMPLE_TRANSACTION),
    ],
)
def test_the_examples_are_the_specifications_sample_items(
    service_of: str, shape: str, sample: dict[str, Any]
) -> None:
    [example] = read(service_of)["components"]["schemas"][shape]["examples"]
    for name, value in sample.items():
        moments = ("created_at", "updated_at", "last_updated", "timestamp")
        assert example[name] == (timestamp(value) if name in moments else value), name


def test_every_code_is_in_a_document() -> None:
    documented = {
        schema["properties"]["code"]["const"]
        for service in SERVICES
        for schema in read(service)["components"]["schemas"].values()
        if "const" in schema.get("properties", {}).get("code", {})
    }
    assert documented | OF_NO_OPERATION == {kind.code for kind in error_types()}
    for code in OF_NO_OPERATION:
        assert all(f"`{code}`" in read(service)["info"]["description"] for service in SERVICES)


def test_request_bodies_refuse_unknown_members(document: Any) -> None:
    schemas = document["components"]["schemas"]
    for _, path, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            for name in named_in(content["schema"], schemas):
                forms = schemas[name].get("oneOf", [schemas[name]])
                assert all(form["additionalProperties"] is False for form in forms), (path, name)


def named_in(schema: Any, schemas: Any) -> Iterator[str]:
    """Yield the names of all components that a schema refers to."""
    if isinstance(schema, list):
        for part in schema:
            yield from named_in(part, schemas)
    elif isinstance(schema, dict):
        for key, value in schema.items():
            if key == "$ref":
                name = value.rpartition("/")[2]
                yield name
                yield from named_in(schemas[name], schemas)
            else:
                yield from named_in(value, schemas)
