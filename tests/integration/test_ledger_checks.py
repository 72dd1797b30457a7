"""The check of the tables while a sweeper writes, and at rest."""

from __future__ import annotations

from itertools import chain, repeat

import pytest

from tests.integration import ledger_checks
from tests.integration.ledger_checks import Tables, assert_consistent

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
