"""Write the archive of the Python modules that the page runs on its import screen.

Run: ``python console/python/imports_archive.py FILE.zip``, with the interpreter whose environment has
``inventory-imports``; the build of the console does.  Equal modules make equal bytes.
"""

from __future__ import annotations

import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Final

PACKAGES: Final = (
    "inventory_common",
    "inventory_imports",
    "charset_normalizer",
    "et_xmlfile",
    "openpyxl",
    "rfc8785",
    "simplejson",
)
"""What an import needs of what is installed; all of it is Python, or has a form in Python."""
EARLIEST: Final = (1980, 1, 1, 0, 0, 0)


def write_archive(file: Path) -> None:
    """Write the modules of `PACKAGES`.

    Raises
    ------
    SystemExit
        If one is not installed.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in PACKAGES:
            package = find_spec(name)
            if package is None or package.origin is None:
                sys.exit(f"{sys.executable} has no {name}: make .venv/.run installs it")
            folder = Path(package.origin).parent
            for module in sorted(folder.rglob("*.py")):
                member = zipfile.ZipInfo(f"{name}/{module.relative_to(folder).as_posix()}", EARLIEST)
                member.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(member, module.read_bytes())


if __name__ == "__main__":
    [target] = sys.argv[1:]
    write_archive(Path(target))
