"""The compressed size of what a browser loads, from the manifest of the build."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from local.compression import LEVEL
from local.console.site import PAGE

KILOBYTE = 1000
JAVASCRIPT_MAX_KB = 300
"""From sign-in to the inventory, of either kind of sign-in."""
STYLES_MAX_KB = 60
SCREEN_MAX_KB = 120
"""What each further screen adds, scripts and styles."""
INVENTORY = "src/features/inventory/InventoryPage.tsx"
BEFORE_IT = (PAGE, "src/shared/session/hosted.ts", INVENTORY)

Manifest = dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def manifest(built: Path) -> Manifest:
    document: Manifest = json.loads((built / ".vite" / "manifest.json").read_text(encoding="utf-8"))
    return document


def files_of(manifest: Manifest, names: Iterable[str]) -> set[str]:
    """Return the files that these modules load, without what they load later."""
    files: set[str] = set()
    waiting, seen = [*names], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        chunk = manifest[name]
        files |= {chunk["file"], *chunk.get("css", ())}
        waiting += chunk.get("imports", ())
    return files


def kilobytes(folder: Path, files: Iterable[str], suffix: str = "") -> float:
    """Return the size of files as the front sends them."""
    chosen = [folder / file for file in files if file.endswith(suffix)]
    return sum(len(gzip.compress(file.read_bytes(), LEVEL)) for file in chosen) / KILOBYTE


def public_scripts(folder: Path) -> set[str]:
    """Return the scripts that the page names itself and that the manifest does not know."""
    return {file.name for file in folder.glob("*.js")}


def test_from_sign_in_to_the_inventory_little_is_loaded(manifest: Manifest, built: Path) -> None:
    files = files_of(manifest, BEFORE_IT) | public_scripts(built)
    javascript, styles = kilobytes(built, files, ".js"), kilobytes(built, files, ".css")
    print(f"\nfrom sign-in to the inventory: {javascript:.1f} kB of JavaScript, {styles:.1f} kB of CSS")
    assert javascript <= JAVASCRIPT_MAX_KB
    assert styles <= STYLES_MAX_KB


def test_every_further_screen_adds_little(manifest: Manifest, built: Path) -> None:
    before = files_of(manifest, BEFORE_IT)
    later = {
        name: kilobytes(built, files_of(manifest, [name]) - before)
        for name, chunk in manifest.items()
        if chunk.get("isDynamicEntry") and name not in BEFORE_IT
    }
    for name, size in sorted(later.items()):
        print(f"{name}: {size:.1f} kB")
    assert later
    assert {name: size for name, size in later.items() if size > SCREEN_MAX_KB} == {}


def test_nothing_is_loaded_from_elsewhere(built: Path) -> None:
    """Addresses in scripts are those of documents in messages; styles and the page name none."""
    named = [
        file.name
        for file in built.rglob("*")
        if file.suffix in (".css", ".html") and b"//" in file.read_bytes().replace(b"http://www.w3.org/", b"")
    ]
    assert named == []
