"""What a request takes of its sender's budget: one for each command, and for each line that it names."""

from __future__ import annotations

from typing import Any

import pytest

from ..route_table import ROUTES
from ..shop import BLACK, PRODUCT, WHITE, order_body, settlement_body

CHANGE = {"type": "restock", "product_id": PRODUCT, "quantity": 5}
TWO_LINES = settlement_body((BLACK, 1), (WHITE, 2))


def weight_of(module: Any, method: str, path: str, document: Any) -> int:
    declared = module.app.routes[path][method].view_function.declared
    if declared.weight is None:
        return 1
    body, errors = declared.body.read(document)
    assert not errors
    weight: int = declared.weight(body)
    return weight


@pytest.mark.parametrize(
    ("path", "document", "weight"),
    [
        ("PUT /orders/{order_id}", order_body((BLACK, 40)), 1),
        ("PUT /orders/{order_id}", order_body((BLACK, 1), (WHITE, 1)), 2),
        ("POST /orders/{order_id}/amend", order_body((BLACK, 1), (WHITE, 1)), 2),
        ("POST /orders/{order_id}/confirm", {}, 1),
        ("POST /orders/{order_id}/confirm", TWO_LINES, 2),
        ("POST /orders/{order_id}/cancel", TWO_LINES, 2),
        ("POST /orders/{order_id}/refund", TWO_LINES, 2),
        ("POST /orders/{order_id}/extend", {"hold_seconds": 600}, 1),
        (
            "POST /orders/batch",
            {
                "orders": [
                    {"order_id": "ORDER-1"} | order_body((BLACK, 1), (WHITE, 1)),
                    {"order_id": "ORDER-2", "command": "confirm"},
                ]
            },
            3,
        ),
        ("POST /stock/batch", {"changes": [CHANGE | {"sku": BLACK}, CHANGE | {"sku": WHITE}]}, 2),
        ("POST /products/{product_id}/skus/{sku}/restocks", {"quantity": 5}, 1),
    ],
)
def test_the_weight_of_a_request(service_module: Any, path: str, document: Any, weight: int) -> None:
    method, _, pattern = path.partition(" ")
    assert weight_of(service_module, method, pattern, document) == weight


def test_every_batch_has_the_weight_of_its_commands(service_module: Any) -> None:
    for (method, path), row in ROUTES.items():
        if row.per_item:
            assert service_module.app.routes[path][method].view_function.declared.weight is not None
