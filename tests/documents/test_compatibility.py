"""Each document's version fits its changes, and breaking changes are recognized."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from inventory_common.attributes import READABLE, READABLE_LINES
from tools.openapi.compatibility import RELEASES, ROOT, SERVICES, changes, required_version, verdict

Change = Callable[[Any], Any]


@pytest.fixture(scope="module")
def released() -> Any:
    return json.loads((RELEASES / "stock.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("service", SERVICES)
def test_the_version_of_a_document_fits_its_changes(service: str) -> None:
    old = json.loads((RELEASES / f"{service}.json").read_text(encoding="utf-8"))
    new = json.loads((ROOT / "services" / service / "openapi.json").read_text(encoding="utf-8"))
    wrong = verdict(old, new)
    assert wrong is None, wrong


def test_a_document_does_not_differ_from_itself(released: Any) -> None:
    assert list(changes(released, deepcopy(released))) == []


def schema(name: str, attribute: str | None = None) -> Callable[[Any], Any]:
    """Return what finds a schema, or that of one of its attributes."""

    def find(document: Any) -> Any:
        found = document["components"]["schemas"][name]
        return found if attribute is None else found["properties"][attribute]

    return find


def operation(method: str, path: str) -> Callable[[Any], Any]:
    return lambda document: document["paths"][path][method]


def body_of(document: Any, name: str) -> Any:
    return document["components"]["schemas"][name]


def page_of_skus(document: Any) -> Any:
    return document["components"]["schemas"]["PageOfSku"]["properties"]["items"]


RESTOCKS = "/products/{product_id}/skus/{sku}/restocks"
SKU = "/products/{product_id}/skus/{sku}"
ORDER = "/orders/{order_id}"

BREAKING: dict[str, Change] = {
    "a path is removed": lambda d: d["paths"].pop(ORDER),
    "a method is removed": lambda d: d["paths"][SKU].pop("patch"),
    "an operation is renamed": lambda d: operation("get", SKU)(d).update(operationId="show_sku"),
    "a role is no longer allowed": lambda d: operation("get", SKU)(d)["x-roles"].remove("orders"),
    "a parameter is removed": lambda d: operation("get", "/orders")(d)["parameters"].pop(0),
    "a parameter is required": lambda d: operation("get", "/orders")(d)["parameters"][0].update(
        required=True
    ),
    "a new parameter is required": lambda d: operation("get", "/orders")(d)["parameters"].append(
        {"name": "status", "in": "query", "required": True, "schema": {"type": "string"}}
    ),
    "a page is shorter": lambda d: operation("get", "/orders")(d)["parameters"][1]["schema"].update(
        maximum=50
    ),
    "a page is shorter by default": lambda d: operation("get", "/orders")(d)["parameters"][1][
        "schema"
    ].update(default=10),
    "a body is required": lambda d: operation("post", f"{ORDER}/confirm")(d)["requestBody"].update(
        required=True
    ),
    "a body's field is required": lambda d: body_of(d, "RestockBody")["required"].append("notes"),
    "a body's field is removed": lambda d: body_of(d, "RestockBody")["properties"].pop("notes"),
    "a new field of a body is required": lambda d: (
        body_of(d, "RestockBody")["properties"].update(batch={"type": "string"}),
        body_of(d, "RestockBody")["required"].append("batch"),
    ),
    "less may be sent": lambda d: schema("RestockBody", "quantity")(d).update(maximum=1_000),
    "more has to be sent": lambda d: schema("RestockBody", "quantity")(d).update(minimum=2),
    "another pattern is required": lambda d: schema("NewSku", "sku")(d).update(pattern="^SKU$"),
    "a default is changed": lambda d: schema("NewOrder", "hold_seconds")(d).update(default=60),
    "a command is removed": lambda d: body_of(d, "BatchedOrder")["oneOf"][1]["properties"]["command"][
        "enum"
    ].remove("cancel"),
    "an alternative of a body is removed": lambda d: body_of(d, "AdjustmentBody")["oneOf"].pop(),
    "a member of a response is removed": lambda d: schema("Sku")(d)["properties"].pop("low_stock_flag"),
    "a member of a response may be absent": lambda d: schema("Sku")(d)["required"].remove("low_stock_flag"),
    "a member of a response may be null": lambda d: schema("Sku", "unit_price")(d).update(
        type=["number", "null"]
    ),
    "a member of a response has another type": lambda d: schema("Sku", "version")(d).update(type="string"),
    "a response may be larger": lambda d: schema("Sku", "current_stock")(d).update(maximum=10**12),
    "a response may have another value": lambda d: schema("OrderStatus")(d)["enum"].append("lost"),
    "a success is added": lambda d: operation("post", RESTOCKS)(d)["responses"].update(
        {"202": {"description": "Later."}}
    ),
    "a success is removed": lambda d: operation("post", RESTOCKS)(d)["responses"].pop("201"),
    "a header of a response is removed": lambda d: operation("get", SKU)(d)["responses"]["200"][
        "headers"
    ].pop("ETag"),
    "a problem's member is removed": lambda d: schema("InsufficientStock")(d)["properties"].pop("lines"),
    "a problem's type is changed": lambda d: schema("InsufficientStock", "type")(d).update(const="urn:other"),
    "a member may be absent without a parameter": lambda d: page_of_skus(d).update(
        items={"anyOf": [{"$ref": "#/components/schemas/Sku"}, {"type": "object"}]}
    ),
    "an unknown keyword": lambda d: schema("Sku", "version")(d).update(multipleOf=2),
}

ADDING: dict[str, Change] = {
    "a path": lambda d: d["paths"].update({"/stock": {"get": operation("get", "/orders")(d)}}),
    "a parameter": lambda d: operation("get", "/orders")(d)["parameters"].append(
        {"name": "status", "in": "query", "required": False, "schema": {"type": "string"}}
    ),
    "a longer page": lambda d: operation("get", "/orders")(d)["parameters"][1]["schema"].update(maximum=200),
    "a field of a body": lambda d: body_of(d, "RestockBody")["properties"].update(batch={"type": "string"}),
    "more may be sent": lambda d: schema("RestockBody", "quantity")(d).update(maximum=2_000_000),
    "less has to be sent": lambda d: body_of(d, "NewSku")["required"].remove("reorder_threshold"),
    "a command": lambda d: body_of(d, "BatchedOrder")["oneOf"][1]["properties"]["command"]["enum"].append(
        "extend"
    ),
    "a member of a response": lambda d: schema("Sku")(d)["properties"].update(colour={"type": "string"}),
    "a response is never so large": lambda d: schema("Sku", "current_stock")(d).update(maximum=10),
    "a code": lambda d: operation("get", SKU)(d)["responses"].update(
        {"409": {"$ref": "#/components/responses/SkuExists"}}
    ),
    "a code is removed": lambda d: operation("get", ORDER)(d)["responses"].pop("404"),
    "a form of items on request": lambda d: page_of_skus(d).update(
        items={"anyOf": [page_of_skus(d)["items"], {"type": "object", "x-requested-by": "fields"}]}
    ),
    "a media type": lambda d: operation("get", "/orders")(d)["responses"]["200"]["content"].update(
        {"text/csv": {"schema": {"type": "string"}}}
    ),
    "a header of a response": lambda d: operation("get", SKU)(d)["responses"]["200"]["headers"].update(
        {"Age": {"schema": {"type": "integer"}}}
    ),
}

TEXTS: dict[str, Change] = {
    "a description": lambda d: schema("Sku", "version")(d).update(description="Otherwise."),
    "a problem's title": lambda d: schema("InsufficientStock", "title")(d).update(const="Otherwise"),
    "an example": lambda d: schema("Sku")(d).update(examples=[]),
    "a summary": lambda d: operation("get", SKU)(d).update(summary="Otherwise"),
}


def after(released: Any, change: Change) -> list[tuple[bool, str]]:
    document = deepcopy(released)
    change(document)
    assert document != released, "nothing has changed"
    return list(changes(released, document))


@pytest.mark.parametrize("change", BREAKING.values(), ids=BREAKING)
def test_a_breaking_change_is_recognized(released: Any, change: Change) -> None:
    found = after(released, change)
    assert [what for breaks, what in found if breaks], found
    assert required_version("1.4.2", found) == (2, 0, 0)


@pytest.mark.parametrize("change", ADDING.values(), ids=ADDING)
def test_an_addition_breaks_no_client(released: Any, change: Change) -> None:
    found = after(released, change)
    assert found
    assert [what for breaks, what in found if breaks] == []
    assert required_version("1.4.2", found) == (1, 5, 0)


def test_texts_of_several_lines_break_no_client_and_texts_of_one_do(released: Any) -> None:
    one, several = deepcopy(released), deepcopy(released)
    schema("RestockBody", "notes")(one).update(pattern=READABLE)
    schema("RestockBody", "notes")(several).update(pattern=READABLE_LINES)
    assert [breaks for breaks, _ in changes(one, several)] == [False]
    assert [breaks for breaks, _ in changes(several, one)] == [True]


@pytest.mark.parametrize("change", TEXTS.values(), ids=TEXTS)
def test_a_text_is_not_compared(released: Any, change: Change) -> None:
    assert after(released, change) == []


def test_the_version_has_to_fit(released: Any) -> None:
    document = deepcopy(released)
    del document["paths"][ORDER]
    wrong = verdict(released, document)
    assert wrong is not None
    assert f"GET {ORDER} was removed" in wrong
    assert "requires version 2.0.0 or higher" in wrong
    document["info"]["version"] = "2.0.0"
    assert verdict(released, document) is None
