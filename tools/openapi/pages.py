"""``python -m tools.openapi.pages``: write the services' reference pages as files for any web server."""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path

from inventory_common.reference_pages import SCRIPT, page, script_file

from .compatibility import ROOT, SERVICES

__all__ = ["write_pages"]


def write_pages(folder: Path) -> None:
    """Write ``SERVICE/index.html`` and ``SERVICE/openapi.json`` for each service, and their script.

    Each file is written compressed too, as ``FILE.gz``, for web servers that send that to who accepts it.

    Raises
    ------
    FileNotFoundError
        If the script is not installed.
    """
    script = script_file(ROOT)
    if script is None:
        raise FileNotFoundError(f"{SCRIPT} is not installed: see requirements/pages.txt")
    for service in SERVICES:
        target = folder / service
        target.mkdir(parents=True, exist_ok=True)
        document = ROOT / "services" / service / "openapi.json"
        _write(target / "openapi.json", document.read_bytes())
        title = json.loads(document.read_text(encoding="utf-8"))["info"]["title"]
        _write(target / "index.html", page(title, "openapi.json", f"../{SCRIPT}").encode())
    _write(folder / SCRIPT, script.read_bytes())


def _write(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    # Without a time: the same pages are the same files.
    file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(content, mtime=0))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tools.openapi.pages")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "docs")
    write_pages(parser.parse_args().folder)
