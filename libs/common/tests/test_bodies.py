"""The bodies of requests: declared as classes, or derived from the attributes of a resource."""

from __future__ import annotations

import random
from dataclasses import FrozenInstanceError, field
from decimal import Decimal
from typing import Annotated, Any, NotRequired, TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from inventory_common import attributes
from inventory_common.attributes import (
    Attribute,
    Flag,
    Items,
    Name,
    Notes,
    OneOf,
    OrderId,
    Price,
    Quantity,
    SkuId,
    WholeNumber,
    YesNo,
)
from inventory_common.bodies import BodyType, Form, body, creation, merge_patch
from inventory_common.exact_json import dumps, loads
from inventory_common.idempotency import IdempotencyKey
from inventory_common.limits import HOLD_DEFAULT_SECONDS
from inventory_common.products import NewProduct, Product
from inventory_common.skus import NewSku, Sku
from inventory_common.values import value


@body
class Line:
    """Units of one SKU; its id and the product's have to match."""

    product_id: attributes.ProductId
    sku: SkuId
    quantity: Quantity

    def __post_init__(self) -> None:
        if not self.sku.startswith(f"SKU-{self.product_id}-"):
            raise ValueError(f"should have a sku that begins with SKU-{self.product_id}-")


@body
class NewOrder:
    """The lines to reserve, and for how long."""

    lines: Annotated[list[Line], Items(3, 1)]
    hold_seconds: Annotated[int, WholeNumber(60, 2_592_000)] = HOLD_DEFAULT_SECONDS


@body
class ReturnedLine:
    """Units of one SKU that come back."""

    sku: SkuId
    quantity: Quantity


@body
class Refund:
    """The part of an order that comes back; without lines, all of it."""

    lines: Annotated[list[ReturnedLine], Items(1_000, 1)] | None = None
    restock: YesNo = True


@body(
    forms=[
        Form(
            needs=["quantity_change"],
            lacks=["counted_stock", "expected_stock"],
            excluded={"quantity_change": 0},
        ),
        Form(needs=["counted_stock", "expected_stock"], lacks=["quantity_change"]),
    ],
    rule="should have a quantity_change other than 0, or counted_stock and expected_stock",
)
class Adjustment:
    """A signed change, or a count and the stock that was expected."""

    quantity_change: Annotated[int, WholeNumber(-1_000_000, 1_000_000)] | None = None
    counted_stock: attributes.Threshold | None = None
    expected_stock: attributes.Threshold | None = None
    notes: Notes


@body(
    forms=[
        Form(needs=["lines"], values={"command": ["place"]}),
        Form(needs=["command"], lacks=["lines"], values={"command": ["confirm", "cancel"]}),
    ],
    rule="should have lines exactly if it is a place",
)
class BatchedOrder:
    """One command of a batch."""

    order_id: OrderId
    command: Annotated[str, OneOf(("place", "confirm", "cancel"))] = "place"
    lines: Annotated[list[Line], Items(49, 1)] | None = None


@body
class Batch:
    """Commands on several orders."""

    orders: Annotated[list[BatchedOrder], Items(500, 1)]


NEW_ORDER: BodyType[NewOrder] = BodyType.of(NewOrder)
REFUND: BodyType[Refund] = BodyType.of(Refund)
ADJUSTMENT: BodyType[Adjustment] = BodyType.of(Adjustment)
BATCH: BodyType[Batch] = BodyType.of(Batch)
NEW_PRODUCT = creation(Product, NewProduct)
NEW_SKU = creation(Sku, NewSku)
PRODUCT_PATCH = merge_patch(Product, "ProductPatch", "The attributes of a product to change.")
SKU_PATCH = merge_patch(Sku, "SkuPatch", "The attributes of a SKU to change.")
BODY_TYPES: dict[str, BodyType[Any]] = {
    "NewOrder": NEW_ORDER,
    "Refund": REFUND,
    "Adjustment": ADJUSTMENT,
    "Batch": BATCH,
    "NewProduct": NEW_PRODUCT,
    "NewSku": NEW_SKU,
    "ProductPatch": PRODUCT_PATCH,
    "SkuPatch": SKU_PATCH,
}
every_body_type = pytest.mark.parametrize("body_type", BODY_TYPES.values(), ids=BODY_TYPES.keys())

