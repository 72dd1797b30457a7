"""The routes of categories and vendors, with their numbers of products."""

from __future__ import annotations

from chalice.app import Response

from inventory_common.declarations import PUBLIC, ResponseSpec, route
from inventory_common.identity import Role
from inventory_common.requests import Request
from inventory_common.responses import page_response
from inventory_common.values import value

from ..storage.count_store import CountStore
from .answers import CategoryAnswer, VendorAnswer

__all__ = ["CountRoutes"]


@value
class CountRoutes:
    """The routes of categories and vendors; `bootstrap` makes it."""

    counts: CountStore

    @route("GET", "/categories", allowed_roles=PUBLIC, paged=True, response=ResponseSpec(CategoryAnswer))
    def list_categories(self, request: Request[None]) -> Response:
        """List the categories that have active products, by name.

        A product is counted within about a second after it was created, changed or deactivated.
        """
        return page_response(self.counts.of_kind("category", request.page), request)

    @route(
        "GET",
        "/vendors",
        allowed_roles={Role.AUDITOR, Role.ADMIN},
        paged=True,
        response=ResponseSpec(VendorAnswer),
    )
    def list_vendors(self, request: Request[None]) -> Response:
        """List the vendors that have products, also if none of them is active, by id.

        A product is counted within about a second after it was created, changed or deactivated.
        """
        return page_response(self.counts.of_kind("vendor", request.page), request)
