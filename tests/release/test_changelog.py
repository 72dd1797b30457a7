"""The changelog, whose "[Unreleased]" becomes a version, and the version, wherever it stands."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from tools.release.changelog import released, sections
from tools.release.errors import ReleaseError
from tools.release.versions import LIBRARIES, Version, places, read_version, write_version

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 1, 2)
CHANGELOG = """# Changelog

## [Unreleased]

### Added

- A thing.

## [0.1.0] - 2026-01-01

- The first.
"""


@pytest.mark.parametrize("text", ["1.2.3", "0.0.0", "10.20.30"])
def test_a_version_is_three_numbers(text: str) -> None:
    assert str(Version.read(text)) == text


@pytest.mark.parametrize(
    "text", ["1.2", "1.2.3.4", "01.2.3", "1.2.3-rc1", "v1.2.3", "1.2.x", " 1.2.3", "1.2.3\n", "\u0661.2.3"]
)
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(ReleaseError, match=r"is not a version; write VERSION=x\.y\.z"):
        Version.read(text)


def test_a_missing_version_is_named() -> None:
    with pytest.raises(ReleaseError, match=r"^Missing VERSION; write VERSION=x\.y\.z"):
        Version.read("")


def test_versions_are_ordered_as_numbers() -> None:
    assert Version.read("0.9.0") < Version.read("0.10.0") < Version.read("1.0.0")


def test_the_changelog_of_this_repository_is_well_formed() -> None:
    first, *rest = sections((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert first.version is None
    assert all(section.version and section.body for section in rest)
    assert all(section.version <= read_version(ROOT) for section in rest if section.version)


def test_what_was_unreleased_becomes_a_version_below_a_new_unreleased() -> None:
    text = released(CHANGELOG, Version(0, 2, 0), DAY)
    assert [(s.version, s.released_on, s.body) for s in sections(text)] == [
        (None, None, ""),
        (Version(0, 2, 0), DAY, "### Added\n\n- A thing."),
        (Version(0, 1, 0), date(2026, 1, 1), "- The first."),
    ]
    assert text.replace("\n## [0.2.0] - 2026-01-02\n", "", 1) == CHANGELOG


@pytest.mark.parametrize(
    "text",
    [
        CHANGELOG.replace("### Added\n\n- A thing.\n\n", ""),
        CHANGELOG.replace("## [Unreleased]\n", ""),
        released(CHANGELOG, Version(0, 2, 0), DAY),
    ],
)
def test_without_anything_unreleased_there_is_no_release(text: str) -> None:
    with pytest.raises(ReleaseError, match=r"nothing under '\[Unreleased\]'"):
        released(text, Version(0, 3, 0), DAY)


@pytest.mark.parametrize(
    ("heading", "message"),
    [
        ("## 0.1.0", r"'0\.1\.0' is neither"),
        ("## [0.1.0] - soon", "is neither"),
        ("## [0.1] - 2026-01-01", "'0.1' is not a version"),
        ("## [0.1.0] - 2026-02-30", "no date that exists"),
        ("## [0.1.0] - 2026-01-01\n\n## [0.2.0] - 2026-01-02", "do not fall"),
        ("## [0.1.0] - 2026-01-01\n\n## [0.1.0] - 2026-01-01", "do not fall"),
    ],
)
def test_a_malformed_changelog_is_refused(heading: str, message: str) -> None:
    with pytest.raises(ReleaseError, match=message):
        sections(CHANGELOG.replace("## [0.1.0] - 2026-01-01", heading))


def test_the_version_is_the_same_wherever_it_stands() -> None:
    found = places(ROOT)
    assert {each for versions in found.values() for each in versions} == {str(read_version(ROOT))}
    assert len(found) == 2 * len(LIBRARIES) - 1


def test_the_version_stands_nowhere_else() -> None:
    """Each requirement of one of our distributions is among the places, and each module's version."""
    for library in LIBRARIES:
        folder = ROOT / "libs" / library
        text = (folder / "pyproject.toml").read_text(encoding="utf-8")
        required = re.findall(r'"inventory-\w+[^"]*"', text.split("dependencies = [", 1)[1].split("]", 1)[0])
        assert len(required) == len(places(ROOT).get(f"libs/{library}/pyproject.toml", []))
        assert not re.search(r'^version = "', text, re.MULTILINE)
        modules = [path for path in folder.glob("inventory_*/**/*.py") if "__version__ =" in path.read_text()]
        assert [path.name for path in modules] == ["__init__.py"]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in places(ROOT):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def test_a_version_is_written_everywhere_and_nothing_else_changes(tree: Path) -> None:
    before = read_version(tree)
    write_version(tree, Version(7, 8, 9))
    assert read_version(tree) == Version(7, 8, 9)
    write_version(tree, before)
    for name in places(ROOT):
        assert (tree / name).read_bytes() == (ROOT / name).read_bytes()


def test_versions_that_differ_or_are_missing_are_refused(tree: Path) -> None:
    module = tree / "libs/cli/inventory_cli/__init__.py"
    text = module.read_text()
    module.write_text(re.sub(r'__version__ = ".*"', '__version__ = "9.9.9"', text))
    with pytest.raises(
        ReleaseError, match=r"differs between files: .*libs/cli/inventory_cli/__init__\.py: 9\.9\.9"
    ):
        read_version(tree)
    module.write_text("")
    with pytest.raises(ReleaseError, match=r"missing in libs/cli/inventory_cli/__init__\.py"):
        read_version(tree)
