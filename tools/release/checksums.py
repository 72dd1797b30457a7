"""``SHA256SUMS``: the hashes of a release's files, in the form that ``sha256sum --check`` reads."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

__all__ = ["NAME", "write_checksums"]

NAME: Final = "SHA256SUMS"


def write_checksums(folder: Path) -> Path:
    """Write the hashes of all other files of a folder, by name, and return the file."""
    files = sorted(path for path in folder.iterdir() if path.name != NAME)
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (folder / NAME).write_text("".join(lines), encoding="utf-8")
    return folder / NAME
