"""The services' responses, compared with their documents by schemathesis for a while.

``make fuzz`` does it for longer.  It is the last module of this suite because of the items that it leaves.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.settings import SERVICES
from tests.e2e.running_stack import RunningStack
from tests.fuzz.fuzzing import ROOT, fuzz, store_examples, token_of

SECONDS = 35
ALL_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


@pytest.fixture(scope="module")
def token(stack: RunningStack, client: Any) -> str:
    store_examples(client)
    return token_of(stack.url("front"))


def document_of(service: str) -> Path:
    return ROOT / "services" / service / "openapi.json"


@pytest.mark.parametrize("service", SERVICES)
def test_every_method_that_a_path_lacks_is_405(stack: RunningStack, service: str) -> None:
    for path, operations in json.loads(document_of(service).read_text(encoding="utf-8"))["paths"].items():
        address = stack.url(service) + re.sub(r"\{\w+\}", "X", path)
        for method in set(ALL_METHODS) - {name.upper() for name in operations}:
            response = httpx.request(method, address, trust_env=False)
            assert response.status_code == 405, (method, path)
            allowed = set(response.headers["Allow"].split(", "))
            assert allowed == {name.upper() for name in operations}, (method, path)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_conforms_to_its_document(
    stack: RunningStack, token: str, tmp_path: Path, service: str
) -> None:
    tried = fuzz(document_of(service), stack.url(service), token, SECONDS, tmp_path)
    assert tried.returncode == 0, tried.stdout[-20_000:] + tried.stderr
    operations = json.loads(document_of(service).read_text(encoding="utf-8"))["paths"].values()
    assert f"Tested: {sum(map(len, operations))}" in tried.stdout, "an operation was not tested"


def test_a_service_that_deviates_from_its_document_is_detected(
    stack: RunningStack, token: str, tmp_path: Path
) -> None:
    """The document allows a higher price than the service, and has a member that it does not serve."""
    document = json.loads(document_of("catalog").read_text(encoding="utf-8"))
    schemas = document["components"]["schemas"]
    schemas["Product"]["required"].append("colour")
    schemas["NewProduct"]["properties"]["base_price"]["maximum"] = 20_000_000
    false = tmp_path / "openapi.json"
    false.write_text(json.dumps(document), encoding="utf-8")
    narrow = ["--phases", "coverage", "--include-operation-id", "create_product", "--continue-on-failure"]
    tried = fuzz(false, stack.url("catalog"), token, SECONDS, tmp_path, *narrow)
    assert tried.returncode != 0
    assert "colour" in tried.stdout
    assert "Schema-valid request rejected" in tried.stdout
