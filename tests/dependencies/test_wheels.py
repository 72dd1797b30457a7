"""The wheels that `make install` fetches, out of a folder that stands for the index."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from pathlib import Path

import pytest

from deploy.services import service_names
from deploy.target import Target
from tools.dependencies import wheels
from tools.dependencies.locks import LockError
from tools.dependencies.wheels import DOWNLOADS, Download, fetch, main, missing

HERE = Download(("run.txt",))
GRAVITON = Download(("service.txt",), Target("python3.13", "arm64"))


def wheel(folder: Path, name: str, tag: str) -> str:
    """Write a wheel of nothing, and return a line of a lock that pins it."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}-1.0-{tag}.whl"
    information = f"{name}-1.0.dist-info"
    files = {
        f"{information}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{information}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    record = "".join(
        f"{file},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip('=')},"
        f"{len(text)}\n"
        for file, text in files.items()
    )
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in (*files.items(), (f"{information}/RECORD", f"{record}{information}/RECORD,,\n")):
            archive.writestr(zipfile.ZipInfo(file), text)
    return f"{name}==1.0 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of two locks; the index has a wheel for this machine, and one for Graviton."""
    index = tmp_path / "index"
    folder = tmp_path / "root"
    folder.mkdir()
    (folder / "run.txt").write_text(wheel(index, "anywhere", "py3-none-any"))
    (folder / "service.txt").write_text(wheel(index, "arms", "cp313-cp313-manylinux_2_28_aarch64"))
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    monkeypatch.setattr(wheels, "DOWNLOADS", (HERE, GRAVITON))
    return folder


def test_every_service_is_fetched_for_every_runtime_and_architecture_of_lambda() -> None:
    services = tuple(f"services/{name}/requirements.txt" for name in ("catalog", "stock", "audit"))
    assert {path.split("/")[1] for path in services} == {*service_names()}
    found = {(each.locks, each.target) for each in DOWNLOADS}
    assert found == {(("requirements/run.txt",), None)} | {
        (services, Target(runtime, architecture))
        for runtime in ("python3.11", "python3.12", "python3.13")
        for architecture in ("arm64", "x86_64")
    }


def test_wheels_are_fetched_for_each_platform_and_kept(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "wheels"
    assert missing(folder, root) == f"{folder} has no wheels: `make install` fetches them."
    fetch(folder, root, (HERE, GRAVITON))
    assert missing(folder, root) is None
    assert sorted(path.name for path in folder.iterdir()) == [
        "anywhere-1.0-py3-none-any.whl",
        "arms-1.0-cp313-cp313-manylinux_2_28_aarch64.whl",
        "locks.sha256",
    ]
    # Again, and without the index: what is there is not fetched.
    for path in (tmp_path / "index").iterdir():
        path.unlink()
    fetch(folder, root, (HERE, GRAVITON))
    assert missing(folder, root) is None


def test_wheels_of_other_locks_are_not_enough(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "wheels"
    fetch(folder, root, (HERE, GRAVITON))
    (root / "run.txt").write_text((root / "run.txt").read_text() + "# Another lock.\n")
    assert missing(folder, root) == (
        f"{folder} has the wheels of other locks than these: `make install` fetches the others."
    )


def test_a_wheel_that_is_not_to_be_had_leaves_the_folder_as_it_was(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "wheels"
    fetch(folder, root, (HERE,))
    before = sorted(folder.iterdir())
    (root / "service.txt").write_text(f"nobodys==1.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(LockError, match=r"for python3\.13 on arm64 cannot be fetched:(?s:.*)nobodys==1\.0"):
        fetch(folder, root, (HERE, GRAVITON))
    assert sorted(folder.iterdir()) == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".wheels-")] == []


def test_a_wheel_with_other_bytes_is_refused(root: Path, tmp_path: Path) -> None:
    (root / "run.txt").write_text(f"anywhere==1.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(LockError, match=r"for here cannot be fetched:(?s:.*)DO NOT MATCH THE HASHES"):
        fetch(tmp_path / "wheels", root, (HERE,))
    assert not (tmp_path / "wheels").exists()


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (LockError("The wheels for here cannot be fetched:\nno index"), "no index\n"),
        (OSError(28, "No space left on device"), "[Errno 28] No space left on device.\n"),
    ],
)
def test_what_stops_the_task_is_printed(
    error: Exception, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr("sys.argv", ["wheels"])
    monkeypatch.setattr(wheels, "missing", lambda: "none")
    monkeypatch.setattr(wheels, "fetch", fail)
    assert main() == 1
    assert capsys.readouterr().err.endswith(message)


def test_wheels_that_are_there_are_not_fetched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["wheels"])
    monkeypatch.setattr(wheels, "missing", lambda: None)
    monkeypatch.setattr(wheels, "fetch", lambda: pytest.fail("fetched"))
    assert main() == 0
