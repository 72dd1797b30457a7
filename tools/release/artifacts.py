"""The files of a release: wheels, zips, licences, the bill of materials and the checksums.

The same tree gives the same bytes: every date is the release's, modes do not depend on the checkout, and each
input is locked.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from deploy.bytecode import interpreter_of
from deploy.errors import DeployError
from deploy.package import package_claims, package_service
from deploy.services import service_names
from deploy.target import DEFAULT_RUNTIME, Target

from .bill_of_materials import bill_of_materials, zip_contents
from .checksums import write_checksums
from .errors import ReleaseError
from .licences import licence_texts
from .versions import LIBRARIES, Version

__all__ = ["TARGETS", "build_artifacts", "build_wheels", "exported"]

TARGETS: Final = (Target(DEFAULT_RUNTIME, "arm64"), Target(DEFAULT_RUNTIME, "x86_64"))
"""The zips that a release has of each service."""


def exported(root: Path, folder: Path) -> Path:
    """Copy the committed files of a repository into a new folder, with the same modes everywhere."""
    folder.mkdir()
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, target)
        target.chmod(0o755 if os.access(root / name, os.X_OK) else 0o644)
    return folder


def build_artifacts(
    tree: Path, version: Version, day: date, folder: Path, store: Path, targets: Sequence[Target] = TARGETS
) -> list[Path]:
    """Build all files of a release into a folder, which is replaced at the end, and return them.

    Parameters
    ----------
    tree
        The files of the release, in a folder that may be written to.
    version
        Its version, as it stands in the tree.
    day
        Its date.
    folder
        Where the files go.
    store
        The folder in which the zips' dependencies are kept for the next time.
    targets
        The runtimes and architectures of the zips.

    Raises
    ------
    ReleaseError
        If something cannot be built.
    """
    for target in targets:
        if interpreter_of(target) is None:
            raise ReleaseError(
                f"{target.runtime} was not found on this machine; the zips of a release contain its bytecode."
            )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".release-", dir=folder.parent) as name:
        made = Path(name) / "made"
        made.mkdir()
        wheels = build_wheels(tree, day, made)
        zips = _build_zips(tree, version, made, store, targets)
        shutil.copyfile(tree / "LICENSE", made / "LICENSE")
        used = [each for service in service_names(tree) for each in zip_contents(tree, service)]
        (made / "THIRD-PARTY-LICENSES.txt").write_text(licence_texts(used), encoding="utf-8")
        files = [*wheels.values(), *(each for of_service in zips.values() for each in of_service)]
        hashes = {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
        bill = bill_of_materials(tree, version, _midnight(day), zips, wheels, hashes)
        (made / f"inventory-{version}.cdx.json").write_text(bill, encoding="utf-8")
        write_checksums(made)
        shutil.rmtree(folder, ignore_errors=True)
        made.rename(folder)
    return sorted(folder.iterdir())


def build_wheels(tree: Path, day: date, folder: Path) -> dict[str, Path]:
    """Build the wheels of all libraries, and return them by library.

    Raises
    ------
    ReleaseError
        If one cannot be built; the message is pip's.
    """
    epoch = str(int(_midnight(day).timestamp()))
    command = [
        *(sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"),
        *("--no-build-isolation", "--no-index", "--no-cache-dir", "--wheel-dir", str(folder)),
        *(str(tree / "libs" / library) for library in LIBRARIES),
    ]
    # The modes of what setuptools writes are part of a wheel.
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": epoch},
        umask=0o022,
    )
    if done.returncode != 0:
        raise ReleaseError(f"The wheels cannot be built:\n{done.stderr.strip()}")
    wheels = {}
    for library in LIBRARIES:
        [wheels[library]] = folder.glob(f"inventory_{library}-*.whl")
    return wheels


def _build_zips(
    tree: Path, version: Version, folder: Path, store: Path, targets: Sequence[Target]
) -> dict[str, list[Path]]:
    """Package the services, and return the zips by service; with each its variables for Terraform."""
    zips: dict[str, list[Path]] = {}
    store.mkdir(parents=True, exist_ok=True)
    try:
        for service in service_names(tree):
            for target in targets:
                packed = package_service(service, target, store, tree)
                name = f"inventory-{service}-{version}-{target.runtime}-{target.architecture}.zip"
                zips.setdefault(service, []).append(Path(shutil.move(packed.zip_path, folder / name)))
                shutil.move(packed.variables_path, folder / f"inventory-{service}-{version}.tfvars.json")
        shutil.move(package_claims(store, tree), folder / f"inventory-claims-{version}.zip")
    except DeployError as error:
        raise ReleaseError(str(error)) from error
    return zips


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