LINE: dict[str, Any] = {"product_id": "PROD-E4F9A", "sku": "SKU-PROD-E4F9A-BLK-L", "quantity": 2}
PRODUCT = {"product_name": "Headphones", "category": "Audio", "base_price": 90}
SKU = {"sku": "SKU-PROD-E4F9A-BLK-L", "variant_name": "Black", "unit_price": 90, "reorder_threshold": 10}


def _read(body_type: BodyType[Any], document: Any) -> Any:
    read, errors = body_type.read(document)
    assert errors == []
    return read


def _errors(body_type: BodyType[Any], document: Any) -> dict[str, str]:
    read, errors = body_type.read(document)
    assert read is None
    assert errors
    return dict(errors)


# Bodies that are classes


def test_a_body_is_a_value_of_its_class_with_defaults_for_absent_members() -> None:
    order = _read(NEW_ORDER, {"lines": [LINE]})
    assert order == NewOrder(lines=[Line(**LINE)])
    assert order.hold_seconds == 86_400
    assert isinstance(order.lines[0], Line)
    assert _read(REFUND, {}) == Refund(lines=None, restock=True)


def test_a_body_cannot_be_changed_once_it_was_read() -> None:
    order = _read(NEW_ORDER, {"lines": [LINE]})
    with pytest.raises(FrozenInstanceError):
        order.hold_seconds = 60


def test_a_body_type_has_the_name_of_its_class() -> None:
    assert (NEW_ORDER.name, NEW_ORDER.is_merge_patch) == ("NewOrder", False)
    assert BodyType.of(NEW_PRODUCT) is NEW_PRODUCT
    assert (NEW_PRODUCT.name, NEW_PRODUCT.is_merge_patch) == ("NewProduct", False)
    assert (PRODUCT_PATCH.name, PRODUCT_PATCH.is_merge_patch) == ("ProductPatch", True)


@every_body_type
@pytest.mark.parametrize("document", [None, [], "x", 5, True, Decimal("1.5")])
def test_any_other_json_value_is_not_a_body(body_type: BodyType[Any], document: Any) -> None:
    assert _errors(body_type, document) == {"body": "should be a JSON object"}


@every_body_type
@pytest.mark.parametrize("name", ["colour", "Lines", "available_stock", "", "\u00e9", "\0"])
def test_an_unknown_member_is_refused(body_type: BodyType[Any], name: str) -> None:
    assert _errors(body_type, {name: 1})[f"body.{name}"] == "is not a field of this request"


@every_body_type
def test_a_member_whose_name_is_a_lone_surrogate_is_refused(body_type: BodyType[Any]) -> None:
    assert _errors(body_type, {"\ud800": 1})


def test_every_error_is_returned_with_its_path() -> None:
    lines = [LINE, {"product_id": "PROD-1", "sku": 5, "colour": "blue"}]
    assert _errors(NEW_ORDER, {"lines": lines, "hold_seconds": "60"}) == {
        "body.lines[1].product_id": "should be PROD- and 5 to 12 digits and capital letters other than "
        "I, L, O and U, such as PROD-E4F9A",
        "body.lines[1].sku": "should be a string",
        "body.lines[1].quantity": "is required",
        "body.lines[1].colour": "is not a field of this request",
        "body.hold_seconds": "should be an integer",
    }


def test_the_check_of_a_class_is_an_error_at_the_path_of_its_object() -> None:
    other = LINE | {"sku": "SKU-PROD-A1B2C-BLK-L"}
    assert _errors(NEW_ORDER, {"lines": [LINE, other]}) == {
        "body.lines[1]": "should have a sku that begins with SKU-PROD-E4F9A-"
    }


@pytest.mark.parametrize(("count", "accepted"), [(0, False), (1, True), (3, True), (4, False)])
def test_a_list_has_no_fewer_and_no_more_items_than_declared(count: int, accepted: bool) -> None:
    document = {"lines": [LINE] * count}
    if accepted:
        assert len(_read(NEW_ORDER, document).lines) == count
    else:
        assert "should have at" in _errors(NEW_ORDER, document)["body.lines"]


