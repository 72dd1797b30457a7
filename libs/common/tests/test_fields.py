import re
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ConfigDict, Field, ValidationError

from inventory_common import fields
from inventory_common.exact_json import dumps, loads


class Everything(fields.Body):
    """One field of each kind."""

    money: fields.Money = 0
    quantity: fields.Quantity = 1
    threshold: fields.Threshold = 0
    name: fields.Name = "x"
    description: fields.Description = "x"
    image: fields.ImageUrl = "x"
    notes: fields.Notes = "x"
    product_id: fields.ProductId = "PROD-E4F9A"
    vendor_id: fields.VendorId = "VENDOR-001"
    sku: fields.SkuId = "SKU-PROD-E4F9A-BLK-L"
    attributes: dict[fields.Name, fields.Name] = Field(default_factory=dict)


def _read(field: str, json_text: str) -> Any:
    body = Everything.model_validate(loads(f'{{"{field}":{json_text}}}'.encode()))
    return getattr(body, field)


def _refused(field: str, json_text: str) -> str:
    with pytest.raises(ValidationError) as refused:
        _read(field, json_text)
    [fault] = refused.value.errors()
    assert fault["loc"][0] == field
    return str(fault["msg"])


@pytest.mark.parametrize(
    ("json_text", "amount"),
    [
        ("0", "0"),
        ("0.00", "0"),
        ("-0", "0"),
        ("-0.0", "0"),
        ("0.01", "0.01"),
        ("89.99", "89.99"),
        ("89.90", "89.9"),
        ("90.00", "90"),
        ("90", "90"),
        ("100", "100"),
        ("1E+2", "100"),
        ("1e-2", "0.01"),
        ("12345E-2", "123.45"),
        ("9999999.99", "9999999.99"),
        ("9999999.990000", "9999999.99"),
        ("0." + "10" + "0" * 1_000, "0.1"),
        ("0e999999", "0"),
    ],
)
def test_an_amount_of_money_has_the_one_form_in_which_storage_gives_it_back(
    json_text: str, amount: str
) -> None:
    money = _read("money", json_text)
    assert dumps(money) == amount
    assert type(money) is (Decimal if "." in amount else int)


@pytest.mark.parametrize(
    "json_text",
    [
        "10000000",
        "9999999.991",
        "9999999.995",
        "10000000.00",
        "0.001",
        "0.014",
        "89.999",
        "-0.01",
        "-1",
        "1E+7",
        "1E+999999",
        "1E-999999",
        "9" * 4_000,
        "0." + "0" * 1_000 + "1",
        "89.990000000000000000000000000000000001",
        '"1"',
        '"89.99"',
        "true",
        "false",
        "null",
        "[1]",
        "{}",
    ],
)
def test_what_is_no_amount_of_money_is_refused(json_text: str) -> None:
    assert _refused("money", json_text)


@given(st.integers(0, 999_999_999))
def test_every_number_of_cents_is_an_amount_of_money(cents: int) -> None:
    amount = Decimal(cents).scaleb(-2)
    assert _read("money", dumps(amount)) == amount


@given(st.integers() | st.decimals(allow_nan=False, allow_infinity=False))
def test_any_number_is_money_of_at_most_two_fractional_digits_or_refused(number: int | Decimal) -> None:
    try:
        money = _read("money", dumps(number))
    except ValidationError:
        assert not 0 <= number <= Decimal("9999999.99") or number * 100 % 1 != 0
    else:
        assert money == number


WHOLE = ["1.5", "1.0", "1E+0", '"1"', "true", "false", "null", "[]", "{}", "1E+999999"]


@pytest.mark.parametrize("json_text", ["1", "2", "1000000"])
def test_a_quantity_is_at_least_one_and_at_most_a_million(json_text: str) -> None:
    assert _read("quantity", json_text) == int(json_text)


@pytest.mark.parametrize("json_text", ["0", "-1", "1000001", "1" + "0" * 4_000, *WHOLE])
def test_what_is_no_quantity_is_refused(json_text: str) -> None:
    assert _refused("quantity", json_text)


@pytest.mark.parametrize("json_text", ["0", "1", "1000000000"])
def test_a_threshold_is_nothing_to_a_thousand_million(json_text: str) -> None:
    assert _read("threshold", json_text) == int(json_text)


@pytest.mark.parametrize("json_text", ["-1", "1000000001", *WHOLE])
def test_what_is_no_threshold_is_refused(json_text: str) -> None:
    assert _refused("threshold", json_text)


LENGTHS = [("name", 200), ("description", 5_000), ("image", 1_000), ("attributes", 200)]


def _as_text(field: str, text: str) -> str:
    return dumps({"colour": text} if field == "attributes" else text)


@pytest.mark.parametrize(("field", "most"), LENGTHS)
@pytest.mark.parametrize("character", ["x", "\u00e9", "\U0001f4e6"])
def test_a_text_is_measured_in_characters(field: str, most: int, character: str) -> None:
    assert _read(field, _as_text(field, character))
    assert _read(field, _as_text(field, character * most))
    assert _refused(field, _as_text(field, character * (most + 1)))
    assert _refused(field, _as_text(field, ""))


@pytest.mark.parametrize("notes", ["n" * 300, "\u00e9" * 150, "\u20b9" * 100, "\U0001f4e6" * 75])
def test_notes_of_300_bytes_are_accepted(notes: str) -> None:
    assert len(notes.encode()) == 300
    assert _read("notes", dumps(notes)) == notes


@pytest.mark.parametrize("notes", ["", "n" * 301, "\u00e9" * 150 + "n", "\u20b9" * 101, "\U0001f4e6" * 76])
def test_notes_above_300_bytes_are_refused(notes: str) -> None:
    assert _refused("notes", dumps(notes))


