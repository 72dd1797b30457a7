from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_common.items import Item, from_item, key_of, to_attribute, to_item

fractions = st.decimals(-10_000_000, 10_000_000, places=2).filter(lambda number: number % 1 != 0)
scalars = st.text() | st.booleans() | st.integers(-(10**38) + 1, 10**38 - 1) | fractions
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(min_size=1), inner), max_leaves=10
)


@pytest.mark.parametrize(
    ("value", "attribute"),
    [
        ("Black", {"S": "Black"}),
        ("", {"S": ""}),
        (True, {"BOOL": True}),
        (False, {"BOOL": False}),
        (0, {"N": "0"}),
        (-3, {"N": "-3"}),
        (Decimal("89.99"), {"N": "89.99"}),
        (Decimal("-0.5"), {"N": "-0.5"}),
        (Decimal("1E+2"), {"N": "100"}),
        (Decimal("1E-7"), {"N": "0.0000001"}),
        (["a", 1], {"L": [{"S": "a"}, {"N": "1"}]}),
        (("a", 1), {"L": [{"S": "a"}, {"N": "1"}]}),
        ([], {"L": []}),
        ({"size": "L"}, {"M": {"size": {"S": "L"}}}),
        ({}, {"M": {}}),
    ],
)
def test_a_value_has_one_form_in_the_api(value: object, attribute: dict[str, Any]) -> None:
    assert to_attribute(value) == attribute


@pytest.mark.parametrize("value", [1.5, 89.99, 0.0, float("nan"), [1.5], {"price": 1.5}])
def test_a_binary_float_is_refused_at_any_depth(value: object) -> None:
    with pytest.raises(TypeError, match="float"):
        to_attribute(value)


@pytest.mark.parametrize("value", [bytearray(b"x"), None, {1, 2}, object(), [None], 1j])
def test_a_value_of_any_other_type_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="no attribute value"):
        to_attribute(value)


@given(st.dictionaries(st.text(min_size=1), values))
def test_attributes_are_unchanged_by_encoding_and_decoding(attributes: dict[str, Any]) -> None:
    assert _typed(from_item(to_item(attributes))) == _typed(attributes)


def _typed(value: Any) -> Any:
    """Add the type to each value, as True equals 1 and Decimal("1") equals 1."""
    match value:
        case dict():
            return {name: _typed(member) for name, member in value.items()}
        case list():
            return [_typed(member) for member in value]
        case _:
            return type(value), value


@pytest.mark.parametrize(
    ("text", "number"),
    [("90", 90), ("-90", -90), ("0", 0), ("89.99", Decimal("89.99")), ("-0.5", Decimal("-0.5"))],
)
def test_a_number_without_a_fraction_is_an_integer(text: str, number: int | Decimal) -> None:
    decoded = from_item({"n": {"N": text}})["n"]
    assert (type(decoded), decoded) == (type(number), number)


def test_a_number_in_exponential_form_is_read_exactly() -> None:
    assert from_item({"n": {"N": "1.5E+2"}}) == {"n": Decimal("150")}


def test_a_null_attribute_is_none() -> None:
    assert from_item({"order_id": {"NULL": True}}) == {"order_id": None}


@pytest.mark.parametrize("attribute", [{"X": "x"}, {"SS": ["a"]}, {"NS": ["1"]}, {"BS": [b"x"]}])
def test_an_attribute_of_any_other_type_is_refused(attribute: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="no plain value"):
        from_item({"x": attribute})


def test_attributes_that_are_none_are_absent() -> None:
    assert to_item({"sku": "SKU-1", "notes": None, "stock": 0, "is_active": False, "brand": ""}) == {
        "sku": {"S": "SKU-1"},
        "stock": {"N": "0"},
        "is_active": {"BOOL": False},
        "brand": {"S": ""},
    }


def test_only_the_named_attributes_are_decoded_if_there_are_names() -> None:
    item: Item = {"a": {"S": "1"}, "b": {"S": "2"}, "binary": {"B": b"x"}}
    assert from_item(item, ["a", "absent"]) == {"a": "1"}
    assert from_item(item, []) == {}


def test_a_key_has_the_key_attributes_alone() -> None:
    assert key_of(("product_id", "stock"), {"stock": 5, "product_id": "PROD-E4F9A", "brand": "SoundMax"}) == {
        "product_id": {"S": "PROD-E4F9A"},
        "stock": {"N": "5"},
    }


def test_a_key_without_one_of_its_attributes_is_refused() -> None:
    with pytest.raises(KeyError):
        key_of(("product_id", "sku"), {"product_id": "PROD-E4F9A"})
