"""The zip of a service: its app, the shared library of this checkout, Chalice's runtime, and dependencies."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import chalice.app

from deploy.bytecode import compile_modules, interpreter_of
from deploy.dependencies import install_dependencies
from deploy.description import describe
from deploy.errors import DeployError
from deploy.pages import pages_script
from deploy.services import BUILD_FOLDER, REPOSITORY_ROOT, service_folder
from deploy.target import Target
from deploy.zips import write_zip

ZIP_MAX_BYTES: Final = 8_200_000
"""The maximum size of a service's zip, which every cold start downloads."""

_CHALICE_RUNTIME: Final = ("__init__.py", "app.py")
"""The parts of Chalice that its own packager includes."""
_UNUSED_FILES: Final = ("__pycache__", "*.pyc", "tests", "*.typed")
_UNUSED_MODULES: Final = ("verify.py",)
"""Modules of the shared library that no service imports: the offline verifier of exported logs."""


@dataclass(frozen=True)
class Package:
    """A packaged service.

    Attributes
    ----------
    service : str
        Its name.
    zip_path : Path
        The code of all its functions.
    variables_path : Path
        What its app declares, as variables of ``terraform/service``.
    target : Target
        The platform of the zip.
    """

    service: str
    zip_path: Path
    variables_path: Path
    target: Target


def package_service(
    name: str, target: Target, build: Path = BUILD_FOLDER, root: Path = REPOSITORY_ROOT
) -> Package:
    """Write ``<name>.zip`` and ``<name>.tfvars.json`` into the build folder.

    Raises
    ------
    DeployError
        If the service, its OpenAPI document or a dependency is missing, a module does not compile, or the zip
        would be too large.
    """
    service = service_folder(name, root)
    dependencies = install_dependencies(service / "requirements.txt", target, build / ".dependencies")
    build.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=build) as folder:
        ours, everything = Path(folder) / "ours", Path(folder) / "everything"
        _copy_ours(service, root, ours)
        declared = {"service": name, **describe(name, ours)}
        shutil.copytree(dependencies, everything)
        _copy_chalice(everything)
        _compile(ours, everything, target)
        shutil.copytree(ours, everything, dirs_exist_ok=True)
        packed = Path(folder) / f"{name}.zip"
        write_zip(everything, packed)
        size = packed.stat().st_size
        if size > ZIP_MAX_BYTES:
            raise DeployError(f"{name}.zip would have {size:,} bytes; the maximum is {ZIP_MAX_BYTES:,}.")
        variables = Path(folder) / f"{name}.tfvars.json"
        variables.write_text(json.dumps(declared, indent=2) + "\n", encoding="utf-8")
        # Last, so that after a failure the previous package is still there.
        return Package(
            name, packed.replace(build / packed.name), variables.replace(build / variables.name), target
        )


def package_claims(build: Path = BUILD_FOLDER, root: Path = REPOSITORY_ROOT) -> Path:
    """Write ``claims.zip``, the platform's own function, which adds a vendor's id to its machine's tokens."""
    source = root / "terraform" / "modules" / "identity" / "claims" / "claims.py"
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(source, folder)
        write_zip(Path(folder), build / "claims.zip")
    return build / "claims.zip"


def missing_interpreter(target: Target) -> str | None:
    """Print a warning if no Python on this machine can compile for the target."""
    if interpreter_of(target) is not None:
        return None
    return (
        f"{target.runtime} was not found on this machine: the zips contain no bytecode, "
        "and a cold start takes twice as long."
    )


def _copy_ours(service: Path, root: Path, folder: Path) -> None:
    """Copy the files of a service, with the shared library of this checkout."""
    folder.mkdir()
    for path in _top_level(service):
        shutil.copy(path, folder)
    ignored = shutil.ignore_patterns(*_UNUSED_FILES)
    shutil.copytree(service / "chalicelib", folder / "chalicelib", ignore=ignored)
    library = root / "libs" / "common" / "inventory_common"
    ignored = shutil.ignore_patterns(*_UNUSED_FILES, *_UNUSED_MODULES)
    shutil.copytree(library, folder / "inventory_common", ignore=ignored)


def _top_level(service: Path) -> Iterable[Path]:
    yield service / "app.py"
    for name in ("openapi.json", "asyncapi.json"):
        document = service / name
        if not document.exists():
            raise DeployError(f"{document} is missing: `make openapi` writes it.")
        yield document
    yield pages_script()
    yield REPOSITORY_ROOT / "LICENSE"


def _copy_chalice(folder: Path) -> None:
    source = Path(chalice.app.__file__).parent
    (folder / "chalice").mkdir()
    for name in _CHALICE_RUNTIME:
        shutil.copy(source / name, folder / "chalice" / name)


def _compile(ours: Path, others: Path, target: Target) -> None:
    interpreter = interpreter_of(target)
    if interpreter is None:
        return
    # Our own sources are included, so that tracebacks in the log show their lines.
    compile_modules(interpreter, ours, keep_sources=True)
    compile_modules(interpreter, others, keep_sources=False)


def package_all(names: Iterable[str], target: Target, build: Path = BUILD_FOLDER) -> list[Package]:
    """Package services one after the other, and print the results."""
    warning = missing_interpreter(target)
    if warning:
        print(warning, file=sys.stderr)
    packages = []
    for name in names:
        packages.append(package_service(name, target, build))
        size = packages[-1].zip_path.stat().st_size
        print(
            f"{name}.zip: {size / 1_000_000:.1f} MB for {target.runtime} on {target.architecture}", flush=True
        )
    return packages
