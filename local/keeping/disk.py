"""Files that are on the disk when a function returns, so that a power cut does not take them back."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import IO, Any


def sync(file: IO[Any]) -> None:
    """Write what a file has been given to the disk."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Write the names of a folder's files to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_json(path: Path, document: Any) -> None:
    """Write a file of JSON to the disk."""
    with path.open("w", encoding="utf-8") as file:
        json.dump(document, file, indent=2)
        file.write("\n")
        sync(file)
