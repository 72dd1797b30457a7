"""The route of the keys that verify the log's signatures."""

from __future__ import annotations

from chalice.app import Response

from inventory_common.declarations import PUBLIC, ResponseSpec, route
from inventory_common.errors import LedgerKeyUnavailable
from inventory_common.ledger_key_store import LedgerKeyStore
from inventory_common.requests import Request
from inventory_common.responses import json_response
from inventory_common.values import value

from .answers import LedgerKeysAnswer

__all__ = ["KeyRoutes"]


@value
class KeyRoutes:
    """The route of the ledger's keys; `bootstrap` makes it."""

    ledger_keys: LedgerKeyStore

    @route(
        "GET",
        "/ledger-keys",
        allowed_roles=PUBLIC,
        response=ResponseSpec(LedgerKeysAnswer),
        unavailable=LedgerKeyUnavailable,
    )
    def list_ledger_keys(self, request: Request[None]) -> Response:
        """Return every key that has signed log records, as a JSON Web Key Set, oldest first."""
        return json_response(self.ledger_keys.all().jwks())
