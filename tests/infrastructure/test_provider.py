"""Terraform's AWS provider, as `make install` links or fetches it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import provider_mirror as mirrors
from tests.support.needs import not_here
from tests.support.provider_mirror import MISSING, fetch, main, provider_mirror


@pytest.fixture
def mirror() -> Path:
    found = provider_mirror()
    if found is None:
        not_here(MISSING)
    return found.resolve()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of the virtual environment; there is none yet."""
    folder = tmp_path / "terraform-providers"
    monkeypatch.setattr(mirrors, "FETCHED", folder)
    yield folder
    provider_mirror.cache_clear()


def test_it_is_fetched_from_where_the_configuration_of_terraform_says(
    program: str, mirror: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration = tmp_path / "terraformrc"
    configuration.write_text(f'provider_installation {{\n  filesystem_mirror {{ path = "{mirror}" }}\n}}\n')
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(configuration))
    assert fetch(program, folder) is None
    provider_mirror.cache_clear()
    assert provider_mirror() == folder


@pytest.mark.parametrize("found", [["mirror"], [".terraform/providers", "mirror"], ["mirror", ".terraform"]])
def test_a_copy_in_a_working_folder_of_terraform_is_not_preferred(
    folder: Path, tmp_path: Path, found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = "registry.example/hashicorp/aws/5.100.0/linux_amd64/terraform-provider-aws_v5.100.0_x5"
    lines = "".join(f"{tmp_path / each / place}\n" for each in found)
    done = subprocess.CompletedProcess([], 0, lines, "")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    provider_mirror.cache_clear()
    assert provider_mirror() == tmp_path / "mirror"


@pytest.mark.parametrize("is_unfinished", [False, True])
def test_a_mirror_of_this_machine_is_linked_once(
    program: str, mirror: Path, folder: Path, is_unfinished: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirrors, "provider_mirror", lambda: mirror)
    if is_unfinished:
        folder.mkdir()
    else:
        folder.symlink_to(folder.with_name("gone"))
    assert main() == 0
    assert folder.resolve() == mirror
    monkeypatch.setattr(mirrors, "provider_mirror", lambda: pytest.fail("looked for again"))
    assert main() == 0


def test_what_cannot_be_fetched_is_reported_and_the_installation_goes_on(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "terraform").write_text("#!/bin/sh\necho 'no such host' >&2\nexit 1\n")
    (tmp_path / "terraform").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(mirrors, "provider_mirror", lambda: None)
    assert main() == 0
    assert capsys.readouterr().err == (
        "Terraform's AWS provider cannot be fetched; its tests need it:\nno such host\n"
    )


def test_without_terraform_nothing_is_fetched(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert main() == 0
    assert not folder.exists()
    assert capsys.readouterr().err == ""
