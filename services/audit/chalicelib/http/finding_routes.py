"""The route of findings."""

from __future__ import annotations

from chalice.app import Response

from inventory_common.declarations import ResponseSpec, route
from inventory_common.errors import ArchiveNotConfigured, ArchiveUnavailable
from inventory_common.requests import Request
from inventory_common.values import value

from ..domain.findings import FINDING_ATTRIBUTES
from ..engine.findings_log import FindingsLog
from .answers import FindingAnswer
from .list_response import EXPORT_MEDIA_TYPES, list_response
from .log_requests import LOG_READERS

__all__ = ["FindingRoutes"]


@value
class FindingRoutes:
    """The route of findings; `bootstrap` makes it."""

    findings: FindingsLog

    @route(
        "GET",
        "/findings",
        allowed_roles=LOG_READERS,
        paged=True,
        response=ResponseSpec(FindingAnswer, other_media_types=EXPORT_MEDIA_TYPES),
        errors=[ArchiveNotConfigured],
        unavailable=ArchiveUnavailable,
    )
    def list_findings(self, request: Request[None]) -> Response:
        """List changes of stock and log that the services did not make, newest first."""
        return list_response(
            request, lambda page: self.findings.list(request.scope, page), FINDING_ATTRIBUTES
        )
