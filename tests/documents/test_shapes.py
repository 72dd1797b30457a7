"""The schemas of shapes and bodies: types from annotations, sentences and samples from attributes."""

from __future__ import annotations

from typing import Annotated, Any, TypedDict

import pytest

from inventory_common.attributes import Attribute, Counter, Name, OrderId, SkuId, Text, attributes_of
from inventory_common.bodies import BodyType, body, creation
from inventory_common.products import NewProduct, Product
from inventory_common.skus import Sku
from inventory_common.transactions import TransactionRecord
from inventory_common.values import value
from tools.openapi.attributes import ATTRIBUTES, members_of
from tools.openapi.shapes import Components, MissingDescription

SKU_SENTENCE = "The product variant that stock is kept for."


class Shelf(TypedDict):
    """Where a SKU is."""

    sku: str
    version: Annotated[int, Counter(7), Attribute("Counts the moves.", 8)]
    order_id: Annotated[str | None, Attribute("The order that it waits for.", None)]


@value(kw_only=True)
class Box:
    """A box."""

    sku: SkuId
    order_id: OrderId | None = None

    @property
    def weight(self) -> Annotated[int, Attribute("Its weight in grams.", 100)]:
        return 0

    @property
    def key(self) -> str:
        return self.sku


@body
class Parcel:
    """What is sent."""

    sku: SkuId
    order_id: OrderId | None = None
    colour: Annotated[Name | None, Attribute("Its colour.", "Red")] = None
    notes: Annotated[str, Text(10)] | None = None


def properties_of(shape: Any) -> dict[str, Any]:
    components = Components()
    [name] = [components.of_shape(shape)["$ref"].rpartition("/")[2]]
    properties: dict[str, Any] = components.schemas[name]["properties"]
    return properties


def test_a_member_is_described_by_the_attribute_of_its_name() -> None:
    sku = properties_of(Shelf)["sku"]
    assert sku["description"] == SKU_SENTENCE
    assert sku["pattern"].startswith("^SKU-")


def test_an_attribute_of_its_own_comes_first() -> None:
    properties = properties_of(Shelf)
    assert properties["version"] == {"type": "integer", "minimum": 7, "description": "Counts the moves."}
    assert properties["order_id"] == {
        "type": ["string", "null"],
        "description": "The order that it waits for.",
    }


def test_of_properties_those_with_an_attribute_are_served() -> None:
    assert list(members_of(Box)) == ["sku", "order_id", "weight"]
    assert properties_of(Box)["weight"] == {"type": "integer", "description": "Its weight in grams."}


def test_a_member_may_be_null() -> None:
    order_id = properties_of(Box)["order_id"]
    assert (order_id["type"], order_id["pattern"]) == (["string", "null"], "^ORDER-[A-Za-z0-9-]{1,64}$")


def test_samples_are_those_of_the_attributes() -> None:
    assert Components().sample(Box) == {
        "sku": "SKU-PROD-E4F9A-BLK-L",
        "order_id": "ORDER-12345",
        "weight": 100,
    }


def test_a_member_that_nothing_describes_is_an_error() -> None:
    class Unknown(TypedDict):
        colour: str

    with pytest.raises(MissingDescription, match="colour"):
        Components().of_shape(Unknown)


def test_the_members_of_a_body_are_described_once_and_have_samples() -> None:
    components = Components()
    components.of_body(BodyType.of(Parcel))
    properties = components.schemas["Parcel"]["properties"]
    assert [member["description"] for member in properties.values()] == [
        SKU_SENTENCE,
        "The order; its order system chooses the id.",
        "Its colour.",
        "The reason; at most 300 bytes of UTF-8.",
    ]
    assert str(properties).count("'description'") == len(properties)
    assert components.schemas["Parcel"]["examples"] == [
        {
            "sku": "SKU-PROD-E4F9A-BLK-L",
            "order_id": "ORDER-12345",
            "colour": "Red",
            "notes": "Monthly restock shipment from warehouse",
        }
    ]


def test_a_body_of_a_resource_has_the_sentences_of_the_resource() -> None:
    components = Components()
    components.of_body(creation(Product, NewProduct))
    properties = components.schemas["NewProduct"]["properties"]
    declared = attributes_of(Product)
    for name, member in properties.items():
        assert member["description"] == _sentence(declared[name]), name


@pytest.mark.parametrize("resource", [Product, Sku, TransactionRecord])
def test_resources_have_their_own_sentences(resource: type) -> None:
    for name, member in properties_of(resource).items():
        assert member["description"] == _sentence(members_of(resource)[name]), name


def test_every_attribute_is_described() -> None:
    assert [name for name, hint in ATTRIBUTES.items() if not _sentence(hint).endswith((".", ". "))] == []


def _sentence(hint: Any) -> str:
    described: Attribute = next(each for each in reversed(hint.__metadata__) if isinstance(each, Attribute))
    return described.description