@pytest.mark.parametrize("member", [5, "x", None, True, {}])
def test_any_other_json_value_is_not_a_list(member: Any) -> None:
    assert set(_errors(NEW_ORDER, {"lines": member})) == {"body.lines"}


# Bodies of several forms


@pytest.mark.parametrize(
    "document",
    [
        {"quantity_change": -2},
        {"quantity_change": 2, "counted_stock": None, "expected_stock": None},
        {"counted_stock": 0, "expected_stock": 7},
    ],
)
def test_a_body_of_several_forms_is_accepted_in_each_form(document: dict[str, Any]) -> None:
    assert _read(ADJUSTMENT, document | {"notes": "Broken."}) == Adjustment(**document, notes="Broken.")


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"quantity_change": None},
        {"quantity_change": 0},
        {"counted_stock": 5},
        {"expected_stock": 5},
        {"quantity_change": 1, "counted_stock": 5},
        {"quantity_change": 1, "counted_stock": 5, "expected_stock": 5},
    ],
)
def test_a_body_in_no_form_and_in_two_at_once_is_refused(document: dict[str, Any]) -> None:
    assert _errors(ADJUSTMENT, document | {"notes": "Broken."}) == {
        "body": "should have a quantity_change other than 0, or counted_stock and expected_stock"
    }


def test_a_member_of_a_wrong_type_is_the_only_error_of_a_body_of_several_forms() -> None:
    assert _errors(ADJUSTMENT, {"quantity_change": "1"}) == {
        "body.quantity_change": "should be an integer",
        "body.notes": "is required",
    }


@pytest.mark.parametrize(
    ("order", "accepted"),
    [
        ({"lines": [LINE]}, True),
        ({"command": "place", "lines": [LINE]}, True),
        ({"command": "confirm"}, True),
        ({"command": "cancel", "lines": None}, True),
        ({}, False),
        ({"command": "place"}, False),
        ({"command": "confirm", "lines": [LINE]}, False),
    ],
)
def test_forms_can_differ_by_the_value_of_a_member(order: dict[str, Any], accepted: bool) -> None:
    document = {"orders": [{"order_id": "ORDER-1"} | order]}
    if accepted:
        assert isinstance(_read(BATCH, document).orders[0], BatchedOrder)
    else:
        assert _errors(BATCH, document) == {"body.orders[0]": "should have lines exactly if it is a place"}


def test_the_schema_of_a_body_of_several_forms_says_what_each_form_needs_and_lacks() -> None:
    schema = ADJUSTMENT.schema()
    change, count = schema["oneOf"]
    assert schema.keys() == {"title", "description", "oneOf"}
    assert change["required"] == ["notes", "quantity_change"]
    assert count["required"] == ["notes", "counted_stock", "expected_stock"]
    assert change["properties"]["quantity_change"] == {
        "type": "integer",
        "minimum": -1_000_000,
        "maximum": 1_000_000,
        "not": {"const": 0},
    }
    assert change["properties"]["counted_stock"] == count["properties"]["quantity_change"] == {"type": "null"}
    assert count["properties"]["counted_stock"] == {"type": "integer", "minimum": 0, "maximum": 1_000_000_000}
    assert change["additionalProperties"] is count["additionalProperties"] is False


def test_the_schema_of_a_form_lists_the_values_that_the_form_allows() -> None:
    place, other = BATCH.schema()["$defs"]["BatchedOrder"]["oneOf"]
    assert place["required"] == ["order_id", "lines"]
    assert place["properties"]["command"] == {
        "type": "string",
        "enum": ["place"],
        "default": "place",
        "title": "Command",
    }
    assert other["required"] == ["order_id", "command"]
    assert other["properties"]["command"] == {
        "type": "string",
        "enum": ["confirm", "cancel"],
        "title": "Command",
    }
    assert other["properties"]["lines"] == {"type": "null"}


