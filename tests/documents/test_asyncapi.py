"""The services' AsyncAPI documents are current and whole, and the events that the code raises fit them."""

from __future__ import annotations

import difflib
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from inventory_common.events import Event
from services.stock.chalicelib.domain.events import sku_events
from tests.support.sample_skus import a_sku
from tools.openapi.__main__ import render_event_schema
from tools.openapi.compatibility import changes, required_version

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("catalog", "stock", "audit")
MOMENT = "2026-02-23T10:31:00.000000Z"


@pytest.fixture(scope="module", params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def read(service: str) -> Any:
    return json.loads((ROOT / "services" / service / "asyncapi.json").read_text(encoding="utf-8"))


def schema_of(document: Any, message: str) -> Any:
    """The JSON Schema of a message, with what it refers to."""
    [payload] = [
        each["payload"] for each in document["components"]["messages"].values() if each["name"] == message
    ]
    return {**payload, "components": document["components"]}


def require(event: dict[str, Any]) -> None:
    service = event["source"].rsplit("/", 1)[1]
    jsonschema_rs.validate(schema_of(read(service), event["type"]), event)


def test_the_documents_are_what_the_code_generates(service: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tools.openapi", service, "--folder", str(tmp_path)]
    subprocess.run(command, check=True, cwd=ROOT)
    written = (ROOT / "services" / service / "asyncapi.json").read_text(encoding="utf-8")
    due = (tmp_path / service / "asyncapi.json").read_text(encoding="utf-8")
    difference = difflib.unified_diff(written.splitlines(), due.splitlines(), lineterm="", n=1)
    assert written == due, "run `make openapi`:\n" + "\n".join(difference)


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for member in node.values():
            yield from references(member)
    elif isinstance(node, list):
        for member in node:
            yield from references(member)


def test_a_document_is_whole(service: str) -> None:
    document = read(service)
    assert document["asyncapi"] == "3.0.0"
    openapi = json.loads((ROOT / "services" / service / "openapi.json").read_text(encoding="utf-8"))
    assert document["info"]["version"] == openapi["info"]["version"]
    for reference in references(document):
        node = document
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]
    assert set(document["channels"]["bus"]["messages"]) == set(document["components"]["messages"])
    assert all(re.fullmatch(r"[A-Za-z0-9]+", name) for name in document["components"]["messages"])


def test_the_examples_fit_their_schemas(service: str) -> None:
    for message in read(service)["components"]["messages"].values():
        for example in message["examples"]:
            require(example["payload"])
            assert example["payload"]["type"] == message["name"]
            for name in example["payload"]:
                less = {other: value for other, value in example["payload"].items() if other != name}
                with pytest.raises(jsonschema_rs.ValidationError):
                    jsonschema_rs.validate(schema_of(read(service), message["name"]), less)


def test_the_events_of_skus_fit_their_schemas() -> None:
    before = a_sku(current_stock=6, reserved_stock=1, reorder_threshold=3, sequence=1, version=2)
    moved: dict[str, Any] = {
        "last_transaction_at": MOMENT,
        "last_transaction_id": "TXN-8b9e7a3c-8c1e-5d6b-9d0a-3f1c2b4a5d6e",
    }
    out = replace(before, current_stock=1, sequence=3, version=4, **moved)
    back = replace(out, current_stock=9, sequence=4, version=5)
    events: list[Event] = [*sku_events(before, out, MOMENT), *sku_events(out, back, MOMENT)]
    assert {event.type for event in events} == {"stock.changed", "stock.out", "stock.low", "stock.back"}
    for event in events:
        require(event.document())


def test_the_schema_of_all_events_is_current_and_accepts_each_example() -> None:
    text = (ROOT / "docs" / "schemas" / "event.schema.json").read_text(encoding="utf-8")
    assert text == render_event_schema(), "run `make openapi`"
    schema = json.loads(text)
    for each in SERVICES:
        for message in read(each)["components"]["messages"].values():
            for example in message["examples"]:
                jsonschema_rs.validate(schema, example["payload"])
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validate(schema, {"type": "stock.out"})


def test_every_type_is_described_in_the_page(service: str) -> None:
    page = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
    for message in read(service)["components"]["messages"].values():
        assert f"`{message['name']}`" in page


def test_a_message_or_member_that_is_removed_breaks_consumers_and_one_that_is_added_does_not() -> None:
    old = read("stock")
    more = deepcopy(old["components"]["messages"]["StockOut"])

    def require_change(is_breaking: bool, change: Callable[[Any], object]) -> None:
        new = deepcopy(old)
        change(new["components"])
        found = list(changes(old, new))
        assert any(breaking for breaking, _ in found) is is_breaking
        assert required_version("1.2.3", found) == ((2, 0, 0) if is_breaking else (1, 3, 0))

    require_change(True, lambda new: new["messages"].pop("StockOut"))
    require_change(True, lambda new: new["schemas"]["StockChanged"]["properties"].pop("sku"))
    require_change(True, lambda new: new["schemas"]["StockChanged"]["required"].remove("sku"))
    require_change(False, lambda new: new["messages"].update(More=more))
    require_change(
        False, lambda new: new["schemas"]["StockChanged"]["properties"].update(more={"type": "string"})
    )
    assert list(changes(old, deepcopy(old))) == []
