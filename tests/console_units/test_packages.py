"""The console's packages: exact versions, a lock without addresses, licences that the product may use."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from local.console.node import OLDEST
from local.console.sources import CONSOLE

PERMISSIVE = {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"}
"""Licences of what the built console contains."""
OF_TOOLS = PERMISSIVE | {"CC0-1.0", "CC-BY-4.0", "MPL-2.0", "Python-2.0", "BlueOak-1.0.0"}
"""Licences of what only builds and tests it."""

UNCHANGED = {"node_modules/pyodide": "MPL-2.0"}
"""What the built console has as files of their own, exactly as their authors published them."""

PACKAGE: dict[str, Any] = json.loads((CONSOLE / "package.json").read_text(encoding="utf-8"))
LOCK: dict[str, Any] = json.loads((CONSOLE / "package-lock.json").read_text(encoding="utf-8"))
LOCKED: dict[str, dict[str, Any]] = {path: package for path, package in LOCK["packages"].items() if path}


@pytest.mark.parametrize("kind", ["dependencies", "devDependencies"])
def test_every_version_is_exact_and_is_the_locked_one(kind: str) -> None:
    for name, version in PACKAGE[kind].items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name} {version}"
        assert LOCKED[f"node_modules/{name}"]["version"] == version
    assert LOCK["packages"][""][kind] == PACKAGE[kind]


def test_all_parts_of_a_library_have_one_version() -> None:
    for scope in ("@mantine/",):
        versions = {version for name, version in PACKAGE["dependencies"].items() if name.startswith(scope)}
        assert len(versions) == 1, scope


def test_the_lock_has_a_hash_for_every_package_and_no_address() -> None:
    assert LOCKED
    assert [
        path for path, package in LOCKED.items() if not package.get("integrity", "").startswith("sha512-")
    ] == []
    assert [path for path, package in LOCKED.items() if "resolved" in package] == []
    assert "://" not in "".join(
        json.dumps({key: value for key, value in package.items() if key != "funding"})
        for package in LOCKED.values()
    )


def test_no_package_runs_a_script_when_it_is_installed() -> None:
    """npm installs without scripts, so that none may be needed for this machine."""
    needed = [
        path
        for path, package in LOCKED.items()
        if package.get("hasInstallScript") and not package.get("optional")
    ]
    assert needed == []


@pytest.mark.parametrize("is_dev", [False, True])
def test_every_package_has_a_licence_that_the_product_may_use(is_dev: bool) -> None:
    allowed = OF_TOOLS if is_dev else PERMISSIVE
    packages = {path: package for path, package in LOCKED.items() if bool(package.get("dev")) is is_dev}
    assert packages
    wrong = {
        path: package.get("license")
        for path, package in packages.items()
        if not allowed & {*re.split(r" OR |[()]", package.get("license", ""))}
    }
    assert wrong == ({} if is_dev else UNCHANGED)


def test_the_oldest_node_is_the_one_that_the_build_looks_for() -> None:
    assert PACKAGE["engines"]["node"] == ">=" + ".".join(map(str, OLDEST))


def test_the_settings_of_npm_keep_it_so() -> None:
    settings = (CONSOLE / ".npmrc").read_text(encoding="utf-8").split()
    assert {"omit-lockfile-registry-resolved=true", "save-exact=true", "engine-strict=true"} <= {*settings}
    assert not [line for line in settings if "registry=" in line and "omit-lockfile" not in line]
