"""Zip files whose bytes depend on their contents alone."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Final

_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
_READABLE, _EXECUTABLE = 0o100644, 0o100755


def write_zip(folder: Path, path: Path) -> None:
    """Write all files below a folder into a zip, sorted by name, without their dates and owners.

    It replaces `path` in one step, so that a concurrent reader sees the old zip or the new one.
    """
    files = [file for file in folder.rglob("*") if file.is_file()]
    named = sorted((file.relative_to(folder).as_posix(), file) for file in files)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".zip.part")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, file in named:
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.create_system = 3  # Unix, so that the mode counts
            entry.external_attr = (_EXECUTABLE if ".so" in file.suffixes else _READABLE) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes(), compresslevel=9)
    unfinished.replace(path)
