import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_common.errors import InvalidJson
from inventory_common.exact_json import dumps, loads

decimals = st.decimals(allow_nan=False, allow_infinity=False)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | decimals | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(documents)
def test_a_document_is_unchanged_by_writing_and_reading(document: Any) -> None:
    assert loads(dumps(document).encode()) == document


@given(decimals)
def test_a_decimal_keeps_all_of_its_digits(number: Decimal) -> None:
    text = dumps({"n": number})
    assert text == f'{{"n":{number}}}'
    read = loads(text.encode())["n"]
    assert str(read) == str(number) or (isinstance(read, int) and read == number)


@pytest.mark.parametrize(
    "text",
    ["89.99", "0.1", "0.10", "1.0", "1E+2", "1e2", "9999999.99", "0.1000000000000000055511151231257827"],
)
def test_a_number_with_a_fraction_or_an_exponent_is_read_exactly_as_a_decimal(text: str) -> None:
    number = loads(text.encode())
    assert type(number) is Decimal
    assert str(number) == str(Decimal(text))


@pytest.mark.parametrize("text", ["0", "-1", "9007199254740993", "1" + "0" * 100])
def test_an_integer_stays_an_integer_of_the_same_digits(text: str) -> None:
    number = loads(text.encode())
    assert type(number) is int
    assert dumps(number) == text


def test_text_is_compact_and_in_utf_8() -> None:
    assert dumps({"name": "Café 📦", "tags": ["a", "b"], "price": Decimal("89.90"), "brand": None}) == (
        '{"name":"Café 📦","tags":["a","b"],"price":89.90,"brand":null}'
    )


def test_members_can_be_sorted_at_every_depth() -> None:
    document = {"b": {"z": 1, "a": 2}, "a": 3}
    assert dumps(document) == '{"b":{"z":1,"a":2},"a":3}'
    assert dumps(document, sort_keys=True) == '{"a":3,"b":{"a":2,"z":1}}'


@given(documents)
def test_pythons_own_parser_reads_every_written_document(document: Any) -> None:
    json.loads(dumps(document))


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("around", ["{}", "[{}]", '{{"n":{}}}'])
def test_a_constant_that_is_not_a_json_number_is_refused(constant: str, around: str) -> None:
    with pytest.raises(InvalidJson, match=constant):
        loads(around.format(constant).encode())


@pytest.mark.parametrize(
    "body", [b'{"a":1,"a":2}', b'{"a":1,"a":1}', b'[{"x":{"a":1,"b":2,"a":3}}]', b'{"a":1,"\\u0061":2}']
)
def test_an_object_that_has_a_member_twice_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidJson, match="twice"):
        loads(body)


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b"[{", b'[{"a":'])
@pytest.mark.parametrize("closing", [b"", b"]" * 100_000])
def test_a_hundred_thousand_brackets_are_refused(opening: bytes, closing: bytes) -> None:
    with pytest.raises(InvalidJson):
        loads(opening * 100_000 + closing)


def test_an_integer_of_thousands_of_digits_is_refused() -> None:
    with pytest.raises(InvalidJson):
        loads(b"9" * 5_000)


@pytest.mark.parametrize(
    "body",
    [
        b"1e999999999999999999999",
        b"-1e999999999999999999999",
        b"1e-999999999999999999999",
        b'{"price":[1E9999999999999999999]}',
    ],
)
def test_an_exponent_that_is_too_large_for_a_decimal_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidJson):
        loads(body)


def test_a_decimal_of_a_million_digits_is_read() -> None:
    assert loads(b"0." + b"3" * 1_000_000) == Decimal("0." + "3" * 1_000_000)


@pytest.mark.parametrize(
    "body", [b"\xff", b'"\xc3"', b'{"a":"\xed\xa0\x80"}', '{"a":1}'.encode("utf-16"), b'"\xe9"']
)
def test_a_body_that_is_not_utf_8_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidJson, match="UTF-8"):
        loads(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"{'a':1}",
        b'{"a":1,}',
        b"[1,]",
        b'{"a":01}',
        b'{"a":.5}',
        b'{"a":+1}',
        b'{"a":0x1}',
        b'{"a":"\n"}',
        b"nul",
        b"{} {}",
        b"\xef\xbb\xbf{}",
        "٣".encode(),
    ],
)
def test_a_body_that_is_not_json_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidJson):
        loads(body)


def test_an_escaped_lone_surrogate_is_read() -> None:
    # JSON allows the escape; the attribute type `Text` refuses the surrogate.
    assert loads(b'{"name":"\\ud800"}') == {"name": "\ud800"}


@pytest.mark.parametrize(
    ("body", "document"), [(b" { } ", {}), (b"null", None), (b'"a"', "a"), (b"true", True)]
)
def test_any_json_value_is_read(body: bytes, document: object) -> None:
    assert loads(body) == document


@given(st.binary())
def test_any_bytes_are_json_or_invalid_json(body: bytes) -> None:
    with suppress(InvalidJson):
        loads(body)


@given(st.text('[]{}",:0123456789.eE+-\\ud8dftrufalsn NIy\n', max_size=60))
def test_any_text_of_jsons_characters_is_json_or_invalid_json(body: str) -> None:
    with suppress(InvalidJson):
        loads(body.encode())


@given(
    st.from_regex(
        r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,30})?",
        fullmatch=True,
        alphabet=st.characters(max_codepoint=127),
    )
)
def test_any_json_number_is_read_or_invalid_json(number: str) -> None:
    with suppress(InvalidJson):
        assert isinstance(loads(number.encode()), int | Decimal)
