"""The check of the tables: while a sweeper writes, at rest, and that of the numbers of products."""

from __future__ import annotations

from itertools import chain, repeat
from typing import Any

import pytest

from tests.integration import ledger_checks
from tests.integration.ledger_checks import Tables, assert_consistent, violations

CONSISTENT = Tables()
MIXED = Tables(unknown=[{"sku": "#MIXED"}])


def test_tables_that_changed_while_they_were_read_are_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    reads = iter([MIXED, CONSISTENT])
    monkeypatch.setattr(ledger_checks, "read_tables", lambda client, prefix: next(reads))
    assert assert_consistent(None) is CONSISTENT


def test_a_violation_at_rest_fails_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reads = iter([MIXED, MIXED])
    monkeypatch.setattr(ledger_checks, "read_tables", lambda client, prefix: next(reads))
    with pytest.raises(AssertionError, match="1 violations:\nan item of unknown type"):
        assert_consistent(None)


def test_tables_that_keep_changing_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    others = (Tables(unknown=[{"sku": f"#MIXED-{number}"}]) for number in range(ledger_checks.READS_MAX))
    reads = chain([MIXED], others, repeat(CONSISTENT))
    monkeypatch.setattr(ledger_checks, "read_tables", lambda client, prefix: next(reads))
    with pytest.raises(AssertionError, match="#MIXED-8"):
        assert_consistent(None)


def counted(**changed: Any) -> dict[str, Any]:
    return {
        "counted_version": 1,
        "counted_vendor": "VENDOR-1",
        "counted_category": "Tea",
        "counted_active": True,
        "counted_removed": False,
    } | changed


def counter(partition: str, name: str, products: int, active: int) -> dict[str, Any]:
    return {"vendor_id": partition, "created_at": name, "products": products, "active_products": active}


def test_counters_are_compared_with_what_was_counted() -> None:
    tables = Tables(
        counted={
            "PROD-1": counted(),
            "PROD-2": counted(counted_active=False),
            "PROD-3": counted(counted_removed=True),
        },
        counters={
            "#CATEGORY#tea": counter("#CATEGORIES", "Tea", 2, 1),
            "#CATEGORY#mugs": counter("#CATEGORIES", "Mugs", 0, 0),
            "#VENDOR#VENDOR-1": counter("#VENDORS", "VENDOR-1", 2, 1),
        },
    )
    assert list(violations(tables)) == []
    tables.counters["#CATEGORY#tea"]["active_products"] = 2
    tables.counters["#CATEGORY#mugs"]["products"] = 1
    del tables.counters["#VENDOR#VENDOR-1"]
    assert list(violations(tables)) == [
        "#CATEGORY#tea has 2 products, 2 of them active, and others were counted",
        "#CATEGORY#mugs has 1 products, 0 of them active, and others were counted",
        "('#VENDORS', 'VENDOR-1') has no counter",
    ]
