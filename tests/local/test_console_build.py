"""The build of the console, with small sources and an npm that does what a test says."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local.console import build as building
from local.console.build import KEPT_BUILDS, Builder, failure_sentence
from local.console.node import find_node
from local.console.sources import is_installed, sources_hash
from local.console.status import BUILDING, State, Status, StatusFile, write_status
from local.errors import StackError
from tests.local.fake_console import BUILDS, INSTALLS, FakeConsole
from tests.local.running_stacks import ENV, ROOT, is_alive, wait_until


def builder(console: FakeConsole) -> Builder:
    return Builder(console.sources, console.builds, ENV | {"PATH": console.path})


def command(console: FakeConsole, *options: str) -> list[str]:
    folders = ["--console", str(console.sources), "--builds", str(console.builds)]
    return [sys.executable, "-m", "local.console.build", *folders, *options]


def run(console: FakeConsole, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(console, *options),
        cwd=ROOT,
        env=ENV | {"PATH": console.path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


# What is built, and when


def test_the_first_build_installs_and_the_next_one_is_kept(console: FakeConsole) -> None:
    first = builder(console).build()
    assert first.folder == console.builds / sources_hash(console.sources)
    assert (first.folder / "index.html").exists()
    assert first.how.startswith("installed and built in ")
    second = builder(console).build()
    assert (second.folder, second.how) == (first.folder, "kept from an earlier build")
    assert console.calls == ["ci", "run"]
    assert not [entry.name for entry in console.builds.iterdir() if entry.name.startswith(".building")]


def test_changed_sources_are_built_without_another_installation(console: FakeConsole) -> None:
    first = builder(console).build()
    (console.sources / "src" / "main.ts").write_text("export const changed = true;")
    second = builder(console).build()
    assert second.folder != first.folder
    assert second.how.startswith("built in ")
    assert console.calls == ["ci", "run", "run"]


@pytest.mark.parametrize(
    "name", ["browser/sku.test.ts", "src/main.test.ts", "dist/index.html", "node_modules/a.js"]
)
def test_what_the_build_does_not_read_does_not_change_the_hash(console: FakeConsole, name: str) -> None:
    before = sources_hash(console.sources)
    file = console.sources / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("export {}")
    assert sources_hash(console.sources) == before


@pytest.mark.parametrize("name", [".npmrc", "vite.config.ts", "public/icon.svg", "src/a/b.css"])
def test_everything_else_changes_it(console: FakeConsole, name: str) -> None:
    before = sources_hash(console.sources)
    file = console.sources / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("")
    assert sources_hash(console.sources) != before


@pytest.mark.parametrize(
    ("installed", "expected"),
    [
        ({"node_modules/tea": {"integrity": "sha512-a"}}, True),
        ({"node_modules/tea": {"integrity": "sha512-a"}, "node_modules/more": {}}, True),
        ({"node_modules/tea": {"integrity": "sha512-b"}}, False),
        ({}, False),
        (None, False),
    ],
)
def test_packages_are_installed_where_they_are_not_those_of_the_lock(
    console: FakeConsole, installed: dict[str, dict[str, str]] | None, expected: bool
) -> None:
    lock = {
        "packages": {
            "": {},
            "node_modules/tea": {"integrity": "sha512-a"},
            "node_modules/for-another-platform": {"integrity": "sha512-c", "optional": True},
        }
    }
    (console.sources / "package-lock.json").write_text(json.dumps(lock))
    note = console.sources / "node_modules" / ".package-lock.json"
    note.parent.mkdir()
    note.write_text("{" if installed is None else json.dumps({"packages": installed}))
    assert is_installed(console.sources) is expected


def test_only_the_builds_used_last_are_kept(console: FakeConsole) -> None:
    folders = []
    for number in range(KEPT_BUILDS + 2):
        (console.sources / "src" / "main.ts").write_text(f"export const number = {number};")
        folders.append(builder(console).build().folder)
        os.utime(folders[-1], (number, number))
    (console.builds / ".building-1").mkdir()
    (console.sources / "src" / "main.ts").write_text("export const last = true;")
    last = builder(console).build().folder
    kept = {entry for entry in console.builds.iterdir() if entry.is_dir()}
    assert kept == {last, *folders[-KEPT_BUILDS + 1 :]}


# Node.js


@pytest.mark.parametrize("version", ["v20.20.2", "v22.11.0", "nonsense"])
def test_an_old_node_is_left_alone_for_the_one_of_the_wheel(console: FakeConsole, version: str) -> None:
    console.provide(version=version)
    asked: list[list[str]] = []
    node = find_node({"PATH": console.path}, asked.append, console.builds)
    assert asked == []  # the tests' environment has the wheel
    assert node.npm == (str(console.builds / "npm"),)
    said = subprocess.run(
        ["npm", "--version"], env={"PATH": node.path}, capture_output=True, text=True, check=True
    )
    assert said.stdout.count(".") == 2
    said = subprocess.run(
        ["node", "--version"], env={"PATH": node.path}, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == node.version


@pytest.mark.parametrize(("given", "used"), [({}, "1"), ({"NODE_USE_SYSTEM_CA": "0"}, "0")])
def test_the_wheel_trusts_the_authorities_of_this_machine(
    console: FakeConsole, given: dict[str, str], used: str
) -> None:
    node = find_node({"PATH": ""}, lambda _: None, console.builds)
    said = subprocess.run(
        ["node", "--print", "process.env.NODE_USE_SYSTEM_CA"],
        env={"PATH": node.path, **given},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == used


def test_a_node_of_this_machine_is_used_if_it_is_new_enough(console: FakeConsole) -> None:
    node = find_node({"PATH": console.path}, lambda _: None, console.builds)
    assert (node.version, node.npm, node.path) == ("v22.12.0", (str(console.programs / "npm"),), console.path)


def test_the_wheel_is_installed_by_its_hashes_where_it_is_missing(
    console: FakeConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr("local.console.node.PACKAGE", "no_such_wheel")
    with pytest.raises(StackError, match="was not found in its wheel"):
        find_node({"PATH": ""}, asked.append, console.builds)
    [pip] = asked
    assert pip[:4] == [sys.executable, "-m", "pip", "install"]
    assert {"--require-hashes", "--no-deps"} <= {*pip}
    assert pip[-1] == str(ROOT / "requirements" / "console.txt")


# What goes wrong


@pytest.mark.parametrize(
    ("install", "build", "reason"),
    [
        (
            "echo 'npm error code ECONNREFUSED' >&2; exit 1",
            "true",
            "npm's registry does not answer",
        ),
        ("echo 'npm error code ENOTCACHED' >&2; exit 1", "true", "npm's registry does not answer"),
        (
            "mkdir node_modules; echo 'npm error nospc ENOSPC: no space left on device, write'; exit 1",
            "true",
            "there is no space left on the disk",
        ),
        ("exit 7", "true", "ended with exit code 7"),
        (
            None,
            "echo transforming; echo '[plugin] Error: no such module ./tea'; exit 1",
            "no such module ./tea",
        ),
        (None, "echo 'error TS1: timed out'; exit 1", "error TS1: timed out"),
        (None, "true", "the build has no index.html"),
        (None, "echo 'No space left on device'; exit 1", "there is no space left on the disk"),
    ],
)
def test_a_failure_is_one_sentence_and_leaves_nothing_half_done(
    console: FakeConsole, tmp_path: Path, install: str | None, build: str, reason: str
) -> None:
    if install is None:
        console.provide(build=build)
    else:
        console.provide(install, build)
    ran = run(console, "--status", str(tmp_path / "console.json"))
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert ran.stderr == ""
    status = StatusFile(tmp_path / "console.json").read()
    assert status.state is State.FAILED
    assert status.sentence.startswith("The console cannot be built: ")
    assert reason in status.sentence
    assert status.sentence.count("\n") == 0
    assert ran.stdout.endswith(f"{status.sentence}\n")
    assert (console.sources / "node_modules").exists() is (install is None)
    assert [entry for entry in console.builds.iterdir() if entry.is_dir()] == []
    # The next run starts again.
    console.provide()
    assert run(console).returncode == 0


def test_npm_is_not_believed_when_it_has_warned_of_a_full_disk(console: FakeConsole) -> None:
    console.provide(
        f"{INSTALLS}; echo npm warn tar TAR_ENTRY_ERROR ENOSPC: no space left on device; sleep 600"
    )
    with pytest.raises(StackError, match="no space left on the disk"):
        builder(console).build()
    assert not (console.sources / "node_modules").exists()


def test_packages_that_are_not_those_of_the_lock_are_an_error(console: FakeConsole) -> None:
    console.provide("mkdir node_modules")
    with pytest.raises(StackError, match="npm has not installed what the lock says"):
        builder(console).build()
    assert not (console.sources / "node_modules").exists()


def test_a_status_is_written_on_a_full_disk_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "console.json"
    write_status(file, BUILDING)
    reader = StatusFile(file)
    assert reader.read() == BUILDING

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_text", fail)
    status = Status(State.FAILED, sentence="The disk is full.")
    write_status(file, status)
    assert reader.read() == status
    assert [entry.name for entry in tmp_path.iterdir()] == ["console.json"]


def test_a_full_disk_is_named(console: FakeConsole, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(building, "run", fail)
    with pytest.raises(OSError, match="No space") as caught:
        builder(console).build()
    assert failure_sentence(caught.value) == "The console cannot be built: No space left on device."


def test_without_a_lock_there_is_a_sentence_too(console: FakeConsole) -> None:
    (console.sources / "package-lock.json").unlink()
    ran = run(console)
    assert (ran.returncode, ran.stderr) == (1, "")
    assert ran.stdout == "The console cannot be built: No such file or directory.\n"


# In a terminal


def test_only_what_the_build_needs_can_be_installed(console: FakeConsole) -> None:
    assert "are installed in " in run(console, "--install").stdout
    assert run(console, "--install").stdout == "The console's packages are installed already.\n"
    assert console.calls == ["ci"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_all_that_the_build_has_started(
    console: FakeConsole, tmp_path: Path, number: signal.Signals
) -> None:
    pids = tmp_path / "pids"
    console.provide(build=f"sleep 600 & echo $! $$ > {pids}.new; mv {pids}.new {pids}; wait")
    process = subprocess.Popen(
        command(console),
        cwd=ROOT,
        env=ENV | {"PATH": console.path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        wait_until(pids.exists, "the build runs")
        process.send_signal(number)
        _, errors = process.communicate(timeout=20)
    finally:
        process.kill()
    assert (process.returncode, errors) == (128 + number, b"")
    started = [int(pid) for pid in pids.read_text().split()]
    wait_until(lambda: not any(map(is_alive, started)), f"end of {started}")
    assert not [entry for entry in console.builds.iterdir() if entry.is_dir()]


def test_two_builds_at_once_are_one(console: FakeConsole) -> None:
    console.provide(build=f"sleep 0.5; {BUILDS}")
    both = [
        subprocess.Popen(
            command(console), cwd=ROOT, env=ENV | {"PATH": console.path}, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    outputs = sorted(process.communicate(timeout=60)[0] for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert console.calls == ["ci", "run"]
    assert "kept from an earlier build" in "".join(outputs)
