"""Functions that handle the changes of a stream: registered with Chalice, and called the way Lambda does."""

import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import pytest

from inventory_common.identity import TokenVerifier
from inventory_common.rest import RestService
from inventory_common.streams import PRODUCT_CHANGES, SKU_CHANGES, ItemChange

SEQUENCE_NUMBER = "000000000000000000001"
HAPPENED_AT = 1_771_842_600.0


class Shop:
    """A service with such functions."""

    def __init__(self) -> None:
        self.app = app = RestService("shop", verifier=TokenVerifier("", "", (), ()))
        self.products: list[ItemChange] = []
        self.batches: list[Sequence[ItemChange]] = []
        self.failing = False

        @app.on_changes(PRODUCT_CHANGES)
        def product_changed(changes: Sequence[ItemChange]) -> None:
            """Update the SKUs."""
            if self.failing:
                raise ValueError("no")
            self.products += changes

        @app.on_changes(SKU_CHANGES)
        def skus_changed(changes: Sequence[ItemChange]) -> None:
            """Read them together."""
            self.batches.append(changes)

        self.module = ModuleType("app")
        vars(self.module).update(app=app, product_changed=product_changed, skus_changed=skus_changed)


@pytest.fixture
def shop() -> Shop:
    return Shop()


def event(**key: str) -> dict[str, Any]:
    keys = {name: {"S": value} for name, value in key.items()}
    change = {"Keys": keys, "SequenceNumber": SEQUENCE_NUMBER, "NewImage": keys}
    return {"Records": [{"dynamodb": change | {"ApproximateCreationDateTime": HAPPENED_AT}}]}


def test_a_service_lists_the_subscription_of_each_function(shop: Shop) -> None:
    assert shop.app.subscriptions == {
        "product_changed": PRODUCT_CHANGES,
        "skus_changed": SKU_CHANGES,
    }


def test_chalice_packages_each_function_under_its_own_name(shop: Shop) -> None:
    assert [function.name for function in shop.app.pure_lambda_functions] == [
        "product_changed",
        "skus_changed",
    ]


def test_the_entry_point_that_chalice_names_exists(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    # Lambda imports the function that a handler string names.
    monkeypatch.setitem(sys.modules, "app", shop.module)
    entry_points = [function.handler_string for function in shop.app.pure_lambda_functions]
    assert entry_points == ["app.product_changed", "app.skus_changed"]
    for entry_point in entry_points:
        module, _, name = entry_point.rpartition(".")
        getattr(sys.modules[module], name)(event(product_id="PROD-1", sku="SKU-1"), None)
    assert (len(shop.products), len(shop.batches)) == (1, 1)


def test_a_function_is_called_with_the_change_and_returns_lambdas_response(shop: Shop) -> None:
    response = shop.module.product_changed(event(product_id="PROD-1"), None)
    assert response == {"batchItemFailures": []}
    key = {"product_id": {"S": "PROD-1"}}
    assert shop.products == [ItemChange(key, None, key, SEQUENCE_NUMBER, HAPPENED_AT)]


def test_a_function_is_called_once_with_all_changes_of_a_batch(shop: Shop) -> None:
    events = [event(product_id="PROD-1", sku=f"SKU-{number}") for number in (1, 2)]
    both = {"Records": [record for each in events for record in each["Records"]]}
    assert shop.module.skus_changed(both, None) == {"batchItemFailures": []}
    [changes] = shop.batches
    assert [change.key["sku"]["S"] for change in changes] == ["SKU-1", "SKU-2"]
    assert shop.module.skus_changed.__doc__ == "Read them together."


def test_a_failure_is_reported_through_chalice(shop: Shop) -> None:
    shop.failing = True
    response = shop.module.product_changed(event(product_id="PROD-1"), None)
    assert response == {"batchItemFailures": [{"itemIdentifier": SEQUENCE_NUMBER}]}


def test_a_function_is_not_called_for_changes_outside_its_subscription(shop: Shop) -> None:
    assert shop.module.product_changed(event(product_id="#EXTERNAL-ID"), None) == {"batchItemFailures": []}
    assert shop.products == []


def test_a_function_keeps_its_name_and_docstring(shop: Shop) -> None:
    assert (shop.module.product_changed.__name__, shop.module.product_changed.__doc__) == (
        "product_changed",
        "Update the SKUs.",
    )


def test_a_function_is_not_a_route(shop: Shop) -> None:
    assert set(shop.app.routes) == {"/health"}
