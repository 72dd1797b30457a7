"""Commands on products when ids collide or others are at work."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.catalog_service import CatalogService
from chalicelib.product_gateway import ProductIdTaken
from inventory_common.errors import Busy, IdempotencyKeyReused, PreconditionFailed, ProductNotFound
from inventory_common.identity import Scope
from inventory_common.preconditions import IfMatch
from inventory_common.tuning import WRITE_ATTEMPTS_MAX

from .shop import OTHER_VENDOR, VENDOR, Clock, Draws, a_change, a_creation, a_deactivation, an_intent

INTENTS = pytest.mark.parametrize("intent", [None, an_intent()], ids=["no key", "key"])


@INTENTS
def test_an_id_that_is_taken_is_drawn_again(
    service: CatalogService, draws: Draws, idempotency_key: Any
) -> None:
    draws.coming = ["PROD-AAAAA", "PROD-AAAAA", "PROD-BBBBB"]
    first = service.create(a_creation(product_name="First")).product
    second, replayed = service.create(a_creation(product_name="Second", idempotency_key=idempotency_key))
    assert (first.product_id, second.product_id, replayed) == ("PROD-AAAAA", "PROD-BBBBB", False)
    assert draws.drawn == ["PROD-AAAAA", "PROD-AAAAA", "PROD-BBBBB"]
    assert service.gateway.product("PROD-AAAAA") == first
    assert service.gateway.product("PROD-BBBBB") == second


@INTENTS
def test_draws_end_when_all_are_taken(service: CatalogService, draws: Draws, idempotency_key: Any) -> None:
    draws.coming = ["PROD-AAAAA"] * 100
    service.create(a_creation())
    with pytest.raises(Busy):
        service.create(a_creation(product_name="Another", idempotency_key=idempotency_key))
    assert len(draws.drawn) == 1 + WRITE_ATTEMPTS_MAX


def test_a_put_whose_answer_was_lost_is_found_by_its_second_try(
    service: CatalogService, draws: Draws, dynamodb: Any
) -> None:
    """botocore sends it again by itself, and the second meets what the first has written."""
    draws.coming = ["PROD-AAAAA", "PROD-BBBBB"]
    once = service.gateway.add

    def twice(*arguments: Any) -> None:
        once(*arguments)
        once(*arguments)

    made = replace(service, gateway=_With(service.gateway, add=twice)).create(a_creation())
    assert made.product.product_id == "PROD-AAAAA"
    assert service.gateway.product("PROD-BBBBB") is None


def test_a_change_whose_answer_was_lost_is_found_by_its_second_try(
    service: CatalogService, draws: Draws
) -> None:
    draws.coming = ["PROD-AAAAA"]
    service.create(a_creation())
    once = service.gateway.update

    def twice(*arguments: Any, **named: Any) -> None:
        once(*arguments, **named)
        once(*arguments, **named)

    changing = replace(service, gateway=_With(service.gateway, update=twice))
    change = a_change("PROD-AAAAA", changes={"base_price": 80}, if_match=IfMatch.read('"1"'))
    assert changing.change(change).version == 2
    with pytest.raises(PreconditionFailed):
        changing.change(change)


class _With:
    """A gateway of which some methods are replaced."""

    def __init__(self, gateway: Any, **replaced: Any) -> None:
        self._gateway = gateway
        self.__dict__.update(replaced)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)


def test_a_command_is_done_once_under_its_key(service: CatalogService, clock: Clock) -> None:
    command = a_creation(idempotency_key=an_intent())
    first = service.create(command)
    clock.advance(86_400)
    again = service.create(command)
    assert (first.replayed, again.replayed) == (False, True)
    assert again.product == first.product
    clock.advance(1)
    third = service.create(command)
    assert not third.replayed
    assert third.product.product_id != first.product.product_id


def test_a_replay_shows_the_product_as_it_stands(service: CatalogService) -> None:
    command = a_creation(idempotency_key=an_intent())
    made = service.create(command).product
    service.change(a_deactivation(made.product_id))
    assert service.create(command).product.is_active is False


def test_a_key_stands_for_one_body(service: CatalogService) -> None:
    service.create(a_creation(idempotency_key=an_intent(body='{"a":1}')))
    with pytest.raises(IdempotencyKeyReused):
        service.create(a_creation(idempotency_key=an_intent(body='{"a":2}')))


class Rival:
    """A gateway whose writes lose: to a conflict, or to a product that changes before each update."""

    def __init__(self, gateway: Any, times: int) -> None:
        self._gateway = gateway
        self.left = times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)

    def _lose(self) -> bool:
        self.left -= 1
        return self.left >= 0

    def add(self, *arguments: Any) -> None:
        if self._lose():
            raise ProductIdTaken
        self._gateway.add(*arguments)

    def update(self, product: Any, to: Any) -> None:
        if self._lose():
            self._gateway.update(product, replace(product, brand="Other", version=product.version + 1))
        self._gateway.update(product, to)


def test_a_conflict_over_a_marker_is_tried_again(service: CatalogService) -> None:
    losing = replace(service, gateway=Rival(service.gateway, 3))
    assert losing.create(a_creation(idempotency_key=an_intent())).replayed is False


def test_a_product_that_changes_meanwhile_is_deactivated_all_the_same(service: CatalogService) -> None:
    made = service.create(a_creation()).product
    losing = replace(service, gateway=Rival(service.gateway, 2))
    losing.change(a_deactivation(made.product_id, scope=Scope(VENDOR)))
    stored = service.gateway.product(made.product_id)
    assert (stored.is_active, stored.brand, stored.version) == (False, "Other", 4)


def test_who_always_loses_is_sent_away(service: CatalogService) -> None:
    made = service.create(a_creation()).product
    with pytest.raises(Busy):
        replace(service, gateway=Rival(service.gateway, 1_000)).change(a_deactivation(made.product_id))
    assert service.gateway.product(made.product_id).is_active


@pytest.mark.parametrize("is_active", [True, False])
def test_another_vendors_product_cannot_be_deactivated(service: CatalogService, is_active: bool) -> None:
    made = service.create(a_creation()).product
    if not is_active:
        service.change(a_deactivation(made.product_id))
    with pytest.raises(ProductNotFound):
        service.change(a_deactivation(made.product_id, scope=Scope(OTHER_VENDOR)))
