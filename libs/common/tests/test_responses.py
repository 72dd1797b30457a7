from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from inventory_common.pages import Page
from inventory_common.responses import REPLAYED, answer, listing, no_content


def _request() -> Any:
    return SimpleNamespace(address_of_page=lambda cursor: f"/things?cursor={cursor}")


def test_an_answer_is_one_json_object() -> None:
    response = answer({"price": Decimal("89.90"), "stock": 5, "brand": None})
    assert response.status_code == 200
    assert response.headers == {"Content-Type": "application/json"}
    assert response.body == '{"price":89.90,"stock":5,"brand":null}'


def test_something_created_is_answered_with_its_place_and_its_version() -> None:
    response = answer({}, status=201, location="/products/PROD-E4F9A", etag=7)
    assert response.status_code == 201
    assert response.headers["Location"] == "/products/PROD-E4F9A"
    assert response.headers["ETag"] == '"7"'
    assert "Idempotent-Replayed" not in response.headers


@pytest.mark.parametrize(("etag", "header"), [(0, '"0"'), (1, '"1"'), ("abc", '"abc"')])
def test_a_version_is_quoted_as_an_entity_tag(etag: object, header: str) -> None:
    assert answer({}, etag=etag).headers["ETag"] == header


def test_a_replayed_command_is_answered_200_and_says_so() -> None:
    response = answer({}, status=201, replayed=True)
    assert response.status_code == 200
    assert response.headers["Idempotent-Replayed"] == "true"


def test_one_answer_s_headers_are_no_other_s() -> None:
    answer({}, replayed=True).headers["X"] = "1"
    assert REPLAYED == {"Idempotent-Replayed": "true"}
    assert answer({}).headers == {"Content-Type": "application/json"}


def test_a_page_names_the_next_one_in_the_body_and_in_a_link() -> None:
    response = listing(Page([{"a": 1}], "abc"), _request())
    assert response.status_code == 200
    assert response.body == '{"items":[{"a":1}],"next_cursor":"abc"}'
    assert response.headers == {
        "Content-Type": "application/json",
        "Link": '</things?cursor=abc>; rel="next"',
    }


def test_the_last_page_has_no_link() -> None:
    response = listing(Page([], None), _request())
    assert response.body == '{"items":[],"next_cursor":null}'
    assert "Link" not in response.headers


def test_a_page_may_be_empty_and_go_on() -> None:
    assert listing(Page([], "abc"), _request()).body == '{"items":[],"next_cursor":"abc"}'


def test_nothing_to_tell_is_204_without_a_body() -> None:
    response = no_content()
    assert (response.status_code, response.body, response.headers) == (204, "", {})
