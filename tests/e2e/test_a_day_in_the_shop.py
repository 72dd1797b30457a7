"""A whole day in the shop, on the local stack."""

from __future__ import annotations

from typing import Any

from tests.e2e.a_day_in_the_shop import people, run_a_day
from tests.integration.shop import Shop


def test_a_day_in_the_shop(shop: Shop, front_url: str, client: Any) -> None:
    with people(shop, front_url) as person:
        run_a_day(person, client)
