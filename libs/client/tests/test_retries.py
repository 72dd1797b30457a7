"""Requests are repeated if that may help, not earlier than required, and execute nothing twice."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from scripted import ORDER, PRODUCT, RECORD, SKU, SKU_ID, Script, problem

from inventory_client import (
    BatchCommand,
    CatalogClient,
    ChangeCommand,
    LineRequest,
    NoAnswer,
    Retries,
    StockClient,
    problems,
)

OK = httpx.Response(200, json=PRODUCT)
STOCK_CHANGE = httpx.Response(201, json={"transaction": RECORD, "sku": SKU})


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_waited_for_and_never_less(status: int) -> None:
    script = Script(problem(status, "busy", {"Retry-After": "3"}), OK)
    catalog = script.client(CatalogClient, jitter=lambda: 0.0)
    assert catalog.product("PROD-E4F9A").version == 3
    assert script.pauses == [3.0]


def test_clients_that_wait_equally_long_return_at_different_times() -> None:
    script = Script(problem(503, "busy", {"Retry-After": "3"}), OK)
    script.client(CatalogClient, jitter=lambda: 0.5, first_wait_seconds=0.2).product("PROD-E4F9A")
    assert script.pauses == [3.1]


def test_retry_after_may_be_a_date() -> None:
    later = datetime.now(UTC) + timedelta(seconds=10)
    script = Script(problem(503, "busy", {"Retry-After": format_datetime(later, usegmt=True)}), OK)
    script.client(CatalogClient, jitter=lambda: 0.0).product("PROD-E4F9A")
    [pause] = script.pauses
    assert 0 < pause <= 10


def test_a_date_in_the_past_means_no_pause() -> None:
    script = Script(problem(503, "busy", {"Retry-After": "Mon, 01 Jan 2001 00:00:00 GMT"}), OK)
    script.client(CatalogClient, jitter=lambda: 0.0).product("PROD-E4F9A")
    assert script.pauses == [0.0]


def test_a_retry_after_over_the_maximum_is_reported_at_once() -> None:
    script = Script(problem(503, "busy", {"Retry-After": "3600"}), OK)
    with pytest.raises(problems.Busy) as raised:
        script.client(CatalogClient).product("PROD-E4F9A")
    assert raised.value.retry_after_seconds == 3600
    assert script.pauses == []


def test_pauses_double_up_to_their_bound() -> None:
    script = Script(httpx.ReadTimeout("timed out"))
    catalog = script.client(CatalogClient, attempts=6, first_wait_seconds=1.0, wait_max_seconds=5.0)
    with pytest.raises(NoAnswer, match="timed out"):
        catalog.product("PROD-E4F9A")
    assert script.pauses == [1.0, 2.0, 4.0, 5.0, 5.0]
    assert len(script.requests) == 6


def test_pauses_are_drawn_below_their_bounds() -> None:
    script = Script(httpx.ReadTimeout("timed out"), OK)
    script.client(CatalogClient, jitter=lambda: 0.25, first_wait_seconds=1.0).product("PROD-E4F9A")
    assert script.pauses == [0.25]


def test_an_unreadable_retry_after_is_ignored() -> None:
    script = Script(httpx.Response(502, text="Bad gateway", headers={"Retry-After": "soon"}), OK)
    script.client(CatalogClient, first_wait_seconds=0.5).product("PROD-E4F9A")
    assert script.pauses == [0.5]


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "invalid_json", problems.InvalidJson),
        (403, "forbidden", problems.Forbidden),
        (404, "product_not_found", problems.ProductNotFound),
        (409, "order_exists", problems.OrderExists),
        (422, "invalid_input", problems.InvalidInput),
        (500, "internal_error", problems.InternalError),
    ],
)
def test_a_request_that_would_be_refused_again_is_sent_once(status: int, code: str, kind: type[Any]) -> None:
    script = Script(problem(status, code))
    with pytest.raises(kind):
        script.client(CatalogClient).product("PROD-E4F9A")
    assert len(script.requests) == 1


def test_an_order_in_progress_is_retried() -> None:
    busy = problem(409, "order_in_progress", {"Retry-After": "2"})
    script = Script(busy, httpx.Response(200, json=ORDER))
    assert script.client(StockClient).confirm("ORDER-1").result.confirmed == 2
    assert script.pauses == [2.2]


@pytest.mark.parametrize(
    "command",
    [
        lambda stock: stock.restock("PROD-E4F9A", SKU_ID, 12),
        lambda stock: stock.adjust("PROD-E4F9A", SKU_ID, -1, notes="broken"),
        lambda stock: stock.count("PROD-E4F9A", SKU_ID, counted_stock=1, expected_stock=2, notes="counted"),
    ],
)
def test_all_attempts_of_a_command_carry_one_key(command: Callable[[Any], object]) -> None:
    script = Script(httpx.ReadTimeout("lost"), problem(503, "busy", {"Retry-After": "0"}), STOCK_CHANGE)
    stock = script.client(StockClient)
    command(stock)
    first = {request.headers["Idempotency-Key"] for request in script.requests}
    assert (len(script.requests), len(first)) == (3, 1)
    assert {request.content for request in script.requests} == {script.requests[0].content}
    command(stock)
    assert script.requests[-1].headers["Idempotency-Key"] not in first


def test_every_settlement_carries_a_key_as_an_order_may_have_been_settled_in_part() -> None:
    script = Script(httpx.Response(200, json=ORDER))
    stock = script.client(StockClient)
    stock.refund("ORDER-1", {SKU_ID: 1}, restock=False)
    stock.refund("ORDER-1")
    part, whole = script.requests
    assert len({each.headers["Idempotency-Key"] for each in (part, whole)}) == 2
    assert whole.content == b""


def test_a_caller_may_pass_the_key() -> None:
    script = Script(STOCK_CHANGE)
    script.client(StockClient).restock("PROD-E4F9A", SKU_ID, 12, idempotency_key="delivery-1")
    assert script.requests[0].headers["Idempotency-Key"] == "delivery-1"


CONDITIONAL_CHANGES = {
    "a product": lambda s, **key: s.client(CatalogClient).change_product(
        "P", {"brand": "X"}, if_version=3, **key
    ),
    "a product's end": lambda s, **key: s.client(CatalogClient).deactivate_product("P", if_version=3, **key),
    "a SKU's end": lambda s, **key: s.client(StockClient).deactivate_sku("P", "S", if_version=3, **key),
}


@pytest.mark.parametrize("change", CONDITIONAL_CHANGES.values(), ids=CONDITIONAL_CHANGES)
@pytest.mark.parametrize("key", [{}, {"idempotency_key": "recall-1"}], ids=["generated", "passed"])
def test_a_conditional_change_is_repeated_with_the_same_key(
    change: Callable[..., object], key: dict[str, str]
) -> None:
    script = Script(httpx.ReadTimeout("lost"), OK)
    change(script, **key)
    assert [request.headers["If-Match"] for request in script.requests] == ['"3"', '"3"']
    [sent] = {request.headers["Idempotency-Key"] for request in script.requests}
    assert sent == key.get("idempotency_key", sent)


def test_two_changes_have_two_keys() -> None:
    script = Script(OK, OK)
    for _ in range(2):
        script.client(CatalogClient).change_product("PROD-E4F9A", {"brand": "X"})
    assert len({request.headers["Idempotency-Key"] for request in script.requests}) == 2


def test_a_conditional_request_without_a_key_is_not_repeated_once_it_may_have_arrived() -> None:
    script = Script(httpx.ReadTimeout("lost"), OK)
    with pytest.raises(NoAnswer):
        script.client(CatalogClient)._send("PATCH", "/products/P", body={}, if_version=3)
    assert len(script.requests) == 1


@pytest.mark.parametrize("failure", [httpx.ConnectError("refused"), problem(503, "busy")])
def test_a_conditional_change_that_was_not_done_is_repeated(failure: httpx.Response | Exception) -> None:
    script = Script(failure, OK)
    script.client(CatalogClient).change_product("PROD-E4F9A", {"brand": "X"}, if_version=3)
    assert len(script.requests) == 2


def test_a_change_without_a_condition_is_repeated() -> None:
    script = Script(httpx.ReadTimeout("lost"), OK)
    script.client(CatalogClient).change_product("PROD-E4F9A", {"brand": "X"})
    assert len(script.requests) == 2


def test_a_batch_is_repeatable_by_its_order_ids() -> None:
    results = {"results": [{"order_id": "ORDER-1", "status_code": 200, "order": ORDER}]}
    script = Script(httpx.ReadTimeout("lost"), httpx.Response(200, json=results))
    assert script.client(StockClient).batch([])[0].order.order_id == "ORDER-1"
    assert len(script.requests) == 2


def test_a_batch_of_changes_is_repeatable_by_their_keys() -> None:
    results = {"results": [{"sku": SKU_ID, "status_code": 200, "transaction": RECORD}]}
    script = Script(httpx.ReadTimeout("lost"), httpx.Response(200, json=results))
    [result] = script.client(StockClient).change_batch([ChangeCommand.restock("P", SKU_ID, 1)])
    assert result.status_code == 200
    assert script.requests[0].content == script.requests[1].content


def test_a_missing_server_is_reported() -> None:
    with pytest.raises(NoAnswer, match="No server answers at http"):
        Script(httpx.ConnectError("refused")).client(StockClient, attempts=1).place(
            "ORDER-1", [LineRequest("PROD-E4F9A", SKU_ID, 1)]
        )


def test_an_invalid_address_is_reported() -> None:
    with pytest.raises(NoAnswer, match="is not a URL"):
        CatalogClient("http://127.0.0.1:port")


def test_pauses_are_random_by_default() -> None:
    assert len({Retries().pause_after(3) for _ in range(20)}) > 1


RUNNING = httpx.Response(202, json=ORDER | {"status": "confirming"}, headers={"Retry-After": "2"})


def test_a_command_that_finishes_later_is_sent_again_until_it_is_done() -> None:
    script = Script(
        RUNNING, problem(503, "busy", {"Retry-After": "1"}), RUNNING, httpx.Response(200, json=ORDER)
    )
    outcome = script.client(StockClient).confirm("ORDER-1")
    assert not outcome.result.is_in_progress
    assert script.pauses == [2.2, 1.2, 2.2]
    assert len({request.headers["Idempotency-Key"] for request in script.requests}) == 1


def test_the_client_does_not_wait_for_ever() -> None:
    script = Script(RUNNING)
    outcome = script.client(StockClient, finish_seconds=10).confirm("ORDER-1")
    assert (outcome.result.status, outcome.result.is_in_progress) == ("confirming", True)
    assert sum(script.pauses) <= 10


def test_the_commands_of_a_batch_that_finish_later_are_sent_again() -> None:
    def answered(*statuses: tuple[str, int]) -> httpx.Response:
        results = [
            {"order_id": order_id, "status_code": status, "order": ORDER | {"order_id": order_id}}
            for order_id, status in statuses
        ]
        return httpx.Response(200, json={"results": results})

    first = answered(("ORDER-1", 200), ("ORDER-2", 202))
    script = Script(first, answered(("ORDER-2", 202)), answered(("ORDER-2", 200)))
    commands = [BatchCommand("ORDER-1", "confirm"), BatchCommand("ORDER-2", "confirm")]
    results = script.client(StockClient).batch(commands)
    assert [(each.order_id, each.status_code) for each in results] == [("ORDER-1", 200), ("ORDER-2", 200)]
    assert b"ORDER-1" not in script.requests[1].content
    script = Script(first)
    assert script.client(StockClient, finish_seconds=0).batch(commands)[1].status_code == 202
    assert len(script.requests) == 1
