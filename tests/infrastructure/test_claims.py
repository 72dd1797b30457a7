"""The pre-token function: the vendor of a machine token."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

SOURCE = Path(__file__).parents[2] / "terraform" / "modules" / "identity" / "claims" / "claims.py"


@pytest.fixture(scope="module")
def handler() -> Any:
    specification = importlib.util.spec_from_file_location("claims", SOURCE)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module.handler


def _event(scopes: list[str], source: str = "TokenGeneration_ClientCredentials") -> dict[str, Any]:
    return {"triggerSource": source, "request": {"scopes": scopes}, "response": {}}


def test_the_scope_of_one_vendor_becomes_the_claim(handler: Any) -> None:
    answer = handler(_event(["inventory/vendor", "vendors/VENDOR-001"]), None)

    claims = answer["response"]["claimsAndScopeOverrideDetails"]["accessTokenGeneration"]
    assert claims == {"claimsToAddOrOverride": {"vendor_id": "VENDOR-001"}}


@pytest.mark.parametrize(
    "scopes",
    [[], ["inventory/orders"], ["inventory/vendor"], ["vendors/VENDOR-001", "vendors/VENDOR-002"]],
)
def test_without_exactly_one_vendor_there_is_no_claim(handler: Any, scopes: list[str]) -> None:
    assert handler(_event(scopes), None)["response"] == {}


def test_the_token_of_a_person_is_unchanged(handler: Any) -> None:
    event = _event(["vendors/VENDOR-001"], "TokenGeneration_Authentication")

    assert handler(event, None)["response"] == {}


def test_a_request_without_scopes_is_accepted(handler: Any) -> None:
    event = {
        "triggerSource": "TokenGeneration_ClientCredentials",
        "request": {"scopes": None},
        "response": {},
    }

    assert handler(event, None)["response"] == {}
