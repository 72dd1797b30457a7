"""A release: refused when it must be, complete, the same bytes each time, and dry if that is asked."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from email.parser import HeaderParser
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from deploy.target import Target
from tests.release.repositories import git
from tools.dependencies.locks import pins_of
from tools.release import __main__ as program
from tools.release.__main__ import artifacts, main, release
from tools.release.artifacts import build_artifacts, exported
from tools.release.changelog import sections
from tools.release.errors import ReleaseError
from tools.release.licences import licence_texts
from tools.release.versions import Version, read_version

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 1, 2)
NO_ZIPS: tuple[Target, ...] = ()
NEW = "7.8.9"
SERVICES = ("audit", "catalog", "stock")


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def tree_of(repository: Path) -> dict[str, bytes]:
    """Return all files of a tree, apart from what is built and git's own."""
    return {n: b for n, b in files_of(repository).items() if not n.startswith(("build/", ".git/"))}


def refused(repository: Path, version: str, day: date = DAY) -> str:
    """Try a release, check that nothing has changed, and return the message."""
    before = tree_of(repository)
    with pytest.raises(ReleaseError) as error:
        release(version, day, root=repository, targets=NO_ZIPS)
    assert tree_of(repository) == before
    assert not (repository / "build").exists()
    return str(error.value)


def commit(repository: Path, message: str) -> None:
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", message)


def test_a_tree_with_changes_is_refused(repository: Path) -> None:
    (repository / "README.md").write_text("changed")
    (repository / "new.txt").write_text("new")
    message = refused(repository, NEW)
    assert message == "The tree has changes that are not committed:\n M README.md\n?? new.txt"


def test_a_tree_with_many_changes_is_refused_briefly(repository: Path) -> None:
    for number in range(20):
        (repository / f"new-{number}.txt").write_text("new")
    assert refused(repository, NEW).count("\n") == 11


def test_a_malformed_version_is_refused(repository: Path) -> None:
    assert (
        refused(repository, "1.2")
        == "'1.2' is not a version; write VERSION=x.y.z, three numbers without leading zeros."
    )


def test_a_version_that_is_tagged_is_refused(repository: Path) -> None:
    git(repository, "tag", f"v{NEW}")
    git(repository, "tag", "vendors")
    assert refused(repository, NEW) == f"Version {NEW} exists already; choose a new one."
    assert refused(repository, "7.8.8") == f"Version 7.8.8 is not higher than the last release, {NEW}."


def test_a_version_that_the_changelog_has_is_refused(repository: Path) -> None:
    changelog = repository / "CHANGELOG.md"
    changelog.write_text(changelog.read_text() + f"\n## [{NEW}] - 2026-02-03\n\n- A thing.\n")
    commit(repository, "Record a release")
    assert refused(repository, NEW) == f"Version {NEW} exists already; choose a new one."
    assert refused(repository, "7.8.8") == f"Version 7.8.8 is not higher than the last release, {NEW}."
    assert refused(repository, "7.9.0") == f"2026-01-02 is before 2026-02-03, the date of {NEW}."


def test_a_version_below_that_of_the_tree_is_refused(repository: Path) -> None:
    assert (
        refused(repository, "0.0.1")
        == f"Version 0.0.1 is lower than {read_version(repository)}, which the tree has."
    )


def test_a_release_without_changes_is_refused(repository: Path) -> None:
    (repository / "CHANGELOG.md").write_text("# Changelog\n\n## [Unreleased]\n")
    commit(repository, "Empty the changelog")
    assert "nothing under '[Unreleased]'" in refused(repository, NEW)


def test_a_document_whose_version_does_not_fit_is_refused(repository: Path) -> None:
    path = repository / "services/stock/openapi.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["info"]["version"] = "1.0.1"
    path.write_text(json.dumps(document), encoding="utf-8")
    commit(repository, "Lower a version")
    assert "requires version 2.0.0 or higher" in refused(repository, NEW)


def test_outside_a_repository_there_is_no_release(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"git status failed: .*not a git repository"):
        release(NEW, DAY, root=tmp_path)


def test_without_the_python_of_the_zips_there_is_no_release(repository: Path) -> None:
    with pytest.raises(ReleaseError, match=r"python3\.99 was not found on this machine"):
        release(NEW, DAY, root=repository, targets=[Target("python3.99", "arm64")])
    assert git(repository, "status", "--porcelain") == ""


def test_a_release_that_cannot_be_built_leaves_the_tree(repository: Path) -> None:
    (repository / "libs/cli/pyproject.toml").write_text("broken")
    commit(repository, "Break a library")
    before = tree_of(repository)
    with pytest.raises(ReleaseError):
        release(NEW, DAY, root=repository, targets=NO_ZIPS)
    assert tree_of(repository) == before


