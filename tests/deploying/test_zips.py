"""Zips that depend on their content alone, and libraries without symbols."""

from __future__ import annotations

import ctypes
import os
import zipfile
from importlib.util import find_spec
from pathlib import Path

from deploy.symbols import without_symbols
from deploy.zips import write_zip


def test_the_bytes_depend_on_names_and_contents_alone(tmp_path: Path) -> None:
    made = []
    for number, names in enumerate((["a.py", "b/c.so", "b/a.py"], ["b/a.py", "b/c.so", "a.py"])):
        folder = tmp_path / str(number)
        for name in names:
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(name)
            file.chmod(0o600 if number else 0o777)
            os.utime(file, (number * 1e9, number * 1e9))
        write_zip(folder, tmp_path / f"{number}.zip")
        made.append((tmp_path / f"{number}.zip").read_bytes())
    assert made[0] == made[1]
    with zipfile.ZipFile(tmp_path / "0.zip") as archive:
        modes = {entry.filename: entry.external_attr >> 16 & 0o777 for entry in archive.infolist()}
    # Lambda's user must be able to read the files.
    assert modes == {"a.py": 0o644, "b/a.py": 0o644, "b/c.so": 0o755}
    assert not list(tmp_path.glob("*.part"))


def test_a_library_without_symbols_is_smaller_and_loads(tmp_path: Path) -> None:
    spec = find_spec("cryptography.hazmat.bindings._rust")
    assert spec is not None
    assert spec.origin is not None
    whole = Path(spec.origin).read_bytes()
    cut = without_symbols(whole)
    assert len(cut) < 0.9 * len(whole)
    assert cut[64:] == whole[64 : len(cut)]
    library = tmp_path / "cut.so"
    library.write_bytes(cut)
    assert ctypes.CDLL(str(library)).PyInit__rust
    assert without_symbols(cut) == cut


def test_other_files_are_unchanged() -> None:
    assert without_symbols(b"") == b""
    assert without_symbols(b"GROUP ( /lib/libc.so.6 )") == b"GROUP ( /lib/libc.so.6 )"