def test_a_class_of_several_forms_cannot_have_a_check_of_its_own() -> None:
    class Checked:
        def __post_init__(self) -> None: ...

    with pytest.raises(AssertionError, match="would replace it"):
        body(forms=[Form(needs=[])], rule="should be so")(Checked)


# Bodies that create a resource


def test_the_body_of_a_new_product_has_the_members_that_the_request_has() -> None:
    assert _read(NEW_PRODUCT, PRODUCT) == PRODUCT
    full = PRODUCT | {
        "vendor_id": "VENDOR-001",
        "description": "Over-ear.",
        "subcategory": "Headphones",
        "brand": "SoundMax",
        "images": ["https://example.com/1.jpg"],
        "tags": ["wireless"],
        "external_id": "HEADPHONES-1",
    }
    assert _read(NEW_PRODUCT, full) == full


@pytest.mark.parametrize("name", PRODUCT)
def test_a_new_product_needs_its_required_attributes(name: str) -> None:
    absent = {key: member for key, member in PRODUCT.items() if key != name}
    assert _errors(NEW_PRODUCT, absent) == {f"body.{name}": "is required"}
    assert f"body.{name}" in _errors(NEW_PRODUCT, PRODUCT | {name: None})


@pytest.mark.parametrize(
    "name", ["vendor_id", "description", "subcategory", "brand", "images", "tags", "external_id"]
)
def test_an_optional_attribute_of_a_new_product_may_be_null(name: str) -> None:
    assert _read(NEW_PRODUCT, PRODUCT | {name: None}) == PRODUCT | {name: None}


@pytest.mark.parametrize("name", ["product_id", "is_active", "created_at", "updated_at", "version"])
def test_attributes_that_the_service_sets_are_unknown_to_a_new_product(name: str) -> None:
    assert _errors(NEW_PRODUCT, PRODUCT | {name: 1}) == {f"body.{name}": "is not a field of this request"}


@pytest.mark.parametrize(
    "name",
    ["current_stock", "reserved_stock", "available_stock", "vendor_id", "product_id", "low_stock_flag"],
)
def test_attributes_that_the_service_sets_are_unknown_to_a_new_sku(name: str) -> None:
    assert _read(NEW_SKU, SKU) == SKU
    assert _errors(NEW_SKU, SKU | {name: 1}) == {f"body.{name}": "is not a field of this request"}


def test_the_attributes_of_a_new_resource_are_checked_by_their_types() -> None:
    wrong = {
        "product_name": " ",
        "category": "c" * 201,
        "base_price": Decimal("0.001"),
        "tags": ["a", 5],
        "images": ["https://example.com/1.jpg"] * 21,
        "vendor_id": "vendor-1",
    }
    assert _errors(NEW_PRODUCT, wrong) == {
        "body.product_name": "should not be blank, and should have no control characters",
        "body.category": "should have 1 to 200 characters",
        "body.base_price": "should have at most 2 fractional digits",
        "body.tags[1]": "should be a string",
        "body.images": "should have at most 20 items after validation, not 21",
        "body.vendor_id": "should be VENDOR- and 1 to 32 capital letters and digits, such as VENDOR-001",
    }


def test_money_in_a_body_has_the_form_in_which_dynamodb_returns_it() -> None:
    read = _read(NEW_PRODUCT, loads(b'{"product_name":"x","category":"y","base_price":89.90}'))
    assert dumps(read["base_price"]) == "89.9"


@value(kw_only=True)
class Shelf:
    """A shelf, whose label may be left out of a request but not be null."""

    label: Annotated[Name, Attribute("The label.", "A-12")] = ""
    price: Annotated[Price, Attribute("What it cost.", 12)]
    is_full: Annotated[bool, Flag(), Attribute("Whether it is full.", False)] = False


class NewShelf(TypedDict):
    """A shelf to be created."""

    label: NotRequired[str]
    price: Decimal | int


def test_an_attribute_that_may_be_absent_is_not_therefore_accepted_as_null() -> None:
    shelf = creation(Shelf, NewShelf)
    assert _read(shelf, {"price": 12}) == {"price": 12}
    assert _errors(shelf, {"price": 12, "label": None}) == {"body.label": "should be a string"}
    assert _errors(shelf, {"price": 12, "is_full": True}) == {
        "body.is_full": "is not a field of this request"
    }


