"""Orders that the tests of routes begin with."""

from __future__ import annotations

import pytest
from front_door import Client

from ..shop import BLACK, ORDER_PATH, WHITE, order_body


@pytest.fixture
def placed(shop: Client, orders: str, stocked: None) -> None:
    """An order reserves five units of the black variant and three of the white one."""
    assert shop.put(ORDER_PATH, order_body((BLACK, 5), (WHITE, 3)), orders).status == 201


@pytest.fixture
def confirmed(shop: Client, orders: str, placed: None) -> None:
    """An order is confirmed, of five units of the black variant and three of the white one."""
    assert shop.post(f"{ORDER_PATH}/confirm", token=orders).status == 200
