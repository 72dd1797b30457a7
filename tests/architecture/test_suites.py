"""Each suite of tests is run by one task, and a part of one can be named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.suites import ALL, APART, GROUPS, SECONDS, chosen_by, command_of, longest_first, suites
from tests.support.budgets import makespan

ROOT = Path(__file__).parents[2]
WHOLE = [name for name in GROUPS if name != "quick"]


def folders() -> set[str]:
    """Return all folders with tests, as suites are named."""
    return {
        str(path.relative_to(ROOT)).removesuffix("/tests")
        for pattern in ("libs/*/tests", "services/*/tests")
        for path in ROOT.glob(pattern)
    } | {f"tests/{path.parent.name}" for path in ROOT.glob("tests/*/test_*.py")}


def test_every_suite_is_in_one_group_and_ci_runs_it() -> None:
    grouped = [suite for name in WHOLE for suite in GROUPS[name].suites]
    parts = [part for of in APART.values() for part in of]
    assert {*suites()} == folders()
    assert sorted(grouped) == sorted([*folders(), *parts])
    assert sorted(chosen_by(ALL)) == sorted(grouped)
    assert "make test SUITES=all" in (ROOT / ".ci/run").read_text(encoding="utf-8")


def test_the_longest_start_first() -> None:
    grouped = {suite for name in WHOLE for suite in GROUPS[name].suites}
    assert {*SECONDS} == grouped
    assert chosen_by(ALL) == longest_first(grouped)
    for name in WHOLE:
        assert [*GROUPS[name].suites] == longest_first({*GROUPS[name].suites}), name


@pytest.mark.parametrize("name", WHOLE)
def test_the_recorded_times_of_a_group_leave_a_tenth_of_its_budget(name: str) -> None:
    group = GROUPS[name]
    minutes = makespan((SECONDS[suite] for suite in group.suites), at_once=2) / 60
    assert minutes <= 0.9 * group.budget_minutes


def test_a_suite_that_nobody_has_timed_starts_first() -> None:
    assert longest_first({"tests/new", *SECONDS})[0] == "tests/new"


def test_every_suite_of_a_group_can_be_run() -> None:
    for name in (*GROUPS, ALL):
        for suite in chosen_by(name):
            folder, _ = command_of(suite)
            assert folder.is_dir()


@pytest.mark.parametrize("name", GROUPS)
def test_every_group_is_a_task_whose_budget_stands_in_the_guide_for_contributors(name: str) -> None:
    group = GROUPS[name]
    task = group.task.removeprefix("make ")
    recipe = re.findall(rf"^{task}:.*\n\t@.*$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(recipe) == 1
    assert f"tests.suites {name}" in recipe[0] or name == "test"
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = [line for line in guide.splitlines() if line.startswith(f"| `{group.task}` |")]
    assert len(rows) == 1
    assert f" {group.budget_minutes:g} min |" in rows[0]


@pytest.mark.parametrize(("suite", "parts"), APART.items())
def test_a_suite_runs_without_its_parts_and_they_beside_it(suite: str, parts: tuple[str, ...]) -> None:
    assert chosen_by(suite)[0] == suite
    assert {*parts} <= {*chosen_by(suite)}
    folder, command = command_of(suite)
    left_out = re.findall(r"--(?:ignore|deselect)=(\S+)", " ".join(command))
    paths = [path for part in parts for path in part.split("+")]
    assert [f"{folder.relative_to(ROOT)}/{path}".removeprefix("./") for path in left_out] == paths


def test_modules_that_share_their_setup_are_one_part() -> None:
    folder, command = command_of("tests/e2e/test_the_demo.py+tests/e2e/test_the_readme.py")
    assert (folder, command[-2:]) == (ROOT, ["tests/e2e/test_the_demo.py", "tests/e2e/test_the_readme.py"])


def test_a_part_may_be_a_single_test_which_the_rest_leaves_out() -> None:
    [part] = APART["services/stock"]
    [test] = [each for each in part.split("+") if "test_saga_recovery" in each]
    _, whole = command_of("services/stock")
    folder, apart = command_of(part)
    inside = test.removeprefix("services/stock/")
    assert f"--deselect={inside}" in whole
    assert inside in apart
    assert folder == ROOT / "services/stock"
    with pytest.raises(ValueError, match="no_such_test"):
        command_of(f"{test.partition('::')[0]}::no_such_test")


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
    [
        "",
        "nothing",
        "libs/none",
        "tests/none",
        "tests/local/none.py",
        "libs/cli/tests/none.py",
        "a/b/c",
        "tests/local/test_tables.py+tests/demo",
        "tests/local+tests/local/test_tables.py",
    ],
)
def test_an_unknown_suite_is_refused(suite: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(suite)}$"):
        command_of(suite)
