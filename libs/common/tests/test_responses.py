from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from inventory_common.pages import Page
from inventory_common.responses import REPLAYED, json_response, no_content, page_response, with_next_link


def _request(**query: Any) -> Any:
    return SimpleNamespace(address_of_page=lambda cursor: f"/things?cursor={cursor}", query=query)


def test_a_response_is_one_json_object() -> None:
    response = json_response({"price": Decimal("89.90"), "stock": 5, "brand": None})
    assert response.status_code == 200
    assert response.headers == {"Content-Type": "application/json"}
    assert response.body == '{"price":89.90,"stock":5,"brand":null}'


def test_the_response_to_a_creation_has_the_address_and_the_version_of_the_resource() -> None:
    response = json_response({}, status=201, location="/products/PROD-E4F9A", etag=7)
    assert response.status_code == 201
    assert response.headers["Location"] == "/products/PROD-E4F9A"
    assert response.headers["ETag"] == '"7"'
    assert "Idempotent-Replayed" not in response.headers


@pytest.mark.parametrize(("etag", "header"), [(0, '"0"'), (1, '"1"'), ("abc", '"abc"')])
def test_a_version_is_quoted_as_an_entity_tag(etag: object, header: str) -> None:
    assert json_response({}, etag=etag).headers["ETag"] == header


def test_the_response_to_a_replayed_command_is_200_with_a_header_that_says_so() -> None:
    response = json_response({}, status=201, replayed=True)
    assert response.status_code == 200
    assert response.headers["Idempotent-Replayed"] == "true"


def test_two_responses_do_not_share_their_headers() -> None:
    json_response({}, replayed=True).headers["X"] = "1"
    assert REPLAYED == {"Idempotent-Replayed": "true"}
    assert json_response({}).headers == {"Content-Type": "application/json"}


def test_a_page_has_the_next_cursor_in_the_body_and_the_address_of_the_next_page_in_a_link() -> None:
    response = page_response(Page([{"a": 1}], "abc"), _request())
    assert response.status_code == 200
    assert response.body == '{"items":[{"a":1}],"next_cursor":"abc"}'
    assert response.headers == {
        "Content-Type": "application/json",
        "Link": '</things?cursor=abc>; rel="next"',
    }


def test_the_items_of_a_page_have_the_members_that_the_request_names() -> None:
    page = Page([{"a": 1, "b": 2, "c": None}, {"a": 3, "b": 4, "c": 5}], None)
    response = page_response(page, _request(fields=("a", "c")))
    assert response.body == '{"items":[{"a":1,"c":null},{"a":3,"c":5}],"next_cursor":null}'
    assert page_response(page, _request(fields=None)).body.startswith('{"items":[{"a":1,"b":2,"c":null}')


def test_the_last_page_has_no_link() -> None:
    response = page_response(Page([], None), _request())
    assert response.body == '{"items":[],"next_cursor":null}'
    assert "Link" not in response.headers


def test_an_empty_page_may_have_a_next_one() -> None:
    assert page_response(Page([], "abc"), _request()).body == '{"items":[],"next_cursor":"abc"}'


def test_a_response_of_another_form_may_link_to_the_next_page_too() -> None:
    response = with_next_link(json_response({"records": []}), _request(), "abc")
    assert response.headers["Link"] == '</things?cursor=abc>; rel="next"'
    assert "Link" not in with_next_link(json_response({}), _request(), None).headers


def test_a_response_without_content_is_204_without_a_body() -> None:
    response = no_content()
    assert (response.status_code, response.body, response.headers) == (204, "", {})
