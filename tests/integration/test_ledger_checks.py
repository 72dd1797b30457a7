"""What the check of the tables holds against them while a sweeper writes beside it, and what at rest."""

from __future__ import annotations

from itertools import chain, repeat

import pytest

from tests.integration import ledger_checks
from tests.integration.ledger_checks import Tables, assert_all_fits

FITTING = Tables()
MIXED = Tables(unknown=[{"sku": "#MIXED"}])


def test_a_reading_that_somebody_wrote_into_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    readings = iter([MIXED, FITTING])
    monkeypatch.setattr(ledger_checks, "read_tables", lambda client, prefix: next(readings))
    assert assert_all_fits(None) is FITTING


def test_what_is_violated_at_rest_fails_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    readings = iter([MIXED, MIXED])
    monkeypatch.setattr(ledger_checks, "read_tables", lambda client, prefix: next(readings))
    with pytest.raises(AssertionError, match="1 violations:\nan item of no known kind"):
        assert_all_fits(None)


def test_tables_that_never_come_to_rest_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    others = (Tables(unknown=[{"sku": f"#MIXED-{number}"}]) for number in range(ledger_checks.READINGS))
    readings = chain([MIXED], others, repeat(FITTING))
    monkeypatch.setattr(ledger_checks, "read_tables", lambda client, prefix: next(readings))
    with pytest.raises(AssertionError, match="#MIXED-8"):
        assert_all_fits(None)