TEXTS = ["name", "description", "image", "notes", "attributes"]


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize("code", [0, 1, 9, 10, 13, 0x1F, 0x7F, 0x80, 0x85, 0x9F])
def test_a_control_character_is_refused_wherever_it_stands(field: str, code: int) -> None:
    for text in (f"a{chr(code)}b", f"{chr(code)}a", f"a{chr(code)}"):
        assert "control" in _refused(field, _as_text(field, text))


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize("escape", [r"\ud800", r"a\udfff", r"\udc00\ud800"])
def test_a_lone_surrogate_is_refused(field: str, escape: str) -> None:
    assert _refused(field, f'{{"colour":"{escape}"}}' if field == "attributes" else f'"{escape}"')


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize("text", [" ", "   ", "\u00a0", "\u3000\u2003"])
def test_a_blank_text_is_refused(field: str, text: str) -> None:
    assert "blank" in _refused(field, _as_text(field, text))


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize(
    "text",
    [
        "O'Neill's",
        "L\u2019Or\u00e9al",
        "\U0001f469\u200d\U0001f4bb",
        r"\ud83d\udce6",
        "<b>",
        '\\"',
        "\u0939\u093f",
        " x ",
        "\u00a1",
    ],
)
def test_ordinary_texts_of_all_languages_are_accepted_as_they_are(field: str, text: str) -> None:
    json_text = f'"{text}"'
    expected = loads(json_text.encode())
    if field == "attributes":
        assert _read(field, f'{{"colour":{json_text}}}') == {"colour": expected}
    else:
        assert _read(field, json_text) == expected


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize("json_text", ["1", "1.5", "true", "null", "[]", '["a"]'])
def test_what_is_no_text_is_refused(field: str, json_text: str) -> None:
    assert _refused(field, json_text)


@pytest.mark.parametrize("name", ["", " ", "a\\u0000", "\\ud800", "x" * 201])
def test_the_names_of_variant_attributes_are_texts_too(name: str) -> None:
    assert _refused("attributes", f'{{"{name}":"Black"}}')


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("product_id", "PROD-A1B2C", "PROD-A1B2I"),
        ("vendor_id", "VENDOR-9", "VENDOR-9\\n"),
        ("sku", "SKU-PROD-A1B2C-RED", "SKU-PROD-A1B2C-RED-"),
    ],
)
def test_an_id_has_the_form_of_its_kind(field: str, good: str, bad: str) -> None:
    assert _read(field, f'"{good}"') == good
    assert "should match" in _refused(field, f'"{bad}"')
    assert _refused(field, "5")


@pytest.mark.parametrize("field", ["product_id", "vendor_id", "sku"])
def test_the_form_of_an_id_is_in_the_json_schema(field: str) -> None:
    pattern = Everything.model_json_schema()["properties"][field]["pattern"]
    assert pattern.startswith("^")
    assert pattern.endswith("$")


def test_money_is_a_bounded_number_in_the_json_schema() -> None:
    money = Everything.model_json_schema()["properties"]["money"]
    assert (money["type"], money["minimum"], money["maximum"], money["multipleOf"]) == (
        "number",
        0,
        9_999_999.99,
        0.01,
    )


@pytest.mark.parametrize("name", ["colour", "Money", "available_stock", "", "\u00e9"])
def test_an_unknown_field_is_refused(name: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Everything.model_validate({name: 1})
    assert [fault["type"] for fault in refused.value.errors()] == ["extra_forbidden"]


def test_a_body_cannot_be_changed_once_it_was_checked() -> None:
    body = Everything()
    with pytest.raises(ValidationError):
        body.quantity = 2


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.decimals(allow_nan=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(list(Everything.model_fields)) | st.text(), values) | values)
def test_any_document_is_accepted_or_found_invalid(document: Any) -> None:
    with suppress(ValidationError):
        assert isinstance(Everything.model_validate(document), Everything)


EDGES = "\t\n\x1f\x7f\x85\x9f \xa0\u1680\u2003\u2028\u3000\ufeff"


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from(EDGES)), max_size=8))
def test_the_pattern_in_documents_is_the_rule_for_readable_texts(text: str) -> None:
    class Named(fields.Body):
        name: fields.Name

    try:
        Named.model_validate({"name": text})
        accepted = True
    except ValidationError:
        accepted = False
    # `$` of JSON Schema is the very end, as `\Z` is Python's.
    pattern = fields.READABLE.removesuffix("$") + r"\Z"
    sendable = not any("\ud800" <= character <= "\udfff" for character in text)
    assert accepted == (bool(re.match(pattern, text)) and sendable)


def test_a_body_of_several_forms_says_what_each_needs_and_lacks() -> None:
    class Either(fields.Body):
        model_config = ConfigDict(
            json_schema_extra=fields.alternatives(
                {"needs": ["one"], "lacks": ["other"], "properties": {"one": {"minimum": 5}}},
                {"needs": ["other"], "lacks": ["one"]},
            )
        )

        one: int | None = None
        other: int | None = None
        why: fields.Name

    schema = Either.model_json_schema()
    first, second = schema["oneOf"]
    assert "properties" not in schema
    assert (first["required"], second["required"]) == (["why", "one"], ["why", "other"])
    assert first["properties"]["one"] == {"type": "integer", "minimum": 5}
    assert first["properties"]["other"] == second["properties"]["one"] == {"type": "null"}
    assert second["properties"]["other"] == {"type": "integer"}
    assert first["additionalProperties"] is second["additionalProperties"] is False
