"""``python -m tools.release release|artifacts``: the tasks of ``make release`` and ``make artifacts``.

``release`` takes ``VERSION`` and ``DRY_RUN=1`` from the environment.  It prepares a copy of the tree, builds
everything there, and only then writes to the tree what has changed: the version, the changelog, and the API
documents for later comparisons.  It commits, tags and publishes nothing.

The date of a release is that of ``SOURCE_DATE_EPOCH`` if it is set, else today's in UTC.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from deploy.errors import DeployError
from deploy.target import Target
from tools.openapi.compatibility import SERVICES, document_files, verdict

from .artifacts import TARGETS, build_artifacts, exported
from .changelog import released, sections
from .errors import ReleaseError
from .repository import check_clean, tag_of, tagged
from .versions import Version, places, read_version, write_version

__all__ = ["Plan", "artifacts", "main", "release"]

ROOT: Final = Path(__file__).resolve().parents[2]
CHANGELOG: Final = "CHANGELOG.md"
NEXT: Final = """
{tree} has version {version}.  To publish it:

  git add -A && git commit -m "Release {version}"
  git tag -a {tag} -m "Inventory {version}"
  git push origin HEAD {tag}

and attach the files of {folder} to the release at the host of the repository.
"""


@dataclass(frozen=True)
class Plan:
    """A release that may be made.

    Attributes
    ----------
    version : Version
    day : date
        The date that the changelog gets.
    """

    version: Version
    day: date

    @classmethod
    def checked(cls, root: Path, text: str, day: date) -> Plan:
        """Return the release of a version, if it may be made from a tree.

        Raises
        ------
        ReleaseError
            If the version is malformed, exists or does not grow, the tree is not clean, nothing is unreleased
            yet, or an API document's version does not fit its changes.
        """
        version = Version.read(text)
        check_clean(root)
        changelog = (root / CHANGELOG).read_text(encoding="utf-8")
        dated = [(each.version, each.released_on) for each in sections(changelog) if each.version]
        existing = {each for each, _ in dated} | {*tagged(root)}
        if version in existing:
            raise ReleaseError(f"Version {version} exists already; choose a new one.")
        if existing and version < max(existing):
            raise ReleaseError(f"Version {version} is not higher than the last release, {max(existing)}.")
        if version < (current := read_version(root)):
            raise ReleaseError(f"Version {version} is lower than {current}, which the tree has.")
        released(changelog, version, day)
        for before, on in dated[:1]:
            if on is not None and day < on:
                raise ReleaseError(f"{day} is before {on}, the date of {before}.")
        for documents in document_files(root):
            old, new = (json.loads(path.read_text(encoding="utf-8")) for path in documents)
            if wrong := verdict(old, new):
                raise ReleaseError(wrong)
        return cls(version, day)

    def write(self, tree: Path) -> None:
        """Write the version, the changelog and the API documents of the release into a tree."""
        write_version(tree, self.version)
        changelog = tree / CHANGELOG
        text = changelog.read_text(encoding="utf-8")
        changelog.write_text(released(text, self.version, self.day), encoding="utf-8")
        for service in SERVICES:
            folder, releases = tree / "services" / service, tree / "docs" / "releases"
            shutil.copyfile(folder / "openapi.json", releases / f"{service}.json")
            shutil.copyfile(folder / "asyncapi.json", releases / f"{service}.asyncapi.json")


def release(
    text: str,
    day: date,
    *,
    is_dry: bool = False,
    root: Path = ROOT,
    targets: Sequence[Target] = TARGETS,
    say: Callable[[str], object] = print,
) -> Path:
    """Make a release, and return the folder of its files.

    Raises
    ------
    ReleaseError
        If it may not be made, or something cannot be built; the tree is as it was.
    """
    plan = Plan.checked(root, text, day)
    files = _built(root, plan.version, day, targets, plan.write)
    folder = files[0].parent
    for file in files:
        say(f"{file.relative_to(root)}  {file.stat().st_size:,} bytes")
    if is_dry:
        say(f"\nA dry run: the tree is unchanged.  The release would write {plan.version} into:")
        for path in (*places(root), CHANGELOG, *(f"docs/releases/{service}.json" for service in SERVICES)):
            say(f"  {path}")
        return folder
    check_clean(root)
    plan.write(root)
    relative = folder.relative_to(root)
    say(NEXT.format(tree="The tree", version=plan.version, tag=tag_of(plan.version), folder=relative))
    return folder


def artifacts(
    root: Path = ROOT, targets: Sequence[Target] = TARGETS, say: Callable[[str], object] = print
) -> Path:
    """Build the files of the release that a checkout is, and return their folder.

    Raises
    ------
    ReleaseError
        If the checkout is not that of a release, or something cannot be built.
    """
    check_clean(root)
    version = read_version(root)
    days = {
        each.version: each.released_on
        for each in sections((root / CHANGELOG).read_text(encoding="utf-8"))
        if each.version
    }
    day = days.get(version)
    if day is None:
        raise ReleaseError(
            f"CHANGELOG.md has no release {version}: check one out, such as git checkout v{version}."
        )
    files = _built(root, version, day, targets)
    say("\n".join(str(file.relative_to(root)) for file in files))
    return files[0].parent


def _built(
    root: Path,
    version: Version,
    day: date,
    targets: Sequence[Target],
    prepare: Callable[[Path], object] = lambda tree: None,
) -> list[Path]:
    """Build the files of a release in a copy of the tree, which is prepared before, and return them."""
    folder = root / "build" / "release" / str(version)
    with tempfile.TemporaryDirectory(prefix="release-") as name:
        tree = exported(root, Path(name) / "tree")
        prepare(tree)
        return build_artifacts(tree, version, day, folder, root / "build" / ".release", targets)


def _today(environment: Mapping[str, str]) -> date:
    epoch = environment.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return datetime.now(UTC).date()
    try:
        return datetime.fromtimestamp(int(epoch), UTC).date()
    except (ValueError, OverflowError, OSError) as error:
        raise ReleaseError(f"SOURCE_DATE_EPOCH is a number of seconds, not {epoch!r}.") from error


def main(arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ) -> int:
    """Run the task; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.release", description=__doc__)
    parser.add_argument("task", choices=("release", "artifacts"))
    try:
        if parser.parse_args(arguments).task == "artifacts":
            artifacts()
        else:
            is_dry = environment.get("DRY_RUN", "") not in ("", "0")
            release(environment.get("VERSION", ""), _today(environment), is_dry=is_dry)
    except (ReleaseError, DeployError) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"The release cannot be written: {error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; the tree is unchanged.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
