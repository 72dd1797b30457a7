"""The invariants after a commit: what the audit's stream would report of an order is a violation."""

from __future__ import annotations

from typing import Any

from inventory_common.items import to_item
from inventory_common.seals import sealed
from tests.simulation.invariants import CommitChecks
from tests.simulation.watched_tables import Change, plain
from tests.support.fixed_ledger_key import LEDGER_KEY, fixed_key

ORDER: dict[str, Any] = {
    "product_id": "ORDER-1",
    "sku": "#ORDER",
    "created_at": "2026-02-23T10:30:00.000000Z",
    "expires_at": "2026-02-24T10:30:00.000000Z",
    "lines": {},
}


def violations(before: Any, after: Any) -> str:
    key = to_item({name: ORDER[name] for name in ("product_id", "sku")})
    change = Change(("VendorInventory", "ORDER-1", "#ORDER"), plain(before), plain(after), key, before, after)
    return "\n".join(CommitChecks().violations([change]))


def test_an_order_without_a_genuine_seal_or_put_back_is_a_violation() -> None:
    first, second = (sealed(to_item(ORDER | {"version": version}), LEDGER_KEY) for version in (1, 2))
    assert "the audit's stream" not in violations(None, first)
    assert "the audit's stream" not in violations(first, second)
    forged = sealed(to_item(ORDER | {"version": 2}), fixed_key("other"))
    assert "the audit's stream finds no genuine seal" in violations(first, forged)
    assert "the audit's stream finds order_differs" in violations(second, first)
