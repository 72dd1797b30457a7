"""Problem documents become exceptions, one type for each code."""

from typing import TypeVar

import httpx
import pytest
from scripted import SKU_ID, Script, problem

from inventory_client import CatalogClient, Problem, StockClient, UnexpectedAnswer, problems
from inventory_common import errors
from inventory_common.problems import status_of

T = TypeVar("T")


def every_kind(root: type[T]) -> set[type[T]]:
    return {kind for child in root.__subclasses__() for kind in (child, *every_kind(child))}


KNOWN = {kind.code: kind for kind in every_kind(Problem) if kind.code}
SERVED = {kind.code: kind for kind in every_kind(errors.InventoryError) if kind.code}


def test_every_code_of_the_services_has_its_exception_of_the_same_name() -> None:
    assert {code: kind.__name__ for code, kind in KNOWN.items()} == {
        code: kind.__name__ for code, kind in SERVED.items()
    }


@pytest.mark.parametrize("code", sorted(SERVED))
def test_an_exception_is_in_the_group_of_its_status(code: str) -> None:
    of_unknown_code = problems.problem_of({"code": "of_tomorrow", "status": status_of(SERVED[code])})
    assert isinstance(problems.problem_of({"code": code, "status": status_of(SERVED[code])}), KNOWN[code])
    assert issubclass(KNOWN[code], type(of_unknown_code))
    assert of_unknown_code.code == "of_tomorrow"


def test_a_problem_of_an_unknown_status_is_a_problem() -> None:
    assert type(problems.problem_of({"code": "teapot", "status": 418})) is Problem


def test_a_problem_names_the_request_and_the_error() -> None:
    errors_sent = [{"path": "body.base_price", "message": "should be a number"}]
    catalog = Script(problem(422, "invalid_input", errors=errors_sent)).client(CatalogClient)
    with pytest.raises(problems.InvalidInput) as raised:
        catalog.product("PROD-E4F9A")
    assert str(raised.value) == (
        "GET http://127.0.0.1:9/products/PROD-E4F9A answered 422 (invalid_input): No."
    )
    assert raised.value.errors == (problems.FieldError("body.base_price", "should be a number"),)
    assert (raised.value.status, raised.value.request_id) == (422, "r-1")


def test_lines_with_insufficient_stock_are_reported() -> None:
    line = {"product_id": "PROD-E4F9A", "sku": SKU_ID, "asked": 8, "available": 7}
    stock = Script(problem(409, "insufficient_stock", lines=[line])).client(StockClient)
    with pytest.raises(problems.InsufficientStock) as raised:
        stock.place("ORDER-1", [])
    assert raised.value.lines == (problems.ShortLine("PROD-E4F9A", SKU_ID, 8, 7),)


def test_the_product_with_the_external_id_is_reported() -> None:
    catalog = Script(problem(409, "external_id_exists", product_id="PROD-E4F9A")).client(CatalogClient)
    with pytest.raises(problems.ExternalIdExists) as raised:
        catalog.create_product(product_name="Tea", category="Tea", base_price=1)
    assert raised.value.product_id == "PROD-E4F9A"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404, text="<html>"),
        httpx.Response(404, json=["no object"]),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={"product_id": "PROD-E4F9A"}),
        httpx.Response(200, json=[]),
    ],
)
def test_a_response_of_another_server_is_reported(answer: httpx.Response) -> None:
    with pytest.raises(UnexpectedAnswer, match=f"answered {answer.status_code}"):
        Script(answer).client(CatalogClient).product("PROD-E4F9A")
