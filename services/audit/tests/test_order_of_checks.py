"""The response to a request with several faults is that of the check that comes first (design 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pytest
from front_door import Client
from refusal_walk import Fault, OrderOfChecks, Route, with_query

from .route_table import PATHS, ROUTES, furnish

UNKNOWN_TYPE = Fault("an unknown type", 422, "invalid_input", with_query("transaction_type", "theft"))
INVALID_TIME = Fault("an invalid time", 422, "invalid_input", with_query("from", "yesterday"))


class TestOrderOfChecks(OrderOfChecks):
    routes = ROUTES
    paths = PATHS
    more: ClassVar[Mapping[Route, Sequence[Fault]]] = {
        route: [UNKNOWN_TYPE, INVALID_TIME]
        for route in ROUTES
        if route[1].endswith("/transactions") and not route[1].startswith("/orders")
    }

    @pytest.fixture
    def furnished(self, audit: Client, dynamodb: Any) -> Client:
        furnish(dynamodb)
        return audit
