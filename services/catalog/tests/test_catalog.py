"""Commands on products when ids collide or other writers are active."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from copy import copy
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from chalicelib.engine.catalog import Catalog
from chalicelib.storage.product_store import ProductIdInUse, ProductStore
from inventory_common.change_ids import SLOTS
from inventory_common.errors import (
    Busy,
    IdempotencyKeyReused,
    OutcomeUnknown,
    PreconditionFailed,
    ProductNotFound,
)
from inventory_common.identity import Scope
from inventory_common.preconditions import IfMatch
from inventory_common.tuning import WRITE_ATTEMPTS_MAX

from .shop import OTHER_VENDOR, VENDOR, Clock, Draws, a_change, a_creation, a_deactivation, a_key

KEYS = pytest.mark.parametrize("idempotency_key", [None, a_key()], ids=["no key", "key"])


@KEYS
def test_another_id_is_drawn_if_the_first_is_in_use(
    catalog: Catalog, draws: Draws, idempotency_key: Any
) -> None:
    draws.coming = ["PROD-AAAAA", "PROD-AAAAA", "PROD-BBBBB"]
    first = catalog.create(a_creation(product_name="First")).product
    second, replayed = catalog.create(a_creation(product_name="Second", idempotency_key=idempotency_key))
    assert (first.product_id, second.product_id, replayed) == ("PROD-AAAAA", "PROD-BBBBB", False)
    assert draws.drawn == ["PROD-AAAAA", "PROD-AAAAA", "PROD-BBBBB"]
    assert catalog.store.product("PROD-AAAAA") == first
    assert catalog.store.product("PROD-BBBBB") == second


@KEYS
def test_a_creation_ends_if_every_drawn_id_is_in_use(
    catalog: Catalog, draws: Draws, idempotency_key: Any
) -> None:
    draws.coming = ["PROD-AAAAA"] * 100
    catalog.create(a_creation())
    with pytest.raises(Busy):
        catalog.create(a_creation(product_name="Another", idempotency_key=idempotency_key))
    assert len(draws.drawn) == 1 + WRITE_ATTEMPTS_MAX


class LosingClient:
    """A client that loses the response to its next write, and lets others act then.

    botocore sends it again, if `resent`; otherwise it raises an error.
    """

    def __init__(self, client: Any, *, resent: bool = True, on_loss: Callable[[], Any]) -> None:
        self._client = client
        self._resent = resent
        self._acts = [on_loss]

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)
        return partial(self._send, call) if name in WRITES else call

    def _send(self, call: Callable[..., Any], **request: Any) -> Any:
        answer = call(**request)
        if not self._acts:
            return answer
        self._acts.pop()()
        if self._resent:
            return call(**request)
        raise ReadTimeoutError(endpoint_url="http://127.0.0.1")


WRITES = ("put_item", "update_item", "transact_write_items")
RESENT = pytest.mark.parametrize("resent", [True, False], ids=["by botocore", "by the service"])
OTHERS = pytest.mark.parametrize("prices", [(), (70,), (75, 70)], ids=len)


def over(catalog: Catalog, client: Any) -> Catalog:
    return replace(catalog, store=_With(catalog.store, _client=client))


def others_change(catalog: Catalog, *prices: int) -> None:
    for price in prices:
        catalog.change(a_change("PROD-AAAAA", changes={"base_price": price}))


@OTHERS
def test_a_creation_whose_response_was_lost_creates_no_second_product(
    catalog: Catalog, draws: Draws, dynamodb: Any, prices: tuple[int, ...]
) -> None:
    """botocore sends it again by itself, and the second put finds what the first one wrote."""
    draws.coming = ["PROD-AAAAA", "PROD-BBBBB"]
    client = LosingClient(dynamodb, on_loss=lambda: others_change(catalog, *prices))
    created = over(catalog, client).create(a_creation())
    assert created.product == catalog.store.product("PROD-AAAAA")
    assert created.product.base_price == (prices or (90,))[-1]
    assert catalog.store.product("PROD-BBBBB") is None


@RESENT
@OTHERS
@pytest.mark.parametrize("precondition", [None, '"1"'])
def test_a_change_whose_response_was_lost_is_neither_refused_nor_written_again(
    catalog: Catalog,
    draws: Draws,
    dynamodb: Any,
    *,
    resent: bool,
    prices: tuple[int, ...],
    precondition: str | None,
) -> None:
    draws.coming = ["PROD-AAAAA"]
    catalog.create(a_creation())
    client = LosingClient(dynamodb, resent=resent, on_loss=lambda: others_change(catalog, *prices))
    change = a_change("PROD-AAAAA", changes={"base_price": 80}, if_match=IfMatch.read(precondition))
    answer = over(catalog, client).change(change)
    assert answer.product == catalog.store.product("PROD-AAAAA")
    assert (answer.product.base_price, answer.product.version) == ((prices or (80,))[-1], 2 + len(prices))


def test_a_deactivation_whose_response_was_lost_leaves_a_reactivation_alone(
    catalog: Catalog, draws: Draws, dynamodb: Any
) -> None:
    draws.coming = ["PROD-AAAAA"]
    catalog.create(a_creation())
    reactivation = a_change("PROD-AAAAA", changes={"is_active": True})
    client = LosingClient(dynamodb, resent=False, on_loss=lambda: catalog.change(reactivation))
    assert over(catalog, client).change(a_deactivation("PROD-AAAAA")).product.is_active


@OTHERS
def test_a_change_with_a_key_is_written_once_even_if_it_is_sent_again(
    catalog: Catalog, draws: Draws, dynamodb: Any, prices: tuple[int, ...]
) -> None:
    draws.coming = ["PROD-AAAAA"]
    catalog.create(a_creation())
    change = a_change(
        "PROD-AAAAA", changes={"base_price": 80}, if_match=IfMatch.read('"1"'), idempotency_key=a_key()
    )
    client = LosingClient(dynamodb, resent=False, on_loss=lambda: others_change(catalog, *prices))
    first = over(catalog, client).change(change)
    assert first == (catalog.store.product("PROD-AAAAA"), True)
    others_change(catalog, 60)
    assert catalog.change(change) == (catalog.store.product("PROD-AAAAA"), True)
    assert first.product.base_price == (prices or (80,))[-1]


class ThrottledLosingClient(LosingClient):
    """Loses the response to a write, and then DynamoDB throttles every further call."""

    def __getattr__(self, name: str) -> Any:
        found = super().__getattr__(name)
        return found if self._acts or name == "exceptions" else self._throttle

    def _throttle(self, **request: Any) -> Any:
        raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow"}}, "UpdateItem")


@KEYS
def test_a_change_whose_answer_is_lost_is_not_said_to_be_undone_when_throttled_then(
    catalog: Catalog, draws: Draws, dynamodb: Any, idempotency_key: Any
) -> None:
    draws.coming = ["PROD-AAAAA"]
    catalog.create(a_creation())
    client = ThrottledLosingClient(dynamodb, resent=False, on_loss=lambda: None)
    change = a_change("PROD-AAAAA", changes={"base_price": 80}, idempotency_key=idempotency_key)
    with pytest.raises(OutcomeUnknown) as unknown:
        over(catalog, client).change(change)
    assert isinstance(unknown.value.__cause__, ReadTimeoutError)
    stored = catalog.store.product("PROD-AAAAA")
    assert stored is not None
    assert stored.base_price == 80


@pytest.mark.parametrize("count", [SLOTS - 1, SLOTS])
def test_a_change_below_so_many_others_that_its_id_is_gone_is_not_said_to_be_undone(
    catalog: Catalog, draws: Draws, dynamodb: Any, count: int
) -> None:
    draws.coming = ["PROD-AAAAA"]
    catalog.create(a_creation())
    client = LosingClient(dynamodb, resent=False, on_loss=lambda: others_change(catalog, *range(count)))
    change = a_change("PROD-AAAAA", changes={"base_price": 80})
    expected = nullcontext() if count < SLOTS else pytest.raises(OutcomeUnknown)
    with expected:
        over(catalog, client).change(change)
    stored = catalog.store.product("PROD-AAAAA")
    assert stored is not None
    assert stored.base_price == count - 1


def test_a_duplicate_that_overtakes_a_change_is_found_before_the_precondition_fails(
    catalog: Catalog, draws: Draws
) -> None:
    draws.coming = ["PROD-AAAAA"]
    catalog.create(a_creation())
    change = a_change(
        "PROD-AAAAA", changes={"base_price": 80}, if_match=IfMatch.read('"1"'), idempotency_key=a_key()
    )

    def overtaken(product_id: str, idempotency_id: str) -> Any:
        """A read that returns the record of an earlier moment than the product."""
        _, record = catalog.store.product_and_record(product_id, idempotency_id)
        catalog.change(change)
        others_change(catalog, 70)
        return catalog.store.product(product_id), record

    late = replace(catalog, store=_With(catalog.store, product_and_record=overtaken))
    assert late.change(change) == (catalog.store.product("PROD-AAAAA"), True)
    with pytest.raises(PreconditionFailed):
        catalog.change(replace(change, idempotency_key=a_key("another")))


class _With:
    """A store with some members replaced."""

    def __new__(cls, store: Any, **replaced: Any) -> Any:
        other = copy(store)
        other.__dict__.update(replaced)
        return other


def test_a_command_is_executed_once_under_its_key(catalog: Catalog, clock: Clock) -> None:
    command = a_creation(a_key())
    first = catalog.create(command)
    clock.advance(86_400)
    again = catalog.create(command)
    assert (first.replayed, again.replayed) == (False, True)
    assert again.product == first.product
    clock.advance(1)
    third = catalog.create(command)
    assert not third.replayed
    assert third.product.product_id != first.product.product_id


def test_a_replay_returns_the_current_product(catalog: Catalog) -> None:
    command = a_creation(a_key())
    created = catalog.create(command).product
    catalog.change(a_deactivation(created.product_id))
    assert catalog.create(command).product.is_active is False


def test_a_key_belongs_to_one_body(catalog: Catalog) -> None:
    catalog.create(a_creation(a_key(body='{"a":1}')))
    with pytest.raises(IdempotencyKeyReused):
        catalog.create(a_creation(a_key(body='{"a":2}')))


class Rival(ProductStore):
    """A store some of whose writes conflict: an id is in use, or the product changes before an update."""

    def __init__(self, store: ProductStore, times: int) -> None:
        vars(self).update(vars(store))
        self._store = store
        self.left = times

    def _conflicts(self) -> bool:
        self.left -= 1
        return self.left >= 0

    def add(self, *arguments: Any) -> Any:
        return ProductIdInUse() if self._conflicts() else self._store.add(*arguments)

    def update(self, product: Any, to: Any, *more: Any) -> Any:
        if self._conflicts():
            self._store.update(product, replace(product, brand="Other", version=product.version + 1), "rival")
        return self._store.update(product, to, *more)


def test_a_creation_with_a_key_is_retried_after_a_conflict(catalog: Catalog) -> None:
    contended = replace(catalog, store=Rival(catalog.store, 3))
    assert contended.create(a_creation(a_key())).replayed is False


def test_a_product_that_changes_meanwhile_is_still_deactivated(catalog: Catalog) -> None:
    created = catalog.create(a_creation()).product
    contended = replace(catalog, store=Rival(catalog.store, 2))
    contended.change(a_deactivation(created.product_id, scope=Scope(VENDOR)))
    stored = catalog.store.product(created.product_id)
    assert stored is not None
    assert (stored.is_active, stored.brand, stored.version) == (False, "Other", 4)


def test_a_change_that_always_conflicts_is_refused_as_busy(catalog: Catalog) -> None:
    created = catalog.create(a_creation()).product
    with pytest.raises(Busy):
        replace(catalog, store=Rival(catalog.store, 1_000)).change(a_deactivation(created.product_id))
    stored = catalog.store.product(created.product_id)
    assert stored is not None
    assert stored.is_active


@pytest.mark.parametrize("is_active", [True, False])
def test_a_vendor_cannot_deactivate_another_vendors_product(catalog: Catalog, is_active: bool) -> None:
    created = catalog.create(a_creation()).product
    if not is_active:
        catalog.change(a_deactivation(created.product_id))
    with pytest.raises(ProductNotFound):
        catalog.change(a_deactivation(created.product_id, scope=Scope(OTHER_VENDOR)))
