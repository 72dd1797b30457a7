"""The routes of a SKU's history: verification, stock at a point in time, reservations and timeline."""

from __future__ import annotations

from typing import Final

from chalice.app import Response

from inventory_common.attributes import WholeNumber
from inventory_common.browser_headers import IMAGE_POLICY
from inventory_common.declarations import ResponseSpec, route
from inventory_common.errors import SkuNotFound
from inventory_common.limits import VERIFICATION_RECORDS_MAX
from inventory_common.requests import MOMENT, Parameter, Request, read_period
from inventory_common.responses import Headers, json_response, with_next_link
from inventory_common.values import value

from ..domain.timeline import draw
from ..engine.stock_history import StockHistory
from ..engine.verifier import Verifier
from .answers import ReservationsAnswer, StockAtAnswer, VerificationAnswer
from .log_requests import LOG_READERS, PERIOD, RESERVATION_READERS

__all__ = ["SkuRoutes"]

_VERIFICATION: Final = {
    "limit": Parameter(
        WholeNumber(1, VERIFICATION_RECORDS_MAX),
        "The maximum number of records that are read from the index.",
        default=VERIFICATION_RECORDS_MAX,
    ),
}
_TIME: Final = {
    "time": Parameter(MOMENT, "The point in time; a record at exactly this time counts.", required=True)
}
_SVG: Final = "image/svg+xml"


@value
class SkuRoutes:
    """The routes of a SKU's history; `bootstrap` makes it."""

    history: StockHistory
    verifier: Verifier

    @route(
        "GET",
        "/skus/{sku}/verification",
        allowed_roles=LOG_READERS,
        query=_VERIFICATION,
        paged=True,
        response=ResponseSpec(VerificationAnswer, whole_page=True),
        errors=[SkuNotFound],
    )
    def verify_sku(self, request: Request[None], sku: str) -> Response:
        """Verify a SKU's log record by record, and the live SKU against it."""
        verification = self.verifier.verify(sku, request.scope, request.page)
        return with_next_link(json_response(verification.document()), request, verification.next_cursor)

    @route(
        "GET",
        "/skus/{sku}/stock-at",
        allowed_roles=LOG_READERS,
        query=_TIME,
        response=ResponseSpec(StockAtAnswer),
        errors=[SkuNotFound],
    )
    def get_stock_at(self, request: Request[None], sku: str) -> Response:
        """Return a SKU's stock at a point in time, with the last transaction before it."""
        return json_response(self.history.stock_at(sku, request.query["time"], request.scope).document())

    @route(
        "GET",
        "/skus/{sku}/reservations",
        allowed_roles=RESERVATION_READERS,
        response=ResponseSpec(ReservationsAnswer),
        errors=[SkuNotFound],
    )
    def get_reservations(self, request: Request[None], sku: str) -> Response:
        """List the orders that hold units of a SKU now."""
        return json_response(self.history.reservations(sku, request.scope).document())

    @route(
        "GET",
        "/skus/{sku}/timeline.svg",
        allowed_roles=LOG_READERS,
        query=PERIOD,
        response=ResponseSpec(str, media_type=_SVG),
        errors=[SkuNotFound],
    )
    def get_timeline(self, request: Request[None], sku: str) -> Response:
        """Draw a SKU's stock, reserved units and threshold over time, with each record marked by its type."""
        period = read_period(request.query, "from", "to")
        # Opened by itself the image is a document of this origin: its own styles are all that it may use.
        headers: Headers = {"Content-Type": _SVG, "Content-Security-Policy": IMAGE_POLICY}
        return Response(draw(self.history.timeline(sku, period, request.scope)), headers)