@dataclass(frozen=True)
class Made:
    repository: Path
    files: dict[str, bytes]
    said: list[str]


@pytest.fixture(scope="module")
def made(clone: Callable[[], Path]) -> Made:
    """A release without zips, which are slow."""
    repository = clone()
    said: list[str] = []
    folder = release(NEW, DAY, root=repository, targets=NO_ZIPS, say=said.append)
    return Made(repository, files_of(folder), said)


def test_a_release_writes_version_changelog_and_documents(made: Made) -> None:
    assert read_version(made.repository) == Version.read(NEW)
    unreleased, newest, *_ = sections((made.repository / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert (unreleased.body, newest.version, newest.released_on) == ("", Version.read(NEW), DAY)
    for service in SERVICES:
        for stored_name, name in (
            (f"{service}.json", "openapi.json"),
            (f"{service}.asyncapi.json", "asyncapi.json"),
        ):
            stored = made.repository / "docs" / "releases" / stored_name
            assert stored.read_bytes() == (made.repository / "services" / service / name).read_bytes()
    changed = {line[3:] for line in git(made.repository, "status", "--porcelain").splitlines()}
    assert changed <= {
        "CHANGELOG.md",
        *(f"docs/releases/{service}{kind}.json" for service in SERVICES for kind in ("", ".asyncapi")),
        *(f"libs/{library}/pyproject.toml" for library in ("client", "imports", "cli")),
        *(
            f"libs/{library}/inventory_{library}/__init__.py"
            for library in ("common", "client", "imports", "cli")
        ),
    }
    assert any(f"git tag -a v{NEW}" in line for line in made.said)


def test_the_wheels_require_each_other_in_the_version_of_the_release(made: Made) -> None:
    for library, others in {
        "common": [],
        "client": ["common"],
        "imports": ["common"],
        "cli": ["client", "common", "imports"],
    }.items():
        wheel = made.repository / "build/release" / NEW / f"inventory_{library}-{NEW}-py3-none-any.whl"
        with zipfile.ZipFile(wheel) as archive:
            text = archive.read(f"inventory_{library}-{NEW}.dist-info/METADATA").decode()
            dates = {entry.date_time[:3] for entry in archive.infolist()}
        required = [line for line in HeaderParser().parsestr(text).get_all("Requires-Dist") or []]
        ours = [line for line in required if line.startswith("inventory-")]
        assert ours == [f"inventory-{other}=={NEW}" for other in others]
        assert dates == {(2026, 1, 2)}


def test_a_release_that_is_checked_out_is_built_again_with_the_same_bytes(
    made: Made, clone: Callable[[], Path], tmp_path: Path
) -> None:
    commit(made.repository, f"Release {NEW}")
    git(made.repository, "tag", f"v{NEW}")
    other = tmp_path / "elsewhere"
    mask = os.umask(0o077)
    try:
        git(made.repository, "clone", "--quiet", str(made.repository), str(other))
        folder = artifacts(other, NO_ZIPS, say=lambda _: None)
    finally:
        os.umask(mask)
    assert files_of(folder) == made.files


def test_what_is_no_release_is_not_built_as_one(repository: Path) -> None:
    version = read_version(repository)
    with pytest.raises(ReleaseError, match=rf"CHANGELOG\.md has no release {version}: check one out"):
        artifacts(repository, NO_ZIPS)


@pytest.fixture(scope="module")
def dry(clone: Callable[[], Path], wheels: None) -> Made:
    """A dry run with zips for this machine; the tree must not change."""
    repository = clone()
    said: list[str] = []
    before = tree_of(repository)
    folder = release(NEW, DAY, is_dry=True, root=repository, targets=[Target.native()], say=said.append)
    assert tree_of(repository) == before
    assert git(repository, "status", "--porcelain") == ""
    return Made(repository, files_of(folder), said)


def test_a_dry_run_builds_everything_and_says_what_it_would_write(dry: Made) -> None:
    here = Target.native()
    libraries = ("cli", "client", "common", "imports")
    assert sorted(dry.files) == sorted(
        [
            "LICENSE",
            "SHA256SUMS",
            "THIRD-PARTY-LICENSES.txt",
            f"inventory-{NEW}.cdx.json",
            f"inventory-claims-{NEW}.zip",
            *(f"inventory-{service}-{NEW}-{here.runtime}-{here.architecture}.zip" for service in SERVICES),
            *(f"inventory-{service}-{NEW}.tfvars.json" for service in SERVICES),
            *(f"inventory_{library}-{NEW}-py3-none-any.whl" for library in libraries),
        ]
    )
    assert "\nA dry run: the tree is unchanged.  The release would write 7.8.9 into:" in dry.said
    assert "  CHANGELOG.md" in dry.said


def test_a_second_build_gives_the_same_bytes(dry: Made, tmp_path: Path) -> None:
    tree = exported(dry.repository, tmp_path / "tree")
    program.Plan(Version.read(NEW), DAY).write(tree)
    for path in tree.rglob("*"):
        os.utime(path, (1, 1))
    store = dry.repository / "build" / ".release"
    build_artifacts(tree, Version.read(NEW), DAY, tmp_path / "again", store, [Target.native()])
    again = files_of(tmp_path / "again")
    assert [name for name in {*again, *dry.files} if again.get(name) != dry.files.get(name)] == []


def test_the_checksums_are_those_of_all_other_files(dry: Made) -> None:
    folder = dry.repository / "build/release" / NEW
    checked = subprocess.run(
        ["sha256sum", "--check", "SHA256SUMS"], cwd=folder, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.count(": OK\n") == len(dry.files) - 1


def test_the_bill_of_materials_is_valid_and_names_all_that_is_shipped(dry: Made) -> None:
    text = dry.files[f"inventory-{NEW}.cdx.json"].decode()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    bill = json.loads(text)
    assert bill["metadata"]["timestamp"] == "2026-01-02T00:00:00+00:00"
    found = {component["name"]: component for component in bill["components"]}
    depends = {each["ref"].partition("@")[0]: each.get("dependsOn", []) for each in bill["dependencies"]}
    for service in SERVICES:
        lock = pins_of((ROOT / "services" / service / "requirements.txt").read_text(encoding="utf-8"))
        assert len(lock) >= 7
        for pin in lock:
            assert found[pin.name]["version"] == pin.version
            assert f"{pin.name}@{pin.version}" in depends[f"inventory-{service}-service"]
        assert f"inventory-common@{NEW}" in depends[f"inventory-{service}-service"]
    # What the wheels require, with what that requires.
    assert [
        name for name in ("httpx", "httpcore", "h11", "rich", "markdown-it-py", "mdurl") if name not in found
    ] == []
    assert "h11" in "".join(depends["httpcore"])
    assert "boto3" not in found, "it is Lambda's own"
    assert [name for name, component in found.items() if not component.get("licenses")] == []


def test_the_licences_of_all_third_parties_are_there(dry: Made) -> None:
    text = dry.files["THIRD-PARTY-LICENSES.txt"].decode()
    named = {name for name in re.findall(r"^([\w-]+) [\d.]+\S*: \S+$", text, re.MULTILINE)}
    for service in SERVICES:
        lock = pins_of((ROOT / "services" / service / "requirements.txt").read_text(encoding="utf-8"))
        assert {pin.name for pin in lock} <= named
    assert {"chalice", "drf-spectacular-sidecar"} <= named
    assert "Copyright" in text


def test_a_licence_that_is_missing_stops_the_release() -> None:
    with pytest.raises(ReleaseError, match=r"of-nobody is not installed; make install does it"):
        licence_texts(["of-nobody"])


def run_main(monkeypatch: pytest.MonkeyPatch, **environment: str) -> tuple[int, list[object]]:
    called: list[object] = []

    def record(text: str, day: date, *, is_dry: bool) -> None:
        called.extend([text, day, is_dry])

    monkeypatch.setattr(program, "release", record)
    return main(["release"], environment), called


@pytest.mark.parametrize(("dry_run", "is_dry"), [("", False), ("0", False), ("1", True)])
def test_the_settings_of_the_task(dry_run: str, is_dry: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"VERSION": "1.2.3", "DRY_RUN": dry_run, "SOURCE_DATE_EPOCH": "1767312000"}
    assert run_main(monkeypatch, **settings) == (0, ["1.2.3", DAY, is_dry])


def test_a_date_that_is_none_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_main(monkeypatch, SOURCE_DATE_EPOCH="yesterday")[0] == 1
    assert capsys.readouterr().err == "SOURCE_DATE_EPOCH is a number of seconds, not 'yesterday'.\n"


@pytest.mark.parametrize(
    ("error", "exit_code", "message"),
    [
        (ReleaseError("It may not be."), 1, "It may not be.\n"),
        (
            OSError(28, "No space left on device"),
            1,
            "The release cannot be written: [Errno 28] No space left on device.\n",
        ),
        (KeyboardInterrupt(), 130, "\nInterrupted; the tree is unchanged.\n"),
    ],
)
def test_what_stops_a_release_is_printed_in_a_sentence(
    error: BaseException,
    exit_code: int,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(program, "release", fail)
    assert main(["release"], {}) == exit_code
    assert capsys.readouterr().err == message


def test_make_release_without_a_version_says_what_is_missing(repository: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.release", "release"],
        cwd=ROOT,
        env={**os.environ, "VERSION": ""},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Missing VERSION; write VERSION=x.y.z, three numbers without leading zeros.\n"
