"""The route of availability."""

from __future__ import annotations

from chalice.app import Response

from inventory_common.declarations import PUBLIC, ResponseSpec, route
from inventory_common.requests import Request
from inventory_common.responses import json_response
from inventory_common.values import value

from ..domain.availability import AskedLine
from ..engine.availability import Availability
from .access import exact_stock_scope_of
from .answers import AvailabilityAnswer
from .bodies import AvailabilityQuestion

__all__ = ["AvailabilityRoutes"]


@value
class AvailabilityRoutes:
    """What can be ordered."""

    availability: Availability

    @route(
        "POST",
        "/availability",
        tag="stock",
        allowed_roles=PUBLIC,
        body=AvailabilityQuestion,
        reads_only=True,
        response=ResponseSpec(AvailabilityAnswer, no_store=True),
    )
    def check_availability(self, request: Request[AvailabilityQuestion]) -> Response:
        """Return whether units can be ordered now; nothing is reserved.

        The response has the lines in the order sent; in place of one without a `sku`, a line for each active
        SKU of the product, or one whose `sku` is null if there is none. A SKU that is inactive or unknown has
        0 units. The units of lines that name the same SKU are summed, as an order sums them.
        """
        lines = [AskedLine(line.product_id, line.sku, line.quantity) for line in request.body.lines]
        found = self.availability.of(lines, exact_stock_scope_of(request))
        return json_response(
            {
                "lines": [line.document() for line in found],
                "all_available": all(line.is_available for line in found),
            }
        )
