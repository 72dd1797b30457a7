"""Where the wheels of a zip come from: the folder that `make install` has filled, else the package index."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from deploy import dependencies
from deploy.dependencies import FETCHED_WHEELS, install_dependencies
from deploy.errors import DeployError
from deploy.target import Target
from tools.dependencies.locks import LOCKS, ROOT, pins_of

ONE = "rfc8785"


@pytest.fixture
def lock(tmp_path: Path, wheels: None) -> Path:
    """A lock of one dependency, with its hashes."""
    [service] = [each.path for each in LOCKS if each.path == "services/audit/requirements.txt"]
    [pin] = [pin for pin in pins_of((ROOT / service).read_text(encoding="utf-8")) if pin.name == ONE]
    path = tmp_path / "requirements.txt"
    hashes = " ".join(f"--hash=sha256:{each}" for each in sorted(pin.hashes))
    path.write_text(f"{pin.name}=={pin.version} {hashes}\n", encoding="utf-8")
    return path


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that stands for the package index, empty."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def copy_wheel(folder: Path) -> None:
    for path in FETCHED_WHEELS.glob(f"{ONE}-*.whl"):
        shutil.copy(path, folder)


def test_fetched_wheels_are_installed_without_the_index(lock: Path, index: Path, tmp_path: Path) -> None:
    installed = install_dependencies(lock, Target(), tmp_path / "store")
    assert (installed / ONE).is_dir()


def test_what_was_not_fetched_comes_from_the_index(
    lock: Path, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fetched").mkdir()
    monkeypatch.setattr(dependencies, "FETCHED_WHEELS", tmp_path / "fetched")
    copy_wheel(index)
    assert (install_dependencies(lock, Target(), tmp_path / "store") / ONE).is_dir()


def test_where_nothing_was_fetched_the_index_is_asked(
    lock: Path, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dependencies, "FETCHED_WHEELS", tmp_path / "absent")
    with pytest.raises(DeployError, match=rf"No matching distribution found for {ONE}"):
        install_dependencies(lock, Target(), tmp_path / "store")
    copy_wheel(index)
    assert (install_dependencies(lock, Target(), tmp_path / "store") / ONE).is_dir()


def test_a_fetched_wheel_with_other_bytes_is_not_installed(
    lock: Path, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched = tmp_path / "fetched"
    fetched.mkdir()
    copy_wheel(fetched)
    for path in fetched.iterdir():
        path.write_bytes(path.read_bytes() + b"\n")
    monkeypatch.setattr(dependencies, "FETCHED_WHEELS", fetched)
    with pytest.raises(DeployError, match=rf"pip cannot install(?s:.*){ONE}"):
        install_dependencies(lock, Target(), tmp_path / "store")
