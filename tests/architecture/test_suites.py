"""Each suite of tests is run by one task, and a part of one can be named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.suites import DEPLOYED, LONG, LONGEST_FIRST, QUICK, command_of, groups, suites

ROOT = Path(__file__).parents[2]


def test_all_suites_are_known_and_each_starts_in_its_place() -> None:
    found = {
        str(path.relative_to(ROOT)).removesuffix("/tests")
        for pattern in ("libs/*/tests", "services/*/tests")
        for path in ROOT.glob(pattern)
    } | {f"tests/{path.parent.name}" for path in ROOT.glob("tests/*/test_*.py")}
    assert {*suites()} == found == {*LONGEST_FIRST}
    assert suites() == [*LONGEST_FIRST]
    assert found >= LONG | DEPLOYED


def test_every_suite_of_a_group_can_be_run() -> None:
    for names in groups().values():
        for name in names:
            folder, _ = command_of(name)
            assert folder.is_dir()
    assert {*groups()["long"]} == LONG
    assert {*groups()["all"]} == {*suites()}
    assert groups()["quick"] == [*QUICK]


@pytest.mark.parametrize(
    ("suite", "folder", "last"),
    [
        ("libs/cli", "libs/cli", "tests"),
        ("libs/cli/tests/test_undo.py", "libs/cli", "tests/test_undo.py"),
        ("services/stock/tests/domain", "services/stock", "tests/domain"),
        ("tests/local", ".", "tests/local"),
        ("tests/local/test_tables.py", ".", "tests/local/test_tables.py"),
        ("types", ".", "types"),
    ],
)
def test_a_suite_or_a_part_of_one_has_a_command(suite: str, folder: str, last: str) -> None:
    in_folder, command = command_of(suite)
    assert in_folder == ROOT / folder
    assert command[-1] == last


@pytest.mark.parametrize(
    "suite",
    ["", "nothing", "libs/none", "tests/none", "tests/local/none.py", "libs/cli/tests/none.py", "a/b/c"],
)
def test_an_unknown_suite_is_refused(suite: str) -> None:
    with pytest.raises(ValueError, match=f"^{suite}$"):
        command_of(suite)
