"""Each alarm has its section in docs/operations.md, and each section its alarm."""

import re
from pathlib import Path

import pytest

from tests.infrastructure.terraform import CONFIGURATION

GUIDE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
BLOCK = re.compile(r'^resource "aws_cloudwatch_metric_alarm" "(\w+)" \{\n(.*?)^\}$', re.MULTILINE | re.DOTALL)
ALARMS = {
    f"{path.relative_to(CONFIGURATION)}:{name}": block
    for path in sorted(CONFIGURATION.rglob("*.tf"))
    for name, block in BLOCK.findall(path.read_text())
}
RESOURCES = sum(
    path.read_text().count('resource "aws_cloudwatch_metric_alarm"') for path in CONFIGURATION.rglob("*.tf")
)
NOT_ALARMS = "Not alarms, but alerts"


def _kind(block: str) -> str:
    pointed = re.search(r"See docs/operations\.md#([a-z-]+)\.\"", block)
    assert pointed is not None, "the alarm's description names no section"
    return pointed[1]


def _section(kind: str) -> str:
    found = re.search(rf"^## {kind}\n(.*?)(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    assert found is not None, f"docs/operations.md has no section {kind}"
    return found[1]


def test_alarms_are_found() -> None:
    assert len(ALARMS) == RESOURCES > 9


@pytest.mark.parametrize("alarm", ALARMS)
def test_an_alarm_is_named_after_the_section_that_explains_it(alarm: str) -> None:
    kind = _kind(ALARMS[alarm])

    assert re.search(rf'alarm_name +=.*-{kind}"$', ALARMS[alarm], re.MULTILINE)
    for part in ("**Means.**", "**Look.**", "**Do.**"):
        assert part in _section(kind)
    assert f"| [{kind}](#{kind}) |" in GUIDE


def test_no_section_explains_a_missing_alarm() -> None:
    sections = set(re.findall(r"^## (.+)$", GUIDE, re.MULTILINE)) - {NOT_ALARMS}

    assert sections == {_kind(block) for block in ALARMS.values()}


@pytest.mark.parametrize("alarm", ALARMS)
def test_an_alarm_notifies_when_it_begins_and_when_it_ends(alarm: str) -> None:
    for action in ("alarm_actions", "ok_actions"):
        assert re.search(
            rf"{action} +=\s*\[(var\.alarm_topic_arn|aws_sns_topic\.alarms\.arn)\]", ALARMS[alarm]
        )
