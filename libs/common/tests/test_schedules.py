"""Work that runs on a schedule: one line in the log for each run, and failures that the platform counts."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from inventory_common.schedules import Report, run_scheduled


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_work_runs_once_with_the_invocations_id() -> None:
    request_ids: list[str] = []

    def work(request_id: str) -> Mapping[str, Any]:
        request_ids.append(request_id)
        return {}

    run_scheduled("sweep", work, "invocation-1", "shop")
    assert request_ids == ["invocation-1"]


def test_a_run_logs_its_results_and_its_usage_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    run_scheduled("sweep", lambda _: {"released": 3, "failed": 0}, "invocation-1", "shop")
    [line] = lines(capsys)
    assert line.pop("timestamp")
    assert line == {
        "level": "INFO",
        "message": "sweep",
        "service": "shop",
        "request_id": "invocation-1",
        "released": 3,
        "failed": 0,
        "dynamodb_calls": 0,
        "dynamodb_retries": 0,
        "read_units": 0,
        "write_units": 0,
    }


def test_a_failure_is_logged_and_raised_again(capsys: pytest.CaptureFixture[str]) -> None:
    def work(_: str) -> Mapping[str, Any]:
        raise ValueError("out of paper")

    with pytest.raises(ValueError, match="out of paper"):
        run_scheduled("sweep", work, "invocation-1", "shop")
    [line] = lines(capsys)
    assert (line["level"], line["message"], line["request_id"]) == ("ERROR", "sweep", "invocation-1")
    assert "ValueError" in json.dumps(line)
    assert line["dynamodb_calls"] == 0


def test_a_report_is_logged_by_its_fields_and_returned_by_its_lines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report = Report({"checked": 2, "differences": 1}, ["one differs", "2 checked"], is_clean=False)
    returned = run_scheduled("reconcile", lambda _: report, "invocation-1", "shop")
    assert returned == {"lines": ["one differs", "2 checked"], "is_clean": False}
    [line] = lines(capsys)
    assert (line["checked"], line["differences"]) == (2, 1)
    assert "one differs" not in json.dumps(line)


def test_work_without_a_report_returns_nothing() -> None:
    assert run_scheduled("sweep", lambda _: {"released": 3}, "invocation-1", "shop") is None
