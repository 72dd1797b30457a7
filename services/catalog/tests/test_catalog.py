"""Commands on products when ids collide or other writers are active."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.engine.catalog import Catalog
from chalicelib.storage.product_store import ProductIdInUse
from inventory_common.errors import Busy, IdempotencyKeyReused, PreconditionFailed, ProductNotFound
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


def test_a_put_whose_response_was_lost_is_recognised_when_it_is_sent_again(
    catalog: Catalog, draws: Draws, dynamodb: Any
) -> None:
    """botocore sends it again by itself, and the second put finds what the first one wrote."""
    draws.coming = ["PROD-AAAAA", "PROD-BBBBB"]
    once = catalog.store.add

    def twice(*arguments: Any) -> Any:
        once(*arguments)
        return once(*arguments)

    created = replace(catalog, store=_With(catalog.store, add=twice)).create(a_creation())
    assert created.product.product_id == "PROD-AAAAA"
    assert catalog.store.product("PROD-BBBBB") is None


def test_a_change_whose_response_was_lost_is_recognised_when_it_is_sent_again(
    catalog: Catalog, draws: Draws
) -> None:
    draws.coming = ["PROD-AAAAA"]
    catalog.create(a_creation())
    once = catalog.store.update

    def twice(*arguments: Any, **named: Any) -> Any:
        once(*arguments, **named)
        return once(*arguments, **named)

    changing = replace(catalog, store=_With(catalog.store, update=twice))
    change = a_change("PROD-AAAAA", changes={"base_price": 80}, if_match=IfMatch.read('"1"'))
    assert changing.change(change).version == 2
    with pytest.raises(PreconditionFailed):
        changing.change(change)


class _With:
    """A store with some methods replaced."""

    def __init__(self, store: Any, **replaced: Any) -> None:
        self._store = store
        self.__dict__.update(replaced)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


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


class Rival:
    """A store some of whose writes conflict: an id is in use, or the product changes before an update."""

    def __init__(self, store: Any, times: int) -> None:
        self._store = store
        self.left = times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def _conflicts(self) -> bool:
        self.left -= 1
        return self.left >= 0

    def add(self, *arguments: Any) -> Any:
        return ProductIdInUse() if self._conflicts() else self._store.add(*arguments)

    def update(self, product: Any, to: Any) -> Any:
        if self._conflicts():
            self._store.update(product, replace(product, brand="Other", version=product.version + 1))
        return self._store.update(product, to)


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
