"""The library runs where there are no files, connections or compiled wheels, such as in a browser."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys

import inventory_imports

IMPURE = frozenset(
    [
        "boto3",
        "click",
        "cryptography",
        "httpx",
        "pydantic",
        "pydantic_core",
        "rich",
        "socket",
        "sqlite3",
        "ssl",
    ]
)
PROBE = """
import importlib, json, sys
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
print(json.dumps(sorted(sys.modules)))
"""
PURE_DETECTOR = """
import importlib.machinery, io, sys
class Texts:
    def find_spec(self, name, path, target=None):
        if name.startswith("charset_normalizer."):
            loaders = (importlib.machinery.SourceFileLoader, importlib.machinery.SOURCE_SUFFIXES)
            return importlib.machinery.FileFinder(path[0], loaders).find_spec(name)
sys.meta_path.insert(0, Texts())
import charset_normalizer.cd, charset_normalizer.md
assert charset_normalizer.cd.__file__.endswith(".py") and charset_normalizer.md.__file__.endswith(".py")
from inventory_imports.encodings import encoding_of
print([encoding_of("x", lambda: io.BytesIO(bytes.fromhex(each))).name for each in sys.argv[1:]])
"""
"""The detector's modules come from Python's own text, as in a browser, and not from machine code."""


def test_the_detector_works_without_its_compiled_parts() -> None:
    encoded = ["Чайник чугунный, Стул дубовый".encode("cp1251").hex(), "Café".encode("cp1252").hex()]
    ended = subprocess.run(
        [sys.executable, "-c", PURE_DETECTOR, *encoded], capture_output=True, text=True, check=True
    )
    assert ended.stdout == "['cp1251', 'cp1252']\n"


def test_no_module_imports_what_a_browser_lacks() -> None:
    names = [
        module.name for module in pkgutil.walk_packages(inventory_imports.__path__, "inventory_imports.")
    ]
    assert "inventory_imports.tables" in names
    ended = subprocess.run(
        [sys.executable, "-c", PROBE, json.dumps(names)], capture_output=True, text=True, check=True
    )
    assert IMPURE.intersection(json.loads(ended.stdout)) == set()
