"""What is answered to a request that is wrong in several ways: always what is checked first (design 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pytest
from front_door import Client
from refusal_walk import Fault, OrderOfChecks, Route, with_query

from .route_table import PATHS, ROUTES, furnish

NO_TYPE = Fault("a type that there is not", 422, "invalid_input", with_query("transaction_type", "theft"))
NO_MOMENT = Fault("no moment", 422, "invalid_input", with_query("from", "yesterday"))


class TestOrderOfChecks(OrderOfChecks):
    routes = ROUTES
    paths = PATHS
    more: ClassVar[Mapping[Route, Sequence[Fault]]] = {
        route: [NO_TYPE, NO_MOMENT] for route in ROUTES if route[1].endswith("/transactions")
    }

    @pytest.fixture
    def furnished(self, audit: Client, dynamodb: Any) -> Client:
        furnish(dynamodb)
        return audit
