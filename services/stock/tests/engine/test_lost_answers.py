"""Writes whose answer is lost: sent again with the same token, or the outcome is unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from front_door import Client

from chalicelib.domain.commands import SettleOrder
from inventory_common.errors import OutcomeUnknown

from ..process import Process
from ..shop import BLACK, ORDER, ORDER_PATH, WHITE, MonotonicClock, Tables, a_sku, an_order_of, order_body

ProcessOver = Callable[[Any], Process]


class LosingClient:
    """A client that loses the answers to its first transactions; with `executes`, they are executed."""

    def __init__(self, client: Any, lost: int, *, executes: bool = True) -> None:
        self._client = client
        self._lost = lost
        self._executes = executes
        self.exceptions = client.exceptions
        self.tokens: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def transact_write_items(self, **request: Any) -> Any:
        self.tokens.append(request["ClientRequestToken"])
        lost = len(self.tokens) <= self._lost
        if lost and len(self.tokens) > 1:
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "TransactWriteItems")
        # The stand-in of the tests ignores tokens: what was executed must not be executed again.
        if (len(self.tokens) == 1) if self._executes else not lost:
            self._client.transact_write_items(**request)
        if lost:
            raise ReadTimeoutError(endpoint_url="http://127.0.0.1")
        return {}


@pytest.mark.parametrize("executes", [True, False])
def test_a_write_whose_answer_was_lost_is_sent_again_with_its_token(
    process_over: ProcessOver, dynamodb: Any, tables: Tables, executes: bool
) -> None:
    tables.put(a_sku(current=5))
    client = LosingClient(dynamodb, 2, executes=executes)
    placed = process_over(client).place(an_order_of((BLACK, 3)))
    assert (placed.order.status, placed.replayed) == ("reserved", False)
    assert (len(client.tokens), len({*client.tokens})) == (3, 1)
    assert len(tables.records()) == 1


@pytest.mark.parametrize("executes", [True, False])
def test_the_outcome_is_unknown_if_no_answer_comes_until_the_deadline(
    process_over: ProcessOver, process: Process, dynamodb: Any, tables: Tables, executes: bool
) -> None:
    tables.put(a_sku(current=5))
    time = MonotonicClock()
    losing = replace(
        process_over(LosingClient(dynamodb, 99, executes=executes)), retry_policy=time.retry_policy()
    )
    with pytest.raises(OutcomeUnknown):
        losing.place(an_order_of((BLACK, 3)))
    assert time.seconds <= 10
    assert process.place(an_order_of((BLACK, 3))).replayed is executes
    assert len(tables.records()) == 1


def test_the_response_says_that_the_same_request_has_to_be_sent_again(
    process_over: ProcessOver,
    shop_of: Callable[[Process], Client],
    dynamodb: Any,
    tables: Tables,
    orders: str,
) -> None:
    tables.put(a_sku(current=5))
    answer = shop_of(process_over(LosingClient(dynamodb, 99))).put(ORDER_PATH, order_body((BLACK, 1)), orders)
    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (503, "outcome_unknown", "1")
    assert "the same request again" in answer.json["detail"]


def test_a_confirmation_whose_answer_was_lost_is_found_by_the_next_request(
    process_over: ProcessOver, process: Process, dynamodb: Any, tables: Tables
) -> None:
    tables.put(a_sku(current=5), a_sku(WHITE, current=5))
    process.place(an_order_of((BLACK, 1)))
    losing = process_over(LosingClient(dynamodb, 99))
    with pytest.raises(OutcomeUnknown):
        losing.confirm(SettleOrder(ORDER))
    assert process.orders.get(ORDER).status == "confirmed"
    assert process.confirm(SettleOrder(ORDER)).replayed
