from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from inventory_common.errors import (
    IdempotencyKeyRequired,
    InvalidCursor,
    InvalidIdempotencyKey,
    TooLarge,
    UnsupportedMediaType,
)
from inventory_common.pages import encode_cursor
from inventory_common.requests import Parameter, ProxyEvent, text

Event = Callable[..., dict[str, Any]]


def test_an_event_with_nothing_in_it_is_a_request_without_anything(event: Event) -> None:
    envelope = ProxyEvent(event("GET", "/health"))
    assert envelope.method == "GET"
    assert envelope.resource == envelope.path == "/health"
    assert envelope.path_parameters() == {}
    assert envelope.query_parameters() == {}
    assert envelope.header("authorization") is None
    assert envelope.idempotency_key(required=False) is None
    assert envelope.body() == b""
    assert envelope.cursor() is None


def test_an_event_may_lack_what_api_gateway_sends_as_null() -> None:
    envelope = ProxyEvent({"path": "/", "requestContext": {"httpMethod": "GET", "resourcePath": "/"}})
    assert envelope.path == "/"
    assert envelope.path_parameters() == {}
    assert envelope.query_parameters() == {}
    assert envelope.body() == b""
    assert UUID(envelope.request_id)


def test_the_path_as_the_client_wrote_it_has_the_stage_in_front(event: Event) -> None:
    envelope = ProxyEvent(event("GET", "/products", stage="/dev"))
    assert envelope.path == "/dev/products"


@pytest.mark.parametrize("name", ["idempotency-key", "Idempotency-Key", "IDEMPOTENCY-KEY", "iDEMPOTENCY-kEY"])
def test_a_header_may_be_written_in_any_capitals(event: Event, name: str) -> None:
    envelope = ProxyEvent(event("POST", "/", headers={name: "key-1"}))
    assert envelope.header("idempotency-key") == "key-1"


@pytest.mark.parametrize(
    "sent", ["1", "a" * 64, "7d9f5c86-5a3e-4c55-b3f9-0c9d0b1de0c1", "Root=1-2:3.4_5"[5:]]
)
def test_a_request_id_is_taken_over(event: Event, sent: str) -> None:
    assert ProxyEvent(event("GET", "/", headers={"X-Request-Id": sent})).request_id == sent


@pytest.mark.parametrize(
    "sent", ["", "a" * 65, "a b", "a\n", "a\r\nX: y", "\u00e9", "<b>", '"', "a/b", "\ud800"]
)
def test_a_malformed_request_id_is_replaced(event: Event, sent: str) -> None:
    made = ProxyEvent(event("GET", "/", headers={"X-Request-Id": sent})).request_id
    assert str(UUID(made)) == made


def test_a_request_without_an_id_gets_one_of_its_own(event: Event) -> None:
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
    envelope = ProxyEvent(event("GET", "/x", parameters={"sku": encoded}))
    assert envelope.path_parameters() == {"sku": decoded}


def test_query_parameters_are_not_decoded_again(event: Event) -> None:
    envelope = ProxyEvent(event("GET", "/x", query={"category": ["100%25"], "tag": ["a", "b"]}))
    assert envelope.query_parameters() == {"category": ["100%25"], "tag": ["a", "b"]}


@pytest.mark.parametrize("key", ["1", "k" * 255, "".join(map(chr, range(0x21, 0x7F)))])
def test_an_idempotency_key_is_printable_ascii(event: Event, key: str) -> None:
    envelope = ProxyEvent(event("POST", "/", headers={"Idempotency-Key": key}))
    assert envelope.idempotency_key(required=True) == key
    assert envelope.idempotency_key(required=False) == key


@pytest.mark.parametrize("key", ["", " ", "a b", " a", "k" * 256, "a\n", "a\t", "\x7f", "\u00e9", "\ud800"])
@pytest.mark.parametrize("required", [True, False])
def test_an_idempotency_key_of_another_form_is_refused(event: Event, key: str, required: bool) -> None:
    envelope = ProxyEvent(event("POST", "/", headers={"Idempotency-Key": key}))
    with pytest.raises(InvalidIdempotencyKey):
        envelope.idempotency_key(required)


def test_a_command_that_needs_an_idempotency_key_is_refused_without(event: Event) -> None:
    envelope = ProxyEvent(event("POST", "/"))
    assert envelope.idempotency_key(required=False) is None
    with pytest.raises(IdempotencyKeyRequired):
        envelope.idempotency_key(required=True)


LIMIT_BYTES = 1_048_576


@pytest.mark.parametrize("body", ["x" * LIMIT_BYTES, b"x" * LIMIT_BYTES, "\u00e9" * (LIMIT_BYTES // 2)])
def test_a_body_of_exactly_the_limit_is_taken(event: Event, body: str | bytes) -> None:
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
def test_json_is_taken_under_its_media_types_or_without_one(event: Event, content_type: str | None) -> None:
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
    envelope = ProxyEvent(event("POST", "/", body="{}", headers={"Content-Type": content_type}))
    with pytest.raises(UnsupportedMediaType):
        envelope.body()


def test_the_size_is_looked_at_before_the_media_type(event: Event) -> None:
    headers = {"Content-Type": "text/plain"}
    with pytest.raises(TooLarge):
        ProxyEvent(event("POST", "/", body="x" * (LIMIT_BYTES + 1), headers=headers)).body()


def test_no_body_has_no_media_type(event: Event) -> None:
    assert ProxyEvent(event("POST", "/", headers={"Content-Type": "text/plain"})).body() == b""


def test_the_cursor_of_the_query_is_read(event: Event) -> None:
    position = {"product_id": "PROD-E4F9A"}
    assert ProxyEvent(event("GET", "/", query={"cursor": [encode_cursor(position)]})).cursor() == position


@pytest.mark.parametrize("cursor", ["", "x", "!"])
def test_a_cursor_that_cannot_be_read_is_refused(event: Event, cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        ProxyEvent(event("GET", "/", query={"cursor": [cursor]})).cursor()


def test_a_text_of_the_query_has_one_to_so_many_characters() -> None:
    read = text(5)
    for good in ("a", "abcde", "\U0001f4e6" * 5, "a/b c", "O'N\u00e9"):
        assert read(good) == good
    for bad in ("", "abcdef", "a\n", "\0", "\x7f", "\x85", "\ud800", "a\udfff"):
        with pytest.raises(ValueError, match="1 to 5 characters"):
            read(bad)


def test_a_parameter_is_optional_unless_it_says_otherwise() -> None:
    parameter = Parameter(str)
    assert (parameter.required, parameter.default) == (False, None)
