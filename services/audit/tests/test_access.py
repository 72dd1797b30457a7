"""Who may read the log, and whose records are seen."""

from __future__ import annotations

from typing import Any

import pytest
from front_door import ROLES, VENDOR_MACHINE, Client, Tokens

from inventory_common.identity import Role

from .ledger import BLACK, OTHER_VENDOR, PRODUCT, VENDOR, a_record, keep

EVERYBODY = {"nobody", *ROLES}
LOG_READERS = {"vendor", "auditor", "admin"}

MAY = {
    ("GET", "/health"): EVERYBODY,
    ("GET", "/transactions/{transaction_id}"): LOG_READERS,
    ("GET", "/products/{product_id}/transactions"): LOG_READERS,
    ("GET", "/vendors/{vendor_id}/transactions"): LOG_READERS,
    ("GET", "/skus/{sku}/transactions"): LOG_READERS,
}

CLOSED = [row for row in MAY if MAY[row] != EVERYBODY]

PATHS = {
    "transaction_id": a_record().transaction_id,
    "product_id": PRODUCT,
    "vendor_id": VENDOR,
    "sku": BLACK,
}
RECORD = f"/transactions/{PATHS['transaction_id']}"


def test_every_route_has_a_row(service_module: Any) -> None:
    routes = service_module.app.routes
    assert {(method, path) for path, methods in routes.items() for method in methods} == MAY.keys()


def test_every_role_has_a_column() -> None:
    assert set(ROLES) == set(Role)


@pytest.mark.parametrize(("method", "path"), MAY, ids=map(" ".join, MAY))
def test_who_may(audit: Client, tokens: Tokens, method: str, path: str) -> None:
    address = path.format(**PATHS)
    for role in EVERYBODY:
        token = None if role == "nobody" else tokens.of_role(role)
        answer = audit.send(method, address, token)
        if role in MAY[method, path]:
            assert answer.status not in (401, 403, 405), (role, answer)
        elif role == "nobody":
            assert (answer.status, answer.code) == (401, "unauthenticated")
            assert answer.headers["WWW-Authenticate"] == "Bearer"
        else:
            assert (answer.status, answer.code) == (403, "forbidden"), role


@pytest.mark.parametrize(("method", "path"), CLOSED, ids=map(" ".join, CLOSED))
def test_a_token_that_does_not_verify_opens_nothing(audit: Client, method: str, path: str) -> None:
    forged = Tokens().of_role("admin")
    assert audit.send(method, path.format(**PATHS), forged).status == 401


@pytest.mark.parametrize("role", sorted(LOG_READERS))
def test_a_log_is_seen_by_its_vendor_and_overseers(
    audit: Client, tokens: Tokens, dynamodb: Any, role: str
) -> None:
    keep(dynamodb, a_record())
    token = tokens.of_role(role)
    assert audit.get(RECORD, token).json["sku"] == BLACK
    for address in (f"/products/{PRODUCT}", f"/vendors/{VENDOR}", f"/skus/{BLACK}"):
        assert len(audit.get(f"{address}/transactions", token).json["items"]) == 1


def test_another_vendors_log_is_empty_and_its_records_are_not_there(
    audit: Client, tokens: Tokens, dynamodb: Any
) -> None:
    keep(dynamodb, *(a_record(BLACK, n) for n in range(1, 4)))
    for other in (
        tokens.vendor(OTHER_VENDOR),
        tokens.machine(VENDOR_MACHINE, "inventory/vendor", vendor_id=OTHER_VENDOR),
    ):
        for address in (f"/products/{PRODUCT}", f"/skus/{BLACK}"):
            answer = audit.get(f"{address}/transactions?limit=1", other)
            assert (answer.status, answer.json) == (200, {"items": [], "next_cursor": None})
            assert "Link" not in answer.headers
        assert audit.get(RECORD, other).code == "transaction_not_found"
        assert audit.get(f"/vendors/{VENDOR}/transactions", other).code == "forbidden"


def test_an_absent_record_and_another_vendors_look_the_same(
    audit: Client, tokens: Tokens, dynamodb: Any
) -> None:
    keep(dynamodb, a_record())
    other, absent = tokens.vendor(OTHER_VENDOR), a_record(BLACK, 2).transaction_id
    theirs = audit.get(RECORD, other).json["detail"]
    assert (
        theirs.replace(PATHS["transaction_id"], absent)
        == (audit.get(f"/transactions/{absent}", other).json["detail"])
    )
