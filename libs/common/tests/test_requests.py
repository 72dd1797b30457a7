from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from inventory_common.attributes import NO_CONTROL_CHARACTERS, Text, WholeNumber
from inventory_common.errors import (
    IdempotencyKeyRequired,
    InvalidCursor,
    InvalidIdempotencyKey,
    InvalidJson,
    TooLarge,
    UnsupportedMediaType,
)
from inventory_common.pages import Position, encode_cursor
from inventory_common.requests import Parameter, ProxyEvent, path_errors, read_json, read_query

Event = Callable[..., dict[str, Any]]


def test_the_event_of_a_bare_request_has_no_parameters_headers_or_body(event: Event) -> None:
    proxy_event = ProxyEvent(event("GET", "/health"))
    assert proxy_event.method == "GET"
    assert proxy_event.resource == proxy_event.path == "/health"
    assert proxy_event.path_parameters() == {}
    assert proxy_event.query_parameters() == {}
    assert proxy_event.header("authorization") is None
    assert proxy_event.idempotency_key(required=False) is None
    assert proxy_event.body() == b""
    assert proxy_event.cursor() is None


def test_an_event_may_lack_the_members_that_api_gateway_sends_as_null() -> None:
    proxy_event = ProxyEvent({"path": "/", "requestContext": {"httpMethod": "GET", "resourcePath": "/"}})
    assert proxy_event.path == "/"
    assert proxy_event.path_parameters() == {}
    assert proxy_event.query_parameters() == {}
    assert proxy_event.body() == b""
    assert UUID(proxy_event.request_id)


def test_the_path_begins_with_the_stage(event: Event) -> None:
    proxy_event = ProxyEvent(event("GET", "/products", stage="/dev"))
    assert proxy_event.path == "/dev/products"


@pytest.mark.parametrize("name", ["idempotency-key", "Idempotency-Key", "IDEMPOTENCY-KEY", "iDEMPOTENCY-kEY"])
def test_the_name_of_a_header_is_case_insensitive(event: Event, name: str) -> None:
    proxy_event = ProxyEvent(event("POST", "/", headers={name: "key-1"}))
    assert proxy_event.header("idempotency-key") == "key-1"


@pytest.mark.parametrize(
    "sent", ["1", "a" * 64, "7d9f5c86-5a3e-4c55-b3f9-0c9d0b1de0c1", "Root=1-2:3.4_5"[5:]]
)
def test_a_well_formed_request_id_is_kept(event: Event, sent: str) -> None:
    assert ProxyEvent(event("GET", "/", headers={"X-Request-Id": sent})).request_id == sent


@pytest.mark.parametrize(
    "sent", ["", "a" * 65, "a b", "a\n", "a\r\nX: y", "\u00e9", "<b>", '"', "a/b", "\ud800"]
)
def test_a_malformed_request_id_is_replaced(event: Event, sent: str) -> None:
    made = ProxyEvent(event("GET", "/", headers={"X-Request-Id": sent})).request_id
    assert str(UUID(made)) == made


def test_a_request_without_an_id_gets_a_new_one(event: Event) -> None:
    made = {ProxyEvent(event("GET", "/", headers={})).request_id for _ in range(10)}
    assert len(made) == 10


@pytest.mark.parametrize(
    ("encoded", "decoded"),
    [
        ("PROD-E4F9A", "PROD-E4F9A"),
        ("PROD%2DE4F9A", "PROD-E4F9A"),
        ("PROD%252DE4F9A", "PROD%2DE4F9A"),
        ("a%2Fb", "a/b"),
        ("a+b", "a+b"),
        ("%C3%A9", "\u00e9"),
        ("%00", "\0"),
        ("%FF", "\ufffd"),
        ("100%", "100%"),
        ("%zz", "%zz"),
    ],
)
def test_path_parameters_are_decoded_exactly_once(event: Event, encoded: str, decoded: str) -> None:
    proxy_event = ProxyEvent(event("GET", "/x", parameters={"sku": encoded}))
    assert proxy_event.path_parameters() == {"sku": decoded}


def test_query_parameters_are_not_decoded_again(event: Event) -> None:
    proxy_event = ProxyEvent(event("GET", "/x", query={"category": ["100%25"], "tag": ["a", "b"]}))
    assert proxy_event.query_parameters() == {"category": ["100%25"], "tag": ["a", "b"]}


@pytest.mark.parametrize("key", ["1", "k" * 255, "".join(map(chr, range(0x21, 0x7F)))])
def test_an_idempotency_key_is_printable_ascii(event: Event, key: str) -> None:
    proxy_event = ProxyEvent(event("POST", "/", headers={"Idempotency-Key": key}))
    assert proxy_event.idempotency_key(required=True) == key
    assert proxy_event.idempotency_key(required=False) == key


@pytest.mark.parametrize("key", ["", " ", "a b", " a", "k" * 256, "a\n", "a\t", "\x7f", "\u00e9", "\ud800"])
@pytest.mark.parametrize("required", [True, False])
def test_a_malformed_idempotency_key_is_refused(event: Event, key: str, required: bool) -> None:
    proxy_event = ProxyEvent(event("POST", "/", headers={"Idempotency-Key": key}))
    with pytest.raises(InvalidIdempotencyKey):
        proxy_event.idempotency_key(required)


def test_a_command_that_requires_an_idempotency_key_is_refused_without_one(event: Event) -> None:
    proxy_event = ProxyEvent(event("POST", "/"))
    assert proxy_event.idempotency_key(required=False) is None
    with pytest.raises(IdempotencyKeyRequired):
        proxy_event.idempotency_key(required=True)


