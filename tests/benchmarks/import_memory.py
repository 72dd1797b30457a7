"""What an import takes by itself, whatever the number of its rows: memory at its height, and CPU time.

Run: ``python -m tests.benchmarks.import_memory [ROWS] [--form csv]``; with ``--stack`` beside ``make run``,
else against a stub in a process of its own that answers as the services do and keeps nothing.  Each import is
a process of its own, with rows of a vendor of its own; memory is the resident set at its height.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from inventory_imports.cells import cell_of

FEW_ROWS = 100
PROGRAM = """
import os, resource, sys, time
from inventory_cli.__main__ import run
began = time.perf_counter()
code = run(sys.argv[1:], os.environ)
used = resource.getrusage(resource.RUSAGE_SELF)
print(code, used.ru_maxrss / 1024, used.ru_utime + used.ru_stime, time.perf_counter() - began)
"""
SERVE = "from tests.benchmarks.import_memory import serve; serve()"
NOON = "2026-01-01T12:00:00.000000Z"
PAGE_ITEMS = 100


def product(vendor_id: str, number: int) -> dict[str, Any]:
    """Return what row `number` of a file asks for, as a service shows it."""
    return row(number) | {
        "product_id": f"PROD-{number:06}",
        "vendor_id": vendor_id,
        "is_active": True,
        "created_at": NOON,
        "updated_at": NOON,
        "version": 1,
    }


def row(number: int) -> dict[str, Any]:
    """Return a product about as long as real ones."""
    return {
        "external_id": f"{number}",
        "product_name": f"Product number {number}",
        "category": f"Category {number % 10}",
        "base_price": number % 900 + 0.5,
        "description": "A product that has a description. " * 5 + "End.",
        "tags": [f"tag-{number % 7}", f"tag-{number % 11}"],
    }


class Stub(BaseHTTPRequestHandler):
    """A front page and a catalog without a memory: VENDOR-N7 has seven products, VENDOR-NEW… none."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_GET(self) -> None:
        """Give a token, or a page of a vendor's products."""
        if self.path.startswith("/token"):
            return self._answer(200, "token")
        vendor_id = self.path.split("/")[2]
        count = int(vendor_id.removeprefix("VENDOR-N")) if re.fullmatch(r"VENDOR-N\d+", vendor_id) else 0
        cursor = re.search(r"cursor=(\d+)", self.path)
        start = int(cursor[1]) if cursor else 0
        end = min(start + PAGE_ITEMS, count)
        items = [product(vendor_id, number) for number in range(start, end)]
        following = str(end) if end < count else None
        return self._answer(200, json.dumps({"items": items, "next_cursor": following}))

    def do_POST(self) -> None:
        """Create a product, and forget it."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(201, json.dumps(product(body["vendor_id"], int(body["external_id"]))))

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())


def serve() -> None:
    """Serve on a free port and tell it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    print(server.server_port, flush=True)
    server.serve_forever()


@contextmanager
def stub() -> Iterator[None]:
    """Run the stub, and let the local profile lead to it."""
    process = subprocess.Popen([sys.executable, "-c", SERVE], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        url = f"http://127.0.0.1:{process.stdout.readline().strip()}"
        os.environ |= {f"{name}_URL": url for name in ("FRONT", "CATALOG", "STOCK", "AUDIT")}
        yield
    finally:
        process.terminate()
        process.wait()


def write_rows(path: Path, count: int) -> None:
    """Write a file of products in the form of its suffix."""
    rows = (row(number) for number in range(count))
    match path.suffix:
        case ".csv":
            with path.open("w", newline="") as opened:
                writer = csv.writer(opened)
                writer.writerow(row(0))
                writer.writerows([cell_of(value) for value in each.values()] for each in rows)
        case ".xlsx":
            book = Workbook(write_only=True)
            sheet = book.create_sheet("Products")
            sheet.append(list(row(0)))
            for each in rows:
                sheet.append(
                    [cell_of(value) if isinstance(value, list) else value for value in each.values()]
                )
            book.save(path)
        case ".json":
            path.write_text(json.dumps(list(rows)))
        case _:
            with path.open("w") as opened:
                opened.writelines(json.dumps(each) + "\n" for each in rows)


def measure(name: str, file: Path, vendor_id: str, count: int) -> None:
    """Import in a process of its own and print what it took."""
    arguments = ["import", "products", str(file), "--vendor", vendor_id, "--yes"]
    done = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    code, peak_mb, cpu_seconds, seconds = map(float, done.stdout.splitlines()[-1].split())
    assert code == 0, done.stderr[-2000:]
    print(
        f"{name:26}{count:7,} rows {peak_mb:6.1f} MB {1_000 * cpu_seconds / count:6.2f} ms CPU a row"
        f" {seconds:7.1f} s"
    )


def main() -> None:
    """Measure few rows and many: created, and compared where nothing is missing."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.import_memory")
    parser.add_argument("rows", type=int, nargs="?", default=10_000)
    parser.add_argument("--stack", action="store_true")
    parser.add_argument("--form", choices=("csv", "json", "jsonl", "xlsx"), default="jsonl")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["INVENTORY_STATE"] = folder
        for count in (FEW_ROWS, arguments.rows):
            file = Path(folder) / f"{count}.{arguments.form}"
            write_rows(file, count)
            created = f"VENDOR-NEW{secrets.token_hex(6).upper()}"
            compared = created if arguments.stack else f"VENDOR-N{count}"
            measure("created", file, created, count)
            measure("compared, none missing", file, compared, count)


if __name__ == "__main__":
    if "--stack" in sys.argv:
        main()
    else:
        with stub():
            main()
