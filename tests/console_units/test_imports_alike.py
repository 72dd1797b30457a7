"""The page's Python and that of the command line read the same files in the same way."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from inventory_imports.page import FileInPage
from inventory_imports.presets.catalogue import PRESETS
from local.console.build import Builder
from local.console.sources import BUILDS, CONSOLE
from tests.support.console_npm import need_packages

FILES = Path(__file__).parents[2] / "libs" / "imports" / "tests" / "files"
HEADER = "external_id,product_name,category,base_price\n"
OWN = {
    "utf8.csv": (HEADER + "A,Čaj & mléko,Tea,4.50\nB,,Tea,4\n").encode(),
    "cp1250.csv": (HEADER + "A,Příliš žluťoučký kůň,Čaj,1.234,50\n").replace(",", ";", 6).encode("cp1250"),
    "utf16.tsv": "external_id\tproduct_name\tcategory\tbase_price\nA\tCafé\tTea\t4.50\n".encode("utf-16"),
    "rows.jsonl": b'{"external_id": "A", "product_name": "Mug", "category": "Tea", "base_price": 8.10}\n',
    "rows.json": b'[{"external_id": "A", "product_name": "Mug", "category": "Tea", "base_price": 0.30}]',
}
NOTHING = '{"items": []}'
COLUMNS = {name: name for name in ("external_id", "product_name", "category", "base_price")}


def workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (list(COLUMNS), ["A", "Mug", "Tea", 8.1], ["B", "Cup", "Tea", "dear"]):
        sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def here(name: str, path: str, kind: str, how: dict[str, Any], products: str) -> list[str]:
    """Return what this Python makes of a case, as the script does in the page's."""
    file = FileInPage(name, Path(path).read_bytes(), "VENDOR-001", "{}")
    described = file.described()
    file.read(kind, json.dumps(how))
    file.add_products(products)
    return [described, file.compare(), file.commands("key"), file.rejected("{}", 1_000_000)]


def created(commands: str) -> str:
    """Return a page of the products that commands create, so that their SKUs can be planned."""
    bodies = [json.loads(each["command"]["body"]) for each in json.loads(commands)]
    items = [
        {"product_id": f"PROD-{number:05}", "vendor_id": "VENDOR-001", "external_id": body["external_id"]}
        for number, body in enumerate(bodies)
    ]
    return json.dumps({"items": items})


def cases(folder: Path) -> list[tuple[str, str, str, dict[str, Any], str]]:
    """The files of shops as each kind, and tables of every form: the arguments of `here`."""
    found: list[tuple[str, str, str, dict[str, Any], str]] = []
    for file in sorted(FILES.iterdir()):
        preset = file.name.split("_")[0].split(".")[0]
        assert preset in PRESETS
        how = {"preset": preset, "reference": "count"}
        products = created(here(file.name, str(file), "products", how, NOTHING)[2])
        found.append((file.name, str(file), "products", how, NOTHING))
        found += [(file.name, str(file), kind, how, products) for kind in ("skus", "stock")]
    for name, content in (OWN | {"book.xlsx": workbook()}).items():
        path = folder / name
        path.write_bytes(content)
        decimal = "," if name == "cp1250.csv" else "."
        found.append((name, str(path), "products", {"columns": COLUMNS, "decimal": decimal}, NOTHING))
    return found


def test_every_file_has_the_same_rows_in_the_page(tmp_path: Path) -> None:
    need_packages()
    archive = tmp_path / "imports.zip"
    script = CONSOLE / "python" / "imports_archive.py"
    subprocess.run([sys.executable, script, archive], check=True)
    asked = cases(tmp_path)
    node = Builder(CONSOLE, BUILDS, os.environ).node()
    program = shutil.which("node", path=node.path)
    assert program is not None
    ran = subprocess.run(
        [program, "scripts/imports_in_pyodide.mjs", str(archive)],
        cwd=CONSOLE,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    planned = 0
    for case, there in zip(asked, json.loads(ran.stdout), strict=True):
        assert there == here(*case), case[:3]
        planned += len(json.loads(there[2]))
    assert planned > 50
