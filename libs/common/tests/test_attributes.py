"""The types of attributes: what they accept from JSON, from text, and according to their JSON Schema."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from inventory_common import attributes, timestamps
from inventory_common.attributes import (
    BARCODE_FORMAT,
    NO_CONTROL_CHARACTERS,
    NOTES_FORMAT,
    PRINTABLE,
    READABLE,
    READABLE_IN_ORDER,
    READABLE_LINES,
    VISIBLE_ASCII,
    AnyText,
    Attribute,
    AttributeType,
    BarcodeText,
    Counter,
    Flag,
    Hash,
    Identifier,
    Items,
    MemberNames,
    Moment,
    Money,
    OneOf,
    Signature,
    StoredMoment,
    Text,
    Units,
    WholeNumber,
    attribute_of,
    attributes_of,
    form_of,
    is_optional,
    type_of,
)
from inventory_common.exact_json import dumps, loads
from inventory_common.ids import FORMS, PATTERNS, is_id
from inventory_common.products import Product
from inventory_common.requests import IDEMPOTENCY_KEY
from inventory_common.skus import Sku
from inventory_common.transactions import TransactionRecord


def _declared(annotation: Any) -> AttributeType:
    declared = type_of(annotation)
    assert declared is not None
    return declared


MONEY = _declared(attributes.Price)
QUANTITY = _declared(attributes.Quantity)
THRESHOLD = _declared(attributes.Threshold)
BARCODE = _declared(attributes.Barcode)
TEXTS = {
    "name": _declared(attributes.Name),
    "description": _declared(attributes.Description),
    "image": _declared(attributes.ImageUrl),
    "notes": _declared(attributes.Notes),
}
every_text = pytest.mark.parametrize("text_type", TEXTS.values(), ids=TEXTS.keys())


def _read(attribute_type: AttributeType, json_text: str) -> Any:
    return attribute_type.check(loads(json_text.encode()))


def _refused(attribute_type: AttributeType, json_text: str) -> str:
    with pytest.raises(ValueError, match=r"^should ") as refused:
        _read(attribute_type, json_text)
    return str(refused.value)


# Amounts of money


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
def test_an_amount_of_money_has_the_form_in_which_dynamodb_returns_it(json_text: str, amount: str) -> None:
    money = _read(MONEY, json_text)
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
def test_any_other_value_is_not_an_amount_of_money(json_text: str) -> None:
    assert _refused(MONEY, json_text)


@pytest.mark.parametrize("number", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_a_number_that_is_not_finite_is_not_an_amount_of_money(number: str) -> None:
    with pytest.raises(ValueError, match="should be 0 to"):
        MONEY.check(Decimal(number))


@given(st.integers(0, 999_999_999))
def test_every_number_of_cents_is_an_amount_of_money(cents: int) -> None:
    amount = Decimal(cents).scaleb(-2)
    assert _read(MONEY, dumps(amount)) == amount


@given(st.integers() | st.decimals(allow_nan=False, allow_infinity=False))
def test_any_number_is_money_with_at_most_two_fractional_digits_or_refused(number: int | Decimal) -> None:
    try:
        money = _read(MONEY, dumps(number))
    except ValueError:
        assert not 0 <= number <= Decimal("9999999.99") or number * 100 % 1 != 0
    else:
        assert money == number


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0", "0"),
        ("0.01", "0.01"),
        ("89.9", "89.9"),
        ("89.90", "89.9"),
        ("90.00", "90"),
        ("007", "7"),
        ("9999999.99", "9999999.99"),
    ],
)
def test_an_amount_of_money_is_read_exactly_from_text(text: str, amount: str) -> None:
    assert MONEY.from_text(text) == Decimal(amount)
    assert not isinstance(MONEY.from_text(text), float)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-1",
        "-0",
        "+1",
        "1,5",
        "1.",
        ".5",
        "0.001",
        "1e2",
        "1_000",
        "10000000",
        "9999999.999",
        "NaN",
        "Infinity",
        "0x10",
        "1 ",
        "1\n",
        "\u0661",
        "1" * 5_000,
    ],
)
def test_the_error_of_any_other_text_says_what_an_amount_of_money_is(text: str) -> None:
    with pytest.raises(ValueError, match=r"should be 0 to 9999999\.99, with at most 2 fractional digits"):
        MONEY.from_text(text)


def test_money_is_a_bounded_number_in_its_json_schema() -> None:
    schema = MONEY.schema()
    assert (schema["type"], schema["minimum"], schema["maximum"], schema["multipleOf"]) == (
        "number",
        0,
        9_999_999.99,
        0.01,
    )
    assert MONEY.from_text(str(schema["maximum"])) == Decimal("9999999.99")
    with pytest.raises(ValueError, match="should be 0 to"):
        MONEY.from_text(str(schema["maximum"] + schema["multipleOf"]))


# Numbers of units

NOT_WHOLE = ["1.5", "1.0", "1E+0", '"1"', "true", "false", "null", "[]", "{}", "1E+999999"]


@pytest.mark.parametrize("json_text", ["1", "2", "1000000"])
def test_a_quantity_is_one_to_a_million(json_text: str) -> None:
    assert _read(QUANTITY, json_text) == int(json_text)


@pytest.mark.parametrize("json_text", ["0", "-1", "1000001", "1" + "0" * 4_000, *NOT_WHOLE])
def test_any_other_value_is_not_a_quantity(json_text: str) -> None:
    assert _refused(QUANTITY, json_text)


@pytest.mark.parametrize("json_text", ["0", "1", "1000000000"])
def test_a_threshold_is_zero_to_a_billion(json_text: str) -> None:
    assert _read(THRESHOLD, json_text) == int(json_text)


@pytest.mark.parametrize("json_text", ["-1", "1000000001", *NOT_WHOLE])
def test_any_other_value_is_not_a_threshold(json_text: str) -> None:
    assert _refused(THRESHOLD, json_text)


@pytest.mark.parametrize("text", ["", "+1", "1.0", "1e1", " 1", "1 ", "1\n", "\u0661", "one", "9" * 5_000])
def test_the_error_of_any_other_text_says_what_a_whole_number_is(text: str) -> None:
    with pytest.raises(ValueError, match="should be an integer from -5 to 5"):
        WholeNumber(-5, 5).from_text(text)


# Texts


@pytest.mark.parametrize(("name", "most"), [("name", 200), ("description", 5_000), ("image", 1_000)])
@pytest.mark.parametrize("character", ["x", "\u00e9", "\U0001f4e6"])
def test_the_length_of_a_text_is_counted_in_characters(name: str, most: int, character: str) -> None:
    assert _read(TEXTS[name], dumps(character))
    assert _read(TEXTS[name], dumps(character * most))
    assert _refused(TEXTS[name], dumps(character * (most + 1)))
    assert _refused(TEXTS[name], dumps(""))


@pytest.mark.parametrize("notes", ["n" * 300, "\u00e9" * 150, "\u20b9" * 100, "\U0001f4e6" * 75])
def test_notes_of_300_bytes_are_accepted(notes: str) -> None:
    assert len(notes.encode()) == 300
    assert _read(TEXTS["notes"], dumps(notes)) == notes


@pytest.mark.parametrize("notes", ["", "n" * 301, "\u00e9" * 150 + "n", "\u20b9" * 101, "\U0001f4e6" * 76])
def test_notes_above_300_bytes_are_refused(notes: str) -> None:
    assert _refused(TEXTS["notes"], dumps(notes))


@every_text
@pytest.mark.parametrize("code", [0, 1, 9, 10, 13, 0x1F, 0x7F, 0x80, 0x85, 0x9F])
def test_a_control_character_is_refused_at_every_position(text_type: AttributeType, code: int) -> None:
    if code == 10 and text_type == TEXTS["description"]:
        return
    for text in (f"a{chr(code)}b", f"{chr(code)}a", f"a{chr(code)}"):
        assert "control" in _refused(text_type, dumps(text))


def test_a_description_keeps_its_line_breaks() -> None:
    for text in ("a\nb", "a\n\nb\n", "\na"):
        assert _read(TEXTS["description"], dumps(text)) == text
    assert _read(TEXTS["description"], dumps("a\r\nb\n\r\nc")) == "a\nb\n\nc"
    assert TEXTS["description"].from_text("a\r\nb") == "a\nb"


@pytest.mark.parametrize(
    "text", ["\n", "\r\n", " \n\u200b\n", "a\rb", "a\r", "\ra", "a\n\rb", "a\tb\n", "a\r\r\nb"]
)
def test_a_description_has_no_other_control_character_and_is_not_blank(text: str) -> None:
    assert "except line breaks" in _refused(TEXTS["description"], dumps(text))


@every_text
@pytest.mark.parametrize("escape", [r"\ud800", r"a\udfff", r"\udc00\ud800"])
def test_a_lone_surrogate_is_refused(text_type: AttributeType, escape: str) -> None:
    assert _refused(text_type, f'"{escape}"')


@every_text
@pytest.mark.parametrize(
    "text",
    [
        *[" ", "   ", "\u00a0", "\u3000\u2003"],
        *["\u200b", "\ufeff", "\u3164", "\u00ad", "\u2060", "\u200e\u200f", "\u034f", "\u2800", "\uffa0"],
        *[" \u200b\u00a0", "\ufe0f", "\U000e0041\U000e007f", "\U0001d173", "\U0001bca0"],
    ],
    ids=ascii,
)
def test_a_text_that_shows_nothing_is_refused(text_type: AttributeType, text: str) -> None:
    assert "blank" in _refused(text_type, dumps(text))
    assert _read(text_type, dumps(f"{text}x{text}"))


DIRECTIONS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize("character", DIRECTIONS, ids=ascii)
@pytest.mark.parametrize("name", ["name", "image"])
def test_a_name_cannot_override_the_direction_of_writing(name: str, character: str) -> None:
    for text in (f"a{character}b", f"{character}a", f"a{character}"):
        assert "direction of writing" in _refused(TEXTS[name], dumps(text))


@pytest.mark.parametrize(
    "text", ["\u05e9\u05dc\u05d5\u05dd", "\u0645\u0631\u062d\u0628\u0627 5", "a\u200eb\u200f"]
)
def test_names_are_written_in_either_direction(text: str) -> None:
    assert _read(TEXTS["name"], dumps(text)) == text


@pytest.mark.parametrize("name", ["description", "notes"])
def test_free_text_may_change_the_direction_within_itself(name: str) -> None:
    text = "before \u2067\u05e9\u05dc\u05d5\u05dd\u2069 after"
    assert _read(TEXTS[name], dumps(text)) == text


@given(st.characters(categories=["Cf", "Zs", "Zl", "Zp", "Cc"]))
def test_no_text_consists_of_format_characters_that_unicode_ignores(character: str) -> None:
    """Compared with a source of its own: what Python strips, and the format characters that have no glyph."""
    arabic_and_syriac = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2"
    others = "\ufff9\ufffa\ufffb\U000110bd\U000110cd"
    shown = character in arabic_and_syriac + others or 0x13430 <= ord(character) <= 0x1343F
    if shown:
        assert _read(TEXTS["description"], dumps(character))
    else:
        _refused(TEXTS["description"], dumps(character))


@every_text
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
def test_ordinary_texts_of_all_languages_are_accepted_unchanged(text_type: AttributeType, text: str) -> None:
    json_text = f'"{text}"'
    assert _read(text_type, json_text) == loads(json_text.encode())


@every_text
@pytest.mark.parametrize("json_text", ["1", "1.5", "true", "null", "[]", '["a"]'])
def test_any_other_json_value_is_not_a_text(text_type: AttributeType, json_text: str) -> None:
    assert _refused(text_type, json_text)


def test_a_search_text_may_be_blank() -> None:
    assert Text(5, NO_CONTROL_CHARACTERS).check(" ") == " "
    with pytest.raises(ValueError, match=r"^should have no control characters$"):
        Text(5, NO_CONTROL_CHARACTERS).check("a\n")


def test_a_cursor_is_any_text() -> None:
    assert AnyText().check("\ud800") == AnyText().from_text("\ud800") == "\ud800"
    assert _refused(AnyText(), "5") == "should be a string"


def test_a_key_of_a_command_is_what_its_header_may_be() -> None:
    key = _declared(attributes.CommandKey)
    for text in ("!", "~" * 255, "delivery-1"):
        assert key.check(text) == text
        assert re.fullmatch(IDEMPOTENCY_KEY, text)
    for text in ("", "~" * 256, "two words", "\x7f", "a\n", "\u00e9"):
        with pytest.raises(ValueError, match=r"^should "):
            key.check(text)
        assert not re.fullmatch(IDEMPOTENCY_KEY, text)


EDGES = "\t\n\r\x1f\x7f\x85\x9f \xa0\u1680\u2003\u2028\u3000\ufeff\u00ad\u200b\u202e\u2066\u3164\U000e0001"


@pytest.mark.parametrize(
    ("name", "declared"), [("name", READABLE_IN_ORDER), ("notes", READABLE), ("description", READABLE_LINES)]
)
@given(text=st.text(alphabet=st.one_of(st.characters(), st.sampled_from(EDGES)), max_size=8))
def test_the_pattern_in_documents_is_the_rule_for_readable_texts(name: str, declared: str, text: str) -> None:
    try:
        TEXTS[name].check(text)
        accepted = True
    except ValueError:
        accepted = False
    # `$` of JSON Schema is the very end, like Python's `\Z`.
    pattern = declared.removesuffix("$") + r"\Z"
    sendable = not any("\ud800" <= character <= "\udfff" for character in text)
    assert accepted == (bool(re.match(pattern, text)) and sendable)


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from(EDGES)), max_size=8))
def test_a_text_of_one_line_is_also_one_of_several(text: str) -> None:
    if re.fullmatch(READABLE, text):
        assert re.fullmatch(READABLE_LINES, text)


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\n\x1f\x85 a")), max_size=6))
def test_a_text_of_a_query_is_read_according_to_its_schema(sent: str) -> None:
    text_type = Text(4, NO_CONTROL_CHARACTERS)
    read = None
    with suppress(ValueError):
        read = text_type.from_text(sent)
    schema = text_type.schema()
    sendable = not re.search("[\ud800-\udfff]", sent)
    fits = schema["minLength"] <= len(sent) <= schema["maxLength"]
    # `$` of JSON Schema is the very end, like Python's `\Z`.
    matches = re.search(schema["pattern"].removesuffix("$") + r"\Z", sent) is not None
    assert (read == sent) == (sendable and fits and matches)


# Barcodes

GTINS = {
    8: ["96385074", "40170725", "00000000"],
    12: ["036000291452", "614141000036", "012345678905"],
    13: ["4006381333931", "9780306406157", "0036000291452"],
    14: ["10614141000415", "04006381333931", "98765432109213"],
}
"""Published samples, and the same numbers with leading zeros."""


@pytest.mark.parametrize("gtin", [gtin for gtins in GTINS.values() for gtin in gtins])
def test_a_gtin_has_one_right_check_digit(gtin: str) -> None:
    accepted = [digit for digit in "0123456789" if _is_a_barcode(f"{gtin[:-1]}{digit}")]
    assert accepted == [gtin[-1]]
    wrong = f"{gtin[:-1]}{(int(gtin[-1]) + 1) % 10}"
    assert _refused(BARCODE, f'"{wrong}"') == (
        f"should have the check digit {gtin[-1]}, as a GTIN of {len(gtin)} digits"
    )


@pytest.mark.parametrize("gtin", [gtin for gtins in GTINS.values() for gtin in gtins])
def test_one_wrong_digit_of_a_gtin_is_always_found(gtin: str) -> None:
    for place, right in enumerate(gtin):
        for digit in "0123456789":
            code = f"{gtin[:place]}{digit}{gtin[place + 1 :]}"
            assert _is_a_barcode(code) is (digit == right), code


@pytest.mark.parametrize("length", [1, 7, 9, 10, 11, 15, 18, 40])
def test_digits_of_any_other_number_are_a_code_without_a_check_digit(length: int) -> None:
    for digit in "0123456789":
        assert _read(BARCODE, f'"{"1" * (length - 1)}{digit}"')


@pytest.mark.parametrize(
    "code",
    [
        *["A", "9638507A", "9638-5073", "9638 5073", "ABC-abc-1234", "$/+%", "*CODE 39*", "#", "a#b", '\\"'],
        *["\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668", "\u00e9", "\u8336", "\U0001f4e6"],
    ],
    ids=ascii,
)
def test_any_other_code_is_one_to_forty_printable_characters(code: str) -> None:
    assert BARCODE.check(code) == BARCODE.from_text(code) == code


def test_a_code_has_at_most_forty_characters() -> None:
    for character in ("x", "\u8336", "\U0001f4e6"):
        assert BARCODE.check(character * 40)
        for code in ("", character * 41):
            with pytest.raises(ValueError, match=r"^should have 1 to 40 characters$"):
                BARCODE.check(code)


@pytest.mark.parametrize(
    "character",
    [
        *[chr(code) for code in (0, 1, 9, 10, 13, 0x1F, 0x7F, 0x80, 0x85, 0x9F)],
        *["\u00a0", "\u2003", "\u3000", "\u200b", "\u200d", "\ufeff", "\u3164", "\u00ad", "\u2060"],
        *["\u200e", "\u202e", "\u2066", "\u034f", "\u2800", "\ufe0f", "\U000e0041", "\ufffd"],
    ],
    ids=ascii,
)
def test_a_barcode_has_no_character_that_a_reader_cannot_see(character: str) -> None:
    for code in (character, f"a{character}b", f"{character}a", f"a{character}"):
        assert _refused(BARCODE, dumps(code)) == (
            "should have visible characters only, and spaces only between them"
        )


def test_a_barcode_neither_begins_nor_ends_with_a_space() -> None:
    assert BARCODE.check("A  1") == "A  1"
    for code in (" ", "  ", " A", "A ", " 96385074", "96385074 "):
        assert "spaces only between them" in _refused(BARCODE, dumps(code))


@pytest.mark.parametrize("json_text", ["1", "96385074", "true", "null", "[]", '["a"]', r'"\ud800"'])
def test_any_other_json_value_is_not_a_barcode(json_text: str) -> None:
    assert _refused(BARCODE, json_text)


def test_the_check_digit_of_a_barcode_has_a_format_of_its_own() -> None:
    assert BARCODE.schema() == {
        "type": "string",
        "minLength": 1,
        "maxLength": 40,
        "pattern": PRINTABLE,
        "format": BARCODE_FORMAT,
    }


@given(text=st.text(st.one_of(st.characters(), st.sampled_from(EDGES + "a1 \ufffd")), min_size=1, max_size=7))
def test_the_pattern_in_documents_is_the_rule_for_printable_texts(text: str) -> None:
    sendable = not re.search("[\ud800-\udfff]", text)
    matches = re.match(PRINTABLE.removesuffix("$") + r"\Z", text) is not None
    assert _is_a_barcode(text) == (matches and sendable)


def _is_a_barcode(code: str) -> bool:
    return not _result(BARCODE.check, code)[1]


# Ids and words


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("product_id", "PROD-A1B2C", "PROD-A1B2I"),
        ("vendor_id", "VENDOR-9", "VENDOR-9\\n"),
        ("sku", "SKU-PROD-A1B2C-RED", "SKU-PROD-A1B2C-RED-"),
        ("order_id", "ORDER-1", "ORDER-"),
        ("transaction_id", "TXN-550e8400-e29b-41d4-a716-446655440000", "TXN-550E8400"),
    ],
)
def test_an_id_has_the_pattern_of_its_attribute(name: str, good: str, bad: str) -> None:
    assert _read(Identifier(name), f'"{good}"') == good
    assert f"should be {FORMS[name]}" in _refused(Identifier(name), f'"{bad}"')
    assert _refused(Identifier(name), "5")


def test_messages_describe_every_id_in_words_and_by_valid_samples() -> None:
    assert FORMS.keys() == PATTERNS.keys()
    for name, form in FORMS.items():
        assert not re.search(r"[\[\]{}\\^?]", form)
        assert all(is_id(name, sample) for sample in re.findall(r"such as (\S+)", form))


@pytest.mark.parametrize("name", PATTERNS)
def test_the_pattern_of_an_id_in_its_json_schema_has_anchors(name: str) -> None:
    pattern = Identifier(name).schema()["pattern"]
    assert pattern.startswith("^")
    assert pattern.endswith("$")


def test_a_word_is_exactly_one_of_the_choices() -> None:
    order = OneOf(("asc", "desc"))
    assert order.from_text("asc") == "asc"
    for wrong in ("ASC", "", "asc "):
        with pytest.raises(ValueError, match="should be one of asc, desc"):
            order.from_text(wrong)
    assert order.schema() == {"type": "string", "enum": ["asc", "desc"]}


def test_a_flag_is_true_or_false_in_json_and_in_text() -> None:
    assert [Flag().check(value) for value in (True, False)] == [True, False]
    assert [Flag().from_text(text) for text in ("true", "false")] == [True, False]
    for json_text in ("1", "0", '"true"', "null", "[]"):
        assert _refused(Flag(), json_text) == "should be true or false"
    for text in ("", "True", "1", "yes", "true "):
        with pytest.raises(ValueError, match="should be true or false"):
            Flag().from_text(text)


# Moments


def test_a_moment_of_any_precision_and_offset_becomes_a_timestamp() -> None:
    assert Moment().from_text("2026-02-23T12:00:00+02:00") == "2026-02-23T10:00:00.000000Z"


@pytest.mark.parametrize("text", ["", "now", "2026-02-23", "2026-02-23T10:00:00", "2026-13-01T00:00:00Z"])
def test_the_error_of_any_other_text_shows_a_moment(text: str) -> None:
    with pytest.raises(ValueError, match="should be a date and time such as 2026-02-23T10:30:00Z"):
        Moment().from_text(text)


@pytest.mark.parametrize("json_text", ["5", "1.5", "null", "true", "[]", "{}"])
def test_any_other_json_value_is_not_a_moment(json_text: str) -> None:
    assert "should be a date and time" in _refused(Moment(), json_text)


@given(
    st.datetimes(),
    st.sampled_from(["Z", "+05:30", "-23:59"]),
    st.sampled_from(["minutes", "seconds", "auto"]),
)
def test_a_moment_matches_the_pattern_in_its_schema(when: datetime, offset: str, precision: str) -> None:
    sent = when.isoformat(timespec=precision) + offset
    assert re.search(Moment().schema()["pattern"], sent)


@given(st.text(alphabet="0123456789-:.,TZ+ t", max_size=30))
def test_a_text_that_does_not_match_the_pattern_is_not_a_moment(sent: str) -> None:
    with suppress(ValueError):
        Moment().from_text(sent)
        assert re.search(Moment().schema()["pattern"], sent)


# Every type accepts the same values in JSON, in text and according to its schema

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=3,
)
any_text = st.text(alphabet=st.one_of(st.characters(), st.sampled_from(EDGES + "ab")), max_size=9)
# Each type, and values at its edges.
TYPES: dict[str, tuple[AttributeType, st.SearchStrategy[Any]]] = {
    "any text": (AnyText(), any_text),
    "name": (Text(6, READABLE_IN_ORDER), any_text),
    "free text": (Text(6), any_text),
    "lines": (Text(6, READABLE_LINES), any_text),
    "search text": (Text(6, NO_CONTROL_CHARACTERS), any_text),
    "notes": (Text(8, max_bytes=8), any_text),
    "barcode": (BarcodeText(), any_text | st.text("0123456789", min_size=7, max_size=15)),
    "key": (Text(6, VISIBLE_ASCII), any_text),
    **{
        name: (Identifier(name), st.from_regex(f"{PATTERNS[name]}[\n-]?", fullmatch=True))
        for name in ("product_id", "vendor_id", "order_id", "transaction_id")
    },
    "sku": (Identifier("sku"), st.from_regex(r"SKU-PROD-[0-9A-Z]{4,6}-[A-Z0-9-]{0,42}\n?", fullmatch=True)),
    "word": (OneOf(("asc", "desc")), st.sampled_from(["asc", "desc", "ASC", "asc\n", ""])),
    "whole number": (WholeNumber(-3, 1_000), st.integers(-5, 1_002)),
    "money": (
        Money(),
        st.decimals(-1, 10_000_001, allow_nan=False, places=3) | st.decimals(0, 10_000_000, places=2),
    ),
    "flag": (Flag(), st.sampled_from([True, False, 0, 1, "true"])),
    "moment": (
        Moment(),
        st.from_regex(
            r"2026-[01][0-9]-[0-3][0-9]T[0-2][0-9]:00(:[0-6][0-9](\.[0-9]{1,9})?)?Z?", fullmatch=True
        ),
    ),
}


def _accepts(schema: dict[str, Any], value: Any) -> bool:
    """Return whether a value is valid, with the exact numbers and the regular expressions of JSON Schema."""
    exact = loads(dumps(schema).encode())
    if "pattern" in exact:
        exact["pattern"] = exact["pattern"].removesuffix("$") + r"\Z"
    return bool(Draft202012Validator(exact).is_valid(value))


def _beyond_json_schema(attribute_type: AttributeType, value: Any) -> bool:
    """Return whether a type refuses a value for a reason that JSON Schema cannot express."""
    if isinstance(value, str):
        lone_surrogate = re.search("[\ud800-\udfff]", value) is not None
        too_many_bytes = (
            not lone_surrogate and len(value.encode()) > 8 and attribute_type == TYPES["notes"][0]
        )
        no_such_day = isinstance(attribute_type, Moment)
        check_digit = isinstance(attribute_type, BarcodeText) and re.fullmatch("[0-9]{8}|[0-9]{12,14}", value)
        return lone_surrogate or too_many_bytes or no_such_day or bool(check_digit)
    # For JSON Schema, 1.0 is an integer; here, nothing is coerced.
    return isinstance(attribute_type, WholeNumber) and isinstance(value, Decimal) and value % 1 == 0


def _result(read: Callable[[Any], Any], value: Any) -> tuple[Any, str]:
    """Return what `read` returns and no error, or None and the error."""
    try:
        return read(value), ""
    except ValueError as error:
        return None, str(error)


@pytest.mark.parametrize("name", TYPES)
@given(data=st.data())
def test_a_type_accepts_exactly_the_values_of_its_schema(name: str, data: st.DataObject) -> None:
    attribute_type, values = TYPES[name]
    value = data.draw(values | json_values)
    checked, error = _result(attribute_type.check, value)
    if error:
        assert error.startswith("should ")
        assert not _accepts(attribute_type.schema(), value) or _beyond_json_schema(attribute_type, value)
    else:
        assert _accepts(attribute_type.schema(), value)
        assert attribute_type.check(checked) == checked
        assert checked == value or isinstance(attribute_type, Moment)


@pytest.mark.parametrize("name", TYPES)
@given(data=st.data())
def test_a_type_reads_the_same_values_from_text_as_from_json(name: str, data: st.DataObject) -> None:
    attribute_type, values = TYPES[name]
    value = data.draw(values)
    text = str(value).lower() if isinstance(value, bool) else format(value)
    read, text_error = _result(attribute_type.from_text, text)
    if text_error:
        assert text_error.startswith("should ")
        # As text, an amount has at most two fractional digits; as a JSON number, it may have further zeros.
        if not isinstance(value, Decimal) or len(text.partition(".")[2]) <= 2:
            assert _result(attribute_type.check, value)[1]
    else:
        assert attribute_type.check(read) == read
        if type(value) is type(read):
            assert attribute_type.check(value) == read


@pytest.mark.parametrize(
    ("served_type", "value", "other"),
    [
        (StoredMoment(), timestamps.now(), "2026-02-23T10:30:00Z"),
        (Counter(), 0, -1),
        (Counter(1), 1, 0),
        (Units(), 0, -1),
        (Units(), 1_000_000_000, 1_000_000_001),
        (Units(-5, 5), -5, -6),
        (Units(-5, 5), 5, 6),
        (Hash(), sha256(b"").hexdigest(), sha256(b"").hexdigest().upper()),
    ],
    ids=repr,
)
def test_the_schema_of_a_served_type_accepts_what_is_served(served_type: Any, value: Any, other: Any) -> None:
    assert _accepts(served_type.schema(), value)
    assert not _accepts(served_type.schema(), other)


def test_the_bytes_of_notes_have_a_format_of_their_own() -> None:
    assert TEXTS["notes"].schema()["format"] == NOTES_FORMAT == "utf-8-of-300-bytes"
    assert "format" not in TEXTS["name"].schema()


# Annotations


@pytest.mark.parametrize("resource", [Product, Sku, TransactionRecord])
def test_every_attribute_of_a_resource_has_a_sentence_and_a_sample_that_it_accepts(resource: type) -> None:
    declared = attributes_of(resource)
    assert list(declared) == list(resource.__dataclass_fields__)  # type: ignore[attr-defined]
    for name, annotation in declared.items():
        attribute = attribute_of(annotation)
        assert attribute is not None, name
        assert re.fullmatch(r"[A-Z`].*\.", attribute.description), name
        attribute_type, sample = type_of(annotation), attribute.sample
        if sample is None:
            assert is_optional(annotation), name
        elif attribute_type is not None:
            assert attribute_type.check(Decimal(str(sample)) if isinstance(sample, float) else sample), name


def test_the_attributes_that_a_patch_may_change_are_these() -> None:
    def changeable(resource: type) -> set[str]:
        found = {name: attribute_of(annotation) for name, annotation in attributes_of(resource).items()}
        return {name for name, attribute in found.items() if attribute and attribute.changeable}

    assert changeable(Product) == {
        "product_name",
        "description",
        "category",
        "subcategory",
        "brand",
        "base_price",
        "images",
        "tags",
        "is_active",
    }
    assert changeable(Sku) == {
        "variant_name",
        "variant_attributes",
        "reorder_threshold",
        "unit_price",
        "is_active",
        "barcode",
    }
    assert changeable(TransactionRecord) == set()


def test_the_type_of_an_annotation_is_found_at_any_depth() -> None:
    product = attributes_of(Product)
    assert type_of(product["product_name"]) == type_of(product["brand"]) == TEXTS["name"]
    assert type_of(product["base_price"]) == Money()
    assert type_of(product["product_id"]) == Identifier("product_id")
    assert type_of(product["is_active"]) == Flag()


@pytest.mark.parametrize("name", ["images", "tags", "created_at", "version"])
def test_lists_and_attributes_that_are_only_served_have_no_type_to_read(name: str) -> None:
    assert type_of(attributes_of(Product)[name]) is None


def test_an_annotation_without_metadata_has_neither_attribute_nor_type() -> None:
    for plain in (str, int | None, list[str]):
        assert (attribute_of(plain), type_of(plain), form_of(plain)) == (None, None, {})


def test_a_resource_may_describe_an_attribute_itself_or_take_the_description_of_its_type() -> None:
    own = attributes_of(Product)["product_name"]
    inner = attribute_of(attributes_of(TransactionRecord)["transaction_id"])
    assert attribute_of(own) != attribute_of(attributes.Name)
    assert inner is attribute_of(attributes.TransactionId)
    assert isinstance(inner, Attribute)


@pytest.mark.parametrize(
    ("resource", "optional"),
    [
        (Product, {"description", "subcategory", "brand", "images", "tags", "external_id"}),
        (Sku, {"variant_attributes", "last_transaction_at", "last_transaction_id", "barcode"}),
        (TransactionRecord, {"order_id", "notes", "reason", "order_step", "order_previous"}),
    ],
)
def test_the_optional_attributes_of_a_resource_accept_null(resource: type, optional: set[str]) -> None:
    assert {
        name for name, annotation in attributes_of(resource).items() if is_optional(annotation)
    } == optional


def test_a_served_value_has_the_schema_of_its_type_but_a_text_has_no_bounds() -> None:
    sku, record = attributes_of(Sku), attributes_of(TransactionRecord)
    assert form_of(sku["current_stock"]) == {"type": "integer", "minimum": 0, "maximum": 1_000_000_000}
    assert form_of(sku["last_transaction_id"]) == Identifier("transaction_id").schema()
    assert form_of(sku["last_updated"]) == StoredMoment().schema()
    assert form_of(sku["ledger_hash"]) == Hash().schema()
    assert form_of(sku["unit_price"]) == Money().schema()
    assert form_of(record["transaction_type"]) == {"type": "string"}
    assert form_of(record["signature"]) == Signature().schema()
    assert form_of(record["order_step"]) == Counter(1).schema()
    assert form_of(sku["variant_name"]) == form_of(sku["variant_attributes"]) == {}


def test_types_can_be_metadata_of_a_union() -> None:
    # typing removes duplicates from a union, and hashes the metadata of its members for it.
    for each in (Text(5), Items(2), Money(), OneOf(("a",)), Attribute("A list.", ["sample"])):
        assert isinstance(hash(each), int)


def test_a_cold_start_imports_neither_pydantic_nor_a_framework_for_attributes_and_bodies() -> None:
    program = (
        "import sys\n"
        "import inventory_common.attributes, inventory_common.bodies\n"
        "import inventory_common.products, inventory_common.skus, inventory_common.transactions\n"
        "from inventory_common.bodies import creation, merge_patch\n"
        "creation(inventory_common.products.Product, inventory_common.products.NewProduct)\n"
        "merge_patch(inventory_common.products.Product, 'ProductPatch', 'Changes.')\n"
        "slow = {'pydantic', 'pydantic_core', 'boto3', 'botocore', 'chalice', 'jwt'} & set(sys.modules)\n"
        "assert not slow, slow\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# Members by name

COLOURS = MemberNames(("red", "green", "blue"))


def test_names_of_members_are_read_in_the_order_of_the_object_and_once_each() -> None:
    assert COLOURS.from_text("blue,red,blue") == ("red", "blue")
    assert COLOURS.check(["green"]) == ("green",)


@pytest.mark.parametrize("text", ["", ",", "red,", "red,,blue", "red, blue", "Red", "red;blue", "red,pink"])
def test_an_unknown_name_of_a_member_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="should have only names of red, green, blue"):
        COLOURS.from_text(text)


@pytest.mark.parametrize("value", [[], None, "red", 1, {"red": 1}])
def test_names_of_members_are_a_list_of_at_least_one(value: Any) -> None:
    with pytest.raises(ValueError, match="should name at least one member"):
        COLOURS.check(value)


def test_the_schema_of_names_of_members_lists_them() -> None:
    validator = Draft202012Validator(COLOURS.schema())
    assert validator.is_valid(["red", "blue"])
    assert not any(map(validator.is_valid, ([], ["pink"], "red")))
