"""Which roles may read the log, and whose records a vendor can see."""

from __future__ import annotations

from typing import Any

import pytest
from front_door import VENDOR_MACHINE, Client, Tokens
from refusal_walk import RefusalWalk

from .ledger import BLACK, OTHER_VENDOR, PRODUCT, VENDOR, a_record, keep
from .route_table import LOG_READERS, PATHS, ROUTES, furnish

RECORD = f"/transactions/{PATHS['transaction_id']}"


class TestRefusals(RefusalWalk):
    routes = ROUTES
    paths = PATHS
    for_all = f"/vendors/{VENDOR}/transactions"

    @pytest.fixture
    def furnished(self, audit: Client, dynamodb: Any) -> Client:
        furnish(dynamodb)
        return audit


@pytest.mark.parametrize("role", sorted(LOG_READERS))
def test_a_log_is_visible_to_its_vendor_auditors_and_admins(
    audit: Client, tokens: Tokens, dynamodb: Any, role: str
) -> None:
    keep(dynamodb, a_record())
    token = tokens.of_role(role)
    assert audit.get(RECORD, token).json["sku"] == BLACK
    for address in (f"/products/{PRODUCT}", f"/vendors/{VENDOR}", f"/skus/{BLACK}"):
        assert len(audit.get(f"{address}/transactions", token).json["items"]) == 1


def test_another_vendors_log_appears_empty_and_its_records_are_not_found(
    audit: Client, tokens: Tokens, dynamodb: Any
) -> None:
    keep(dynamodb, *(a_record(BLACK, n) for n in range(1, 4)))
    for other in (
        tokens.vendor(OTHER_VENDOR),
        tokens.machine(VENDOR_MACHINE, "inventory/vendor", vendor_id=OTHER_VENDOR),
    ):
        for address in (f"/products/{PRODUCT}", f"/skus/{BLACK}"):
            response = audit.get(f"{address}/transactions?limit=1", other)
            assert (response.status, response.json) == (200, {"items": [], "next_cursor": None})
            assert "Link" not in response.headers
        assert audit.get(RECORD, other).code == "transaction_not_found"
        assert audit.get(f"/vendors/{VENDOR}/transactions", other).code == "forbidden"


def test_another_vendors_record_is_indistinguishable_from_an_absent_one(
    audit: Client, tokens: Tokens, dynamodb: Any
) -> None:
    keep(dynamodb, a_record())
    other, absent = tokens.vendor(OTHER_VENDOR), a_record(BLACK, 2).transaction_id
    theirs = audit.get(RECORD, other).json["detail"]
    assert (
        theirs.replace(PATHS["transaction_id"], absent)
        == (audit.get(f"/transactions/{absent}", other).json["detail"])
    )
