"""The reference pages as files to publish."""

from __future__ import annotations

import gzip
from pathlib import Path

from inventory_common.browser_headers import PAGE_FILE_POLICY
from inventory_common.reference_pages import SCRIPT
from tools.openapi.compatibility import ROOT, SERVICES
from tools.openapi.pages import write_pages


def files_below(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()
    }


def test_each_service_has_a_page_its_document_and_the_script(tmp_path: Path) -> None:
    write_pages(tmp_path)
    files = files_below(tmp_path)
    plain = {name for name in files if not name.endswith(".gz")}
    assert plain == {
        SCRIPT,
        *(f"{name}/{file}" for name in SERVICES for file in ("index.html", "openapi.json")),
    }
    for name in SERVICES:
        assert files[f"{name}/openapi.json"] == (ROOT / "services" / name / "openapi.json").read_bytes()
        assert f'content="{PAGE_FILE_POLICY}"' in files[f"{name}/index.html"].decode()


def test_each_file_is_there_compressed_too_and_twice_the_same(tmp_path: Path) -> None:
    write_pages(tmp_path / "first")
    write_pages(tmp_path / "second")
    files = files_below(tmp_path / "first")
    assert files == files_below(tmp_path / "second")
    for name, content in files.items():
        if not name.endswith(".gz"):
            assert gzip.decompress(files[f"{name}.gz"]) == content
    assert len(files[f"{SCRIPT}.gz"]) < len(files[SCRIPT]) / 2
