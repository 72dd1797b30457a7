"""The load's bounds, its refusals before it begins, and its report."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from tools.load.__main__ import CLIENTS_MAX, RATE_MAX, SECONDS_MAX, SKUS_MAX, main
from tools.load.report import Report, percentile


@pytest.fixture
def parameters(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A stage whose addresses nobody answers."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    for name in ("LOAD_VENDOR_CLIENT", "LOAD_ORDER_CLIENT"):
        monkeypatch.setenv(name, "id:secret")
    with mock_aws():
        client = boto3.client("ssm")
        for name in ("services/catalog/api_url", "services/stock/api_url", "identity/hosted_login"):
            client.put_parameter(Name=f"/inventory/dev/{name}", Value="http://127.0.0.1:9", Type="String")
        yield


@pytest.mark.parametrize(
    ("option", "most"),
    [("clients", CLIENTS_MAX), ("seconds", SECONDS_MAX), ("skus", SKUS_MAX), ("rate", RATE_MAX)],
)
def test_the_load_is_bounded(option: str, most: int, capsys: pytest.CaptureFixture[str]) -> None:
    for number in (0, most + 1):
        with pytest.raises(SystemExit) as ended:
            main([f"--{option}", str(number)])
        assert ended.value.code == 2
        assert f"must be 1 to {most}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("stage", "reason"),
    [
        ("prod", "prod is not loaded: its customers would wait."),
        ("Dev!", "'Dev!' is not a stage"),
        ("other", "The stage 'other' has no parameter /inventory/other/services/catalog/api_url"),
    ],
)
@pytest.mark.usefixtures("parameters")
def test_a_stage_that_cannot_be_loaded_is_one_line(
    stage: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--stage", stage]) == 4
    assert f"The load could not be finished: {reason}" in capsys.readouterr().err


@pytest.mark.parametrize("value", ["", "id", "id:", ":secret"])
@pytest.mark.usefixtures("parameters")
def test_a_machine_client_has_an_id_and_a_secret(
    value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOAD_ORDER_CLIENT", value)
    assert main(["--stage", "dev"]) == 4
    assert "LOAD_ORDER_CLIENT must name a machine client of the stage" in capsys.readouterr().err


def test_the_report_has_rates_percentiles_and_refusals() -> None:
    report = Report()
    for number in range(1, 101):
        report.succeeded("place", number / 1000)
    report.refused("place", "insufficient_stock")
    report.refused("place", "insufficient_stock")
    assert list(report.lines(10.0)) == [
        "command       done  a second   p50 ms   p90 ms   p99 ms",
        "place          100      10.0       50       90       99",
        "place was refused 2 times: insufficient_stock",
    ]


def test_a_percentile_of_few_values_is_one_of_them() -> None:
    assert [percentile([0.1, 0.2], percent) for percent in (50, 90, 99)] == [0.1, 0.2, 0.2]