# Variant attributes: a map of names to texts


@pytest.mark.parametrize(
    "texts", [{"colour": "Black"}, {"colour": "\u00e9" * 200}, {"\u00e9" * 200: "x"}, {}]
)
def test_variant_attributes_map_texts_to_texts(texts: dict[str, str]) -> None:
    assert _read(NEW_SKU, SKU | {"variant_attributes": texts})["variant_attributes"] == texts


@pytest.mark.parametrize("name", ["", " ", "a\u0000", "\ud800", "x" * 201])
def test_the_names_of_variant_attributes_are_texts_too(name: str) -> None:
    assert _errors(NEW_SKU, SKU | {"variant_attributes": {name: "Black"}})


@pytest.mark.parametrize(
    "member",
    ["", " ", "a\u0000b", "a\n", "\ud800", "a\udfff", "\u3000", "x" * 201, 1, Decimal("1.5"), True, None],
)
def test_the_values_of_variant_attributes_are_texts(member: Any) -> None:
    errors = _errors(NEW_SKU, SKU | {"variant_attributes": {"colour": member}})
    assert set(errors) == {"body.variant_attributes.colour"}


@pytest.mark.parametrize("count", [20, 21])
def test_a_sku_has_at_most_20_variant_attributes(count: int) -> None:
    read, errors = NEW_SKU.read(
        SKU | {"variant_attributes": {f"name{number}": "x" for number in range(count)}}
    )
    assert (read is None) == bool(errors) == (count > 20)


# Merge patches


def test_an_attribute_that_is_absent_in_a_merge_patch_stays() -> None:
    assert _read(PRODUCT_PATCH, {}) == {}
    assert _read(PRODUCT_PATCH, {"brand": "SoundMax"}) == {"brand": "SoundMax"}
    assert _read(PRODUCT_PATCH, {"is_active": False, "base_price": 5}) == {
        "is_active": False,
        "base_price": 5,
    }


@pytest.mark.parametrize("name", ["description", "subcategory", "brand", "images", "tags"])
def test_null_removes_an_optional_attribute(name: str) -> None:
    assert _read(PRODUCT_PATCH, {name: None}) == {name: None}


@pytest.mark.parametrize("name", ["product_name", "category", "base_price", "is_active"])
def test_null_is_refused_for_a_required_attribute(name: str) -> None:
    assert set(_errors(PRODUCT_PATCH, {name: None})) == {f"body.{name}"}


def test_null_removes_a_member_of_a_map_and_the_whole_map() -> None:
    changes = {"variant_attributes": {"colour": None, "size": "L"}}
    assert _read(SKU_PATCH, changes) == changes
    assert _read(SKU_PATCH, {"variant_attributes": None}) == {"variant_attributes": None}
    assert _errors(SKU_PATCH, {"variant_attributes": {"": None, "size": 5}}).keys() == {
        "body.variant_attributes..[key]",
        "body.variant_attributes.size",
    }


@pytest.mark.parametrize("name", ["product_id", "vendor_id", "external_id", "created_at", "version"])
def test_an_attribute_that_cannot_be_changed_is_unknown_to_a_merge_patch(name: str) -> None:
    assert _errors(PRODUCT_PATCH, {name: "x"}) == {f"body.{name}": "is not a field of this request"}


@pytest.mark.parametrize("name", ["sku", "current_stock", "sequence", "ledger_hash", "product_is_active"])
def test_an_attribute_that_cannot_be_changed_is_unknown_to_the_merge_patch_of_a_sku(name: str) -> None:
    assert _errors(SKU_PATCH, {name: "x"}) == {f"body.{name}": "is not a field of this request"}


# Canonical bodies: an Idempotency-Key belongs to their hash


def _payload_hash(body_type: BodyType[Any], json_text: str) -> str:
    canonical = body_type.canonical(_read(body_type, loads(json_text.encode())))
    return IdempotencyKey.of("", "", "", "", dumps(canonical, sort_keys=True)).payload_hash


LINE_JSON = '{"product_id":"PROD-E4F9A","sku":"SKU-PROD-E4F9A-BLK-L","quantity":2}'


