"""Every distribution that is built from this repository carries its licence."""

from __future__ import annotations

import hashlib
import re
import tomllib
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LICENCE = (ROOT / "LICENSE").read_text(encoding="utf-8")
LIBRARIES = sorted(path.parent.name for path in ROOT.glob("libs/*/pyproject.toml"))
STANDARD_TEXT_SHA256 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
"""Of the text that the Apache Software Foundation publishes."""
HOLDER = "Copyright The Inventory authors"


def test_the_licence_is_the_standard_text_with_the_holder_filled_in() -> None:
    assert LICENCE.count(HOLDER) == 1
    standard = LICENCE.replace(HOLDER, "Copyright [yyyy] [name of copyright owner]")
    assert hashlib.sha256(standard.encode()).hexdigest() == STANDARD_TEXT_SHA256


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_has_its_own_copy_of_the_licence(library: str) -> None:
    """A build includes no file from outside its folder, and Windows may check a link out as a text."""
    copy = ROOT / "libs" / library / "LICENSE"
    assert not copy.is_symlink()
    assert copy.read_text(encoding="utf-8") == LICENCE
    declared = tomllib.loads((copy.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert declared["license"] == "Apache-2.0"
    assert declared["license-files"] == ["LICENSE"]
    assert declared["authors"] == [{"name": HOLDER.removeprefix("Copyright ")}]


def test_every_built_distribution_contains_the_licence_and_names_it(wheels: Path) -> None:
    built = sorted(wheels.iterdir())
    assert len(built) == len(LIBRARIES)
    for wheel in built:
        with zipfile.ZipFile(wheel) as archive:
            [metadata] = [name for name in archive.namelist() if re.fullmatch(r"[^/]+/METADATA", name)]
            fields = HeaderParser().parsestr(archive.read(metadata).decode())
            folder = metadata.removesuffix("METADATA")
            assert fields.get_all("License-File") == ["LICENSE"], wheel.name
            assert archive.read(f"{folder}licenses/LICENSE").decode() == LICENCE
        assert fields["License-Expression"] == "Apache-2.0"
        assert fields["Author"] == "The Inventory authors"
