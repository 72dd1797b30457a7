"""Creating a SKU beside other writers: another copy of the command, or a change of the product."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from inventory_common.errors import ProductInactive, ProductNotFound, SkuExists

from ..other_writers import InterruptedSkuStore
from ..process import Process
from ..shop import ACTOR, OTHER_VENDOR, VENDOR, Tables, a_key, a_new_sku, a_product


def interrupted(process: Process, act: Callable[[], Any]) -> Process:
    """Return another process, before whose first write of a SKU another writer acts."""
    return process.over(skus=InterruptedSkuStore(process.storage.skus, act))


def test_of_two_creations_of_one_sku_at_once_the_second_is_refused(process: Process, tables: Tables) -> None:
    tables.put(a_product())
    with pytest.raises(SkuExists):
        interrupted(process, lambda: process.create_sku(a_new_sku())).create_sku(a_new_sku())


def test_of_two_copies_of_a_creation_at_once_the_second_is_a_replay(process: Process, tables: Tables) -> None:
    tables.put(a_product())
    command = a_new_sku(idempotency_key=a_key())
    second = interrupted(process, lambda: process.create_sku(command)).create_sku(command)
    assert second.replayed
    assert second.sku == process.sku()


def test_a_product_that_is_deactivated_meanwhile_refuses_the_sku(process: Process, tables: Tables) -> None:
    tables.put(a_product())
    other = interrupted(process, lambda: tables.put(a_product(is_active=False, version=2)))
    with pytest.raises(ProductInactive):
        other.create_sku(a_new_sku())


def test_a_sku_is_created_although_its_product_changes_meanwhile(process: Process, tables: Tables) -> None:
    tables.put(a_product())
    other = interrupted(process, lambda: tables.put(a_product(product_name="Headset", version=2)))
    assert other.create_sku(a_new_sku()).sku.product_version == 2


def test_a_product_of_another_vendor_is_not_found(process: Process, tables: Tables) -> None:
    tables.put(a_product(vendor_id=OTHER_VENDOR))
    with pytest.raises(ProductNotFound):
        process.create_sku(a_new_sku())


def test_a_sku_belongs_to_the_vendor_of_its_product(process: Process, tables: Tables) -> None:
    tables.put(a_product(version=7))
    created = process.create_sku(a_new_sku()).sku
    assert (created.vendor_id, created.product_version) == (VENDOR, 7)
    assert created.last_updated_by == ACTOR.performed_by