@pytest.mark.parametrize(
    ("body_type", "json_text", "payload_hash"),
    [
        (
            NEW_ORDER,
            f'{{"lines":[{LINE_JSON}]}}',
            "32f13920702b0b2d21c6b6f06e4ce309d9c0d642b82ffc3ccf63418cf26ff161",
        ),
        (
            NEW_ORDER,
            f'{{"hold_seconds":600,"lines":[{LINE_JSON}]}}',
            "9c9483cf069809ae7884d657e45b385379df667a6fd422210c324b5320a0389f",
        ),
        (REFUND, "{}", "f3d3ab5a77e15a31e3543626a6615af047f4c7c231ea2e6af18072048e08e16f"),
        (
            REFUND,
            '{"lines":[{"sku":"SKU-PROD-E4F9A-BLK-L","quantity":1}],"restock":false}',
            "a87f5daaeec4710b16311d6390b26d4339dfe7dd8fe19719fbfe1584f5600e55",
        ),
        (
            ADJUSTMENT,
            '{"quantity_change":-2,"notes":"broken"}',
            "1a7da091bc842e2252f4ba97cb582ac26c3f764be5cdd8cf2ab1b88159cdaabc",
        ),
        (
            BATCH,
            f'{{"orders":[{{"order_id":"ORDER-1","lines":[{LINE_JSON}]}},'
            '{"order_id":"ORDER-2","command":"confirm"}]}',
            "ec593a01acf0eb0013819a45ec061d6c93d8d01c4d0d4cfc7b810b6a3e4daa30",
        ),
        (
            NEW_PRODUCT,
            '{"product_name":"Headphones","category":"Audio","base_price":90.00,"tags":["a","b"],"brand":null}',
            "b4a96f9d10af7ccc47f199dd6f6558356836445079fdf6bd5be0e04f56d47020",
        ),
        (
            NEW_PRODUCT,
            '{"vendor_id":"VENDOR-001","product_name":"Caf\u00e9","category":"Audio","base_price":89.90,'
            '"images":[]}',
            "0331a2f55280379cc9fcba8a13818b13e81dc445cb864ab5a97b65328d933d9f",
        ),
        (
            NEW_SKU,
            '{"sku":"SKU-PROD-E4F9A-BLK-L","variant_name":"Black","unit_price":89.90,"reorder_threshold":10,'
            '"variant_attributes":{"size":"L","color":"Black"}}',
            "7649fb8d96a14d8f32b9dde29ae2b3d482ecc00ebb452018aa97645e8c33382e",
        ),
    ],
    ids=[
        "order with the default hold",
        "order with a hold",
        "whole refund",
        "refund without restock",
        "adjustment",
        "batch",
        "product",
        "product with a vendor",
        "sku",
    ],
)
def test_the_hash_of_a_body_never_changes(
    body_type: BodyType[Any], json_text: str, payload_hash: str
) -> None:
    # A key is kept for a day, longer than a deployment takes: with another hash, a repeated command would be
    # refused as another one.
    assert _payload_hash(body_type, json_text) == payload_hash


@pytest.mark.parametrize(
    ("body_type", "one", "other"),
    [
        (REFUND, "{}", '{"restock":true}'),
        (REFUND, "{}", '{"lines":null}'),
        (NEW_ORDER, f'{{"lines":[{LINE_JSON}]}}', f'{{"hold_seconds":86400,"lines":[{LINE_JSON}]}}'),
        (
            NEW_PRODUCT,
            '{"product_name":"x","category":"y","base_price":90}',
            '{"base_price":90.00,"brand":null,"category":"\\u0079","product_name":"x"}',
        ),
    ],
)
def test_bodies_of_equal_meaning_have_the_same_hash(body_type: BodyType[Any], one: str, other: str) -> None:
    assert _payload_hash(body_type, one) == _payload_hash(body_type, other)


