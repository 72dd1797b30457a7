"""Somebody who may write tables and bucket, and has no ledger key: what they forge is found, and by what.

The streams see many of these at once; a scheduled check has to find every one, also where somebody has
stopped the streams.
"""

from __future__ import annotations

import pytest

from inventory_common.ledger import RECORD_ATTRIBUTES
from tests.insider.play import UNTOUCHED, Outcome, play
from tests.insider.table import table_of, written

FORGERIES_MIN = 60


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return play(tmp_path_factory.mktemp("stack"))


def test_a_shop_at_work_has_no_finding(outcome: Outcome) -> None:
    assert outcome.before["stream"] == ""
    assert ": 0 differences, 0 undecided" in outcome.before["reconcile"]
    assert ": 0 faults." in outcome.before["verify-archive"]
    assert [row for row in outcome.untouched if row.found_by] == []
    assert len(outcome.untouched) == UNTOUCHED + 1, "departments, and an order of the most lines"


def test_a_scheduled_check_finds_each_forgery(outcome: Outcome) -> None:
    missed = [row for row in outcome.proven if not {*row.found_by} & {"reconcile", "verify-archive"}]
    assert missed == []
    assert len({row.name for row in outcome.proven}) == len(outcome.proven) >= FORGERIES_MIN


def test_the_streams_find_each_change_of_a_record(outcome: Outcome) -> None:
    records = [row for row in outcome.proven if row.group == "Records"]
    assert len(records) > len(RECORD_ATTRIBUTES)
    assert [row for row in records if "stream" not in row.found_by] == []


def test_what_nothing_proves_is_found_by_nothing(outcome: Outcome) -> None:
    assert [row for row in outcome.unproven if row.found_by] == []


def test_the_page_has_what_was_found(outcome: Outcome) -> None:
    assert written() == table_of(outcome), "python -m tests.insider writes it anew"