LIMIT_BYTES = 1_048_576


@pytest.mark.parametrize("body", ["x" * LIMIT_BYTES, b"x" * LIMIT_BYTES, "\u00e9" * (LIMIT_BYTES // 2)])
def test_a_body_of_exactly_the_limit_is_accepted(event: Event, body: str | bytes) -> None:
    assert len(ProxyEvent(event("POST", "/", body=body)).body()) == LIMIT_BYTES


@pytest.mark.parametrize(
    "body", ["x" * (LIMIT_BYTES + 1), b"x" * (LIMIT_BYTES + 1), "\u00e9" * (LIMIT_BYTES // 2) + "x"]
)
def test_a_body_one_byte_over_the_limit_is_refused(event: Event, body: str | bytes) -> None:
    with pytest.raises(TooLarge, match=str(LIMIT_BYTES + 1)):
        ProxyEvent(event("POST", "/", body=body)).body()


def test_a_body_in_base64_is_decoded(event: Event) -> None:
    assert ProxyEvent(event("POST", "/", body=b'{"name":"\xc3\xa9"}')).body() == '{"name":"\u00e9"}'.encode()


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        " application/json ",
        "application/merge-patch+json",
    ],
)
def test_a_json_body_needs_no_content_type_or_one_of_json(event: Event, content_type: str | None) -> None:
    headers = None if content_type is None else {"Content-Type": content_type}
    assert ProxyEvent(event("POST", "/", body="{}", headers=headers)).body() == b"{}"


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/jsonx",
        "application/xml",
        "application/x-www-form-urlencoded",
        "json",
        "; x",
        "*/*",
    ],
)
def test_a_body_of_another_media_type_is_refused(event: Event, content_type: str) -> None:
    proxy_event = ProxyEvent(event("POST", "/", body="{}", headers={"Content-Type": content_type}))
    with pytest.raises(UnsupportedMediaType):
        proxy_event.body()


def test_the_size_of_a_body_is_checked_before_its_media_type(event: Event) -> None:
    headers = {"Content-Type": "text/plain"}
    with pytest.raises(TooLarge):
        ProxyEvent(event("POST", "/", body="x" * (LIMIT_BYTES + 1), headers=headers)).body()


def test_the_media_type_of_an_absent_body_is_not_checked(event: Event) -> None:
    assert ProxyEvent(event("POST", "/", headers={"Content-Type": "text/plain"})).body() == b""


def test_the_cursor_of_the_query_is_read(event: Event) -> None:
    position: Position = {"product_id": "PROD-E4F9A"}
    assert ProxyEvent(event("GET", "/", query={"cursor": [encode_cursor(position)]})).cursor() == position


@pytest.mark.parametrize("cursor", ["", "x", "!"])
def test_a_cursor_that_cannot_be_read_is_refused(event: Event, cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        ProxyEvent(event("GET", "/", query={"cursor": [cursor]})).cursor()


SEARCH = Parameter(Text(5, NO_CONTROL_CHARACTERS), "A part of the name.")


def test_a_text_of_the_query_has_at_most_its_characters_and_no_control_characters() -> None:
    for good in ("a", "abcde", "\U0001f4e6" * 5, "a/b c", "O'N\u00e9", " "):
        assert read_query({"name": [good]}, {"name": SEARCH}) == ({"name": good}, [])
    messages = {
        "should have 1 to 5 characters": ("", "abcdef"),
        "should have no control characters": ("a\n", "\0", "\x7f", "\x85"),
        "should be valid Unicode": ("\ud800", "a\udfff"),
    }
    for message, wrong in messages.items():
        for text in wrong:
            assert read_query({"name": [text]}, {"name": SEARCH})[1] == [("query.name", message)]


def test_a_parameter_is_optional_without_a_default_unless_it_is_declared_otherwise() -> None:
    assert (SEARCH.required, SEARCH.default) == (False, None)
    assert read_query({}, {"name": SEARCH}) == ({"name": None}, [])


def test_a_query_is_read_into_values_and_errors() -> None:
    declared = {
        "name": Parameter(SEARCH.type, SEARCH.description, required=True),
        "limit": Parameter(WholeNumber(1, 100), "The maximum number of items.", default=25),
    }
    assert read_query({"name": ["a"], "limit": ["5"]}, declared) == ({"name": "a", "limit": 5}, [])
    values, errors = read_query({"b": ["1"], "a": ["1"], "limit": ["5", "6"]}, declared)
    assert values == {"name": None, "limit": 25}
    assert errors == [
        ("query.a", "is not a parameter of this request"),
        ("query.b", "is not a parameter of this request"),
        ("query.name", "is required"),
        ("query.limit", "should be given once"),
    ]


def test_an_id_in_the_path_has_to_match_its_pattern() -> None:
    assert path_errors({"product_id": "PROD-E4F9A", "vendor_id": "VENDOR-001"}) == []
    assert path_errors({"product_id": "PROD-E4F9A", "vendor_id": "vendor-001"}) == [
        ("path.vendor_id", "should be VENDOR- and 1 to 32 capital letters and digits, such as VENDOR-001")
    ]


def test_an_absent_body_is_an_empty_object_unless_it_is_required() -> None:
    assert read_json(b"", required=False) == {}
    assert read_json(b"[]", required=False) == []
    with pytest.raises(InvalidJson, match="needs a JSON body"):
        read_json(b"", required=True)