@given(st.permutations([*SKU, "variant_attributes"]), st.randoms())
def test_the_order_of_members_does_not_change_a_hash(names: list[str], dice: random.Random) -> None:
    variant = [("a", "b"), ("c", "d")]
    document = SKU | {"variant_attributes": dict(variant)}
    dice.shuffle(variant)
    shuffled = {name: (document | {"variant_attributes": dict(variant)})[name] for name in names}
    assert _payload_hash(NEW_SKU, dumps(shuffled)) == _payload_hash(NEW_SKU, dumps(document))


def test_different_bodies_have_different_hashes() -> None:
    hashes = [
        _payload_hash(NEW_ORDER, dumps({"lines": lines, "hold_seconds": hold_seconds}))
        for lines in ([LINE], [LINE, LINE], [LINE | {"quantity": 3}])
        for hold_seconds in (60, 61)
    ]
    assert len(set(hashes)) == 6


# JSON Schemas


@every_body_type
def test_the_schema_of_a_body_is_valid_and_closed(body_type: BodyType[Any]) -> None:
    schema = body_type.schema()
    Draft202012Validator.check_schema(schema)
    for form in schema.get("oneOf", [schema]):
        assert form["type"] == "object"
        assert form["additionalProperties"] is False
    assert schema["description"]


def test_the_schemas_of_nested_bodies_are_referred_to_in_the_services_document() -> None:
    schema = NEW_ORDER.schema()
    assert schema["properties"]["lines"] == {
        "type": "array",
        "items": {"$ref": "#/components/schemas/Line"},
        "minItems": 1,
        "maxItems": 3,
        "title": "Lines",
    }
    assert schema["required"] == ["lines"]
    assert schema["properties"]["hold_seconds"]["default"] == 86_400
    assert schema["$defs"]["Line"]["required"] == ["product_id", "sku", "quantity"]


def test_the_schema_of_a_creation_requires_what_the_creator_has_to_set() -> None:
    schema = NEW_PRODUCT.schema()
    assert schema["required"] == ["product_name", "category", "base_price"]
    assert {"type": "null"} in schema["properties"]["brand"]["anyOf"]
    assert "anyOf" not in schema["properties"]["product_name"]
    assert schema["description"].startswith("A product to be created")


def test_the_description_and_the_sample_of_an_attribute_are_in_the_schema() -> None:
    for body_type in (NEW_PRODUCT, PRODUCT_PATCH):
        member = body_type.schema()["properties"]["product_name"]
        assert (member["description"], member["examples"]) == (
            "Display name.",
            ["Wireless Bluetooth Headphones"],
        )


@pytest.mark.parametrize("body_type", [NEW_PRODUCT, NEW_SKU, PRODUCT_PATCH, SKU_PATCH])
def test_an_absent_attribute_has_no_default_in_the_schema(body_type: BodyType[Any]) -> None:
    assert [name for name, member in body_type.schema()["properties"].items() if "default" in member] == []


def test_the_schema_of_a_merge_patch_requires_nothing() -> None:
    schema = SKU_PATCH.schema()
    assert "required" not in schema
    assert (schema["title"], schema["description"]) == ("SkuPatch", "The attributes of a SKU to change.")
    patched, null = schema["properties"]["variant_attributes"]["anyOf"]
    assert (patched["maxProperties"], null) == (20, {"type": "null"})
    [member] = patched["patternProperties"].values()
    assert {"type": "null"} in member["anyOf"]


# Whatever is sent

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.decimals(allow_nan=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
members = st.sampled_from([*LINE, *PRODUCT, *SKU, "lines", "orders", "notes", "variant_attributes", "tags"])


@every_body_type
@given(document=st.dictionaries(members | st.text(), json_values) | json_values)
def test_any_json_value_is_accepted_or_has_errors(body_type: BodyType[Any], document: Any) -> None:
    read, errors = body_type.read(document)
    assert (read is None) == bool(errors)
    assert all(path.startswith("body") and message for path, message in errors)


def test_a_mutable_default_is_not_shared_by_two_bodies() -> None:
    @body
    class Basket:
        """A list that is empty by default."""

        names: Annotated[list[Name], Items(5)] = field(default_factory=list)

    basket = BodyType.of(Basket)
    first, second = _read(basket, {}), _read(basket, {})
    assert first.names == []
    assert first.names is not second.names
