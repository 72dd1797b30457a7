"""Commands on an order while the saga of another command is in progress."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from front_door import Answer, Client

from chalicelib.domain.orders import SagaState

from ..shop import BLACK, ORDER_PATH, Clock, Tables, a_line, a_saga, a_sku, an_order, order_body

Command = Callable[[Client, str], Answer]


def place(shop: Client, token: str) -> Any:
    return shop.put(ORDER_PATH, order_body((BLACK, 5)), token)


def settle(command: str) -> Command:
    return lambda shop, token: shop.post(f"{ORDER_PATH}/{command}", token=token)


def amend(shop: Client, token: str) -> Any:
    return shop.post(f"{ORDER_PATH}/amend", order_body((BLACK, 4)), token, idempotency_key="k")


def reopen(shop: Client, token: str) -> Any:
    return shop.post(f"{ORDER_PATH}/reopen", token=token, idempotency_key="k")


@pytest.mark.parametrize("saga_state", SagaState)
def test_every_read_shows_what_is_going_on(
    shop: Client, orders: str, tables: Tables, clock: Clock, saga_state: SagaState
) -> None:
    """Two of five units are confirmed so far; neither the order nor a list shows it as a result."""
    tables.put_order(an_order(a_line(reserved=3, confirmed=2), saga=a_saga(saga_state)))
    assert shop.get(ORDER_PATH, orders).json["status"] == saga_state.value
    clock.advance(3_600)
    [listed] = shop.get("/orders", orders).json["items"]
    assert listed["status"] == saga_state.value


@pytest.mark.parametrize(
    ("saga_state", "command"),
    [
        (SagaState.RELEASING, place),
        (SagaState.CONFIRMING, place),
        (SagaState.CANCELLING, place),
        (SagaState.REFUNDING, place),
        (SagaState.PLACING, amend),
        (SagaState.CONFIRMING, amend),
        (SagaState.CANCELLING, reopen),
        (SagaState.PLACING, settle("confirm")),
        (SagaState.PLACING, settle("cancel")),
        (SagaState.CONFIRMING, settle("cancel")),
        (SagaState.CANCELLING, settle("refund")),
        (SagaState.REFUNDING, settle("confirm")),
    ],
)
def test_another_command_has_to_be_sent_again_later(
    shop: Client, orders: str, tables: Tables, saga_state: SagaState, command: Command
) -> None:
    tables.put(a_sku(current=50, reserved=5))
    tables.put_order(an_order(a_line(reserved=5), saga=a_saga(saga_state)))
    before = shop.get(ORDER_PATH, orders)
    refused = command(shop, orders)
    assert (refused.status, refused.code, refused.headers["Retry-After"]) == (409, "order_in_progress", "2")
    assert shop.get(ORDER_PATH, orders).json == before.json
    assert tables.records() == []
