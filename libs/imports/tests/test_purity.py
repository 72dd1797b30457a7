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


def test_no_module_imports_what_a_browser_lacks() -> None:
    names = [
        module.name for module in pkgutil.walk_packages(inventory_imports.__path__, "inventory_imports.")
    ]
    assert "inventory_imports.tables" in names
    ended = subprocess.run(
        [sys.executable, "-c", PROBE, json.dumps(names)], capture_output=True, text=True, check=True
    )
    assert IMPURE.intersection(json.loads(ended.stdout)) == set()
